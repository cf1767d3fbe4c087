"""Contracts held against doubles: a fault that the application notices is blamed, and one that it does not is not."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contracts.contract_check import CheckedOperation, check_contract
from conformance.contracts.contract_plan import narrowed, operations_of
from conformance.contracts.relevance import UsedOperation
from conformance.contracts.request_likeness import is_alike
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import parse_selection
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.record.writer import RecordWriter
from conformance.run import OperationStarted, run
from doubles.hosting import service_of
from doubles.hosting.in_process import connection_to

pytestmark = pytest.mark.usefixtures("clean_aws")

TEST = "tests/test_app.py::test_models"
MODEL = "1.44.5"


def members(*paths: str) -> dict[str, MemberUse]:
    return {path: MemberUse() for path in paths}


def using(sent: Sequence[str] = (), read: Sequence[str] = (), errors: Sequence[str] = ()) -> OperationUse:
    codes = {code: Use() for code in errors}
    return OperationUse({TEST: 1}, sent=members(*sent), read=members(*read), errors=codes)


CREATE = using(sent=("ModelName", "ExecutionRoleArn", "PrimaryContainer", "PrimaryContainer/Image"), read=("ModelArn",))
DESCRIBE = using(sent=("ModelName",), read=("ModelName",))
DELETE = using(sent=("ModelName",))
LIST = using(read=("Models", "Models[]", "Models[]/ModelName"))
PAGED = replace(LIST, paginator=Use())
UPDATE = using(sent=("EndpointName", "DesiredWeightsAndCapacities"))


@functools.lru_cache(maxsize=1)
def whole() -> Plan:
    """The plan of every operation that these tests use: its spec is read once."""
    names = "CreateModel,DescribeModel,DeleteModel,ListModels,UpdateEndpointWeightsAndCapacities"
    more = "ListEndpointConfigs,DeleteEndpointConfig"
    return plan_of(parse_selection([f"sagemaker:{names},{more}"]), source=MODEL, poll_interval=0, max_examples=0)


def plan_for(contract: Contract) -> Plan:
    return narrowed(whole(), contract)


def contract(**operations: OperationUse) -> Contract:
    return Contract(services={"sagemaker": operations})


def checked(folder: Path, used: Contract, **switches: bool) -> dict[str, CheckedOperation]:
    """What a double with these faults makes of a contract, by operation."""
    plan = plan_for(used)
    return {each.operation: each for each in check_contract(used, plan, record_of(folder, plan, **switches))}


def record_of(folder: Path, plan: Plan, **switches: bool) -> Record:
    with connection_to(service_of(**switches), 1) as connection, RecordWriter(folder / "record.jsonl") as writer:
        for event in run(plan, connection):
            if not isinstance(event, OperationStarted):
                writer.write(event)
    return read(folder / "record.jsonl")


def test_everything_works_where_nothing_is_wrong(tmp_path: Path) -> None:
    found = checked(tmp_path, contract(CreateModel=CREATE, DescribeModel=DESCRIBE, ListModels=PAGED))
    assert {each.state for each in found.values()} == {"works"}
    assert not any(each.deviations or each.lenient or each.unshown for each in found.values())


@pytest.mark.parametrize(
    ("switch", "noticed", "unnoticed", "clause"),
    [
        (
            "member_missing",
            {"CreateModel": CREATE},
            {"CreateModel": replace(CREATE, read={})},
            "output/ModelArn#required",
        ),
        ("page_repeats", {"ListModels": PAGED}, {"ListModels": LIST}, "pagination#no-repeats"),
        (
            "error_without_code",
            {"DeleteModel": using(sent=("ModelName",), errors=("ValidationException",))},
            {"DeleteModel": DELETE},
            "errors#envelope",
        ),
        (
            "error_as_xml",
            {"DeleteEndpointConfig": using(sent=("EndpointConfigName",), errors=("ValidationException",))},
            {"DeleteEndpointConfig": using(sent=("EndpointConfigName",))},
            "protocol#body",
        ),
        (
            "enum_outdated",
            {"ListModels": replace(LIST, sent={"SortOrder": MemberUse()})},
            {"ListModels": LIST},
            "#enum",
        ),
    ],
)
def test_a_fault_is_blamed_where_the_application_notices_it(
    switch: str, noticed: dict[str, OperationUse], unnoticed: dict[str, OperationUse], clause: str, tmp_path: Path
) -> None:
    (bad,) = checked(tmp_path, contract(**noticed), **{switch: True}).values()
    assert bad.state == "deviates"
    assert any(clause in each.clause for each in bad.deviations), bad
    (good,) = checked(tmp_path, contract(**unnoticed), **{switch: True}).values()
    assert (good.state, good.deviations) == ("works", ())


def test_a_value_that_is_refused_is_blamed_only_where_it_is_sent(tmp_path: Path) -> None:
    for value, state in (("Ascending", "works"), ("Descending", "deviates")):
        order = replace(LIST, sent={"SortOrder": MemberUse(None, {value: Use()})})
        assert checked(tmp_path, contract(ListModels=order), enum_outdated=True)["ListModels"].state == state


def test_what_is_accepted_and_aws_refuses_is_no_deviation_unless_refusals_are_caught(tmp_path: Path) -> None:
    sorting = replace(LIST, sent={"SortOrder": MemberUse()})
    (found,) = checked(tmp_path, contract(ListModels=sorting), enum_not_checked=True).values()
    assert (found.state, [each.code for each in found.lenient]) == ("works", ["accepts-invalid"])
    catching = replace(sorting, errors={"ValidationException": Use()})
    (found,) = checked(tmp_path, contract(ListModels=catching), enum_not_checked=True).values()
    assert (found.state, found.lenient) == ("deviates", ())


def test_what_botocore_makes_up_for_is_not_noticed(tmp_path: Path) -> None:
    pages = contract(ListEndpointConfigs=using(read=("EndpointConfigs", "NextToken")))
    assert checked(tmp_path, pages, member_null=True)["ListEndpointConfigs"].state == "works"
    assert checked(tmp_path, pages, body_not_json=True)["ListEndpointConfigs"].state == "deviates"
    sized = contract(ListModels=using(sent=("MaxResults",), read=("Models",), errors=("ValidationException",)))
    found = checked(tmp_path, sized, types_not_checked=True)["ListModels"]
    assert (found.state, [each.clause for each in found.lenient]) == (
        "works",
        ["sagemaker:ListModels/input/MaxResults#type"],
    )


def test_an_operation_that_is_not_there_is_not_implemented(tmp_path: Path) -> None:
    used = contract(UpdateEndpointWeightsAndCapacities=UPDATE)
    (found,) = checked(tmp_path, used, operation_missing=True).values()
    assert (found.state, [each.code for each in found.deviations]) == ("not-implemented", ["not-implemented"])


def test_what_nothing_shows_is_unknown(tmp_path: Path) -> None:
    small = contract(ListModels=LIST)
    record = record_of(tmp_path, plan_for(small))
    both = contract(ListModels=LIST, DescribeModel=DESCRIBE)
    described, listed = check_contract(both, plan_for(both), record)
    assert (described.state, described.reason) == ("unknown", "the record does not have it")
    assert listed.state == "works"


def test_a_member_that_no_answer_had_is_named(tmp_path: Path) -> None:
    tokens = replace(LIST, read={**LIST.read, **members("NextToken")})
    (found,) = checked(tmp_path, contract(ListModels=tokens)).values()
    assert (found.state, found.unshown) == ("works", ())
    (found,) = checked(tmp_path, contract(ListModels=tokens), page_ends_early=True).values()
    assert found.unshown == ("NextToken",)


ALIKE = OperationUse(
    {TEST: 2},
    sent={
        "ModelName": MemberUse(),
        "Tags": MemberUse({TEST: 1}),
        "Tags[]": MemberUse({TEST: 1}),
        "Tags[]/Key": MemberUse({TEST: 1}),
        "Tags[]/Value": MemberUse({TEST: 1}),
        "PrimaryContainer": MemberUse({TEST: 1}),
        "PrimaryContainer/Mode": MemberUse({TEST: 1}, {"SingleModel": Use()}),
    },
)


@pytest.mark.parametrize(
    ("params", "alike"),
    [
        ({"ModelName": "a"}, True),
        ({"ModelName": "a", "Tags": [{"Key": "a", "Value": "b"}]}, True),
        ({"ModelName": "a", "Tags": []}, True),
        ({"ModelName": "a", "PrimaryContainer": {"Mode": "SingleModel"}}, True),
        ({}, False),
        ({"ModelName": "a", "EnableNetworkIsolation": True}, False),
        ({"ModelName": "a", "Tags": [{"Key": "a"}]}, False),
        ({"ModelName": "a", "PrimaryContainer": {}}, False),
        ({"ModelName": "a", "PrimaryContainer": {"Mode": "MultiModel"}}, False),
    ],
)
def test_a_request_is_alike_if_the_application_may_send_it(params: dict[str, object], alike: bool) -> None:
    service = whole().services[0]
    operation = next(each for each in service.operations if each.name == "CreateModel")
    assert is_alike(UsedOperation(service, operation, ALIKE, {"CreateModel": ALIKE}), params) is alike


def test_the_operations_of_a_contract_are_its_selection() -> None:
    (selected,) = operations_of(contract(DescribeModel=DESCRIBE, CreateModel=CREATE))
    assert (selected.service, selected.operations) == ("sagemaker", ("CreateModel", "DescribeModel"))
