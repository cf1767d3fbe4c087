"""What cases leave behind is removed at the end of a run, children first; what cannot be removed is told."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import token_for
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
    assert one.detail == "DeleteBucket was rejected for lack of permission (AccessDenied: not yours)"
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


class MakingWhatItRefuses(Refusing):
    """A connection to a target that refuses to make a bucket, and has made it."""

    def send(self, request: Request, **options: Any) -> Response:
        response = self.connection.send(request, **options)
        if request.method == "PUT" and request.path.count("/") == 1:
            body = b"<Error><Code>OperationAborted</Code><Message>try again</Message></Error>"
            return Response(409, {"content-type": "application/xml"}, body)
        return response


def test_what_was_made_and_refused_is_removed() -> None:
    with moto() as connection:
        send(connection, "s3", "CreateBucket", {"Bucket": "example-name"})
        rows = list(run(plan("s3:CreateBucket"), MakingWhatItRefuses(connection)))
        assert [each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")] == ["example-name"]
    assert leftovers(rows) == []


# The token of "one" under the seed 1, which the run has given if it was asked for.
TOKEN = token_for(1, "one")


class Accepting:
    """A target that accepts everything and has these rules."""

    def __init__(self, *rules: Mapping[str, Any]) -> None:
        self.rules, self.asked = rules, list[str]()

    def send(self, request: Request, **_options: Any) -> Response:
        name = dict(request.headers)["X-Amz-Target"].rpartition(".")[2]
        self.asked.append(name)
        body = {"Rules": self.rules if "DeleteRule" not in self.asked else []} if name == "ListRules" else {}
        return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("rule", "told", "removed"),
    [
        ({"Name": f"example-name-{TOKEN}"}, [], True),
        ({"Name": "example-name", "Description": f"for example-name-{TOKEN}"}, ["example-name"], False),
        ({"Name": "example-name"}, [], False),
        ({"Name": "checkout-example-name"}, [], False),
    ],
)
def test_what_appears_because_a_request_names_it_is_removed_or_told(
    rule: Mapping[str, Any], told: list[str], removed: bool
) -> None:
    found, target = load_service("events"), Accepting(rule)
    builder, register = RequestBuilder(found.loaded.spec, found.overlay, 1), Register("us-east-1")
    assert builder.token("one") == TOKEN
    exchanger = Exchanger(found.service, codec_for(found.service), target, observer=register.for_service(builder))
    exchanger.perform(Call("PutTargets", {"Rule": rule["Name"], "Targets": [{"Id": "1", "Arn": "arn:a"}]}), "case")
    client = ServiceClient(builder, exchanger)
    remover = Remover(register, lambda _service: client, Polling(0, 1))
    attempts = [*remover.remove(register.things), *remover.by_products()]
    assert attempts
    assert [each.identifiers["Name"] for each in register.things] == told
    assert ("DeleteRule" in target.asked) is removed


class Forgetful(Accepting):
    """A target that knows nothing of a rule that it is to delete."""

    def send(self, request: Request, **options: Any) -> Response:
        if dict(request.headers)["X-Amz-Target"].endswith("DeleteRule"):
            body = b'{"__type": "ResourceNotFoundException", "message": "no such rule"}'
            return Response(400, {"content-type": "application/x-amz-json-1.1"}, body)
        return super().send(request, **options)


@pytest.mark.parametrize(
    ("name", "is_gone"),
    [("one", True), ("arn:aws:events:eu-west-1:111122223333:rule/one", True), ("one:two", False), ("arn::one", False)],
)
def test_what_is_not_found_under_a_name_that_may_be_read_otherwise_is_told(name: str, is_gone: bool) -> None:
    found, register = load_service("events"), Register("us-east-1")
    builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
    exchanger = Exchanger(found.service, codec_for(found.service), Forgetful(), observer=register.for_service(builder))
    exchanger.perform(Call("PutRule", {"Name": name}), "case")
    client = ServiceClient(builder, exchanger)
    attempts = list(Remover(register, lambda _service: client, Polling(0, 0.01)).remove(register.things))
    assert attempts
    assert (register.things == ()) is is_gone


def uncertain(name: str) -> CreatedThing:
    """A bucket whose creating request crashed: perhaps it is there, perhaps somebody else's is."""
    return CreatedThing(
        0, "s3", "us-east-1", None, "Bucket", "CreateBucket", {"Bucket": name},
        {"Bucket": name}, frozenset({name}), (RemovalCall("DeleteBucket", {"Bucket": name}),), outcome="crashed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "left"),
    [("example-name", ["example-name"]), ("checkout-service", ["checkout-service"]), (f"example-name-{TOKEN}", [])],
)
def test_what_may_be_somebody_elses_is_told_and_left(name: str, left: list[str]) -> None:
    found = load_service("s3")
    with moto() as connection:
        send(connection, "s3", "CreateBucket", {"Bucket": name})
        builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
        assert builder.token("one") == TOKEN
        register = Register("us-east-1")
        observer = register.for_service(builder)
        exchanger = Exchanger(found.service, codec_for(found.service), connection, observer=observer)
        client = ServiceClient(builder, exchanger)
        remover = Remover(register, lambda _service: client, Polling(0, 1))
        attempts = list(remover.remove([register.add(uncertain(name))]))
        assert [each["Name"] for each in listed(connection, "s3", "ListBuckets", {}, "Buckets")] == left
    assert [each.is_gone for each in attempts][-1] is not bool(left)
    assert [next(iter(each.names)) for each in register.things] == left
