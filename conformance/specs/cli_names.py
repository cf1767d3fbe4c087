"""The names of services in the AWS CLI where they differ from botocore's; data: `specs/_shared/aws_cli_names.json`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from conformance.specs.store.files import shared_data

FILE = "aws_cli_names.json"


def cli_name(service: str) -> str:
    """The AWS CLI's command for a service, by botocore's name; the same name where no other one is known."""
    path = shared_data(FILE)
    return service if path is None else _commands(path).get(service, service)


@lru_cache(maxsize=2)
def _commands(path: Path) -> dict[str, str]:
    return dict(json.loads(path.read_text("utf-8"))["commands"])
