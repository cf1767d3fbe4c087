"""Mocks that answer what AWS was recorded to answer (`recorded_answers.json` names the source)."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER

ANSWERS = json.loads(Path(__file__).with_name("recorded_answers.json").read_text("utf-8"))["answers"]


def as_boto3_gives_it(shape: Any, value: Any) -> Any:
    """A recorded value with times as botocore parses them."""
    if shape.type_name == "structure":
        return {
            name: as_boto3_gives_it(shape.members[name], item) if name in shape.members else item
            for name, item in value.items()
        }
    if shape.type_name == "list":
        return [as_boto3_gives_it(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {name: as_boto3_gives_it(shape.value, item) for name, item in value.items()}
    return DEFAULT_TIMESTAMP_PARSER(value) if shape.type_name == "timestamp" else value


@pytest.mark.parametrize("recorded", ANSWERS, ids=lambda each: f"{each['service']}-{each['operation']}")
def test_recorded(recorded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name, error = recorded["operation"], recorded["error"]
    client = boto3.client(
        recorded["service"], region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )

    def call(_client: Any, operation: str, _params: Any) -> Any:
        if error is not None:
            raise ClientError({"Error": error}, operation)
        shape = client.meta.service_model.operation_model(operation).output_shape
        return as_boto3_gives_it(shape, recorded["output"]) if shape is not None else {}

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", call)
    expected = pytest.raises(ClientError) if error is not None else contextlib.nullcontext()
    with expected:
        assert getattr(client, xform_name(name))() is not None
