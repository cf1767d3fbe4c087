"""Whether a target still works as it did at the start of the run, so that no clause is blamed for another's request.

A target that stores what it should have rejected may answer differently from then on, or answer 5xx to valid requests.
Two measures:

    an invalid request may have left something behind      --> the run goes on in a fresh account, where accounts are
                                                               free to choose
    a crash, where that is not possible, or in an account
    in which the operation was not called yet              --> the baseline, the operation's smallest request, accepted
                                                               at the start of the run, is sent again: if it crashes
                                                               now, the state is poisoned
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.run.execution.executor import Execution, Executor
from conformance.specs.resources.inference import READING

# How many of the latest earlier requests are named as those that may have poisoned the state.
SUSPECTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class PoisonedState:
    """The baseline crashes now. `suspects` are requests that may be the cause, latest first, by case id.

    Without any, the state is not poisoned, but lacks what the operation needs. `again` is the baseline as sent again.
    """

    baseline: Case
    suspects: tuple[str, ...]
    again: Execution


@dataclass(slots=True)
class RunAccounts:
    """The accounts of a run, one after the other.

    `use` goes to the account of that number, and says whether that was possible. `suspects` are the requests that may
    have left something behind where it was not.
    """

    use: Callable[[int], bool]
    number: int = 0
    suspects: list[Case] = field(default_factory=list)

    def leave(self, case: Case) -> None:
        """Go on in a fresh account after a case; where that is not possible, the case is a suspect from then on."""
        if self.use(self.number + 1):
            self.number += 1
        else:
            self.suspects.append(case)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The smallest request of an operation, accepted at the start, and the account it was accepted in last."""

    case: Case
    account: int


@dataclass(slots=True)
class Liveness:
    """Compares later answers of one service with the baseline of each operation."""

    accounts: RunAccounts
    executor: Executor
    _baselines: dict[str, Baseline] = field(default_factory=dict)

    def set_baseline(self, case: Case) -> None:
        """Take the smallest request of an operation, just accepted, as its baseline."""
        self._baselines[case.operation] = Baseline(case, self.accounts.number)

    def isolate(self, execution: Execution) -> None:
        """Go on in a fresh account where an execution may have left something behind."""
        if leaves_traces(execution):
            self.executor.release()
            self.accounts.leave(execution.case)

    def poisoned_state(self, execution: Execution) -> PoisonedState | None:
        """The poisoned state that explains a crash; None where the request itself is to blame."""
        known = self._baselines.get(execution.case.operation)
        if execution.outcome != "crashed" or known is None:
            return None
        suspects = self.accounts.suspects
        if not suspects and known.account == self.accounts.number:
            return None
        again = self.executor.execute(known.case)
        if again.outcome != "crashed":
            self.set_baseline(known.case)
            return None
        return PoisonedState(known.case, tuple(suspect.id for suspect in reversed(suspects[-SUSPECTS_NAMED:])), again)

    def is_silent(self, execution: Execution) -> bool:
        """Whether the target answers nothing at all: neither the request nor, sent after it, the baseline."""
        exchange, baseline = execution.exchange, self._baselines.get(execution.case.operation)
        if exchange is None or exchange.outcome.kind != "unreachable" or baseline is None:
            return False
        return self.executor.execute(baseline.case).outcome == "unreachable"


def leaves_traces(execution: Execution) -> bool:
    """Whether an invalid request was accepted, or crashed half-way, and what it created was not removed."""
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
