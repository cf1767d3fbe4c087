"""Other services than the one that is run: their planners and exchangers, made when something of theirs is needed."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.planning.plan import Plan


@dataclass(slots=True)
class ServicePool:
    """The services that requests of one service refer to."""

    plan: Plan
    sender: Sender
    region: str
    _known: dict[str, tuple[RequestBuilder, Exchanger] | None] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """The requests sent there."""
        return sum(known[1].sent for known in self._known.values() if known is not None)

    def builder(self, service: str) -> RequestBuilder | None:
        """The planner of a service; None where nothing is known of it."""
        known = self._of(service)
        return None if known is None else known[0]

    def exchanger(self, service: str) -> Exchanger | None:
        """The exchanger of a service; None where nothing is known of it."""
        known = self._of(service)
        return None if known is None else known[1]

    def _of(self, service: str) -> tuple[RequestBuilder, Exchanger] | None:
        if service not in self._known:
            found = self.plan.other_service(service)
            self._known[service] = None if found is None else (
                RequestBuilder(found.spec, found.overlay, self.plan.seed, region=self.region),
                Exchanger(found.spec.service, found.codec, self.sender),
            )  # fmt: skip
        return self._known[service]
