"""A plan carried out at a target, service by service: complete, interrupted, or ended without its target.

calibrate every service --> header --> ServiceRun ... --> footer
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from conformance.cases.samples import DEFAULT_REGION
from conformance.exceptions import TargetError, Unreachable
from conformance.exchanges import exchange
from conformance.exchanges.exchange import Sender
from conformance.exchanges.fingerprint import NO_FINGERPRINT, AnswerDigest, Fingerprint, take_fingerprint
from conformance.exchanges.transport import TransportFailure
from conformance.planning.plan import Plan, ServicePlan
from conformance.run.circuit_breaker import CircuitBreaker
from conformance.run.cleanup.created_thing import CreationObserver
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.run_cleanup import RunCleanup
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import ControlledSender, RunControl, RunStopped
from conformance.run.events import Event
from conformance.run.execution.polling import Polling
from conformance.run.liveness import RunAccounts
from conformance.run.run_end import INTERRUPTED, RunEnd, TargetLost
from conformance.run.safety.guarding import guarded
from conformance.run.service_run import RunEnvironment
from conformance.run.to_rows import Totals, footer_row, header_row
from conformance.specs.model import Operation
from conformance.specs.resources.inference import READING

# Failures that mean that nobody is there, rather than that somebody answers badly.
NOBODY_THERE = frozenset({"refused", "dns", "tls", "not-tls", "unsendable"})

# What to do about that, where it is not simply to start the target.
HINTS: Mapping[str, str] = {
    "dns": "is the host spelled right?",
    "no-endpoint": "is the service in this region? is there a network?",
    "not-tls": "does it speak plain HTTP? then its address begins with http://",
    "tls": "--ca-bundle names certificates to trust, --no-verify-ssl trusts any",
}


class Target(Sender, Protocol):
    """An open connection to an implementation."""

    @property
    def account(self) -> str | None:
        """The account that requests go to, where the target lets clients choose."""

    def identity(self) -> Mapping[str, Any]:
        """Kind, identity, URL and region, for the header."""

    def use_account(self, n: int) -> bool:
        """Move to the run's n-th account, empty; False where the account is not free to choose."""


@runtime_checkable
class KeepsAccounts(Protocol):
    """A connection that can return to an account of the run, to remove what was left there."""

    def return_to_account(self, n: int) -> bool:
        """Move to the run's n-th account as it was left; False where the account is not free to choose."""


def _no_way_back(_number: int) -> bool:
    return False


def run(
    plan: Plan,
    target: Target,
    observers: tuple[CreationObserver, ...] = (),
    *,
    control: RunControl | None = None,
    earlier: Resumption | None = None,
) -> Generator[Event, None, None]:
    """Carry out a plan; yields the rows of its record, and `OperationStarted` between them.

    `observers` learn of everything that the run creates, before its request is sent and after.

    Raises Unreachable, before the first row, where nobody answers. A KeyboardInterrupt, from within or thrown in,
    ends the run in order: what was created is removed, what is known is yielded, the footer says `interrupted`. So does
    `control` where it is asked to stop; the footer then has its reason. With `earlier` a run goes on: the rows of what
    was finished come first. Raises NotTheSame where that was at another target.
    """
    control = control or RunControl()
    with guarded(plan, target, control.sleep) as (permitted, guard, more):
        yield from _Run(permitted, guard, control, earlier, (*observers, *more)).rows()


@dataclass(slots=True)
class _Run:
    plan: Plan
    target: Target
    control: RunControl
    earlier: Resumption | None = None
    observers: tuple[CreationObserver, ...] = ()
    register: Register = field(init=False)
    cleanup: RunCleanup = field(init=False)
    totals: Totals = field(default_factory=Totals)
    sent: int = 0
    end: RunEnd | None = None
    absent: dict[str, RunEnd] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.register = Register(self._region, lambda: self.target.account, self.observers)
        polling = Polling(self.plan.poll_interval, self.plan.poll_timeout)
        back = self.target.return_to_account if isinstance(self.target, KeepsAccounts) else _no_way_back
        self.cleanup = RunCleanup(self.register, polling, back)

    @property
    def _region(self) -> str:
        return str(self.target.identity().get("region") or DEFAULT_REGION)

    def rows(self) -> Iterator[Event]:
        services = self.plan.services
        if self.earlier is not None:
            self.earlier.check_target(self.target.identity())
        fingerprints = [self._calibrate(service) for service in services]
        self._check_present()
        names = (service.spec.service.name for service in services)
        shown = {
            name: described(fingerprint)
            for name, fingerprint in zip(names, fingerprints, strict=True)
            if fingerprint is not None or self.control.end is None
        }
        try:
            yield from self._first_rows(shown)
        except KeyboardInterrupt:
            self.end = self.control.end or INTERRUPTED
        environment = self._environment()
        for service, fingerprint in zip(services, fingerprints, strict=True):
            absent = self.absent.get(service.spec.service.name)
            one = environment.service_run(service, fingerprint or NO_FINGERPRINT, self.end or absent)
            yield from one.rows()
            self.end = None if one.end is absent else one.end
            self.sent += one.sent
        yield from self._leftovers()
        yield footer_row(self.totals, time.monotonic() - self.started, self.sent, self.end)

    def _first_rows(self, fingerprints: Mapping[str, Any]) -> Iterator[Event]:
        if self.earlier is None:
            plan = self.plan if self.target.account is None else replace(self.plan, names=None)
            yield header_row(plan, self.target.identity(), fingerprints)
            return
        yield self.earlier.header
        self.sent, self.started = self.earlier.sent, self.started - self.earlier.seconds
        for row in self.earlier.kept():
            self.totals.count(row)
            yield row

    def _leftovers(self) -> Iterator[Event]:
        """What could not be removed; an interrupt is heeded after the last row."""
        for row in self.cleanup.leftovers():
            try:
                yield row
            except KeyboardInterrupt:
                self.end = self.control.end or INTERRUPTED

    def _environment(self) -> RunEnvironment:
        return RunEnvironment(
            plan=self.plan,
            sender=CircuitBreaker(self._sender),
            region=self._region,
            totals=self.totals,
            accounts=RunAccounts(self.target.use_account),
            account=lambda: self.target.account,
            cleanup=self.cleanup,
            facts=self._facts,
            control=self.control,
            earlier=self.earlier,
        )

    @property
    def _sender(self) -> Sender:
        return ControlledSender(self.target, self.control)

    def _calibrate(self, service: ServicePlan) -> Fingerprint | None:
        """The fingerprint; None, and the run has ended, where somebody is there but does not answer."""
        try:
            return None if self.control.end is not None else self._probed(service)
        except RunStopped:
            self.end = self.control.end
            return None
        except TargetLost as lost:
            self.end = lost.end
            return None
        except TargetError as problem:
            self._lacking(service, problem.message)
            return None
        except TransportFailure as failure:
            if failure.kind == "dns" and self.target.identity().get("kind") == "aws":
                self._lacking(service, failure.detail)
                return None
            if failure.kind in NOBODY_THERE:
                where = self.target.identity().get("url") or self.target.identity().get("identity")
                hint = HINTS.get(failure.kind, "is it running?")
                raise Unreachable(f"{where} does not answer: {failure.detail}", hint=hint) from failure
            self.end = RunEnd("no-answer", str(failure))
            return None

    def _lacking(self, service: ServicePlan, detail: str) -> None:
        """Take note that a service is not in the region; the others may be."""
        self.absent[service.spec.service.name] = RunEnd("no-endpoint", detail)

    def _check_present(self) -> None:
        """Raise Unreachable where the region has none of the services."""
        if len(self.absent) == len(self.plan.services):
            end = next(iter(self.absent.values()))
            raise Unreachable(f"{self.target.identity().get('identity')}: {end.reason}", hint=HINTS["no-endpoint"])

    def _probed(self, service: ServicePlan) -> Fingerprint:
        """The fingerprint; throttling is waited out, for it would be taken for the answer to an unknown operation."""
        pauses = iter(exchange.THROTTLE_WAITS)
        found = take_fingerprint(service.spec.service, service.codec, self._sender, _plainest(service))
        while _throttled(found) and (pause := next(pauses, None)) is not None:
            self.control.sleep(pause)
            found = take_fingerprint(service.spec.service, service.codec, self._sender, _plainest(service))
        return found

    def _facts(self, service: ServicePlan) -> dict[str, str]:
        return {
            "botocore": service.spec.provenance.botocore,
            "region": str(self.target.identity().get("region") or ""),
            "account": self.target.account or "",
        }


def _throttled(found: Fingerprint) -> bool:
    return any(
        outcome is not None and outcome.kind == "throttled" for outcome in (found.unknown_outcome, found.broken_outcome)
    )


def _plainest(service: ServicePlan) -> Operation:
    """The operation to send a broken body to: a read that needs little, where the plan has one."""
    model = service.spec.service
    return min(service.operations, key=lambda each: (not READING.match(each.name), len(model.input_of(each).required)))


def described(fingerprint: Fingerprint | None) -> Mapping[str, Any]:
    """A fingerprint for the header: how the probes were answered."""
    if fingerprint is None:
        return {"notes": ["did not answer the probes"]}
    found: dict[str, Any] = {
        "unknown_operation": _answer(fingerprint.unknown_operation),
        "broken_body": _answer(fingerprint.broken_body),
        "notes": [],
    }
    if fingerprint.accepts_anything:
        found["notes"].append("answers 2xx to an operation that does not exist: its acceptance proves nothing")
    if not fingerprint.speaks_protocol:
        found["notes"].append("answered no probe in the protocol")
    return found


def _answer(found: AnswerDigest | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {"status": found.status, "parsed": found.parsed, "code": found.code, "text": found.text[:200]}
