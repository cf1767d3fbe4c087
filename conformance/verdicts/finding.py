"""The words of judgement: notes that checks make, findings and verdicts that they add up to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]
VerdictWord: TypeAlias = Literal["passed", "failed", "skipped", "errored", "unreached"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer contradicts a clause. `where` is the spot, `expected` what the clause wants, `got` what came."""

    clause: str
    code: str
    where: str
    expected: str
    got: str


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
    """One contradiction of one clause under one code, however often it was met; `case` is the smallest example."""

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
