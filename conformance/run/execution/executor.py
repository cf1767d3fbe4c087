"""One case carried out: prerequisites created, the request proven and sent, everything removed again.

setup --> prove --> send --> remove, in reverse order
  '-- not accepted, never ready: blocked      '-- also when interrupted
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from conformance.cases.case import Call, Case
from conformance.exchanges.exchange import Exchange, Exchanger, Unproven
from conformance.exchanges.fingerprint import unknown_subresource_request
from conformance.run.execution.created_resources import CreatedResources
from conformance.run.execution.provisioning import MAY_HAVE_CREATED, Provisioner
from conformance.specs.resources.inference import READING
from conformance.values.vocabulary import OutcomeClass
from conformance.wire.message import Inexpressible, Request

# Outcomes that show that a request has changed nothing.
CHANGES_NOTHING = frozenset({"rejected-validation", "rejected-state", "rejected-auth", "throttled", "not-implemented"})


@dataclass(slots=True)
class Execution:
    """A case as it was carried out.

    `blocked` says which prerequisite could not be created; the request is sent all the same, because not every target
    looks for it. `omitted` says why the request cannot be sent at all. `control` is the same request to a sub-resource
    that does not exist, where it was asked for.
    """

    case: Case
    exchanges: list[Exchange] = field(default_factory=list)
    exchange: Exchange | None = None
    blocked: str | None = None
    omitted: str | None = None
    control: Exchange | None = None
    attempted: bool = False
    is_recorded: bool = False

    @property
    def outcome(self) -> OutcomeClass:
        """The outcome class of the request; `unreachable` where it was not sent."""
        return self.exchange.outcome.kind if self.exchange is not None else "unreachable"

    @property
    def accepted_call(self) -> Call | None:
        """The request's call, where it was accepted."""
        return self.exchange.call if self.exchange is not None and self.outcome == "accepted" else None


def nothing_before(_what: object) -> None:
    """What was done earlier, in a run that does not go on from another one."""


@dataclass(slots=True)
class SharedSetup:
    """Prerequisites that several cases share: how they were created, and why they could not be."""

    key: str
    created: CreatedResources
    exchanges: list[Exchange] = field(default_factory=list)
    blocked: str | None = None


@dataclass(slots=True)
class Executor:
    """Carries out cases at one target.

    Cases that are to change nothing share their setup: it stays until a case needs another one, or was answered in a
    way that may have changed it. `earlier` gives a case as it was carried out before the run was interrupted.
    """

    provisioner: Provisioner
    earlier: Callable[[Case], Execution | None] = nothing_before
    _shared: SharedSetup | None = None
    _cleanups: list[Exchange] = field(default_factory=list)

    @property
    def exchanger(self) -> Exchanger:
        """What sends the requests."""
        return self.provisioner.exchanger

    def for_service(self, exchanger: Exchanger) -> Executor:
        """An executor for another service, at the same pace."""
        return Executor(self.provisioner.for_service(exchanger), self.earlier)

    def execute(self, case: Case, *, with_control: bool = False) -> Execution:
        """Carry out a case, and remove what was created for it and by it.

        `with_control` sends a request to a sub-resource that was accepted, or crashed, to one that does not exist, too.
        """
        known = self.earlier(case)
        if known is not None:
            return known
        execution = Execution(case)
        self.provisioner.journal.begin(execution)
        created = self.provisioner.nothing_created()
        try:
            request = self.exchanger.request_for(case.call)
            self.exchanger.prove(case, request)
            created = self._set_up(case, execution)
            self._send(case, request, created, execution)
            if with_control:
                self._send_control(case, execution)
        except (Inexpressible, Unproven) as problem:
            execution.omitted = str(problem)
        finally:
            self._clean_up(case, execution, created)
        return execution

    def release(self) -> None:
        """Remove the shared setup."""
        shared, self._shared = self._shared, None
        if shared is not None:
            self.provisioner.remove(shared.created, self._cleanups)

    def drain_cleanups(self) -> list[Exchange]:
        """The exchanges that removed shared setups since this was asked for last."""
        cleanups, self._cleanups = self._cleanups, []
        return cleanups

    def _set_up(self, case: Case, execution: Execution) -> CreatedResources:
        """What is there before a case: created for it, or left by the case before that needed the same."""
        shared = self._shared
        if shared is not None and shared.key == case.shared_setup:
            execution.exchanges.extend(shared.exchanges)
            execution.blocked = shared.blocked
            return shared.created
        created = self.provisioner.nothing_created()
        if case.shared_setup is None:
            execution.blocked = self.provisioner.create(case.setup, created, execution.exchanges)
            return created
        self.release()
        # Known before anything is created, so that an interrupt finds what to remove.
        self._shared = shared = SharedSetup(case.shared_setup, created)
        shared.blocked = self.provisioner.create(case.setup, created, shared.exchanges)
        execution.exchanges.extend(shared.exchanges)
        execution.blocked = shared.blocked
        return created

    def _send(self, case: Case, request: Request, created: CreatedResources, execution: Execution) -> None:
        bound = created.bound(case.call)
        execution.blocked = execution.blocked or bound.problem
        if bound.call.params != case.call.params:
            request = self.exchanger.request_for(bound.call)
            self.exchanger.prove(case, request)
        execution.attempted = True
        exchange = self.exchanger.send(bound.call, request, "case")
        if case.setup and case.intent in ("valid", "boundary") and execution.blocked is None:
            again = functools.partial(self.exchanger.send, bound.call, request, "case")
            exchange = self.provisioner.repeat_until_found(case.operation, exchange, again)
        own = self.provisioner.resources.get(case.undo.operation) if case.undo is not None else None
        execution.exchange = exchange if own is None else replace(exchange, makes=own.name)
        execution.exchanges.append(execution.exchange)

    def _send_control(self, case: Case, execution: Execution) -> None:
        sent = execution.exchange
        if sent is None:
            return
        control = unknown_subresource_request(self.exchanger.service.operations[case.operation], sent.request)
        if control is not None and execution.outcome in ("accepted", "crashed"):
            execution.control = self.exchanger.send(sent.call, control, "probe")
            execution.exchanges.append(execution.control)

    def _clean_up(self, case: Case, execution: Execution, created: CreatedResources) -> None:
        sent = execution.exchange
        # Interrupted while waiting for the answer: it may have been created.
        may_have_created = execution.attempted if sent is None else sent.outcome.kind in MAY_HAVE_CREATED
        if case.undo is not None and may_have_created:
            if sent is not None and sent.makes is not None:
                created.exchanges[sent.makes] = sent
            self.provisioner.undo(created.bound(case.undo), execution.exchanges)
        if self._shared is not None and created is self._shared.created:
            if _changes_nothing(execution):
                return
            self._shared = None
        self.provisioner.remove(created, execution.exchanges, done=execution.accepted_call)


def _changes_nothing(execution: Execution) -> bool:
    """Whether an answer shows that the state is what it was before."""
    reads = READING.match(execution.case.operation) is not None
    return execution.outcome in CHANGES_NOTHING or (execution.outcome == "accepted" and reads)
