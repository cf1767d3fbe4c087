"""What the hosting double measures, printed below the tests: how often the faithful one is blamed, and what is missed.

test --record_property--> report, from whichever process --pytest_terminal_summary--> one line
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

FAITHFUL, FAULTS = "faithful double", "faults found"


def measured(record_property: Callable[[str, object], None], what: str, count: int, of: int = 1) -> None:
    """Note what a test measured: findings in the faithful double, or how many of some faults were found."""
    record_property(what, f"{count}/{of}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was measured, if anything was."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
    ]
    line = "; ".join(_told(reports))
    if line:
        terminalreporter.write_line(line)


def _told(reports: list[pytest.TestReport]) -> Iterator[str]:
    faithful, faults = (list(_measures(reports, what)) for what in (FAITHFUL, FAULTS))
    if faithful:
        yield f"faithful double: {sum(count for count, _ in faithful)} findings at {len(faithful)} seeds"
    if faults:
        yield f"broken doubles: {sum(count for count, _ in faults)} of {sum(of for _, of in faults)} faults found"


def _measures(reports: list[pytest.TestReport], what: str) -> Iterator[tuple[int, int]]:
    for report in reports:
        for name, value in report.user_properties:
            if name == what:
                count, _, of = str(value).partition("/")
                yield int(count), int(of)
