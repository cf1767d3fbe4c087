"""Names of the AWS CLI."""

from __future__ import annotations

import pytest

from conformance.specs import ingest
from conformance.specs.cli_names import cli_name


@pytest.mark.parametrize(("service", "command"), [("s3", "s3api"), ("config", "configservice"), ("sqs", "sqs")])
def test_commands_of_services(service: str, command: str) -> None:
    assert cli_name(service) == command


def test_only_a_few_differ_and_none_takes_the_name_of_another() -> None:
    renamed = {name: cli_name(name) for name in ingest.service_names() if cli_name(name) != name}
    assert 0 < len(renamed) < 5
    assert not set(renamed.values()) & set(ingest.service_names())
