"""The guard of an account that is not the run's own: every request of a run passes it, and nothing passes it unasked.

call --permitted?--> touches only what the run made? --> may more be made? --> RateLimiter --> target
         '--no------------------'--no---------------------'--no--> NotSent, with a code
answer --throttled--> slower      --credentials expired--> TargetLost      --identifiers--> Ownership
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.cases.case import Call
from conformance.cases.resource_names import ResourceNamer
from conformance.exchanges.exchange import NotSent, Sender, retry_after
from conformance.exchanges.outcome import classify, declared_codes, says_expired
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan, ServicePlan
from conformance.run.run_end import RunEnd, TargetLost
from conformance.run.safety.creation_ledger import CreationLedger
from conformance.run.safety.ownership import Ownership
from conformance.run.safety.rate_limiter import RateLimiter
from conformance.specs.effects.operation_effects import effect_of
from conformance.specs.resources.removals import Removals
from conformance.wire.conventions import NO_SUCH_OPERATION
from conformance.wire.message import Request, Response


class Guarded(Sender, Protocol):
    """What is guarded: an open connection."""

    @property
    def account(self) -> str | None:
        """The account that requests go to, where the target lets clients choose."""

    def identity(self) -> Mapping[str, Any]:
        """Kind, identity, URL and region."""

    def use_account(self, n: int) -> bool:
        """Move to the run's n-th account."""


@dataclass(frozen=True, slots=True)
class _Known:
    plan: ServicePlan
    namer: ResourceNamer
    removals: Removals


@dataclass(slots=True)
class RequestGuard:
    """A connection through which only permitted requests go; without `permissions` it only keeps the rate."""

    target: Guarded
    plan: Plan
    permissions: Permissions | None
    limiter: RateLimiter
    ledger: CreationLedger | None = None
    ownership: Ownership = field(init=False)
    made: int = 0
    _services: dict[str, _Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.permissions is not None:
            self.ownership = Ownership(self.permissions.run_id, self.permissions.account)
        else:
            self.ownership = Ownership("")
        for each in self.plan.services:
            self._enter(each)

    @property
    def account(self) -> str | None:
        """The account that requests go to."""
        return self.target.account

    def identity(self) -> Mapping[str, Any]:
        """Kind, identity, URL and region of the target."""
        return self.target.identity()

    def use_account(self, n: int) -> bool:
        """Move to the run's n-th account, where the target lets clients choose."""
        return self.target.use_account(n)

    def return_to_account(self, n: int) -> bool:
        """Move to the run's n-th account as it was left, where the target can."""
        back = getattr(self.target, "return_to_account", None)
        return back is not None and bool(back(n))

    def send(self, request: Request, *, service: str = "", call: Call | None = None, **options: Any) -> Response:
        """The answer; raises NotSent for what is not permitted, TargetLost where the credentials have expired."""
        known = self._known(service) if self.permissions is not None else None
        creates = self.permissions is not None and self._check(self.permissions, service, known, call)
        self.limiter.wait()
        if self.ledger is not None:
            self.ledger.commit()
        response = self.target.send(request, service=service, call=call, **options)
        self._learn(known, call, response)
        if creates and response.status < 300:
            with self._lock:
                self.made += 1
        return response

    def _check(self, permissions: Permissions, service: str, known: _Known | None, call: Call | None) -> bool:
        """Whether the call creates something that is removed later; raises NotSent where it is not to be sent."""
        if call is None or known is None:
            raise NotSent("unknown-operation", "it is not known what the request does")
        if call.operation == NO_SUCH_OPERATION:
            return False
        operation = known.plan.spec.service.operations[call.operation]
        removal = known.removals.delete_of(operation.name)
        refusal = permissions.refusal(service, operation.name, removal)
        if refusal is not None:
            raise NotSent(refusal.code, refusal.reason)
        if effect_of(service, operation.name).kind == "read":
            return False
        problem = self.ownership.problem(known.namer, operation, call, removable=removal is not None)
        if problem is not None:
            raise NotSent("not-ours", f"{operation.name} is not sent: {problem}")
        most = permissions.max_resources
        creates = known.removals.created_by(operation.name) is not None
        if creates and most is not None and self.made >= most:
            raise NotSent("max-resources", f"{operation.name} is not sent: the run has made {most} things")
        return creates

    def _learn(self, known: _Known | None, call: Call | None, response: Response) -> None:
        """Slow down where the answer asks for it, stop where the credentials have expired."""
        if known is None or call is None or call.operation == NO_SUCH_OPERATION:
            return
        service = known.plan.spec.service
        operation = service.operations[call.operation]
        answer = known.plan.codec.decode_response(service, operation, response)
        outcome = classify(answer, declared_codes(service, operation))
        if outcome.kind == "throttled":
            self.limiter.throttled(retry_after(response))
            return
        self.limiter.answered()
        if says_expired(outcome, service, operation):
            raise TargetLost(RunEnd("credentials-expired", outcome.code or ""))
        reads = outcome.kind == "accepted" and effect_of(service.name, operation.name).kind == "read"
        if reads and not self.ownership.is_about_own(call):  # what is in a thing of the run is the run's, too
            self.ownership.discover(answer.output)

    def _known(self, service: str) -> _Known | None:
        if service not in self._services:
            found = self.plan.other_service(service)
            if found is None:
                return None
            self._enter(found)
        return self._services[service]

    def _enter(self, plan: ServicePlan) -> None:
        service = plan.spec.service
        self._services[service.name] = _Known(
            plan, ResourceNamer(service, plan.overlay), Removals(service, plan.overlay)
        )
