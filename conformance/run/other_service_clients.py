"""Clients of other services than the one that is run, for resources of theirs that its requests refer to.

A client is what builds requests of a service and what sends them; it is made when it is asked for first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.planning.plan import Plan


@dataclass(slots=True)
class OtherServiceClients:
    """The clients that the requests of one service need, by service name."""

    plan: Plan
    sender: Sender
    region: str
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
            self._clients[service] = None if found is None else (
                RequestBuilder(found.spec, found.overlay, self.plan.seed, region=self.region),
                Exchanger(found.spec.service, found.codec, self.sender),
            )  # fmt: skip
        return self._clients[service]
