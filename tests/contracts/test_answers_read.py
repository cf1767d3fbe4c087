"""Answers that take note of what is read of them: each member that is read, and no difference to who reads it."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import pprint
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import conformance
from conformance.contracts.answers_read import How, watched_answer
from conformance.contracts.member_places import MemberPlace, met_in, root_place
from conformance.specs.places import places
from doubles.stored_specs import stored_service

TABLES: dict[str, Any] = {
    "Table": {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "ItemCount": 3,
    },
    "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "1"},
}
ITEMS: dict[str, Any] = {"Item": {"id": {"S": "1"}, "lines": {"L": [{"M": {"sku": {"S": "a"}}}, {"N": "4"}]}}}


@dataclass
class Notes:
    """What a reader is told."""

    noted: list[tuple[str, How]] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)

    def note(self, place: MemberPlace, within: MemberPlace, value: Any, how: How) -> None:
        self.noted.append((place.path, how))

    def note_metadata(self, name: str) -> None:
        self.metadata.append(name)

    def of(self, how: How) -> list[str]:
        return sorted({path for path, each in self.noted if each == how})


def place_of(operation: str, service: str = "dynamodb") -> MemberPlace:
    known = stored_service(service)
    return root_place(known, known.output_of(known.operations[operation]))


def answer(output: Mapping[str, Any], operation: str = "DescribeTable") -> tuple[dict[str, Any], Notes]:
    notes = Notes()
    return watched_answer(dict(output), place_of(operation), notes), notes


def test_what_is_read_by_name_is_read() -> None:
    found, notes = answer(TABLES)
    assert found["Table"]["TableStatus"] == "ACTIVE"
    assert found["Table"]["KeySchema"][0].get("KeyType") == "HASH"
    assert "ItemCount" in found["Table"]
    assert notes.of("read") == [
        "Table",
        "Table/ItemCount",
        "Table/KeySchema",
        "Table/KeySchema[]/KeyType",
        "Table/TableStatus",
    ]
    assert notes.of("given") == []


def test_a_member_that_is_looked_for_and_absent_is_read() -> None:
    found, notes = answer(TABLES)
    assert found["Table"].get("BillingModeSummary", "none") == "none"
    with pytest.raises(KeyError, match="TableArn"):
        found["Table"]["TableArn"]
    assert notes.of("read") == ["Table", "Table/BillingModeSummary", "Table/TableArn"]


def test_metadata_are_told_apart() -> None:
    found, notes = answer(TABLES)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert notes.metadata == ["HTTPStatusCode"]
    assert notes.noted == []


def test_what_aws_does_not_have_is_passed_over() -> None:
    found, notes = answer({**TABLES, "Invented": {"A": 1}})
    assert found["Invented"]["A"] == 1
    assert found.get("Another") is None
    assert notes.noted == []


def test_recursive_members_have_the_paths_of_clauses() -> None:
    found, notes = answer(ITEMS, "GetItem")
    assert found["Item"]["lines"]["L"][0]["M"]["sku"]["S"] == "a"
    assert notes.of("read") == ["Item", "Item{}", "Item{}/L", "Item{}/M", "Item{}/M{}", "Item{}/S"]


WHOLE: Mapping[str, Callable[[Any], Any]] = {
    "items": lambda value: dict(value.items()),
    "values": lambda value: list(value.values()),
    "iteration": list,
    "dict": dict,
    "unpacking": lambda value: {**value},
    "keywords": lambda value: (lambda **members: members)(**value),
    "update": lambda value: {} | value,
    "copy": copy.copy,
    "own copy": lambda value: value.copy(),
    "deepcopy": copy.deepcopy,
    "json": json.dumps,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "yaml": yaml.safe_dump,
    "equality": lambda value: value == {},
}


@pytest.mark.parametrize("use", WHOLE)
def test_what_is_handed_out_as_a_whole_is_given(use: str) -> None:
    plain = {"Table": {"TableName": "orders", "ItemCount": 3}}
    found, notes = answer(plain)
    assert WHOLE[use](found["Table"]) == WHOLE[use](plain["Table"])
    assert notes.of("read") == ["Table"]
    assert notes.of("given") == ["Table/ItemCount", "Table/TableName"]


@dataclass(frozen=True)
class Wrapped:
    answer: dict[str, Any]


@given(conformance.responses("dynamodb", "DescribeTable") | st.just(TABLES))
def test_an_answer_is_as_it_was(output: dict[str, Any]) -> None:
    found, _ = answer(output)
    assert isinstance(found, dict)
    assert type(found) == dict  # noqa: E721 - what people write
    assert found == output
    assert output == found
    assert (found != output) is False
    assert [repr(found), str(found), pprint.pformat(found)] == [repr(output), str(output), pprint.pformat(output)]
    assert json.dumps(found, default=str, sort_keys=True) == json.dumps(output, default=str, sort_keys=True)
    assert pickle.loads(pickle.dumps(found)) == output
    assert copy.deepcopy(found) == output
    assert yaml.safe_dump(found) == yaml.safe_dump(output)
    assert dataclasses.asdict(Wrapped(found)) == {"answer": output}
    assert jmespath.search("[type(@), length(@), keys(@)]", found) == ["object", len(output), list(output)]
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)


@pytest.mark.parametrize("change", ["set", "pop", "setdefault", "update", "clear", "del", "popitem"])
def test_an_answer_can_be_changed(change: str) -> None:
    changes: Mapping[str, Callable[[dict[str, Any]], Any]] = {
        "set": lambda value: value.__setitem__("New", 1),
        "pop": lambda value: (value.pop("Table"), value.pop("None", 5)),
        "setdefault": lambda value: (value.setdefault("New", []), value.setdefault("Table")),
        "update": lambda value: value.update(New=1),
        "clear": lambda value: value.clear(),
        "del": lambda value: value.__delitem__("Table"),
        "popitem": lambda value: value.popitem(),
    }
    found, _ = answer(TABLES)
    plain = copy.deepcopy(TABLES)
    assert changes[change](found) == changes[change](plain)
    assert dict(found) == plain


@pytest.mark.parametrize(("service", "operation"), [("dynamodb", "PutItem"), ("sqs", "CreateQueue")])
def test_every_path_that_is_met_is_one_of_clauses(service: str, operation: str) -> None:
    known = stored_service(service)
    shape = known.input_of(known.operations[operation])
    paths = {place.path for place in places(known, shape)}

    @given(conformance.requests(service, operation))
    def check(params: dict[str, Any]) -> None:
        met = {place.path for place, _ in met_in(root_place(known, shape), params)}
        assert set(params) <= met <= paths

    check()
