"""The state of the account at hand: kept clean where that is possible, and doubted where it is not.

A target that stores what it should have rejected may answer differently from then on, or answer 5xx to requests that
are in order. Two measures, so that no clause is blamed for what another request did:

    after an invalid request that may have left something behind     --> work goes on in a fresh account, where
                                                                         accounts are free
    a crash, where that is not possible, or in an
    account that the operation is new to                            --> the operation's smallest request, accepted
                                                                         at the start of the run, is sent again: if it
                                                                         crashes now, the state was poisoned
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.run.execution import Execution, Executor
from conformance.specs.resources.inference import READING

# How many earlier requests are named as those that may have done it, latest first.
SUSPECTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class PoisonedState:
    """The state has changed: some of the requests that may have done it, latest first, by case id.

    Without any it was not poisoned, but lacks what the operation needs. `again` is the request that crashes now.
    """

    suspects: tuple[str, ...]
    again: Execution


@dataclass(slots=True)
class Liveness:
    """Watches over the account at hand.

    `move` goes to the n-th account of the run and says whether that was possible; `leave` is called before.
    """

    move: Callable[[int], bool]
    leave: Callable[[], object] = lambda: None
    account: int = 0
    suspects: list[Case] = field(default_factory=list)
    smallest: dict[str, Case] = field(default_factory=dict)
    _where: dict[str, int] = field(default_factory=dict)

    def accepted(self, case: Case) -> None:
        """Take note of the smallest request of an operation, accepted while all was in order."""
        self.smallest[case.operation] = case
        self._where[case.operation] = self.account

    def remember(self, execution: Execution) -> None:
        """Take note of an execution; move on to a fresh account where it may have left something behind."""
        if not _leaves_traces(execution):
            return
        self.leave()
        if self.move(self.account + 1):
            self.account += 1
        else:
            self.suspects.append(execution.case)

    def doubt(self, execution: Execution, executor: Executor) -> PoisonedState | None:
        """Whether a crash is the fault of the state rather than of the request."""
        case = execution.case
        known = self.smallest.get(case.operation)
        if execution.outcome != "crashed" or known is None:
            return None
        if not self.suspects and self._where[case.operation] == self.account:
            return None
        again = executor.execute(known)
        if again.outcome != "crashed":
            self._where[case.operation] = self.account
            return None
        return PoisonedState(tuple(suspect.id for suspect in reversed(self.suspects[-SUSPECTS_NAMED:])), again)

    def gone(self, execution: Execution, executor: Executor) -> bool:
        """Whether a request without an answer says nothing of the request: a known good one gets none now, either."""
        exchange, known = execution.exchange, self.smallest.get(execution.case.operation)
        if exchange is None or exchange.outcome.kind != "unreachable" or known is None:
            return False
        return executor.execute(known).outcome == "unreachable"


def _leaves_traces(execution: Execution) -> bool:
    """Whether an invalid request was taken, or crashed half-way, and what it made was not removed."""
    if execution.case.intent != "invalid" or execution.outcome not in ("accepted", "crashed"):
        return False
    if READING.match(execution.case.operation):
        return False
    undo = execution.case.undo
    removed = undo is not None and any(
        exchange.role == "cleanup" and exchange.call.operation == undo.operation and exchange.outcome.kind == "accepted"
        for exchange in execution.exchanges
    )
    return not removed
