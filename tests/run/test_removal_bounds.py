"""What cannot be removed costs few requests, and what a list still shows is there whatever is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from conformance.exchanges.connection import Connection
from conformance.exchanges.target import resolve
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.rows import CaseRow, LeftoverRow
from conformance.run import run
from conformance.run.cleanup.remover import HOPELESS
from conformance.run.events import Event
from conformance.wire.message import Request, Response

# Operations that make a bucket each.
BUCKETS = "s3:ListObjects,ListObjectsV2,ListObjectVersions,GetBucketAcl,GetBucketTagging,GetBucketLocation,PutObject"


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
CRASHED = Response(500, {"content-type": "text/html"}, b"oops")
ACCEPTED = Response(204, {}, b"")


@pytest.mark.parametrize(("answer", "most"), [(DENIED, 5 * HOPELESS), (CRASHED, HOPELESS)])
def test_a_few_stand_for_all_that_cannot_be_removed(answer: Response, most: int) -> None:
    with moto() as connection:
        rows = list(run(plan(BUCKETS), KeepsBuckets(connection, answer)))
    told = [row for row in rows if isinstance(row, LeftoverRow)]
    sent = operations(rows)
    assert len(told) > 2 * HOPELESS
    assert len(told) <= sent["DeleteBucket"] - HOPELESS
    assert sent["DeleteBucket"] <= 2 * len(told) + most
    assert {row.reason for row in told} == {"refused" if answer is DENIED else "failed"}


def test_what_a_list_shows_after_its_accepted_removal_is_told() -> None:
    with moto() as connection:
        rows = list(run(plan("s3:PutObject"), KeepsBuckets(connection, ACCEPTED)))
    told = [row for row in rows if isinstance(row, LeftoverRow)]
    assert told
    assert {(row.operation, row.reason, row.detail) for row in told} == {
        ("CreateBucket", "failed", "DeleteBucket was accepted")
    }


def test_what_a_list_shows_is_there_though_no_read_finds_it() -> None:
    with moto() as connection:
        rows = list(run(plan("s3:PutObject"), HidesBuckets(connection, DENIED)))
    assert {row.reason for row in rows if isinstance(row, LeftoverRow)} == {"refused"}


def test_what_a_list_shows_as_deleted_is_gone() -> None:
    with moto() as connection:
        rows = list(run(plan("cloudformation:CreateStackInstances"), connection))
    steps = [step for row in rows if isinstance(row, CaseRow) for step in row.steps]
    assert any((step.operation, step.outcome) == ("DeleteStackSet", "accepted") for step in steps)
    assert not [row for row in rows if isinstance(row, LeftoverRow)]
