"""What cases leave behind is removed at the end of a run, children first; what cannot be removed is told."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.connection import Connection
from conformance.exchanges.exchange import Exchanger
from conformance.exchanges.target import resolve
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.planning.service_specs import load_service
from conformance.record.rows import CaseRow, FooterRow, LeftoverRow
from conformance.run import run
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.remover import Remover
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.events import Event
from conformance.run.execution.polling import Polling
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for
from doubles.stored_specs import stored_service


def plan(selection: str) -> Plan:
    """The smallest valid requests of a selection."""
    clauses = ClauseSelection(("*/input#accepted",))
    return plan_of(parse_selection([selection]), selection=clauses, seed=1, max_examples=0, poll_interval=0)


def moto() -> Connection:
    return resolve("moto", seed=1, timeout=60).open()


def listed(connection: Connection, service: str, operation: str, params: Any, *names: str) -> list[Any]:
    model = stored_service(service)
    exchange = Exchanger(model, codec_for(model), connection).perform(Call(operation, params), "probe")
    assert exchange.answer is not None
    return [item for name in names for item in (exchange.answer.output or {}).get(name, [])]


def send(connection: Connection, service: str, operation: str, params: Any) -> None:
    model = stored_service(service)
    exchange = Exchanger(model, codec_for(model), connection).perform(Call(operation, params), "probe")
    assert exchange.outcome.kind == "accepted"


def leftovers(rows: Iterable[Event]) -> list[LeftoverRow]:
    return [row for row in rows if isinstance(row, LeftoverRow)]


def test_objects_are_removed_before_their_bucket() -> None:
    with moto() as connection:
        rows = list(run(plan("s3:PutObject"), connection))
        assert listed(connection, "s3", "ListBuckets", {}, "Buckets") == []
    assert leftovers(rows) == []
    steps = [step for row in rows if isinstance(row, CaseRow) for step in row.steps]
    operations = [step.operation for step in steps if (step.role, step.outcome) == ("cleanup", "accepted")]
    assert operations.index("DeleteObject") < operations.index("DeleteBucket")


def test_targets_are_removed_before_their_rule() -> None:
    with moto() as connection:
        rows = list(run(plan("events:PutTargets"), connection))
        assert listed(connection, "events", "ListRules", {}, "Rules") == []
    assert leftovers(rows) == []


def test_what_was_there_before_the_run_is_there_after_it() -> None:
    rule, target = (
        {"Name": "mine", "ScheduleExpression": "rate(1 day)"},
        {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:1:q"},
    )
    with moto() as connection:
        send(connection, "s3", "CreateBucket", {"Bucket": "a-bucket-of-mine"})
        send(connection, "s3", "PutObject", {"Bucket": "a-bucket-of-mine", "Key": "mine", "Body": b"mine"})
        send(connection, "events", "PutRule", rule)
        send(connection, "events", "PutTargets", {"Rule": "mine", "Targets": [target]})
        rows = [
            *run(plan("s3:PutObject,DeleteBucket"), connection),
            *run(plan("events:PutTargets,DeleteRule"), connection),
        ]
        connection.return_to_account(0)
        assert [each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")] == ["a-bucket-of-mine"]
        objects = listed(connection, "s3", "ListObjectsV2", {"Bucket": "a-bucket-of-mine"}, "Contents")
        assert [each["Key"] for each in objects] == ["mine"]
        assert [each["Name"] for each in listed(connection, "events", "ListRules", {}, "Rules")] == ["mine"]
        assert listed(connection, "events", "ListTargetsByRule", {"Rule": "mine"}, "Targets") == [target]
    assert leftovers(rows) == []


def test_what_a_service_makes_beside_a_thing_is_removed_after_it() -> None:
    mine = {
        "DBClusterIdentifier": "mine",
        "Engine": "aurora-mysql",
        "MasterUsername": "me",
        "MasterUserPassword": "x" * 9,
    }
    with moto() as connection:
        send(connection, "rds", "CreateDBCluster", mine)
        rows = list(run(plan("rds:CreateDBCluster"), connection))
        connection.return_to_account(0)
        snapshots = listed(connection, "rds", "DescribeDBClusterSnapshots", {}, "DBClusterSnapshots")
        assert {each["DBClusterIdentifier"] for each in snapshots} == {"mine"}
    steps = [step for row in rows if isinstance(row, CaseRow) for step in row.steps]
    assert any((step.operation, step.outcome) == ("DeleteDBClusterSnapshot", "accepted") for step in steps)


class Refusing:
    """A connection to a target that keeps its buckets."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.account = connection.account

    def identity(self) -> Any:
        return self.connection.identity()

    def use_account(self, n: int) -> bool:
        return False

    def send(self, request: Request, **options: Any) -> Response:
        if request.method == "DELETE" and request.path.count("/") == 1:
            body = b"<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>"
            return Response(403, {"content-type": "application/xml"}, body)
        return self.connection.send(request, **options)


def test_what_cannot_be_removed_is_told_with_the_call_that_removes_it() -> None:
    with moto() as connection:
        rows = list(run(plan("s3:PutObject"), Refusing(connection)))
        buckets = {each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")}
    told = leftovers(rows)
    assert buckets
    assert {row.identifiers["Bucket"] for row in told if row.resource == "Bucket"} == buckets
    one = next(row for row in told if row.resource == "Bucket")
    assert (one.service, one.operation, one.reason, one.certain) == ("s3", "CreateBucket", "refused", True)
    assert one.detail == "DeleteBucket was rejected-auth (AccessDenied: not yours)"
    assert [(each.operation, each.params) for each in one.removals] == [("DeleteBucket", one.identifiers)]
    footer = rows[-1]
    assert isinstance(footer, FooterRow)
    assert footer.requests < 60 + 60 * len(buckets)


def test_an_interrupted_run_removes_what_it_made() -> None:
    with moto() as connection:
        rows = run(plan("s3:PutObject"), connection)
        for row in rows:
            if isinstance(row, CaseRow) and any(step.operation == "PutObject" for step in row.steps):
                break
        rest: list[Any] = [rows.throw(KeyboardInterrupt()), *rows]
        assert listed(connection, "s3", "ListBuckets", {}, "Buckets") == []
    assert leftovers(rest) == []
    assert rest[-1].ended == "interrupted"


def test_a_second_interrupt_ends_the_removal_and_the_rest_is_told() -> None:
    with moto() as connection:
        rows: Any = run(plan("s3:PutObject,PutObjectTagging,PutObjectAcl"), connection)
        found = list(itertools.takewhile(lambda row: "/probe/leftover-" not in getattr(row, "id", ""), rows))
        found += [rows.throw(KeyboardInterrupt()), rows.throw(KeyboardInterrupt()), *rows]
        buckets = {each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")}
    told = [row for row in leftovers(found) if row.resource == "Bucket"]
    assert buckets
    assert {row.identifiers["Bucket"] for row in told} == buckets
    assert {row.reason for row in told} == {"not-tried"}
    assert found[-1].ended == "interrupted"


def test_what_is_removed_by_a_list_of_names_is_told_by_its_name() -> None:
    with moto() as connection:
        told = leftovers(run(plan("ec2:CreateVpcEndpoint"), connection))
        there = listed(connection, "ec2", "DescribeVpcEndpoints", {}, "VpcEndpoints")
    left = {each["VpcEndpointId"] for each in there if each["State"] == "available"}
    assert {row.identifiers["VpcEndpointIds"] for row in told if row.resource == "VpcEndpoint"} == left
    assert not [row for row in told if row.resource == "NetworkAcl"]


class Crashing(Refusing):
    """A connection to a target that crashes whenever a bucket is to be made or removed."""

    def send(self, request: Request, **options: Any) -> Response:
        if request.path.count("/") == 1 and request.path != "/" and request.method in ("PUT", "DELETE"):
            return Response(500, {"content-type": "text/html"}, b"oops")
        return self.connection.send(request, **options)


def test_what_crashed_is_looked_up_in_one_list_and_not_asked_for_one_by_one() -> None:
    with moto() as connection:
        rows = list(run(plan("s3:PutObject"), Crashing(connection)))
    steps = [step for row in rows if isinstance(row, CaseRow) and "/probe/leftover-" in row.id for step in row.steps]
    assert [step.operation for step in steps] == ["ListBuckets"]
    assert leftovers(rows) == []


def uncertain(name: str) -> CreatedThing:
    """A bucket whose creating request crashed: perhaps it is there, perhaps somebody else's is."""
    return CreatedThing(
        0, "s3", "us-east-1", None, "Bucket", "CreateBucket", {"Bucket": name},
        {"Bucket": name}, frozenset({name}), (RemovalCall("DeleteBucket", {"Bucket": name}),), outcome="crashed",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "left"), [("example-name", ["example-name"]), ("example-name-cabcdefg", [])])
def test_what_may_be_somebody_elses_is_told_and_left(name: str, left: list[str]) -> None:
    found = load_service("s3")
    with moto() as connection:
        send(connection, "s3", "CreateBucket", {"Bucket": name})
        builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
        client = ServiceClient(builder, Exchanger(found.service, codec_for(found.service), connection))
        register = Register("us-east-1")
        remover = Remover(register, lambda _service: client, Polling(0, 1))
        attempts = list(remover.remove([register.add(uncertain(name))]))
        assert [each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")] == left
    assert [each.is_gone for each in attempts][-1] is not bool(left)
    assert [next(iter(each.names)) for each in register.things] == left
