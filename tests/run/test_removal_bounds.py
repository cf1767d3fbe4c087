"""What cannot be removed costs few requests, and what a list still shows is there whatever is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
from conformance.record.rows import CaseRow, LeftoverRow
from conformance.run import run
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.remover import HOPELESS, Remover
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.events import Event
from conformance.run.execution.polling import Polling
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for

# Operations that make a bucket each.
EMPTY_BUCKETS = "s3:ListObjects,ListObjectsV2,ListObjectVersions,GetBucketAcl,GetBucketTagging,GetBucketLocation"
BUCKETS = f"{EMPTY_BUCKETS},PutObject"


def plan(selection: str) -> Plan:
    clauses = ClauseSelection(("*/input#accepted",))
    return plan_of(parse_selection([selection]), selection=clauses, seed=1, max_examples=0, poll_interval=0)


def moto() -> Connection:
    return resolve("moto", seed=1, timeout=60).open()


class KeepsBuckets:
    """A connection to a target that keeps its buckets, and answers to their removal with what it is given."""

    def __init__(self, connection: Connection, answer: Response) -> None:
        self.connection, self.answer = connection, answer
        self.account = connection.account

    def identity(self) -> Mapping[str, Any]:
        return self.connection.identity()

    def use_account(self, n: int) -> bool:
        return False

    def send(self, request: Request, **options: Any) -> Response:
        keeps = request.method == "DELETE" and request.path.count("/") == 1
        return self.answer if keeps else self.connection.send(request, **options)


class HidesBuckets(KeepsBuckets):
    """As that, and whoever asks for a bucket by its name is told that there is none."""

    def send(self, request: Request, **options: Any) -> Response:
        return Response(404, {}, b"") if request.method == "HEAD" else KeepsBuckets.send(self, request, **options)


def operations(rows: Iterable[Event]) -> Counter[str]:
    """The requests at the end of a run."""
    cases = (row for row in rows if isinstance(row, CaseRow) and "/probe/leftover-" in row.id)
    return Counter(step.operation for row in cases for step in row.steps)


DENIED = Response(
    403, {"content-type": "application/xml"}, b"<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>"
)
EXPIRED = Response(
    400, {"content-type": "application/xml"}, b"<Error><Code>ExpiredToken</Code><Message>too old</Message></Error>"
)
CRASHED = Response(500, {"content-type": "text/html"}, b"oops")


# Of what crashes, a few are asked once more; those that hold an object, also after that was removed.
@pytest.mark.parametrize(
    ("selection", "answer", "each", "beside"),
    [(BUCKETS, DENIED, 2, 5 * HOPELESS), (EMPTY_BUCKETS, CRASHED, 1, HOPELESS), (BUCKETS, CRASHED, 1, 2 * HOPELESS)],
)
def test_a_few_stand_for_all_that_cannot_be_removed(selection: str, answer: Response, each: int, beside: int) -> None:
    with moto() as connection:
        rows = list(run(plan(selection), KeepsBuckets(connection, answer)))
    told = [row for row in rows if isinstance(row, LeftoverRow) and row.resource == "Bucket"]
    sent = operations(rows)
    assert len(told) > 2 * HOPELESS
    assert sent["DeleteBucket"] >= len(told)
    assert sent["DeleteBucket"] <= each * len(told) + beside
    assert {row.reason for row in told} == {"refused" if answer is DENIED else "failed"}


@pytest.mark.parametrize(("answer", "is_last"), [(EXPIRED, True), (DENIED, False)])
def test_nothing_is_sent_once_the_credentials_have_expired(answer: Response, is_last: bool) -> None:
    with moto() as connection:
        rows = list(run(plan("s3:ListObjects,PutObject"), KeepsBuckets(connection, answer)))
    told = [row for row in rows if isinstance(row, LeftoverRow) and row.resource == "Bucket"]
    assert len(told) > 1
    assert (sum(operations(rows).values()) == 1) is is_last
    assert Counter(row.reason for row in told)["refused"] == (1 if is_last else len(told))
    assert {row.reason for row in told} == ({"refused", "not-tried"} if is_last else {"refused"})


@pytest.mark.parametrize(("name", "left"), [("example-name", ["example-name"]), ("not-there", [])])
def test_what_a_list_shows_is_there_though_no_read_finds_it(name: str, left: list[str]) -> None:
    thing = CreatedThing(
        0,
        "s3",
        "us-east-1",
        None,
        "Bucket",
        "CreateBucket",
        {"Bucket": name},
        identifiers={"Bucket": name},
        names=frozenset({name}),
        removals=(RemovalCall("DeleteBucket", {"Bucket": name}),),
        outcome="accepted",
    )
    found, register = load_service("s3"), Register("us-east-1")
    with moto() as connection:
        codec = codec_for(found.service)
        Exchanger(found.service, codec, connection).perform(Call("CreateBucket", {"Bucket": "example-name"}), "probe")
        builder = RequestBuilder(found.loaded.spec, found.overlay, 1)
        client = ServiceClient(builder, Exchanger(found.service, codec, HidesBuckets(connection, DENIED)))
        list(Remover(register, lambda _service: client, Polling(0, 1)).remove([register.add(thing)]))
    assert [each.identifiers["Bucket"] for each in register.things] == left


def test_what_a_list_shows_as_deleted_is_gone() -> None:
    with moto() as connection:
        rows = list(run(plan("cloudformation:CreateStackInstances"), connection))
    steps = [step for row in rows if isinstance(row, CaseRow) for step in row.steps]
    assert any((step.operation, step.outcome) == ("DeleteStackSet", "accepted") for step in steps)
    assert not [row for row in rows if isinstance(row, LeftoverRow)]
