"""A record that was cut off at any byte: what it shows is told, and the run goes on from it to the same verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exceptions import BadFile
from conformance.record.reader import read
from conformance.record.rows import FooterRow, Record
from conformance.record.writer import RecordWriter
from conformance.run import Event, OperationStarted, run
from conformance.run.continuation.recorded_plan import NotTheSame
from conformance.run.continuation.rejudging import completed
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import Limits, RunControl
from conformance.wire.message import Request, Response
from doubles.demanding_service import DemandingService, plan

PLAN = plan(only=("*/input#accepted", "*/output/*", "*/errors#*", "*/protocol#*", "Paddock/*"))


class Remote(DemandingService):
    """The implementation, with an identity that a record may have."""

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "http", "identity": "paddocks", "url": "http://127.0.0.1:9", "region": "eu-west-1"}


def recorded(path: Path, events: list[Event]) -> Record:
    with RecordWriter(path) as writer:
        for event in events:
            if not isinstance(event, OperationStarted):
                writer.write(event)
    return read(path)


def result(record: Record) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
    return (
        {row.clause: row.verdict for row in record.verdicts},
        {(row.fingerprint, row.severity, row.case) for row in record.findings},
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, bytes]:
    path = tmp_path_factory.mktemp("whole") / "record.jsonl"
    record = recorded(path, list(run(PLAN, Remote())))
    return record, path.read_bytes()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.floats(0, 1))
def test_a_record_cut_at_any_byte_is_told_and_gone_on_with(
    part: float, whole: tuple[Record, bytes], tmp_path: Path
) -> None:
    record, content = whole
    path = tmp_path / "record.jsonl"
    path.write_bytes(content[: int(part * len(content))])
    try:
        cut = read(path)
    except BadFile:
        assert b"\n" not in path.read_bytes()  # the header itself was cut
        return
    clauses, findings = result(record)

    told, found = result(completed(cut, PLAN))
    assert set(told) == set(clauses)
    assert found <= findings or {each[0] for each in found} <= {each[0] for each in findings}
    assert {clause for clause, word in told.items() if word == "failed"} <= {
        clause for clause, word in clauses.items() if word == "failed"
    }

    target = Remote()
    again = recorded(path, list(run(PLAN, target, earlier=Resumption(cut, PLAN))))
    assert result(again) == (clauses, findings)
    assert not again.truncated
    assert again.operations == record.operations or set(map(str, again.operations)) == set(map(str, record.operations))
    assert target.paddocks == {}


def test_the_exchanges_alone_show_what_the_run_has_shown(whole: tuple[Record, bytes]) -> None:
    record, _ = whole
    cases = Record(record.header, record.cases, truncated=True)
    assert result(completed(cases, PLAN)) == result(record)
    assert completed(record, PLAN) is record


class Repeating(Remote):
    """The implementation, with each content type in two headers; a crash has its place."""

    def send(self, request: Request, **options: Any) -> Response:
        response = super().send(request, **options)
        crash = "KeyError: 'a' (paddocks.py:1)" if response.status >= 500 else ""
        return replace(response, repeated=("content-type",), crash=crash)


def test_what_is_around_a_body_is_judged_again_too(tmp_path: Path) -> None:
    whole = recorded(tmp_path / "whole.jsonl", list(run(PLAN, Repeating())))
    assert {row.code for row in whole.findings} >= {"repeated-header"}
    cases = Record(whole.header, whole.cases, truncated=True)
    again = {(row.fingerprint, row.got) for row in completed(cases, PLAN).findings}
    assert again == {(row.fingerprint, row.got) for row in whole.findings}


@pytest.mark.parametrize("most", [5, 30, 60])
def test_what_was_finished_is_not_sent_again(most: int, whole: tuple[Record, bytes], tmp_path: Path) -> None:
    record, _ = whole
    first, second = Remote(), Remote()
    events = list(run(PLAN, first, control=RunControl(Limits(requests=most))))
    stopped = recorded(tmp_path / "record.jsonl", events)
    again = recorded(tmp_path / "again.jsonl", list(run(PLAN, second, earlier=Resumption(stopped, PLAN))))
    assert result(again) == result(record)
    assert isinstance(again.footer, FooterRow)
    assert again.footer.ended == "complete"
    finished = {row.operation for row in stopped.operations if not row.cut}
    asked = [name for name, _ in second.asked]
    assert len(asked) < len(first.asked) + record.footer.requests if record.footer else False
    assert not {name for name in finished if name.startswith("Redeem")} & set(asked)


def test_a_finished_run_has_nothing_to_go_on_with(whole: tuple[Record, bytes]) -> None:
    record, _ = whole
    target = Remote()
    rows = list(run(PLAN, target, earlier=Resumption(record, PLAN)))
    # How the target answers what it cannot know is asked at every start.
    assert len(target.asked) <= 12
    assert isinstance(rows[-1], FooterRow)
    assert record.footer is not None
    assert rows[-1].verdicts == record.footer.verdicts


def test_another_target_is_refused(whole: tuple[Record, bytes]) -> None:
    record, _ = whole
    with pytest.raises(NotTheSame, match="paddocks"):
        list(run(PLAN, DemandingService(), earlier=Resumption(record, PLAN)))
