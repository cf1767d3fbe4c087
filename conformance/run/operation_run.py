"""One operation of a run: its cases in order, its ledger, and the lines that it comes to.

smallest --> is it there at all? --no--> not implemented, everything unreached
                   |
deterministic cases, bases first --> random valid ones --> findings, verdicts, level
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from conformance.cases.case import Call, Case, Omitted
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.patterns import PatternError
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenarios import scenarios_of
from conformance.cases.strategies import ShapeStrategies
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.fingerprint import Fingerprint, same_answer
from conformance.run.conclusion import closing_rows, not_implemented, poisoned
from conformance.run.execution import Execution, Executor
from conformance.run.feedback_loop import FeedbackLoop
from conformance.run.liveness import Liveness, PoisonedState
from conformance.run.probing import other_requests
from conformance.run.random_search import Attempt, Params, search
from conformance.run.record_rows import Row, case_row, scenario_row
from conformance.run.scenario_player import PlayedScenario, play
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation
from conformance.verdicts.clause_ledger import ClauseLedger, run_checks
from conformance.verdicts.context import Context
from conformance.verdicts.evidence.timeline import Timeline, case_of_event
from conformance.verdicts.finding import CheckResult, Contradiction, Undecided
from conformance.verdicts.laws import notes_of
from conformance.verdicts.levels import Evidence
from conformance.wire.message import Inexpressible

# Outcomes that another request will hardly change.
ANSWERED = frozenset({"not-implemented", "throttled", "rejected-auth"})

# Sections of clauses that one request and its answer put to the test.
OF_ONE_REQUEST = frozenset({"input", "output", "errors", "protocol", "rule"})

# Outcomes that do not tell whether the operation is there: it was not asked.
UNTOLD = frozenset({"unreachable", "throttled", "rejected-auth"})


@dataclass(slots=True)
class OperationRun:
    """Runs the cases of one operation.

    `begin` and `rows` may be left half-way (an interrupt): what was made is removed, and `closing` still tells what is
    known.
    """

    builder: RequestBuilder
    operation: Operation
    clauses: Mapping[str, Clause]
    executor: Executor
    fingerprint: Fingerprint
    values: ShapeStrategies
    liveness: Liveness
    facts: Callable[[], dict[str, str]]
    max_examples: int
    feedback: FeedbackLoop
    accepted: dict[str, bool] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    ledger: ClauseLedger = field(init=False)
    routed: bool = False
    parsed: bool = False
    absent: Exchange | None = None
    _cases: Iterator[Case | Omitted] = field(init=False, default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        self.ledger = ClauseLedger(self.clauses, self.builder.overlay)

    def begin(self) -> Iterator[Row]:
        """The smallest request, and whether the operation is there at all; sent for every operation before the rest.

        Where it is not accepted, a better one is looked for.
        """
        self._cases = deterministic_cases(self.builder, self.operation)
        for item in self._cases:
            if isinstance(item, Omitted):
                self.ledger.leave_open(Undecided(item.clause, "skipped", item.reason))
                continue
            execution = yield from self._first(item)
            learn = self.feedback.learn if self.absent is None else self.feedback.learn_in_the_dark
            if self.fingerprint.accepts_anything or not (yield from learn(self.operation, execution)):
                return
            if self.absent is not None:  # it is there after all: what it did not answer was a crash
                self.absent = None
                del self.outcomes["not-implemented"]
                self._judge(execution)
            # The next of the cases is the one that was learned.

    def rows(self) -> Iterator[Row]:
        """The lines of every further case of the operation, as they come."""
        if self.absent is not None:
            return
        try:
            yield from self._scenarios()
            if any(clause.section in OF_ONE_REQUEST for clause in self.clauses.values()):
                yield from self._further()
                yield from self._random()
        finally:
            self.executor.release()
        yield from self._cleanups()

    def _further(self) -> Iterator[Row]:
        """The deterministic cases after the smallest."""
        for item in self._cases:
            if isinstance(item, Omitted):
                self.ledger.leave_open(Undecided(item.clause, "skipped", item.reason))
            elif item.base is not None and not self.accepted.get(item.base, False):
                # Without its id: a case that was not sent is not in the record.
                for clause in item.clauses:
                    self.ledger.leave_open(Undecided(clause, "unreached", "its valid counterpart was not accepted"))
            else:
                yield from self._run(item)

    def _cleanups(self) -> Iterator[Row]:
        """How that was removed which several cases had in common."""
        cleanups, self.executor.cleanups = self.executor.cleanups, []
        if cleanups:
            identity = f"{self.builder.service.name}:{self.operation.name}/probe/removal"
            case = Case(
                identity, self.builder.service.name, self.operation.name, "probe",
                "what several cases had in common is removed", (), cleanups[0].call,
            )  # fmt: skip
            yield case_row(case, cleanups, cleanups[-1].outcome.kind)

    def ask(self) -> Iterator[Row]:
        """Send the smallest request without its prerequisites, to see whether the target speaks the protocol at all."""
        first = next(deterministic_cases(self.builder, self.operation))
        if isinstance(first, Case):
            exchange = self.executor.exchanger.perform(first.call, "case")
            self._enter(first, exchange, self._notes(first, exchange))
            yield case_row(first, (exchange,), exchange.outcome.kind)

    def answers(self) -> bool:
        """Whether the smallest request, sent without its prerequisites, is answered in the protocol at all."""
        first = next(deterministic_cases(self.builder, self.operation))
        try:
            exchange = self.executor.exchanger.perform(first.call, "probe") if isinstance(first, Case) else None
        except Inexpressible:
            return False
        return exchange is not None and exchange.answer is not None and exchange.answer.parsed

    def closing(self, otherwise: Undecided | None = None) -> Iterator[Row]:
        """The findings, verdicts and level that the cases come to; `otherwise` for clauses that nothing is known of."""
        accepted = self.outcomes["accepted"] > 0 and not self.fingerprint.accepts_anything
        evidence = Evidence(self.routed, self.parsed, accepted)
        if self.absent is not None:
            otherwise = not_implemented(self.ledger, self.operation, self.absent, self.fingerprint)
        elif self.routed and not self.fingerprint.accepts_anything:
            self.ledger.hold("implemented", next(iter(self.accepted), None))
        yield from closing_rows(self.ledger, self.operation, evidence, self.outcomes, otherwise)

    def _scenarios(self) -> Iterator[Row]:
        """What operations do to resources, while the state is as nothing but valid requests have made it."""
        for item in scenarios_of(self.builder, self.operation):
            if isinstance(item, Omitted):
                self.ledger.leave_open(Undecided(item.clause, "skipped", item.reason))
                continue
            played = play(self.executor, item)
            self._hear(played)
            yield scenario_row(played)

    def _hear(self, played: PlayedScenario) -> None:
        """Judge the story of a scenario, and the operation's own answers in it."""
        scenario = played.scenario
        story = Timeline(self.builder.service, self.builder.overlay, scenario, tuple(played.events), played.blocked)
        self.ledger.tell(story, notes_of(story, accepts_anything=self.fingerprint.accepts_anything))
        for event in story.events:
            if event.exchange.call.operation == self.operation.name:
                case = case_of_event(scenario, event.exchange.call)
                self.outcomes[event.exchange.outcome.kind] += 1
                self._look(event.exchange)
                size = len(event.exchange.request.body) + len(event.exchange.request.path)
                context = self._context(case, event.exchange)
                self.ledger.note(context, run_checks(context), size)

    def _leave(self, case: Case, word: Literal["errored", "unreached", "skipped"], reason: str) -> None:
        for clause in case.clauses:
            self.ledger.leave_open(Undecided(clause, word, reason), case.id)

    def _first(self, case: Case) -> Generator[Row, None, Execution]:
        case = replace(case, shared_setup=None)  # other operations begin before this one goes on
        execution = self.executor.execute(case, compare=True)
        probes = [] if execution.omitted is not None else list(self._look_closer(execution))
        if self.absent is not None:
            self.outcomes["not-implemented"] += 1 + len(probes)
            yield self._row(execution, "not-implemented")
        else:
            self._judge(execution)
            yield self._row(execution)
        for probe, exchange in probes:
            outcome = "not-implemented" if self.absent is not None else exchange.outcome.kind
            yield case_row(probe, (exchange,), outcome)
        if self.accepted.get(case.id, False):
            self.liveness.accepted(case)
        return execution

    def _run(self, case: Case) -> Iterator[Row]:
        execution = self.executor.execute(case)
        if self.liveness.gone(execution, self.executor):
            self._leave(case, "errored", "the target did not answer the smallest request, either")
            yield self._row(execution)
            return
        poison = self.liveness.doubt(execution, self.executor)
        if poison is None:
            self._judge(execution)
        elif poison.suspects:
            self._tell(poison, execution)
        else:
            self._leave(case, "unreached", "the smallest request, accepted at the start, crashes in this state, too")
            yield self._again(poison)
        yield self._row(execution)

    def _again(self, poison: PoisonedState) -> Row:
        """Judge the smallest request as it was answered when it was sent again."""
        again = poison.again
        again.case = replace(again.case, id=f"{again.case.id}/again-{self.outcomes.total() + 1:03d}")
        self._judge(again)
        return self._row(again)

    def _tell(self, poison: PoisonedState, execution: Execution) -> None:
        """Enter that the state was poisoned, and blame nothing else for it."""
        self._leave(execution.case, "errored", "the state of the target was poisoned by an earlier request")
        finding = poisoned(poison, self.liveness.smallest[self.operation.name], self.clauses)
        if finding is not None:
            self.ledger.enter(finding)

    def _row(self, execution: Execution, outcome: str | None = None) -> Row:
        note = execution.omitted or execution.blocked
        return case_row(execution.case, execution.exchanges, outcome or execution.outcome, note)

    def _judge(self, execution: Execution) -> None:
        case, exchange = execution.case, execution.exchange
        if execution.omitted is not None:
            self._leave(case, "skipped", execution.omitted)
        elif exchange is None:
            self._leave(case, "unreached", "its request was not sent")
        elif execution.blocked is not None and case.intent != "invalid" and exchange.outcome.kind != "accepted":
            self.outcomes[exchange.outcome.kind] += 1
            self._look(exchange)
            self._leave(case, "unreached", execution.blocked)
        else:
            self._enter(case, exchange, self._notes(case, exchange))
            self.liveness.remember(execution)

    def _notes(self, case: Case, exchange: Exchange) -> tuple[CheckResult, ...]:
        return run_checks(self._context(case, exchange))

    def _context(self, case: Case, exchange: Exchange) -> Context:
        return Context(
            service=self.builder.service,
            operation=self.operation,
            overlay=self.builder.overlay,
            case=case,
            exchange=exchange,
            base_accepted=None if case.base is None else self.accepted.get(case.base, False),
            accepts_anything=self.fingerprint.accepts_anything,
            facts=self.facts(),
        )

    def _enter(self, case: Case, exchange: Exchange, notes: tuple[CheckResult, ...], *, counted: bool = True) -> None:
        """Enter an exchange into the books."""
        if counted:
            self.outcomes[exchange.outcome.kind] += 1
        self.accepted[case.id] = exchange.outcome.kind == "accepted"
        self._look(exchange)
        size = len(exchange.request.body) + len(exchange.request.path)
        self.ledger.note(self._context(case, exchange), notes, size, counted=counted)

    def _look(self, exchange: Exchange) -> None:
        """See whether an answer shows that the operation is there."""
        kind = exchange.outcome.kind
        if exchange.response is None or kind in UNTOLD or kind == "not-implemented":
            return
        if kind == "malformed" and not self.fingerprint.speaks:
            return
        if self.fingerprint.looks_unknown(exchange):
            return
        self.routed = True
        self.parsed = self.parsed or (exchange.answer is not None and exchange.answer.parsed)

    def _look_closer(self, execution: Execution) -> Iterator[tuple[Case, Exchange]]:
        """Find out whether the operation is there, asking in other ways before saying that it is not.

        A crash on the smallest request looks just like a missing operation where both are answered with the same page,
        but an operation that is there will hardly crash on every request; and one whose prerequisites cannot be made
        can still be asked without them.
        """
        asked = execution.exchange
        if asked is not None:
            self._look(asked)
        if asked is not None and execution.stranger is not None:
            self._compare(asked, execution.stranger)
        if self.absent is not None:
            return
        if asked is not None and asked.outcome.kind in ANSWERED:
            others: Iterator[Params] = iter(())
        else:
            others = other_requests(
                self.builder.service, self.builder.service.input_of(self.operation), execution.case.call.params,
                self._fullest, self.facts()["region"],
            )  # fmt: skip
        for number, params in enumerate(others, start=1):
            if self.routed:
                return
            identity = f"{self.builder.service.name}:{self.operation.name}/probe/{number}"
            call = Call(self.operation.name, params)
            probe = Case(
                identity, self.builder.service.name, self.operation.name, "probe", "is it there at all?", (), call
            )
            try:
                asked = self.executor.exchanger.perform(call, "probe")
            except Inexpressible:
                continue
            self._look(asked)
            yield probe, asked
        told = asked is not None and asked.response is not None and asked.outcome.kind not in UNTOLD
        if not self.routed and told:
            self.absent = asked

    def _compare(self, asked: Exchange, stranger: Exchange) -> None:
        """See whether a sub-resource is answered like one that does not exist: then it is not there, else it is."""
        if not same_answer(asked, stranger):
            self.routed = True
        elif asked.outcome.kind == "accepted":
            self.routed, self.parsed, self.absent = False, False, asked

    def _fullest(self) -> Params | None:
        try:
            return self.builder.fullest(self.operation)
        except Unbuildable:
            return None

    def _random(self) -> Iterator[Row]:
        """Random valid requests, where any request may be accepted at all."""
        if self.max_examples < 1 or not any(self.accepted.values()):
            return
        try:
            strategy = self.values.of(self.builder.service.input_of(self.operation))
        except PatternError:
            return
        for attempt in search(strategy, self._try, examples=self.max_examples, seed=self.builder.seed):
            execution, notes, shrunk = attempt.kept
            if execution.exchange is not None and notes:
                self._enter(execution.case, execution.exchange, notes, counted=not shrunk)
            yield self._row(execution)

    def _try(self, params: Params, number: int, shrinking: bool) -> Attempt | None:
        """Send one random request; None where no valid one can be made of its params."""
        name = f"shrunk-{number:03d}" if shrinking else f"random-{number:03d}"
        accepted = f"{self.builder.service.name}:{self.operation.name}/input#accepted"
        try:
            valid = self.builder.obeying(self.operation, params)
            case = self.builder.case(self.operation, name, "valid", "a random valid request", (accepted,), valid)
        except Unbuildable:
            return None
        execution = self.executor.execute(case)
        unjudged = execution.exchange is None or (execution.blocked is not None and execution.outcome != "accepted")
        if execution.exchange is None or unjudged or self.liveness.doubt(execution, self.executor) is not None:
            return Attempt(frozenset(), None, (execution, (), shrinking))
        notes = self._notes(case, execution.exchange)
        errors = [
            note
            for note in notes
            if isinstance(note, Contradiction) and note.clause in self.clauses and self.ledger.severity(note) == "error"
        ]
        new = next((note for note in errors if not self.ledger.known(note)), None)
        return Attempt(
            frozenset(_token(note) for note in errors),
            None if new is None else _token(new),
            (execution, notes, shrinking),
        )


def _token(note: Contradiction) -> str:
    return f"{note.clause} {note.code}"
