"""State that one bad request poisoned, told as that.

A target that stores what it should have rejected may answer 500 to requests that are in order from then on. So a
crash on a valid request is doubted: where accounts are free, it is sent again in a fresh one. If it succeeds there,
the old account was poisoned, and the requests that may have done it are tried one by one until one is proven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.run.execution import Execution, Executor

# How many earlier requests are tried as the culprit, latest first.
SUSPECTS_TRIED = 8


@dataclass(frozen=True, slots=True)
class Poison:
    """A poisoned state: the case as it went in a fresh account, and the case that did it, where that was proven."""

    again: Execution
    culprit: Case | None


@dataclass(slots=True)
class Health:
    """Remembers what may have harmed the state of the account at hand.

    `move` goes to the n-th account of the run and says whether that was possible.
    """

    move: Callable[[int], bool]
    account: int = 0
    suspects: list[Case] = field(default_factory=list)

    def remember(self, execution: Execution) -> None:
        """Take note of an execution that may have left something behind."""
        if execution.case.intent == "invalid" and execution.outcome in ("accepted", "crashed"):
            self.suspects.append(execution.case)

    def doubt(self, execution: Execution, executor: Executor) -> Poison | None:
        """Whether a crash is the fault of the state rather than of the request."""
        if execution.outcome != "crashed" or execution.case.intent == "invalid" or not self.suspects:
            return None
        suspects = self.suspects
        if not self._fresh():
            return None
        again = executor.execute(execution.case)
        if again.outcome == "crashed":
            return None
        return Poison(again, self._culprit(suspects, execution.case, executor))

    def _fresh(self) -> bool:
        if not self.move(self.account + 1):
            return False
        self.account += 1
        self.suspects = []
        return True

    def _culprit(self, suspects: list[Case], victim: Case, executor: Executor) -> Case | None:
        for suspect in list(reversed(suspects))[:SUSPECTS_TRIED]:
            self._fresh()
            executor.execute(suspect)
            crashed = executor.execute(victim).outcome == "crashed"
            if crashed:
                self._fresh()
                return suspect
        self._fresh()
        return None
