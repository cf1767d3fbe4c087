"""An eye on the target: one request without an answer is that request's matter, several in a row are the target's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchanges.exchange import Sender
from conformance.exchanges.transport import TransportFailure
from conformance.wire.message import Request, Response

# How many failures of a kind in a row mean that the target is gone.
PATIENCE: Mapping[str, int] = {"refused": 2, "dns": 2, "tls": 2, "timeout": 3, "closed": 6}


class TargetLost(Exception):
    """The target stopped answering."""


@dataclass(slots=True)
class CircuitBreaker:
    """A sender that gives up on a target which has stopped answering; raises TargetLost then."""

    sender: Sender
    failures: Counter[str] = field(default_factory=Counter)

    def send(self, request: Request, **options: Any) -> Response:
        """The answer; raises TransportFailure, and TargetLost after too many of those."""
        try:
            response = self.sender.send(request, **options)
        except TransportFailure as failure:
            self.failures[failure.kind] += 1
            if self.failures[failure.kind] >= PATIENCE.get(failure.kind, self.failures[failure.kind] + 1):
                raise TargetLost(
                    f"it stopped answering: {failure}, {self.failures[failure.kind]} times in a row"
                ) from failure
            raise
        self.failures.clear()
        return response
