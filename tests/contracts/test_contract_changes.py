"""What an update of botocore touches of a contract: between stored versions, and with changes made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.contracts.changes_text import changes_document, changes_text
from conformance.contracts.contract_changes import TouchedUse, touched_by
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from conformance.specs.changes.shape_changes import compare_specs
from conformance.specs.model import Member, Service, Shape, Spec
from conformance.specs.store.loading import load_spec
from doubles.stored_specs import stored_spec

ONCE = {"tests/test_app.py::test_tables": 2}


def used(**more: Any) -> OperationUse:
    return OperationUse(ONCE, **more)


def members(*paths: str, **more: Any) -> dict[str, MemberUse]:
    return {path: MemberUse(**more) for path in paths}


def touched(older: Spec, newer: Spec, **operations: OperationUse) -> tuple[TouchedUse, ...]:
    service = older.service.name
    return touched_by(Contract(services={service: operations}), {service: compare_specs(older, newer)})


def test_an_update_touches_what_is_used_breaking_first() -> None:
    older, newer = (load_spec("sagemaker", source=version).spec for version in ("1.22.12", "1.35.61"))
    operations = {
        "DescribeEndpoint": used(read=members("EndpointStatus", "EndpointArn", "DataCaptureConfig/KmsKeyId")),
        "ListEndpoints": used(sent=members("StatusEquals"), read=members("Endpoints")),
        "DeleteEndpoint": used(sent=members("EndpointName")),
    }
    found = touched(older, newer, **operations)
    first = found[0]
    assert (first.is_breaking, first.operation, first.place) == (True, "DescribeEndpoint", "response EndpointStatus")
    assert first.what == "values added: UpdateRollbackFailed"
    assert {(each.operation, each.place) for each in found if not each.is_breaking} >= {
        ("DescribeEndpoint", "response DataCaptureConfig/KmsKeyId"),
        ("ListEndpoints", "request StatusEquals"),
    }
    assert not [each for each in found if "ExplainerConfig" in each.place]
    assert [each.is_breaking for each in found] == sorted((each.is_breaking for each in found), reverse=True)


def test_nothing_is_touched_where_nothing_differs() -> None:
    same = stored_spec("dynamodb")
    found = touched(same, same, DescribeTable=used(read=members("Table")))
    assert found == ()
    assert changes_text("1", "2", found) == "botocore 1 -> 2: nothing that the contract uses is different\n"


Change = Callable[[Service], Service]


def with_shape(name: str, change: Callable[[Shape], Shape]) -> Change:
    return lambda service: replace(service, shapes={**service.shapes, name: change(service.shapes[name])})


def without_member(shape: str, name: str) -> Change:
    return with_shape(
        shape, lambda one: replace(one, members={key: each for key, each in one.members.items() if key != name})
    )


def new_member(shape: str, *, required: bool) -> Change:
    return with_shape(
        shape,
        lambda one: replace(
            one,
            members={**one.members, "New": Member("String")},
            required=(*one.required, "New") if required else one.required,
        ),
    )


def without_value(shape: str, value: str) -> Change:
    return with_shape(shape, lambda one: replace(one, enum=tuple(each for each in one.enum if each != value)))


def requiring(shape: str, name: str) -> Change:
    return with_shape(shape, lambda one: replace(one, required=(*one.required, name)))


def without_errors(operation: str) -> Change:
    return lambda service: replace(
        service,
        operations={**service.operations, operation: replace(service.operations[operation], errors=())},
    )


def without(kind: str, name: str) -> Change:
    def change(service: Service) -> Service:
        changes: dict[str, Any] = {kind: {key: each for key, each in getattr(service, kind).items() if key != name}}
        return replace(service, **changes)

    return change


def with_pattern(shape: str, pattern: str) -> Change:
    return with_shape(shape, lambda one: replace(one, pattern=pattern))


def with_status(operation: str, status: int) -> Change:
    return lambda service: replace(
        service, operations={**service.operations, operation: replace(service.operations[operation], status=status)}
    )


PAYING = {"BillingMode": MemberUse(None, {"PAY_PER_REQUEST": Use()})}
SOMETIMES = {"TableName": MemberUse(), "Tags": MemberUse({"tests/test_app.py::test_tables": 1})}
CODE = {"ResourceNotFoundException": Use()}


@pytest.mark.parametrize(
    ("change", "operation", "breaks", "passes"),
    [
        (
            without_member("TableDescription", "TableStatus"),
            "DescribeTable",
            used(read=members("Table/TableStatus")),
            used(read=members("Table/TableName")),
        ),
        (
            without_member("CreateTableInput", "BillingMode"),
            "CreateTable",
            used(sent=PAYING),
            used(sent=members("TableName")),
        ),
        (
            without_value("BillingMode", "PAY_PER_REQUEST"),
            "CreateTable",
            used(sent=PAYING),
            used(sent={"BillingMode": MemberUse(None, {"PROVISIONED": Use()})}),
        ),
        (new_member("CreateTableInput", required=True), "CreateTable", used(), None),
        (new_member("CreateTableInput", required=False), "CreateTable", None, used()),
        (new_member("Tag", required=True), "CreateTable", used(sent=members("Tags", "Tags[]")), used()),
        (requiring("CreateTableInput", "Tags"), "CreateTable", used(sent=SOMETIMES), used(sent=members("Tags"))),
        (without_errors("DescribeTable"), "DescribeTable", used(errors=CODE), used()),
        (without("operations", "DescribeTable"), "DescribeTable", used(), None),
        (with_pattern("IndexName", "[a-zA-Z0-9_.-]+x?"), "Query", None, used(sent=members("IndexName"))),
        (with_pattern("IndexName", "[a-z]+"), "Query", used(sent=members("IndexName")), used(sent=members("Limit"))),
        (with_status("Query", 202), "Query", used(metadata={"HTTPStatusCode": Use()}), used()),
        (without("waiters", "TableExists"), "DescribeTable", used(waiters={"TableExists": Use()}), used()),
        (without("paginators", "ListTables"), "ListTables", used(paginator=Use()), used()),
    ],
)
def test_a_change_breaks_who_uses_what_differs(
    change: Change, operation: str, breaks: OperationUse | None, passes: OperationUse | None
) -> None:
    older = stored_spec("dynamodb")
    newer = replace(older, service=change(older.service))
    if breaks is not None:
        found = touched(older, newer, **{operation: breaks})
        assert found
        assert found[0].is_breaking, found
        assert found[0].tests == 1
    if passes is not None:
        assert not any(each.is_breaking for each in touched(older, newer, **{operation: passes}))


def test_another_protocol_breaks_nobody_whose_requests_botocore_writes() -> None:
    older = stored_spec("dynamodb")
    newer = replace(older, service=replace(older.service, protocol="smithy-rpc-v2-cbor"))
    (found,) = touched(older, newer, Query=used())
    assert (found.is_breaking, found.place) == (False, "service")


def test_what_is_the_same_at_several_operations_is_one_line() -> None:
    older = stored_spec("dynamodb")
    newer = replace(older, service=with_shape("TableArn", lambda one: replace(one, maximum=7))(older.service))
    operations = dict.fromkeys(("DescribeTable", "DeleteTable", "PutItem"), used(sent=members("TableName")))
    found = touched(older, newer, **operations)
    assert len(found) == 3
    text = changes_text("1", "2", found)
    assert text.count("request TableName") == 1
    assert "request TableName: max 1024 -> 7 (and in 2 more operations)" in text


def test_the_text_and_the_document_say_the_same() -> None:
    older = stored_spec("dynamodb")
    newer = replace(older, service=without_value("BillingMode", "PAY_PER_REQUEST")(older.service))
    found = touched(older, newer, CreateTable=used(sent=PAYING))
    text = changes_text("1.0", "1.1", found)
    assert "1 difference in what the contract uses, 1 of them breaking" in text
    assert "  dynamodb:CreateTable  request BillingMode: values gone: PAY_PER_REQUEST\n" in text
    assert "it sends values that are gone: PAY_PER_REQUEST (1 test calls the operation)" in text
    document = changes_document("1.0", "1.1", found)
    assert (document["breaking"], [each["what"] for each in document["changes"]]) == (
        1,
        ["values gone: PAY_PER_REQUEST"],
    )
