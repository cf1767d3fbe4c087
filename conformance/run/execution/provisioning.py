"""Resources that cases need: created in order, waited for until they are ready, removed in reverse order.

creations --create--> exchange --ready?--> CreatedResources --remove--> exchanges
    '-- not accepted, never ready: the reason, for the case is blocked then
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from conformance.cases.case import Call, Creation
from conformance.exchanges.exchange import Exchange, Exchanger, NotSent
from conformance.run.execution.created_resources import BoundCall, CreatedResources
from conformance.run.execution.journal import Journal
from conformance.run.execution.polling import Polling
from conformance.specs.resources.descriptions import status_in_answer
from conformance.specs.resources.resource import Resource
from conformance.values.vocabulary import HOW_ANSWERED
from conformance.wire.message import Inexpressible

# Refusals of a read that may not find yet what was created a moment ago.
REFUSED = frozenset({"rejected-state", "rejected-validation"})

# Answers that show nothing, and would not however often they are asked for: so many of them in a row end a wait.
UNREADABLE = frozenset({"crashed", "malformed"})
UNREAD_POLLS = 2

# Outcomes after which a resource may have been created.
MAY_HAVE_CREATED = frozenset({"accepted", "crashed", "malformed", "unreachable"})


def _unknown_account() -> str | None:
    return None


def _no_parts(_service: str, _call: Call) -> Iterable[Call]:
    return ()


def _no_other_service(_service: str) -> Exchanger | None:
    return None


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Creates and removes resources of one service at one target.

    `resources` are those that an operation removes, by its name. `account` gives the account that requests go to,
    `other_service` the exchanger of another service, for resources that requests refer to there. `removing` is a block
    that no end of the run interrupts, `journal` has what was not answered. `parts_in` gives the calls that take out of
    a resource what the run has added to it, by the service and the call that removes the resource.
    """

    exchanger: Exchanger
    polling: Polling
    resources: Mapping[str, Resource] = field(default_factory=dict)
    account: Callable[[], str | None] = _unknown_account
    other_service: Callable[[str], Exchanger | None] = _no_other_service
    removing: Callable[[], AbstractContextManager[None]] = nullcontext
    journal: Journal = field(default_factory=Journal)
    parts_in: Callable[[str, Call], Iterable[Call]] = _no_parts

    def for_service(self, exchanger: Exchanger) -> Provisioner:
        """The provisioner of another service, at the same pace."""
        return replace(self, exchanger=exchanger, resources={})

    def nothing_created(self) -> CreatedResources:
        """An empty list of resources in the account that requests go to now."""
        return CreatedResources(self.account())

    def create(self, creations: Iterable[Creation], created: CreatedResources, exchanges: list[Exchange]) -> str | None:
        """Create resources and wait until they are ready; returns what could not be created, and why."""
        blocked: str | None = None
        for creation in creations:
            call = created.bound(creation.call)
            try:
                exchange = self._sent(creation, call.call)
            except NotSent as refused:
                return blocked or f"its {creation.resource} is not created: {refused}"
            exchanges.append(exchange)
            if exchange.outcome.kind == "rejected-state" and created.creations:
                # What it refers to may not be found yet.
                again = functools.partial(self._sent, creation, call.call)
                exchange = exchanges[-1] = self.repeat_until_found(creation.resource, exchange, again)
            kind = exchange.outcome.kind
            if kind in MAY_HAVE_CREATED:
                created.add(creation, exchange)
            if kind != "accepted":
                problem: str | None = f"{creation.call.operation} for its {creation.resource} {HOW_ANSWERED[kind]}"
            else:
                problem = call.problem or self.wait_until_ready(creation, created, exchanges)
            blocked = blocked or problem
        return blocked

    def repeat_until_found(self, name: str, exchange: Exchange, again: Callable[[], Exchange]) -> Exchange:
        """The last answer to a refused request that is repeated through the consistency window.

        What it refers to was created a moment ago, and may not be found yet. What was repeated in vain several times
        under a `name` is not repeated again.
        """
        over, name = self.polling.consistency_window(), f"{name}/found"
        while exchange.outcome.kind == "rejected-state" and self.polling.allowance(name):
            if over():
                self.polling.count_timeout(name)
                break
            self.polling.sleep(self.polling.delay(None))
            exchange = again()
        return exchange

    def wait_until_ready(self, creation: Creation, created: CreatedResources, exchanges: list[Exchange]) -> str | None:
        """Poll until a resource is ready; the reason why it is not, where it does not become ready."""
        status, read = creation.what.status, creation.read
        if status is None or read is None or creation.what.read is None:
            return None
        bound, name = created.bound(read), creation.what.name
        if bound.problem is not None:
            return bound.problem
        over = self.polling.deadline(self.polling.allowance(name))
        late, unread = self.polling.consistency_window(), 0
        for polls in itertools.count():
            exchange = self.exchanger_of(creation).perform(bound.call, "poll")
            kind, output = exchange.outcome.kind, exchange.answer.output if exchange.answer is not None else None
            state = status_in_answer(creation.what, output, bound.call.params)
            # An answer without a state, with a final one, or with one that another operation ends (a request that
            # somebody has to accept), leaves nothing to wait for.
            if kind == "accepted" and not status.passes(state) and status.phase(state) != "failed":
                exchanges.append(exchange)
                return None
            unread = unread + 1 if kind in UNREADABLE else 0
            final = kind == "not-implemented" or unread == UNREAD_POLLS or status.phase(state) == "failed"
            lost = late() if kind in REFUSED else final
            if lost or over():
                exchanges.append(exchange)
                if state not in status.failed:  # a failure does not take time
                    self.polling.count_timeout(name)
                return f"its {creation.resource} did not get ready: {state if kind == 'accepted' else kind}"
            self.polling.sleep(self.polling.delay(creation.what, polls))
        raise AssertionError("a count that ends")

    def remove(self, created: CreatedResources, exchanges: list[Exchange], done: Call | None = None) -> None:
        """Remove what was created, the latest first, except what the call `done` has removed."""
        with self.removing():
            for creation in reversed(created.creations):
                if creation.undo is None:
                    continue
                undo = created.bound(creation.undo)
                if done is None or (done.operation, done.params) != (undo.call.operation, undo.call.params):
                    self.undo(undo, exchanges, self.exchanger_of(creation))

    def undo(self, undo: BoundCall, exchanges: list[Exchange], exchanger: Exchanger | None = None) -> None:
        """Send a call that removes a resource, again when its parts are out, or when it was busy and no longer is."""
        if undo.problem is not None:
            return  # no answer identifies the resource: nothing to remove it by
        sender = exchanger or self.exchanger
        with self.removing():
            # A name that was broken on the wire cannot be written in a valid request: nothing to remove it by.
            exchange = _performed(sender, undo.call, exchanges)
            if exchange is None or exchange.outcome.kind != "rejected-state":
                return
            own = sender is self.exchanger  # `resources` has only those of the provisioner's own service
            if self._takes_parts_out(sender, undo.call, exchanges) or (
                own and self._becomes_idle(undo.call, exchanges)
            ):
                _performed(sender, undo.call, exchanges)

    def _takes_parts_out(self, sender: Exchanger, call: Call, exchanges: list[Exchange]) -> bool:
        """Take out of a resource what the run has added to it; whether anything was taken out."""
        taken = [_performed(sender, each, exchanges) for each in self.parts_in(sender.service.name, call)]
        return any(each is not None and each.outcome.kind == "accepted" for each in taken)

    def exchanger_of(self, creation: Creation) -> Exchanger:
        """The exchanger of the service that a resource is of."""
        return self.exchanger_for(creation.service)

    def exchanger_for(self, service: str | None) -> Exchanger:
        """The exchanger of a service by botocore's name; None stands for the provisioner's own."""
        return (self.other_service(service) if service is not None else None) or self.exchanger

    def _sent(self, creation: Creation, call: Call) -> Exchange:
        return replace(self.exchanger_of(creation).perform(call, "setup"), makes=creation.resource)

    def _becomes_idle(self, call: Call, exchanges: list[Exchange]) -> bool:
        """Whether a resource that refused to be removed was busy, and is so no longer."""
        resource = self.resources.get(call.operation)
        if resource is None or resource.status is None or resource.read is None:
            return False
        reading = self.exchanger.service.operations[resource.read.operation]
        members = self.exchanger.service.input_of(reading).members
        read = Call(reading.name, {name: value for name, value in call.params.items() if name in members})
        exchange = self.exchanger.perform(read, "poll")
        exchanges.append(exchange)
        if exchange.outcome.kind != "accepted":
            return False
        busy = Creation(resource.name, call, resource, read=read)
        return self.wait_until_ready(busy, self.nothing_created(), exchanges) is None


def _performed(sender: Exchanger, call: Call, exchanges: list[Exchange]) -> Exchange | None:
    """Send a call that removes something; None where it cannot be sent, or is not to be."""
    try:
        exchange = sender.perform(call, "cleanup")
    except Inexpressible:
        return None
    exchanges.append(exchange)
    return exchange
