"""Removes what a ledger lists and what is still there, through the guard: nothing else can be touched.

ledger --> Register --> Remover --RequestGuard--> target
              '-- what is gone: a line in the ledger, so that the next clean-up does not look for it again
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger
from conformance.planning.pace import PollPace
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan, plan_of_nothing
from conformance.record.rows import LeftoverRow
from conformance.run.circuit_breaker import CircuitBreaker
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.run_cleanup import RunCleanup
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.execution.polling import Polling
from conformance.run.safety.creation_ledger import CreationLedger, LedgerHead
from conformance.run.safety.rate_limiter import RateLimiter
from conformance.run.safety.request_guard import Guarded, RequestGuard


@dataclass(slots=True)
class LedgerCleanup:
    """The clean-up of one ledger at an open connection. `things` are those that the ledger lists as not gone."""

    path: Path
    head: LedgerHead
    things: tuple[CreatedThing, ...]
    connection: Guarded
    pace: PollPace
    plan: Plan = field(init=False)
    guard: RequestGuard = field(init=False)
    register: Register = field(init=False)
    _clients: dict[str, ServiceClient | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        permissions = Permissions(allow_writes=True, run_id=self.head.run_id, account=self.head.account)
        self.plan = plan_of_nothing(permissions)
        self.guard = RequestGuard(self.connection, self.plan, permissions, RateLimiter())
        self.register = Register(self.head.region)
        for thing in self.things:
            self.register.enter(thing)
            self.guard.ownership.created(thing)

    def remove(self) -> tuple[LeftoverRow, ...]:
        """Remove what is there; returns what could not be removed. What is gone is written to the ledger."""
        ledger = CreationLedger(self.path, self.head)
        self.register.observers = (ledger,)
        cleanup = RunCleanup(self.register, Polling(self.pace.interval, self.pace.timeout), _one_account)
        try:
            for _ in cleanup.remove(self._client, 0):
                pass
        finally:
            ledger.close()
        return tuple(cleanup.leftovers())

    def _client(self, service: str) -> ServiceClient | None:
        if service not in self._clients:
            found = self.plan.other_service(service)
            if found is None:
                self._clients[service] = None
            else:
                builder = RequestBuilder(found.spec, found.overlay, 0, region=self.head.region, prefix=self.head.run_id)
                observer = self.register.for_service(builder)
                sender = CircuitBreaker(self.guard)
                exchanger = Exchanger(found.spec.service, found.codec, sender, time.sleep, observer=observer)
                self._clients[service] = ServiceClient(builder, exchanger)
        return self._clients[service]


def _one_account(_number: int) -> bool:
    return False


def by_kind(things: Iterable[CreatedThing]) -> Iterator[tuple[str, int]]:
    """How many things there are of each kind, as `sqs Queue`, in the order of their creation."""
    counts: dict[str, int] = {}
    for thing in things:
        name = f"{thing.service} {thing.resource}"
        counts[name] = counts.get(name, 0) + 1
    yield from counts.items()
