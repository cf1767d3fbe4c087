"""One case carried out: prerequisites made, the request proven and sent, everything removed again.

setup ... --> prove --> send --> remove, in reverse order
  '-- not accepted, never ready: blocked      '-- also when interrupted
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jmespath

from conformance.cases.case import Call, Case, Creation
from conformance.exchanges.calibrate import stranger_of
from conformance.exchanges.exchange import Exchange, Exchanger, Unproven
from conformance.specs.overlay import Resource
from conformance.wire.message import Inexpressible, Request

# A resource that did not get ready so often is polled once and not waited for.
GIVE_UP_AFTER = 3

# Outcomes after which something may have been made.
MAY_HAVE_MADE = frozenset({"accepted", "crashed", "malformed", "unreachable"})


@dataclass(slots=True)
class Execution:
    """What came of a case.

    `blocked` says which prerequisite could not be made; the request is sent all the same, because not every target
    looks for it. `omitted` says why the request cannot be sent at all. `stranger` is the same request to a
    sub-resource that does not exist, where it was asked for.
    """

    case: Case
    exchanges: list[Exchange] = field(default_factory=list)
    exchange: Exchange | None = None
    blocked: str | None = None
    omitted: str | None = None
    stranger: Exchange | None = None
    attempted: bool = False

    @property
    def outcome(self) -> str:
        """The outcome class of the request; `unreachable` where it was not sent."""
        return self.exchange.outcome.kind if self.exchange is not None else "unreachable"


@dataclass(slots=True)
class Executor:
    """Carries out cases at one target. `resources` are those that an operation removes, by its name."""

    exchanger: Exchanger
    poll_interval: float = 1.0
    poll_timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    resources: Mapping[str, Resource] = field(default_factory=dict)
    _given_up: Counter[str] = field(default_factory=Counter)

    def execute(self, case: Case, *, compare: bool = False) -> Execution:
        """Carry out a case, and remove what was made for it and by it.

        With `compare` a request to a sub-resource that was accepted, or crashed, is sent again to one that does not
        exist.
        """
        execution = Execution(case)
        made: list[Creation] = []
        try:
            request = self.exchanger.request_for(case.call)
            self.exchanger.prove(case, request)
            self._prepare(case, execution, made)
            self._send(case, request, execution)
            if compare:
                self._compare(case, request, execution)
        except (Inexpressible, Unproven) as problem:
            execution.omitted = str(problem)
        finally:
            self._remove(case, execution, made)
        return execution

    def _send(self, case: Case, request: Request, execution: Execution) -> None:
        execution.attempted = True
        execution.exchange = self.exchanger.send(case.call, request, "case")
        execution.exchanges.append(execution.exchange)

    def _compare(self, case: Case, request: Request, execution: Execution) -> None:
        stranger = stranger_of(self.exchanger.service.operations[case.operation], request)
        if stranger is not None and execution.outcome in ("accepted", "crashed"):
            execution.stranger = self.exchanger.send(case.call, stranger, "probe")
            execution.exchanges.append(execution.stranger)

    def _prepare(self, case: Case, execution: Execution, made: list[Creation]) -> None:
        for creation in case.setup:
            exchange = self.exchanger.perform(creation.call, "setup")
            execution.exchanges.append(exchange)
            kind = exchange.outcome.kind
            if kind in MAY_HAVE_MADE:
                made.append(creation)
            if kind != "accepted":
                problem: str | None = f"{creation.call.operation} for its {creation.resource} was {kind}"
            else:
                problem = self._wait(creation, execution)
            execution.blocked = execution.blocked or problem

    def _wait(self, creation: Creation, execution: Execution) -> str | None:
        """Poll until a prerequisite is ready; the reason why it is not, where it does not get so."""
        ready = creation.ready
        if ready is None or creation.read is None:
            return None
        call = Call(ready.operation, creation.read.params)
        # What never got ready before is not waited for again and again.
        patience = self.poll_timeout if self._given_up[creation.resource] < GIVE_UP_AFTER else 0
        until = self.clock() + patience
        while True:
            exchange = self.exchanger.perform(call, "poll")
            output = exchange.answer.output if exchange.answer is not None else None
            state = jmespath.search(ready.path, output) if isinstance(output, dict) else None
            if state in ready.success:
                execution.exchanges.append(exchange)
                return None
            if exchange.outcome.kind == "not-implemented" or self.clock() > until or state in ready.failure:
                execution.exchanges.append(exchange)
                self._given_up[creation.resource] += 1
                shown = state if exchange.outcome.kind == "accepted" else exchange.outcome.kind
                return f"its {creation.resource} did not get ready: {shown}"
            self.sleep(self.poll_interval)

    def _remove(self, case: Case, execution: Execution, made: list[Creation]) -> None:
        sent = execution.exchange
        # Interrupted while waiting for the answer: it may have been made.
        may_have_made = execution.attempted if sent is None else sent.outcome.kind in MAY_HAVE_MADE
        if case.undo is not None and may_have_made:
            self._undo(case.undo, execution)
        for creation in reversed(made):
            gone = sent is not None and sent.outcome.kind == "accepted" and _same(sent.call, creation.undo)
            if creation.undo is not None and not gone:
                self._undo(creation.undo, execution)

    def _undo(self, call: Call, execution: Execution) -> None:
        try:
            exchange = self.exchanger.perform(call, "cleanup")
        except Inexpressible:
            # A name that was broken on the wire cannot be written in a valid request: nothing to remove it by.
            return
        execution.exchanges.append(exchange)
        if exchange.outcome.kind == "rejected-state" and self._settles(call, execution):
            execution.exchanges.append(self.exchanger.perform(call, "cleanup"))

    def _settles(self, call: Call, execution: Execution) -> bool:
        """Whether a thing that refused to be removed was busy, and is so no longer."""
        resource = self.resources.get(call.operation)
        if resource is None or resource.ready is None:
            return False
        read = Call(resource.ready.operation, call.params)
        there = self.exchanger.perform(read, "poll")
        execution.exchanges.append(there)
        if there.outcome.kind != "accepted":
            return False
        return self._wait(Creation(resource.name, call, call, resource.ready, read), execution) is None


def _same(call: Call, undo: Call | None) -> bool:
    return undo is not None and call.operation == undo.operation and call.params == undo.params
