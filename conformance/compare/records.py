"""Two records compared: which verdicts got worse, which got better, and which only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Change: TypeAlias = Literal["worse", "better", "other", "new", "gone"]

CHANGES: tuple[Change, ...] = ("worse", "better", "other", "new", "gone")


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause whose verdict differs; None where a run has no verdict of it."""

    clause: str
    before: str | None
    after: str | None

    @property
    def change(self) -> Change:
        """What the difference means: to failed is worse, from failed to passed is better, anything else is other."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if self.after == "failed":
            return "worse"
        if self.before == "failed" and self.after == "passed":
            return "better"
        return "other"


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    """The clauses whose verdicts differ between two runs, worst first, then by id."""
    found = [
        Difference(clause, before.get(clause), after.get(clause))
        for clause in {*before, *after}
        if before.get(clause) != after.get(clause)
    ]
    return tuple(sorted(found, key=lambda each: (CHANGES.index(each.change), each.clause)))
