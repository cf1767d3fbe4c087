"""An interrupt that is thrown into a run between two rows ends it in order, wherever that is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, cast

import pytest

from conformance.record.rows import FooterRow, Verdict
from conformance.run import run
from conformance.run.events import Event
from doubles.demanding_service import DemandingService, plan


def interrupted_after(number: int) -> tuple[list[Event], DemandingService]:
    """The rows of a run that is interrupted after so many of them; and its target."""
    target = DemandingService()
    rows = cast("Generator[Event, None, Any]", run(plan(), target))
    found = [next(rows) for _ in range(number)]
    return [*found, rows.throw(KeyboardInterrupt()), *rows], target


TOTAL = len(list(run(plan(), DemandingService())))


@pytest.mark.parametrize("number", sorted({1, 2, 5, TOTAL // 2, TOTAL - 20, TOTAL - 5, TOTAL - 1}))
def test_the_record_is_complete_and_says_so(number: int) -> None:
    rows, target = interrupted_after(number)
    footer, clauses = rows[-1], clauses_of(rows)
    assert isinstance(footer, FooterRow)
    assert footer.ended == "interrupted"
    assert sorted(clauses) == sorted(clauses_of(list(run(plan(), DemandingService()))))
    assert len(set(clauses)) == len(clauses)
    assert sum(footer.verdicts.values()) == len(clauses)
    assert target.paddocks == {}


def clauses_of(rows: list[Event]) -> list[str]:
    return [row.clause for row in rows if isinstance(row, Verdict)]


def test_a_run_without_an_interrupt_is_complete() -> None:
    footer = list(run(plan(), DemandingService()))[-1]
    assert isinstance(footer, FooterRow)
    assert footer.ended == "complete"
