"""Two runs held against each other: what got worse, what got better, what only one of them tells of."""

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
        """What the difference means: from passed to failed is worse, whatever else a run does not know is other."""
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
