"""Clients of other services than the one that is run, for resources of theirs that its requests refer to.

A client is what builds requests of a service and what sends them; it is made when it is asked for first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.planning.plan import Plan, ServicePlan
from conformance.run.cleanup.register import Register


@dataclass(slots=True)
class OtherServiceClients:
    """The clients that the requests of one service need, by service name; what they create goes into the register."""

    plan: Plan
    sender: Sender
    region: str
    register: Register | None = None
    sleep: Callable[[float], None] = time.sleep
    names: int = 0
    _clients: dict[str, tuple[RequestBuilder, Exchanger] | None] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """The requests that they have sent."""
        return sum(client[1].sent for client in self._clients.values() if client is not None)

    def builder(self, service: str) -> RequestBuilder | None:
        """What builds requests of a service; None where nothing is known of it."""
        client = self._client(service)
        return None if client is None else client[0]

    def exchanger(self, service: str) -> Exchanger | None:
        """What sends requests of a service; None where nothing is known of it."""
        client = self._client(service)
        return None if client is None else client[1]

    def _client(self, service: str) -> tuple[RequestBuilder, Exchanger] | None:
        if service not in self._clients:
            found = self.plan.other_service(service)
            self._clients[service] = None if found is None else self._made(found)
        return self._clients[service]

    def _made(self, found: ServicePlan) -> tuple[RequestBuilder, Exchanger]:
        builder = RequestBuilder(found.spec, found.overlay, self.names, region=self.region, prefix=self.plan.prefix)
        observer = self.register.for_service(builder) if self.register is not None else None
        return builder, Exchanger(found.spec.service, found.codec, self.sender, self.sleep, observer=observer)
