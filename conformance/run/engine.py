"""The loop over services and operations, and how a run ends: complete, interrupted, or without its target."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import DEFAULT_REGION
from conformance.cases.strategies import ShapeStrategies
from conformance.errors import Unreachable
from conformance.exchanges import exchange
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.exchanges.fingerprint import NO_FINGERPRINT, AnswerDigest, Fingerprint, take_fingerprint
from conformance.exchanges.transport import TransportFailure
from conformance.planning.plan import Plan, ServicePlan
from conformance.run.circuit_breaker import CircuitBreaker, TargetLost
from conformance.run.execution import Executor
from conformance.run.feedback_loop import FeedbackLoop
from conformance.run.liveness import Liveness
from conformance.run.operation_run import OperationRun
from conformance.run.record_rows import Row, Totals, footer_row, header_row
from conformance.run.service_pool import ServicePool
from conformance.specs.model import Operation
from conformance.specs.resources.inference import READING
from conformance.verdicts.finding import Undecided

# Failures that say that nobody is there, rather than that somebody answers badly.
NOBODY = frozenset({"refused", "dns", "tls", "unsendable"})

# What to do about that, where it is not simply to start the target.
HINTS: Mapping[str, str] = {
    "dns": "is the host spelled right?",
    "tls": "--ca-bundle names certificates to trust, --no-verify-ssl trusts any",
}

# Operations in a row that are throttled, each after long waits, before the target is given up.
THROTTLED_OPERATIONS = 3

# Operations that a target may not know, before it is said not to speak the protocol at all.
ASKED = 12


class Target(Sender, Protocol):
    """An open connection to an implementation."""

    account: str | None

    def identity(self) -> Mapping[str, Any]:
        """Kind, identity, URL and region, for the header."""

    def use_account(self, n: int) -> bool:
        """Move to the run's n-th account; False where the account is not free to choose."""


def run(plan: Plan, target: Target) -> Iterator[Row]:
    """Carry out a plan; yields the lines of its record, and `progress` lines between them.

    Raises Unreachable, before the first line, where nobody answers. A KeyboardInterrupt, from within or thrown in,
    ends the run in order: what was created is removed, what is known is told, the footer says `interrupted`.
    """
    yield from _Run(plan, target).rows()


@dataclass(frozen=True, slots=True)
class _End:
    """How and why a run ends before its last operation."""

    word: Literal["interrupted", "target-lost"]
    reason: str

    @property
    def leaves(self) -> Undecided:
        """What is to be said of clauses that were not reached."""
        told = self.reason if self.word == "target-lost" else "the run was interrupted"
        return Undecided("", "errored" if self.word == "target-lost" else "unreached", told)


@dataclass(slots=True)
class _Run:
    plan: Plan
    target: Target
    totals: Totals = field(default_factory=Totals)
    liveness: Liveness = field(init=False)
    breaker: CircuitBreaker = field(init=False)
    sent: int = 0
    end: _End | None = None
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.liveness = Liveness(self.target.use_account)
        self.breaker = CircuitBreaker(self.target)

    def rows(self) -> Iterator[Row]:
        fingerprints = [self._calibrate(service) for service in self.plan.services]
        names = (service.spec.service.name for service in self.plan.services)
        shown = {name: described(fingerprint) for name, fingerprint in zip(names, fingerprints, strict=True)}
        yield header_row(self.plan, self.target.identity(), shown)
        for service, fingerprint in zip(self.plan.services, fingerprints, strict=True):
            for row in self._service(service, fingerprint):
                self.totals.see(row)
                yield row
        end = self.end
        yield footer_row(
            self.totals,
            time.monotonic() - self.started,
            self.sent,
            end.word if end else "complete",
            end.reason if end else None,
        )

    def _calibrate(self, service: ServicePlan) -> Fingerprint | None:
        """The fingerprint; None, and the run has ended, where somebody is there but does not answer."""
        try:
            return self._probed(service)
        except TransportFailure as failure:
            if failure.kind in NOBODY:
                where = self.target.identity().get("url") or self.target.identity().get("identity")
                hint = HINTS.get(failure.kind, "is it running?")
                raise Unreachable(f"{where} does not answer: {failure.detail}", hint=hint) from failure
            self.end = _End("target-lost", f"no answer to the first request: {failure}")
            return None

    def _probed(self, service: ServicePlan) -> Fingerprint:
        """The fingerprint; throttling is waited out, for it would be taken for what the target answers to nonsense."""
        pauses = iter(exchange.THROTTLE_WAITS)
        found = take_fingerprint(service.spec.service, service.codec, self.target, _plainest(service))
        while _throttled(found) and (pause := next(pauses, None)) is not None:
            time.sleep(pause)
            found = take_fingerprint(service.spec.service, service.codec, self.target, _plainest(service))
        return found

    def _service(self, service: ServicePlan, fingerprint: Fingerprint | None) -> Iterator[Row]:
        exchanger = Exchanger(service.spec.service, service.codec, self.breaker)
        region = str(self.target.identity().get("region") or DEFAULT_REGION)
        builder = RequestBuilder(service.spec, service.overlay, self.plan.seed, self.plan.selection.includes, region)
        values = ShapeStrategies(service.spec.service)
        removed = {each.delete: each for each in service.overlay.resources.values() if each.delete is not None}
        other_service = ServicePool(self.plan, self.breaker, region)
        builder.other_service = other_service.builder
        executor = Executor(
            exchanger, self.plan.poll_interval, self.plan.poll_timeout, resources=removed,
            account=lambda: self.target.account, other_service=other_service.exchanger,
        )  # fmt: skip
        feedback = FeedbackLoop(builder, executor)
        self.liveness.leave = executor.release
        runs = [
            OperationRun(
                builder=builder,
                operation=operation,
                clauses=service.clauses_of(operation),
                executor=executor,
                fingerprint=fingerprint or NO_FINGERPRINT,
                values=values,
                liveness=self.liveness,
                facts=functools.partial(self._facts, service),
                max_examples=self.plan.max_examples,
                feedback=feedback,
            )
            for operation in service.operations
        ]
        yield from self._guarded(self._beginnings(runs))
        for number, one in enumerate(runs, start=1):
            if self.end is None:
                yield _progress(service, one.operation, number)
                yield from self._guarded(one.rows())
            yield from one.closing(self.end.leaves if self.end else None)
        self.sent += exchanger.sent + other_service.sent

    def _beginnings(self, runs: list[OperationRun]) -> Iterator[Row]:
        """The smallest request of every operation, on a state that nothing has spoiled yet."""
        if self.end is None and not runs[0].fingerprint.speaks and not _answers(runs[0]):
            yield from runs[0].ask()
            if not runs[0].parsed:
                raise TargetLost(f"it does not answer like AWS, but {runs[0].fingerprint.gist}")
        order = sorted(runs, key=lambda one: _turn(one))
        for one in order:
            if self.end is None:
                yield from one.begin()
                _check_heard(order, last=one is order[-1])

    def _guarded(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The lines, unless the run ends in them."""
        try:
            yield from rows
        except KeyboardInterrupt:
            self.end = _End("interrupted", "interrupted by the user")
        except TargetLost as lost:
            self.end = _End("target-lost", str(lost))

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


def _answers(run: OperationRun) -> bool:
    """Whether the target answers any of the service's likeliest operations in the protocol: reads that need little.

    They need not be among those that are run: of an operation that crashes it is to be told that it does.
    """
    service = run.builder.service
    reads = [each for each in service.operations.values() if READING.match(each.name)]
    likeliest = sorted(reads, key=lambda each: len(service.input_of(each).required))[:ASKED]
    return any(replace(run, operation=each).answers() for each in (*likeliest, run.operation))


def _turn(one: OperationRun) -> tuple[bool, int]:
    """Where an operation stands among the beginnings: what makes things first, what needs least before the rest.

    What is learned of how a thing is made serves those that need one.
    """
    makes = one.builder.namer.creates(one.operation) is not None
    return not makes, len(one.builder.service.input_of(one.operation).required) if makes else 0


def _check_heard(runs: list[OperationRun], *, last: bool) -> None:
    """Raise TargetLost where no request has got past the target's front door."""
    outcomes = sum((one.outcomes for one in runs), Counter[str]())
    kinds = set(outcomes)
    if kinds == {"throttled"} and (last or outcomes.total() >= THROTTLED_OPERATIONS):
        raise TargetLost("it throttles every request, however long one waits")
    if kinds == {"rejected-auth"} and last:
        code = runs[0].fingerprint.unknown_outcome.code
        raise TargetLost(f"it refuses the credentials{f': {code}' if code else ''}")


def _plainest(service: ServicePlan) -> Operation:
    """The operation to send a broken body to: a read that needs little, where the plan has one."""
    model = service.spec.service
    return min(service.operations, key=lambda each: (not READING.match(each.name), len(model.input_of(each).required)))


def _progress(service: ServicePlan, operation: Operation, number: int) -> Row:
    return {
        "type": "progress",
        "service": service.spec.service.name,
        "operation": operation.name,
        "number": number,
        "of": len(service.operations),
    }


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
    if not fingerprint.speaks:
        found["notes"].append("answered no probe in the protocol")
    return found


def _answer(found: AnswerDigest | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {"status": found.status, "parsed": found.parsed, "code": found.code, "text": found.text[:200]}
