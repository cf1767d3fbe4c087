"""Error feedback: adapted requests are tried until one is accepted, and what made it so is kept.

    smallest request, not accepted --Suggester--> adaptation --builder--> request --target--> accepted: kept
              ^                                                              |
              '-------------- a new error text: go on from there ------------'   too many: dropped

What is tried is a probe: it is recorded and judges nothing. A kept adaptation goes into every later request of the
operation, those too that create its resources for other operations. Prerequisites that could not be created are adapted
first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.attempt import Rejection
from conformance.cases.feedback.suggestions import Suggester
from conformance.cases.request_builder import CaseDraft, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.exchanges.exchange import Exchange, Unproven
from conformance.record.rows import CaseRow
from conformance.run.execution.executor import Execution, Executor
from conformance.run.to_rows import case_row
from conformance.specs.model import Operation
from conformance.values.paths import leaves

# Requests of one operation that may be spent on finding one that is accepted.
TRIES = 8

# And where it looks as if the operation was not there at all.
TRIES_WHILE_ABSENT = 2

# Outcomes that another request may change.
CURABLE = frozenset({"rejected-validation", "rejected-state", "crashed"})

# Prerequisites of prerequisites are adapted down to this depth.
DEEPEST = 2

# Yields rows and returns whether an adaptation was found and kept.
Search = Generator[CaseRow, None, bool]


@dataclass(slots=True)
class FeedbackLoop:
    """Finds requests that one target accepts, for the operations of one request builder."""

    builder: RequestBuilder
    executor: Executor
    suggester: Suggester = field(init=False)
    _searched: set[str] = field(default_factory=set)
    _answers: dict[str, list[Exchange]] = field(default_factory=dict)
    _unblocked: Execution | None = None
    _other_services: dict[str, FeedbackLoop | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.suggester = Suggester(self.builder)

    def take_unblocked(self) -> Execution | None:
        """The smallest request as it was sent again in the latest search, when what it needs could be created."""
        unblocked, self._unblocked = self._unblocked, None
        return unblocked

    def answers(self, operation: str) -> tuple[Exchange, ...]:
        """The answers to the adapted requests of an operation."""
        return tuple(self._answers.get(operation, ()))

    def adapt_absent(self, operation: Operation, execution: Execution, is_own: Callable[[Exchange], bool]) -> Search:
        """Look for a better request of what seems to be absent; where that is in vain, crashes confirm the absence.

        `is_own` says whether an answer is of the operation itself: then it is there, and crashes.
        """
        search = self.adapt(operation, execution, tries=TRIES_WHILE_ABSENT)
        rows: list[CaseRow] = []
        while True:
            try:
                rows.append(next(search))
            except StopIteration as end:
                found = bool(end.value)
                break
        present = found or any(map(is_own, self.answers(operation.name)))
        for row in rows:
            is_crash = (row.operation, row.outcome) == (operation.name, "crashed")
            yield replace(row, outcome="not-implemented") if is_crash and not present else row
        return found

    def adapt(self, operation: Operation, execution: Execution, *, tries: int = TRIES, depth: int = 0) -> Search:
        """Find a request that is accepted, after `execution`, built with what is known, was not.

        At most so many `tries` are made; `depth` is that of a prerequisite below the request that needs it.
        """
        if execution.outcome == "accepted":
            self.suggester.accepted.add(operation.name)
        if operation.name in self._searched or depth > DEEPEST or execution.outcome not in CURABLE:
            return False
        self._searched.add(operation.name)
        before, texts = self.builder.adaptation(operation.name), {_error_text(execution)}
        sources = [self._suggestions(operation, execution)]
        created = yield from self._adapt_prerequisites(execution, depth)
        if created:
            sources.append(iter((_unchanged(before),)))
        for number in range(1, tries + 1):
            adaptation = _next(sources)
            if adaptation is None:
                break
            self.builder.adapt(operation.name, adaptation)
            tried = self._try(operation, f"adapted-{number}", f"the smallest request, {adaptation.why}")
            if tried is None:
                continue
            yield _row(tried)
            if created and number == 1 and depth == 0:
                self._unblocked = tried
            if tried.outcome == "accepted" and self._is_valid(tried):
                self.suggester.accepted.add(operation.name)
                return True
            if _error_text(tried) not in texts and tried.outcome in CURABLE:
                texts.add(_error_text(tried))
                sources.append(self._suggestions(operation, tried))
            if (yield from self._adapt_prerequisites(tried, depth)):
                sources.append(iter((adaptation,)))
        self.builder.adapt(operation.name, before)
        return False

    def _suggestions(self, operation: Operation, execution: Execution) -> Iterator[Adaptation]:
        exchange = execution.exchange
        if exchange is None:
            return iter(())
        outcome = exchange.outcome
        created = {each.makes for each in execution.exchanges if each.outcome.kind == "accepted"}
        lacking = frozenset(each.resource for each in execution.case.setup) - created
        rejected = Rejection(outcome.kind, outcome.code or "", outcome.message or "", lacking)
        return self.suggester.suggestions(operation, execution.case.call.params, rejected)

    def _try(self, operation: Operation, name: str, title: str) -> Execution | None:
        """Send the smallest request as it is built now; None where there is no such request."""
        try:
            case = self.builder.case(operation, CaseDraft(name, "probe", title, (), self.builder.smallest(operation)))
        except Unbuildable:
            return None
        execution = self.executor.execute(replace(case, shared_setup=None))
        if execution.exchange is not None:
            self._answers.setdefault(operation.name, []).append(execution.exchange)
        return execution

    def _is_valid(self, execution: Execution) -> bool:
        """Whether an accepted request is valid by the model: what was bound in it may be of another form."""
        exchange = execution.exchange
        if exchange is None:
            return False
        try:
            self.executor.exchanger.prove(replace(execution.case, intent="valid"), exchange.request)
        except Unproven:
            return False
        return True

    def _adapt_prerequisites(self, execution: Execution, depth: int) -> Search:
        """Find requests that create what could not be created for a request."""
        failed = {
            each.call.operation for each in execution.exchanges if each.role == "setup" and each.outcome.kind in CURABLE
        }
        found = False
        for creation in execution.case.setup:
            loop = self if creation.service is None else self._of_service(creation.service)
            if loop is not None and creation.call.operation in failed:
                found = (yield from loop._adapt_creation(creation.call.operation, depth + 1)) or found
        return found

    def adapt_creations(self, exchanges: Iterable[Exchange]) -> Search:
        """Find requests that create what a scenario could not create, where the run has not tried that before."""
        found = False
        for exchange in exchanges:
            name, own = exchange.call.operation, exchange.service is None or exchange.service is self.builder.service
            operation = self.builder.service.operations.get(name) if own else None
            if operation is None or exchange.outcome.kind not in CURABLE or name in self.suggester.accepted:
                continue
            if self.builder.namer.created_by(operation) is not None:
                found = (yield from self._adapt_creation(name, 1)) or found
        return found

    def _adapt_creation(self, name: str, depth: int) -> Search:
        """Find a request of a creating operation that is accepted, unless that was searched before."""
        if name in self._searched:
            return False
        operation = self.builder.service.operations[name]
        execution = self._try(operation, "adapted-0", "the smallest request")
        if execution is None:
            return False
        if execution.outcome == "accepted":
            self._searched.add(name)
            self.suggester.accepted.add(name)
            return False
        yield _row(execution)
        return (yield from self.adapt(operation, execution, depth=depth))

    def _of_service(self, service: str) -> FeedbackLoop | None:
        """The loop of another service; None where nothing is known of it."""
        if service not in self._other_services:
            builder = self.builder.other_service(service)
            exchanger = self.executor.provisioner.other_service(service)
            self._other_services[service] = None
            if builder is not None and exchanger is not None:
                self._other_services[service] = FeedbackLoop(builder, self.executor.for_service(exchanger))
        return self._other_services[service]


def _next(sources: list[Iterator[Adaptation]]) -> Adaptation | None:
    """The next suggestion of the latest error text that has one left."""
    while sources:
        adaptation = next(sources[-1], None)
        if adaptation is not None:
            return adaptation
        sources.pop()
    return None


def _unchanged(adaptation: Adaptation) -> Adaptation:
    """The same adaptation, now that prerequisites can be created that could not before."""
    why = ", ".join(filter(None, (adaptation.why, "now that what it needs can be created")))
    return replace(adaptation, hints=replace(adaptation.hints, why=why))


def _error_text(execution: Execution) -> str:
    """Outcome, code and message, without the names and numbers that differ from request to request."""
    exchange = execution.exchange
    if exchange is None:
        return execution.omitted or ""
    text = f"{exchange.outcome.kind} {exchange.outcome.code} {exchange.outcome.message}"
    for _, value in leaves(exchange.call.params):
        if isinstance(value, str) and len(value) > 2:
            text = text.replace(value, "")
    return re.sub(r"[0-9a-f]{8,}|\d+", "", text)


def _row(execution: Execution) -> CaseRow:
    execution.is_recorded = True
    return case_row(execution.case, execution.exchanges, execution.outcome, execution.omitted or execution.blocked)
