"""What checks and laws yield of a clause: it is contradicted, satisfied, or undecided.

The ledger of clauses turns these results into findings and verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.values.text import with_detail
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
    """An answer satisfies a clause."""

    clause: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A clause that a case was built for could not be judged; `word` is its verdict unless another case judges it.

    `why` is a sentence: what has the same one is counted together. `detail` is what was met in this case.
    """

    clause: str
    word: Literal["skipped", "errored", "unreached"]
    why: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """Both in one line."""
        return with_detail(self.why, self.detail)


CheckResult: TypeAlias = "Contradiction | Satisfied | Undecided"
