"""Contracts in files: canonical, of the published schema, merged without regard to order; and what is refused."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from conformance.contracts.contract_file import canonical, read_contract, write_contract
from conformance.contracts.contract_merging import expanded, merged
from conformance.contracts.contract_schema import FILE, schema, written
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from conformance.exceptions import BadFile, Unwritable

A, B = "tests/test_a.py::test_a", "tests/test_b.py::test_b"

PUT = OperationUse(
    tests={A: 2, B: 1},
    sent={
        "TableName": MemberUse({A: 2, B: 1}),
        "ReturnValues": MemberUse({A: 2}, {"NONE": Use({A: 2}), "ALL_OLD": Use({A: 1})}),
    },
    read={"Attributes": MemberUse({B: 1})},
    given={"ConsumedCapacity": MemberUse({B: 1})},
    metadata={"HTTPStatusCode": Use({B: 1})},
    errors={"ConditionalCheckFailedException": Use({A: 1})},
)
LIST = OperationUse(tests={A: 1}, waiters={"TableExists": Use({A: 1})}, paginator=Use({A: 1}))
CONTRACT = Contract(services={"dynamodb": {"PutItem": PUT, "ListTables": LIST}})


def test_the_published_schema_is_that_of_the_dataclasses() -> None:
    assert json.dumps(schema(), indent=2) + "\n" == written(), (
        f"python -m conformance.contracts.contract_schema writes {FILE}"
    )
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_contract_is_of_the_schema_and_another_file_is_not() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(json.loads(canonical(CONTRACT)))) == []
    assert list(validator.iter_errors({"format": 2, "services": {}})) != []
    assert list(validator.iter_errors({"format": 1, "services": {"sqs": {"CreateQueue": {"tests": {A: 0}}}}})) != []


def test_a_contract_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_contract(CONTRACT, tmp_path / "new" / "contract.json")
    found = read_contract(tmp_path / "new" / "contract.json")
    assert {name: expanded(use) for _, name, use in found.operations} == {"PutItem": PUT, "ListTables": LIST}
    assert canonical(found) == canonical(CONTRACT)


def test_tests_are_written_once() -> None:
    found = json.loads(canonical(CONTRACT))["services"]["dynamodb"]["PutItem"]
    assert found["sent"] == {
        "ReturnValues": {"tests": {A: 2}, "values": {"ALL_OLD": {"tests": {A: 1}}, "NONE": {}}},
        "TableName": {},
    }


def test_the_text_is_canonical() -> None:
    text = canonical(CONTRACT)
    assert text.endswith("}\n")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"


def test_merging_keeps_everything_in_any_order() -> None:
    one = Contract(
        services={"dynamodb": {"PutItem": replace(PUT, tests={A: 2}, read={}, given={"Attributes": MemberUse({A: 1})})}}
    )
    other = Contract(services={"sqs": {"ListQueues": LIST}, "dynamodb": {"PutItem": replace(PUT, tests={A: 1, B: 3})}})
    texts = {canonical(merged(each)) for each in itertools.permutations((one, other, CONTRACT))}
    assert len(texts) == 1
    whole = merged((one, other, CONTRACT))
    put = whole.services["dynamodb"]["PutItem"]
    assert put.tests == {A: 2, B: 3}
    assert put.read == {"Attributes": MemberUse({B: 1})}
    assert list(put.given) == ["ConsumedCapacity"]
    assert set(whole.services) == {"dynamodb", "sqs"}
    assert canonical(merged((whole, whole))) == canonical(whole)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "not JSON: "),
        ("[1]", "is no contract: it has no 'format' and 'services'"),
        ('{"type": "header", "format": 1}', "is no contract: it has no 'format' and 'services'"),
        ('{"format": 2, "services": {}}', "is a contract of format 2"),
        ('{"format": 1, "services": {"sqs": 5}}', "'services['sqs']' is not an object: 5"),
        ('{"format": 1, "services": {"sqs": {"A": {}}}}', "'services['sqs']['A'].tests' is missing"),
    ],
)
def test_another_file_is_refused_in_one_line(content: str | None, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile) as raised:
        read_contract(path)
    assert problem in raised.value.message
    assert "\n" not in raised.value.message
    assert raised.value.hint is not None


def test_a_field_of_a_newer_version_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text('{"format": 1, "services": {}, "later": 1}', encoding="utf-8")
    assert read_contract(tmp_path / "contract.json") == Contract()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable, match="cannot write"):
        write_contract(CONTRACT, tmp_path / "file" / "contract.json")
