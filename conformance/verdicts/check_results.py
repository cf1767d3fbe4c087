"""What checks say of one exchange or timeline: results, which add up to findings and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.verdicts.evidence.timeline import TimelineEvent


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer contradicts a clause.

    `where` is the place, `expected` what the clause wants, `got` what came back. `decided_by` are the events of a
    timeline that show it; empty where the one exchange of a case does.
    """

    clause: str
    code: str
    where: str
    expected: str
    got: str
    decided_by: tuple[TimelineEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Satisfied:
    """An answer shows that a clause holds."""

    clause: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """An answer says nothing of a clause that the case was built for, and why."""

    clause: str
    word: Literal["skipped", "errored", "unreached"]
    reason: str


CheckResult: TypeAlias = "Contradiction | Satisfied | Undecided"
