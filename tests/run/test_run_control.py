"""Limits and stop requests end a run in order, wherever it is; without them it goes on to its end."""

from __future__ import annotations

import threading

import pytest

from conformance.record.rows import Finding, FooterRow, Verdict
from conformance.run import run
from conformance.run.control.run_control import Limits, RunControl, RunStopped
from conformance.run.events import Event
from conformance.run.run_end import RunEnd
from doubles.demanding_service import DemandingService, plan


def ended_at(limits: Limits) -> tuple[list[Event], DemandingService]:
    target = DemandingService()
    return list(run(plan(), target, control=RunControl(limits))), target


def footer_of(rows: list[Event]) -> FooterRow:
    assert isinstance(rows[-1], FooterRow)
    return rows[-1]


WHOLE, _ = ended_at(Limits())
CLAUSES = sorted(row.clause for row in WHOLE if isinstance(row, Verdict))
REQUESTS = footer_of(WHOLE).requests


def test_without_a_limit_that_is_reached_the_run_is_complete() -> None:
    assert footer_of(WHOLE).ended == "complete"
    rows, _ = ended_at(Limits(seconds=600, requests=10 * REQUESTS, failures=10_000))
    assert [row for row in rows if isinstance(row, Verdict)] == [row for row in WHOLE if isinstance(row, Verdict)]


@pytest.mark.parametrize("most", [1, 2, 7, REQUESTS // 2, REQUESTS - 1])
def test_no_more_requests_are_sent_than_allowed_and_everything_is_removed(most: int) -> None:
    rows, target = ended_at(Limits(requests=most))
    footer = footer_of(rows)
    assert (footer.ended, footer.code) == ("stopped", "max-requests")
    assert sorted(row.clause for row in rows if isinstance(row, Verdict)) == CLAUSES
    assert target.paddocks == {}
    removals = sum(name == "DeletePaddock" for name, _ in target.asked)
    assert len(target.asked) <= most + removals


def test_time_that_is_over_ends_the_run() -> None:
    control = RunControl(Limits(seconds=5), clock=iter(range(10_000)).__next__)
    rows = list(run(plan(), DemandingService(), control=control))
    assert footer_of(rows).code == "max-time"
    assert sorted(row.clause for row in rows if isinstance(row, Verdict))


def test_failures_are_counted_once_each_and_end_the_run() -> None:
    every = Limits(failures=2, is_failure=lambda finding: True)
    rows, target = ended_at(every)
    findings = {row.fingerprint for row in rows if isinstance(row, Finding) and not row.folds}
    assert footer_of(rows).code == "max-failures"
    assert len(findings) >= 2
    assert target.paddocks == {}
    rows, _ = ended_at(Limits(failures=1, is_failure=lambda finding: False))
    assert footer_of(rows).ended == "complete"


def test_the_first_reason_stays_and_a_thread_is_told_once() -> None:
    control = RunControl()
    control.checkpoint()
    control.stop(RunEnd("terminated"))
    control.stop(RunEnd("max-time", "1"))
    assert control.end == RunEnd("terminated")
    with pytest.raises(RunStopped):
        control.sleep(60)
    control.checkpoint()  # what is left is the removal


def test_what_another_thread_is_told_the_main_one_need_not_be_told_again() -> None:
    control, told = RunControl(), []

    def work() -> None:
        try:
            control.checkpoint()
        except RunStopped:
            told.append(True)

    control.stop(RunEnd("terminated"))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [True]
    control.checkpoint()


def test_a_stop_ends_a_long_sleep() -> None:
    control = RunControl()
    timer = threading.Timer(0.05, control.stop, (RunEnd("interrupted"),))
    timer.start()
    with pytest.raises(RunStopped):
        control.sleep(30)
    timer.join()
