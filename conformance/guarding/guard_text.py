"""What a guard has met, as a person reads it: the line of the test, what AWS does, what the mock does."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.guarding.guard_ledger import MetContradiction


def lines_of(met: Iterable[MetContradiction], test_file: str = "") -> tuple[str, ...]:
    """A line for each cause at each place, in order; what was met several times is counted."""
    counts: dict[str, int] = {}
    for each in met:
        text = _line(each, test_file)
        counts[text] = counts.get(text, 0) + 1
    return tuple(f"{text} ({count} times)" if count > 1 else text for text, count in counts.items())


def _line(met: MetContradiction, test_file: str) -> str:
    found, place = met.contradiction, met.place(test_file)
    where = "?" if place is None else str(place)
    at = f" at {found.where}" if found.where else ""
    return f"{where}: {met.severity}: {found.clause} ({found.code}){at}: AWS: {found.expected}; here: {found.got}"
