"""Random valid requests of one operation, sent and judged, with the shrunk form of those that contradict a clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.cases.patterns import PatternError
from conformance.cases.request_builder import CaseDraft, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.strategies import ShapeStrategies
from conformance.run.execution.executor import Execution, Executor
from conformance.run.liveness import Liveness
from conformance.run.operation_ledger import OperationLedger
from conformance.run.random_search import Attempt, Params, search
from conformance.verdicts.check_results import Contradiction


@dataclass(frozen=True, slots=True)
class RandomRequests:
    """Sends random requests of the ledger's operation."""

    builder: RequestBuilder
    executor: Executor
    strategies: ShapeStrategies
    liveness: Liveness
    ledger: OperationLedger
    seed: int

    def executions(self, examples: int) -> Iterator[Execution]:
        """Up to so many executions, and those of shrunk requests; none where no request was accepted before."""
        if examples < 1 or not any(self.ledger.accepted.values()):
            return
        try:
            strategy = self.strategies.of(self.builder.service.input_of(self.ledger.operation))
        except PatternError:
            return
        for attempt in search(strategy, self._attempt, examples=examples, seed=self.seed):
            execution, notes, shrunk = attempt.kept
            if execution.exchange is not None and notes:
                self.ledger.enter(execution.case, execution.exchange, notes, counted=not shrunk)
            yield execution

    def _attempt(self, params: Params, number: int, shrinking: bool) -> Attempt | None:
        """Send one random request; None where no valid one can be made of its params."""
        operation = self.ledger.operation
        name = f"shrunk-{number:03d}" if shrinking else f"random-{number:03d}"
        accepted = f"{self.builder.service.name}:{operation.name}/input#accepted"
        try:
            valid = self.builder.repaired(operation, params)
            draft = CaseDraft(name, "valid", "a random valid request", (accepted,), valid)
            case = self.builder.case(operation, draft)
        except Unbuildable:
            return None
        execution = self.executor.execute(case)
        exchange = execution.exchange
        blocked = execution.blocked is not None and execution.outcome != "accepted"
        if exchange is None or blocked or self.liveness.poisoned_state(execution) is not None:
            return Attempt(frozenset(), None, (execution, (), shrinking))
        notes = self.ledger.notes(case, exchange)
        errors = [note for note in notes if isinstance(note, Contradiction) and self._is_error(note)]
        new = next((note for note in errors if not self.ledger.ledger.contradicted_as(note)), None)
        tokens = frozenset(_token(note) for note in errors)
        return Attempt(tokens, None if new is None else _token(new), (execution, notes, shrinking))

    def _is_error(self, note: Contradiction) -> bool:
        return note.clause in self.ledger.clauses and self.ledger.ledger.severity(note) == "error"


def _token(note: Contradiction) -> str:
    return f"{note.clause} {note.code}"
