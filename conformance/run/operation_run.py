"""One operation of a run: its cases in order, and the rows that they lead to.

    opening: smallest request --> present? --no--> not implemented, everything unreached
                    |
    scenarios --> deterministic cases, bases first --> random requests --> findings, verdicts, level

Opening comes first for every operation of a service, while the state is as nothing but valid requests have left it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace

from conformance.cases.case import Case, Omitted
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import scenarios_of
from conformance.cases.strategies import ShapeStrategies
from conformance.exchanges.exchange import Exchange
from conformance.record.rows import CaseRow
from conformance.run.conclusion import poisoned_state_finding
from conformance.run.events import Event
from conformance.run.execution.executor import Execution, Executor, nothing_before
from conformance.run.feedback_loop import FeedbackLoop, Search
from conformance.run.liveness import Liveness, PoisonedState
from conformance.run.operation_ledger import OperationLedger
from conformance.run.presence import PresenceProbe
from conformance.run.random_requests import RandomRequests
from conformance.run.scenario_player import PlayedScenario, play
from conformance.run.to_rows import case_row, scenario_row
from conformance.specs.model import Operation
from conformance.values.vocabulary import OutcomeClass
from conformance.verdicts.check_results import Undecided

# Sections of clauses that one request and its answer put to the test.
OF_ONE_REQUEST = frozenset({"input", "output", "errors", "protocol", "rule", "check"})


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """What the operations of one service share in a run.

    `earlier` gives a scenario as it was played before the run was interrupted.
    """

    builder: RequestBuilder
    executor: Executor
    strategies: ShapeStrategies
    liveness: Liveness
    feedback: FeedbackLoop
    probe: PresenceProbe
    max_examples: int
    seed: int
    earlier: Callable[[Scenario], PlayedScenario | None] = nothing_before


@dataclass(slots=True)
class OperationRun:
    """Runs the cases of one operation.

    `opening` and `remaining` may be left half-way (an interrupt): what was created is removed, and `concluding` still
    gives what is known. `is_finished` says that nothing is left to be done.
    """

    parts: ServiceParts
    ledger: OperationLedger
    is_finished: bool = False
    _cases: Iterator[Case | Omitted] = field(default_factory=lambda: iter(()))

    @property
    def operation(self) -> Operation:
        """The operation."""
        return self.ledger.operation

    def opening(self) -> Iterator[Event]:
        """The smallest request, and whether the operation is present; where it is not accepted, a better one."""
        if self.ledger.refusal is not None:
            return
        name = self.operation.name
        # What others that need the operation have learned of it comes after the request that the model implies, so that
        # the order of operations decides about none.
        learned = self.parts.builder.adaptation(name)
        self.parts.builder.adapt(name, Adaptation())
        self._cases = deterministic_cases(self.parts.builder, self.operation, self.ledger.accepted.get)
        for item in self._cases:
            if isinstance(item, Omitted):
                self.ledger.skip(item)
                continue
            execution = yield from self._smallest(item)
            absent = self.ledger.presence.absent is not None
            if learned != Adaptation() and execution.outcome != "accepted":
                self.parts.builder.adapt(name, learned)
                learned = Adaptation()
            elif not (yield from self._adapted(item, execution)):
                return
            if absent:  # it is there after all: what it did not answer was a crash
                self.ledger.found_present()
                self._judge(execution)
            # The next of the cases is the adapted one.

    def _adapted(self, smallest: Case, execution: Execution) -> Generator[Event, None, bool]:
        """Look for a request that is accepted, after the smallest one was not."""
        feedback = self.parts.feedback
        absent = self.ledger.presence.absent is not None
        if self.ledger.fingerprint.accepts_anything:
            return False
        is_own = self.ledger.is_own
        found = yield from self._watched(
            feedback.adapt_absent(self.operation, execution, is_own)
            if absent
            else feedback.adapt(self.operation, execution)
        )
        if absent and not found and any(map(is_own, feedback.answers(self.operation.name))):
            self.ledger.found_present()  # another request was answered by the operation itself
            self._judge(execution)
        unblocked = feedback.take_unblocked()
        if unblocked is not None and unblocked.outcome != "accepted" and not absent:
            # The same request as the smallest, with what it needs: that is what is said of the operation.
            unblocked.case = replace(unblocked.case, intent="valid", clauses=smallest.clauses)
            self._judge(unblocked)
        return found

    def _watched(self, search: Search) -> Search:
        """The search for a better request; an answer that is no refusal of the request says why it has none."""
        while True:
            try:
                row = next(search)
            except StopIteration as end:
                return bool(end.value)
            if row.operation == self.operation.name and row.outcome not in ("rejected-validation", "unreachable"):
                self.ledger.refusals.excused = True
            if row.operation == self.operation.name and row.outcome != "crashed":
                self.ledger.answers_otherwise = True
            yield row

    def without_setup(self) -> Iterator[Event]:
        """The smallest request without its prerequisites."""
        first = next(deterministic_cases(self.parts.builder, self.operation))
        if isinstance(first, Case):
            exchange = self.parts.executor.exchanger.perform(first.call, "case")
            self.ledger.enter(first, exchange, self.ledger.notes(first, exchange))
            yield case_row(first, (exchange,), exchange.outcome.kind)

    def remaining(self) -> Iterator[Event]:
        """The rows of every case after the opening, as they come."""
        if self.ledger.presence.absent is not None or self.ledger.refusal is not None:
            self.is_finished = True
            return
        try:
            yield from self._scenarios()
            if any(clause.section in OF_ONE_REQUEST for clause in self.ledger.clauses.values()):
                yield from self._deterministic()
                yield from self._random()
        finally:
            self.parts.executor.release()
        yield from self._shared_cleanups()
        self.is_finished = True

    def concluding(self, otherwise: Undecided | None = None) -> Iterator[Event]:
        """The findings, verdicts and level; `otherwise` is for clauses that nothing is known of."""
        yield from self.ledger.rows(otherwise)

    def _smallest(self, case: Case) -> Generator[Event, None, Execution]:
        case = replace(case, shared_setup=None)  # other operations open before this one goes on
        execution = self.parts.executor.execute(case, with_control=True)
        probes: list[tuple[Case, Exchange]] = []
        if execution.omitted is None:
            known = self.ledger.presence
            self.ledger.presence, probes = self.parts.probe.look(self.operation, execution, known)
        if self.ledger.presence.absent is not None:
            self.ledger.outcomes["not-implemented"] += 1 + len(probes)
            yield row_of(execution, "not-implemented")
        else:
            self._judge(execution)
            yield row_of(execution)
        for probe, exchange in probes:
            absent = self.ledger.presence.absent is not None
            yield case_row(probe, (exchange,), "not-implemented" if absent else exchange.outcome.kind)
        if self.ledger.accepted.get(case.id, False):
            self.parts.liveness.set_baseline(case)
        return execution

    def _scenarios(self) -> Iterator[Event]:
        done: set[str] = set()
        while (yield from self._play_all_but(done)):
            continue  # the scenarios are built again, with what was learned

    def _play_all_but(self, done: set[str]) -> Generator[Event, None, bool]:
        """Play the scenarios that are not done; whether it ends because what one of them lacks can be created now."""
        for item in scenarios_of(self.parts.builder, self.operation):
            if isinstance(item, Omitted):
                self.ledger.skip(item)
                continue
            if item.id in done:
                continue
            played = self.parts.earlier(item) or play(self.parts.executor.provisioner, item)
            if played.blocked is not None and (yield from self._creations_learned(played)):
                yield replace(played_row(played), id=f"{item.id}/blocked")
                return True
            done.add(item.id)
            self.ledger.judge_scenario(played)
            yield played_row(played)
        return False

    def _creations_learned(self, played: PlayedScenario) -> Generator[Event, None, bool]:
        others = (each for each in played.exchanges if each.call.operation != self.operation.name)
        return (yield from self.parts.feedback.adapt_creations(others))

    def _deterministic(self) -> Iterator[Event]:
        """The deterministic cases after the opening."""
        for item in self._cases:
            if isinstance(item, Omitted):
                self.ledger.skip(item)
            elif item.base is not None and not self.ledger.accepted.get(item.base, False):
                self.ledger.leave_unsent(item, "its valid counterpart was not accepted")
            else:
                yield from self._case(item)

    def _case(self, case: Case) -> Iterator[Event]:
        execution, liveness = self.parts.executor.execute(case), self.parts.liveness
        if liveness.is_silent(execution):
            self.ledger.leave_open(case, "errored", "the target did not answer the smallest request, either")
        else:
            poisoned = liveness.poisoned_state(execution)
            if poisoned is None:
                self._judge(execution)
            else:
                yield from self._poisoned(poisoned, case)
        yield row_of(execution)

    def _poisoned(self, poisoned: PoisonedState, case: Case) -> Iterator[Event]:
        """Enter that the state is poisoned, or lacks something, and blame no clause of the case for it."""
        if not poisoned.suspects:
            reason = "the smallest request, accepted at the start, crashes in this state, too"
            self.ledger.leave_open(case, "unreached", reason)
            again = poisoned.again
            again.case = replace(again.case, id=f"{again.case.id}/again-{self.ledger.outcomes.total() + 1:03d}")
            self._judge(again)
            yield row_of(again)
            return
        self.ledger.leave_open(case, "errored", "the state of the target was poisoned by an earlier request")
        finding = poisoned_state_finding(poisoned, self.ledger.clauses)
        if finding is not None:
            self.ledger.ledger.add_finding(finding)

    def _random(self) -> Iterator[Event]:
        parts = self.parts
        requests = RandomRequests(
            parts.builder, parts.executor, parts.strategies, parts.liveness, self.ledger, parts.seed
        )
        yield from map(row_of, requests.executions(parts.max_examples))

    def _shared_cleanups(self) -> Iterator[Event]:
        """The requests that removed what several cases shared."""
        cleanups = self.parts.executor.drain_cleanups()
        if cleanups:
            service = self.parts.builder.service.name
            identity = f"{service}:{self.operation.name}/probe/removal"
            title = "what several cases shared is removed"
            case = Case(identity, service, self.operation.name, "probe", title, (), cleanups[0].call)
            yield case_row(case, cleanups, cleanups[-1].outcome.kind)

    def _judge(self, execution: Execution) -> None:
        if self.ledger.judge(execution):
            self.parts.liveness.isolate(execution)


def row_of(execution: Execution, outcome: OutcomeClass | None = None) -> CaseRow:
    """The row of a case that was carried out, which is recorded from then on."""
    execution.is_recorded = True
    note = execution.omitted or execution.blocked
    return case_row(execution.case, execution.exchanges, outcome or execution.outcome, note)


def played_row(played: PlayedScenario) -> CaseRow:
    """The row of a scenario that was played, which is recorded from then on."""
    played.is_recorded = True
    return scenario_row(played)
