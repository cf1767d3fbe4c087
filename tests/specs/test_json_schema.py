"""The exported JSON Schema is one, and says of values what the spec says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from conformance.regexes.portable_writer import portable
from conformance.specs import ingest, json_schema
from conformance.specs.model import Spec

MakeSpec = Callable[..., Spec]
Validator = jsonschema.Draft202012Validator


def schema_of(spec: Spec) -> dict[str, Any]:
    return json_schema.service_json_schema(spec, translate=portable)


def is_valid(document: dict[str, Any], name: str, value: object) -> bool:
    return Validator({**document, "$ref": f"#/$defs/{name}"}).is_valid(value)


@pytest.mark.parametrize("name", ["sts", "dynamodb", "s3", "sqs", "lexv2-runtime", "sagemaker-runtime", "route53"])
def test_an_export_is_a_json_schema_whose_references_lead_somewhere(name: str) -> None:
    document = json.loads(json.dumps(schema_of(ingest.installed_spec(name))))
    Validator.check_schema(document)

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for item in value.values() for found in references(item)]
        return [found for item in value for found in references(item)] if isinstance(value, list) else []

    found = set(references(document))
    assert found
    assert all(reference.removeprefix("#/$defs/") in document["$defs"] for reference in found)
    assert all(definition["description"].endswith(".") for definition in document["$defs"].values())


VALID: list[tuple[str, Any]] = [
    ("PutThing.input", {"Name": "abc"}),
    ("PutThing.input", {"Name": "abc", "Kind": "BIG", "Parts": [{"Count": 0, "Inner": [{"Inner": []}]}]}),
    ("PutThing.input", {"Name": "abc", "Tags": {"a": "b"}, "Choice": {"A": 1}}),
    ("PutThing.output", {}),
    ("PutThing.output", {"Id": "abc", "Made": 1.5}),
    ("Time", "2020-01-01T00:00:00Z"),
    ("Count", 10),
    ("Conflict", {}),
]

# One constraint broken in each.
INVALID: list[tuple[str, Any]] = [
    ("PutThing.input", {}),
    ("PutThing.input", {"Name": 5}),
    ("PutThing.input", {"Name": ""}),
    ("PutThing.input", {"Name": "a" * 21}),
    ("PutThing.input", {"Name": "ABC"}),
    ("PutThing.input", {"Name": "abc1"}),
    ("PutThing.input", {"Name": "abc", "Kind": "HUGE"}),
    ("PutThing.input", {"Name": "abc", "Surprise": 1}),
    ("PutThing.input", {"Name": "abc", "Kind": None}),
    ("PutThing.input", {"Name": "abc", "Parts": [{}] * 6}),
    ("PutThing.input", {"Name": "abc", "Parts": [None]}),
    ("PutThing.input", {"Name": "abc", "Parts": [{"Inner": [{"Count": 11}]}]}),
    ("PutThing.input", {"Name": "abc", "Tags": {"A": "b"}}),
    ("PutThing.input", {"Name": "abc", "Tags": {"a": "B"}}),
    ("Choice", {}),
    ("Choice", {"A": 1, "B": "b"}),
    ("Count", -1),
    ("Count", 1.5),
    ("Count", "1"),
    ("Time", True),
]


def test_what_the_spec_allows_is_valid(make_spec: MakeSpec) -> None:
    document = schema_of(make_spec())
    for name, value in VALID:
        assert is_valid(document, name, value), (name, value)


def test_what_the_spec_forbids_is_not(make_spec: MakeSpec) -> None:
    document = schema_of(make_spec())
    for name, value in INVALID:
        assert not is_valid(document, name, value), (name, value)


def test_what_json_schema_cannot_say_stands_beside(make_spec: MakeSpec) -> None:
    shapes = {
        "Name": {"type": "string", "pattern": "[a-z]++", "max": 5},
        "Data": {"type": "blob", "min": 1, "max": 9, "sensitive": True},
        "Any": {"type": "structure", "members": {}, "document": True},
        "Sparse": {"type": "list", "member": {"shape": "Count"}, "sparse": True},
        "Odd": {"type": "string", "min": -5, "max": 2.0},
    }
    document = schema_of(make_spec(shapes))
    Validator.check_schema(document)
    defs = document["$defs"]
    assert "pattern" not in defs["Name"]
    assert defs["Name"]["x-aws-pattern"] == "[a-z]++"
    assert "a possessive repetition" in defs["Name"]["$comment"]
    assert is_valid(document, "Name", "ABC")
    assert not is_valid(document, "Name", "abcdef")
    assert (defs["Data"]["x-aws-minBytes"], defs["Data"]["x-aws-maxBytes"]) == (1, 9)
    assert (defs["Data"]["contentEncoding"], defs["Data"]["x-aws-sensitive"]) == ("base64", True)
    assert is_valid(document, "Any", [1, None, {"a": {}}])
    assert is_valid(document, "Sparse", [1, None])
    assert (defs["Odd"]["minLength"], defs["Odd"]["maxLength"]) == (0, 2)
    assert defs["Conflict"]["x-aws-error"] == {"code": "Conflict", "status": 409}
    assert defs["PutThingRequest"]["properties"]["Name"]["x-aws-location"] == "uri"
    assert document["x-aws-operations"]["PutThing"]["errors"] == [{"$ref": "#/$defs/Conflict"}]


def test_operations_without_shapes_take_and_give_nothing(make_spec: MakeSpec) -> None:
    document = schema_of(make_spec(operations={"Ping": {"http": {"requestUri": "/"}}}))
    assert is_valid(document, "Ping.input", {})
    assert not is_valid(document, "Ping.output", {"a": 1})


def test_an_event_stream_is_a_list_of_one_event_each(make_spec: MakeSpec) -> None:
    shapes = {
        "Stream": {"type": "structure", "eventstream": True, "members": {"A": {"shape": "E"}, "B": {"shape": "E"}}},
        "E": {"type": "structure", "event": True, "members": {"Count": {"shape": "Count"}}},
    }
    document = schema_of(make_spec(shapes))
    assert is_valid(document, "Stream", [{"A": {}}, {"B": {"Count": 1}}])
    assert not is_valid(document, "Stream", [{"A": {}, "B": {}}])
