"""One case carried out: prerequisites made, the request proven and sent, everything removed again.

setup ... --> prove --> send --> remove, in reverse order
  '-- not accepted, never ready: blocked      '-- also when interrupted
"""

from __future__ import annotations

import functools
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.cases.case import Call, Case, Creation
from conformance.exchanges.exchange import Exchange, Exchanger, Unproven
from conformance.exchanges.fingerprint import unknown_subresource_request
from conformance.run.bindings import Bound, CreatedResources
from conformance.specs.resources.descriptions import state_of
from conformance.specs.resources.inference import READING
from conformance.specs.resources.resource import Resource
from conformance.wire.message import Inexpressible, Request

# Seconds between two polls where no waiter of the service tells.
USUAL_DELAY = 1.0

# Polls within which reads may lag behind what was written, where the time allows as many.
WINDOW_POLLS = 10

# After the first polls each comes later than the one before by this factor, until a timeout holds no fewer than these.
SLOWER = 1.2
FEWEST_POLLS = 60

# A resource that did not get ready so often is polled once and not waited for.
GIVE_UP_AFTER = 3

# Outcomes that show that a request has changed nothing.
LEAVES_ALONE = frozenset({"rejected-validation", "rejected-state", "rejected-auth", "throttled", "not-implemented"})

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
class Kept:
    """Prerequisites that several cases have in common: how they were made, and why they could not be."""

    shared_setup: str
    made: CreatedResources
    exchanges: list[Exchange] = field(default_factory=list)
    blocked: str | None = None


@dataclass(slots=True)
class Executor:
    """Carries out cases at one target. `resources` are those that an operation removes, by its name.

    Cases that are to change nothing share what they need: it stays until a case needs something else, or was answered
    otherwise than it should be. `cleanups` has the exchanges that removed it.
    """

    exchanger: Exchanger
    poll_interval: float = 0.01
    poll_timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    resources: Mapping[str, Resource] = field(default_factory=dict)
    account: Callable[[], str | None] = lambda: None
    other_service: Callable[[str], Exchanger | None] = lambda _: None
    cleanups: list[Exchange] = field(default_factory=list)
    _kept: Kept | None = None
    _given_up: Counter[str] = field(default_factory=Counter)

    def execute(self, case: Case, *, compare: bool = False) -> Execution:
        """Carry out a case, and remove what was made for it and by it.

        With `compare` a request to a sub-resource that was accepted, or crashed, is sent again to one that does not
        exist.
        """
        execution = Execution(case)
        made = CreatedResources(self.account())
        try:
            request = self.exchanger.request_for(case.call)
            self.exchanger.prove(case, request)
            made = self._shared_setup(case, execution)
            self._send(case, request, made, execution)
            if compare:
                self._compare(case, execution)
        except (Inexpressible, Unproven) as problem:
            execution.omitted = str(problem)
        finally:
            self._remove(case, execution, made)
        return execution

    def _shared_setup(self, case: Case, execution: Execution) -> CreatedResources:
        """What is there before a case: made for it, or left by the case before that needed the same."""
        kept = self._kept
        if kept is not None and kept.shared_setup == case.shared_setup:
            execution.exchanges.extend(kept.exchanges)
            execution.blocked = kept.blocked
            return kept.made
        if case.shared_setup is None:
            made = CreatedResources(self.account())
            execution.blocked = self.prepare(case.setup, made, execution.exchanges)
            return made
        self.release()
        self._kept = kept = Kept(case.shared_setup, CreatedResources(self.account()))
        kept.blocked = self.prepare(case.setup, kept.made, kept.exchanges)
        execution.exchanges.extend(kept.exchanges)
        execution.blocked = kept.blocked
        return kept.made

    def release(self) -> None:
        """Remove what was kept for cases to come."""
        kept, self._kept = self._kept, None
        if kept is not None:
            self.clear(kept.made, self.cleanups)

    def _send(self, case: Case, request: Request, made: CreatedResources, execution: Execution) -> None:
        call = made.bound(case.call)
        execution.blocked = execution.blocked or call.problem
        if call.call.params != case.call.params:
            request = self.exchanger.request_for(call.call)
            self.exchanger.prove(case, request)
        execution.attempted = True
        own = self.resources.get(case.undo.operation) if case.undo is not None else None
        exchange = self.exchanger.send(call.call, request, "case")
        if case.setup and case.intent in ("valid", "boundary") and execution.blocked is None:
            again = functools.partial(self.exchanger.send, call.call, request, "case")
            exchange = self.insisted(case.operation, exchange, again)
        execution.exchange = exchange if own is None else replace(exchange, makes=own.name)
        execution.exchanges.append(execution.exchange)

    def _compare(self, case: Case, execution: Execution) -> None:
        sent = execution.exchange
        if sent is None:
            return
        stranger = unknown_subresource_request(self.exchanger.service.operations[case.operation], sent.request)
        if stranger is not None and execution.outcome in ("accepted", "crashed"):
            execution.stranger = self.exchanger.send(sent.call, stranger, "probe")
            execution.exchanges.append(execution.stranger)

    def prepare(self, creations: Iterable[Creation], made: CreatedResources, exchanges: list[Exchange]) -> str | None:
        """Make what must be there first; says what could not be made, and why."""
        blocked: str | None = None
        for creation in creations:
            call = made.bound(creation.call)
            exchange = self._prepared(creation, call.call)
            exchanges.append(exchange)
            if exchange.outcome.kind == "rejected-state" and made.creations:
                # What it refers to may not be found yet.
                again = functools.partial(self._prepared, creation, call.call)
                exchange = exchanges[-1] = self.insisted(creation.resource, exchange, again)
            kind = exchange.outcome.kind
            if kind in MAY_HAVE_MADE:
                made.add(creation, exchange)
            if kind != "accepted":
                problem: str | None = f"{creation.call.operation} for its {creation.resource} was {kind}"
            else:
                problem = call.problem or self._wait(creation, made, exchanges)
            blocked = blocked or problem
        return blocked

    def _prepared(self, creation: Creation, call: Call) -> Exchange:
        return replace(self.of(creation).perform(call, "setup"), makes=creation.resource)

    def insisted(self, name: str, exchange: Exchange, again: Callable[[], Exchange]) -> Exchange:
        """What comes of sending a refused request again: what it refers to was made a moment ago, and may not be found.

        What was sent in vain several times under a `name` is not sent again.
        """
        late, name = self.window(), f"{name}/found"
        while exchange.outcome.kind == "rejected-state" and self.patience(name):
            if late():
                self.give_up(name)
                break
            self.sleep(self.pause(None))
            exchange = again()
        return exchange

    def _wait(self, creation: Creation, made: CreatedResources, exchanges: list[Exchange]) -> str | None:
        """Poll until a prerequisite is ready; the reason why it is not, where it does not get so."""
        status, read = creation.what.status, creation.read
        if status is None or read is None or creation.what.read is None:
            return None
        bound, name = made.bound(read), creation.what.name
        if bound.problem is not None:
            return bound.problem
        over, late = self.after(self.patience(name)), self.window()
        for polls in itertools.count():
            exchange = self.of(creation).perform(bound.call, "poll")
            kind, output = exchange.outcome.kind, exchange.answer.output if exchange.answer is not None else None
            state = state_of(creation.what, output, bound.call.params)
            # An answer that tells no state, or one that is nowhere on the way, leaves nothing to wait for.
            if kind == "accepted" and not status.passes(state) and status.phase(state) != "failed":
                exchanges.append(exchange)
                return None
            lost = late() if kind == "rejected-state" else kind == "not-implemented" or status.phase(state) == "failed"
            if lost or over():
                exchanges.append(exchange)
                if state not in status.failed:  # a failure does not take time
                    self.give_up(name)
                return f"its {creation.resource} did not get ready: {state if kind == 'accepted' else kind}"
            self.sleep(self.pause(creation.what, polls))
        raise AssertionError("a count that ends")

    def after(self, seconds: float) -> Callable[[], bool]:
        """Start a clock; what is returned says whether so many seconds are over."""
        end = self.clock() + seconds
        return lambda: self.clock() >= end

    def window(self) -> Callable[[], bool]:
        """Start a clock; what is returned says whether reads may no longer lag behind what was written."""
        over = self.after(min(self.poll_timeout, WINDOW_POLLS * self.poll_interval * USUAL_DELAY))
        asked = itertools.count(1)
        return lambda: next(asked) >= WINDOW_POLLS and over()

    def pause(self, resource: Resource | None, polls: int = 0) -> float:
        """Seconds between two polls of a resource: a waiter's delay, scaled; longer after many `polls`."""
        status = resource.status if resource is not None else None
        first = self.poll_interval * (status.delay if status is not None and status.delay else USUAL_DELAY)
        slowest = max(first, self.poll_timeout / FEWEST_POLLS)
        return min(first * SLOWER ** max(polls - WINDOW_POLLS, 0), slowest) if first else 0

    def patience(self, resource: str) -> float:
        """Seconds that a change of a resource's state may take: none where such changes were too slow before."""
        return self.poll_timeout if self._given_up[resource] < GIVE_UP_AFTER else 0

    def give_up(self, resource: str) -> None:
        """Take note that a change of a resource's state took too long."""
        self._given_up[resource] += 1

    def _remove(self, case: Case, execution: Execution, made: CreatedResources) -> None:
        sent = execution.exchange
        # Interrupted while waiting for the answer: it may have been made.
        may_have_made = execution.attempted if sent is None else sent.outcome.kind in MAY_HAVE_MADE
        if case.undo is not None and may_have_made:
            if sent is not None and sent.makes is not None:
                made.of[sent.makes] = sent
            self._undo(made.bound(case.undo), execution.exchanges, self.exchanger)
        if self._kept is not None and made is self._kept.made:
            if execution.outcome in LEAVES_ALONE or (execution.outcome == "accepted" and READING.match(case.operation)):
                return
            self._kept = None
        gone = sent.call if sent is not None and sent.outcome.kind == "accepted" else None
        self.clear(made, execution.exchanges, gone)

    def clear(self, made: CreatedResources, exchanges: list[Exchange], gone: Call | None = None) -> None:
        """Remove what was made, the latest first, except what the call `gone` has removed."""
        for creation in reversed(made.creations):
            if creation.undo is None:
                continue
            undo = made.bound(creation.undo)
            if gone is None or (gone.operation, gone.params) != (undo.call.operation, undo.call.params):
                self._undo(undo, exchanges, self.of(creation))

    def of(self, creation: Creation) -> Exchanger:
        """The exchanger of the service that makes a thing."""
        return (self.other_service(creation.service) if creation.service is not None else None) or self.exchanger

    def _undo(self, undo: Bound, exchanges: list[Exchange], exchanger: Exchanger) -> None:
        if undo.problem is not None:
            return  # the answer that would name it did not: nothing to remove it by
        try:
            exchange = exchanger.perform(undo.call, "cleanup")
        except Inexpressible:
            # A name that was broken on the wire cannot be written in a valid request: nothing to remove it by.
            return
        exchanges.append(exchange)
        if exchange.outcome.kind == "rejected-state" and self._settles(undo.call, exchanges):
            exchanges.append(exchanger.perform(undo.call, "cleanup"))

    def _settles(self, call: Call, exchanges: list[Exchange]) -> bool:
        """Whether a thing that refused to be removed was busy, and is so no longer."""
        resource = self.resources.get(call.operation)
        if resource is None or resource.status is None or resource.read is None:
            return False
        asked = self.exchanger.service.operations[resource.read.operation]
        params = {
            name: value for name, value in call.params.items() if name in self.exchanger.service.input_of(asked).members
        }
        read = Call(asked.name, params)
        there = self.exchanger.perform(read, "poll")
        exchanges.append(there)
        if there.outcome.kind != "accepted":
            return False
        return (
            self._wait(Creation(resource.name, call, resource, read=read), CreatedResources(self.account()), exchanges)
            is None
        )
