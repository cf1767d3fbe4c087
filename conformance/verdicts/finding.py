"""The words of judgement: notes that checks make, findings and verdicts that they add up to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.verdicts.evidence.timeline import TimelineEvent

Severity: TypeAlias = Literal["error", "warning", "info"]
VerdictWord: TypeAlias = Literal["passed", "failed", "skipped", "errored", "unreached"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction of one clause under one code, however often it was met.

    `case` is the smallest example; `steps` are the numbers of those of its steps that show the contradiction, from 0.
    """

    clause: str
    code: str
    severity: Severity
    service: str
    operation: str
    where: str
    expected: str
    got: str
    statement: str
    source: str
    case: str
    count: int = 1
    folds: tuple[str, ...] = ()
    folded_into: str | None = None
    steps: tuple[int, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name this finding in every run."""
        return fingerprint(self.clause, self.code)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a clause after a run. Absence is never a pass."""

    clause: str
    word: VerdictWord
    reason: str | None = None
    cases: tuple[str, ...] = ()


def fingerprint(clause: str, code: str) -> str:
    """The name of the finding that a clause is contradicted under a code."""
    return hashlib.sha256(f"{clause}\n{code}".encode()).hexdigest()[:16]
