"""Learning from rejections: better requests are tried until one is accepted, and what made it so is kept.

    smallest request, not accepted --Teacher--> lesson --planner--> request --target--> accepted: kept
              ^                                                        |
              '----------- what was said is new: go on from there -----'   too many: forgotten, nothing is learned

What is tried is a probe: it is recorded and judges nothing. What was learned goes into every later request of the
operation, those too that make its things for other operations. A prerequisite that could not be made is learned first.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.suggestions import RejectedRequest, Suggester
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.exchanges.exchange import Unproven
from conformance.run.execution import Execution, Executor
from conformance.run.record_rows import Row, case_row
from conformance.specs.model import Operation
from conformance.values.paths import leaves

# Requests of one operation that may be spent on finding one that is accepted.
TRIES = 8

# And where it looks as if the operation was not there at all.
TRIES_WHILE_ABSENT = 2

# Outcomes that a better request may change.
CURABLE = frozenset({"rejected-validation", "rejected-state", "crashed"})

# Chains of prerequisites that cannot be made are not followed further, and the further the fewer tries are made.
DEEPEST = 2

Learned = Generator[Row, None, bool]


@dataclass(slots=True)
class FeedbackLoop:
    """Finds requests that one target accepts, for the operations of one planner."""

    builder: RequestBuilder
    executor: Executor
    teacher: Suggester = field(init=False)
    _tried: set[str] = field(default_factory=set)
    _other_services: dict[str, FeedbackLoop | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.teacher = Suggester(self.builder)

    def learn_in_the_dark(self, operation: Operation, execution: Execution) -> Learned:
        """Look for a better request of what seems not to be there: in vain, what crashes shows just that."""
        learning = self.learn(operation, execution, tries=TRIES_WHILE_ABSENT)
        rows: list[Row] = []
        while True:
            try:
                rows.append(next(learning))
            except StopIteration as end:
                learned = bool(end.value)
                break
        for row in rows:
            if not learned and (row["operation"], row["outcome"]) == (operation.name, "crashed"):
                row["outcome"] = "not-implemented"
            yield row
        return learned

    def learn(self, operation: Operation, execution: Execution, *, tries: int = TRIES, depth: int = 0) -> Learned:
        """Find a request that is accepted, after `execution`, planned with what is known, was not; tells whether.

        Not more than so many `tries` are made.
        """
        if execution.outcome == "accepted":
            self.teacher.accepted.add(operation.name)
        if operation.name in self._tried or depth > DEEPEST or execution.outcome not in CURABLE:
            return False
        self._tried.add(operation.name)
        before, heard = self.builder.lesson(operation.name), {_gist(execution)}
        ways = [self._lessons(operation, execution)]
        if (yield from self._unblock(execution, depth)):
            ways.append(iter((_again(before),)))
        for number in range(1, tries + 1):
            lesson = _latest(ways)
            if lesson is None:
                break
            self.builder.learn(operation.name, lesson)
            tried = self._try(operation, f"lesson-{number}", f"the smallest request, {lesson.why}")
            if tried is None:
                continue
            yield case_row(tried.case, tried.exchanges, tried.outcome, tried.omitted or tried.blocked)
            if tried.outcome == "accepted" and self._is_valid(tried):
                self.teacher.accepted.add(operation.name)
                return True
            if _gist(tried) not in heard and tried.outcome in CURABLE:
                heard.add(_gist(tried))
                ways.append(self._lessons(operation, tried))
            if (yield from self._unblock(tried, depth)):
                ways.append(iter((lesson,)))
        self.builder.learn(operation.name, before)
        return False

    def _lessons(self, operation: Operation, execution: Execution) -> Iterator[Adaptation]:
        exchange = execution.exchange
        if exchange is None:
            return iter(())
        outcome, made = (
            exchange.outcome,
            {each.makes for each in execution.exchanges if each.outcome.kind == "accepted"},
        )
        lacking = frozenset(each.resource for each in execution.case.setup) - made
        said = RejectedRequest(outcome.kind, outcome.code or "", outcome.message or "", lacking)
        return self.teacher.lessons(operation, execution.case.call.params, said)

    def _try(self, operation: Operation, name: str, title: str) -> Execution | None:
        """Send the smallest request as it is planned now; None where there is no such request."""
        try:
            case = self.builder.case(operation, name, "probe", title, (), self.builder.smallest(operation))
        except Unbuildable:
            return None
        return self.executor.execute(replace(case, shared_setup=None))

    def _is_valid(self, execution: Execution) -> bool:
        """Whether a request that was accepted keeps the model: what was bound in it may be of another form."""
        exchange = execution.exchange
        if exchange is None:
            return False
        try:
            self.executor.exchanger.prove(replace(execution.case, intent="valid"), exchange.request)
        except Unproven:
            return False
        return True

    def _unblock(self, execution: Execution, depth: int) -> Learned:
        """Learn how to make what could not be made for a request; tells whether anything was learned."""
        failed = {
            each.call.operation for each in execution.exchanges if each.role == "setup" and each.outcome.kind in CURABLE
        }
        learned = False
        for creation in execution.case.setup:
            feedback = self if creation.service is None else self._elsewhere(creation.service)
            if feedback is not None and creation.call.operation in failed:
                learned = (yield from feedback._make(creation.call.operation, depth + 1)) or learned
        return learned

    def _make(self, name: str, depth: int) -> Learned:
        """Learn how to make something for a request of another operation, unless that was tried before."""
        if name in self._tried:
            return False
        operation = self.builder.service.operations[name]
        found = self._try(operation, "lesson-0", "the smallest request")
        if found is None:
            return False
        if found.outcome == "accepted":
            self._tried.add(name)
            self.teacher.accepted.add(name)
            return False
        yield case_row(found.case, found.exchanges, found.outcome, found.omitted or found.blocked)
        return (yield from self.learn(operation, found, tries=TRIES >> depth, depth=depth))

    def _elsewhere(self, service: str) -> FeedbackLoop | None:
        """The learner of another service; None where nothing is known of it."""
        if service not in self._other_services:
            builder, exchanger = self.builder.other_service(service), self.executor.other_service(service)
            self._other_services[service] = (
                FeedbackLoop(
                    builder, replace(self.executor, exchanger=exchanger, resources={}, cleanups=[], _kept=None)
                )
                if builder is not None and exchanger is not None
                else None
            )
        return self._other_services[service]


def _latest(ways: list[Iterator[Adaptation]]) -> Adaptation | None:
    """The next lesson of what was heard last, and had one left."""
    while ways:
        lesson = next(ways[-1], None)
        if lesson is not None:
            return lesson
        ways.pop()
    return None


def _again(lesson: Adaptation) -> Adaptation:
    """The same lesson, now that prerequisites can be made that could not before."""
    why = ", ".join(filter(None, (lesson.why, "now that what it needs can be made")))
    return replace(lesson, hints=replace(lesson.hints, why=why))


def _gist(execution: Execution) -> str:
    """What was said, without the names that differ from request to request."""
    exchange = execution.exchange
    if exchange is None:
        return execution.omitted or ""
    text = f"{exchange.outcome.kind} {exchange.outcome.code} {exchange.outcome.message}"
    for _, value in leaves(exchange.call.params):
        if isinstance(value, str) and len(value) > 2:
            text = text.replace(value, "")
    return re.sub(r"[0-9a-f]{8,}|\d+", "", text)
