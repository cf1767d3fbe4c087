"""A circuit breaker before the target: one request without an answer concerns that request, several end the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchanges.exchange import Sender
from conformance.exchanges.transport import TransportFailure
from conformance.run.run_end import RunEnd, TargetLost
from conformance.wire.message import Request, Response

# How many failures of a kind in a row mean that the target is lost.
FAILURES_ALLOWED: Mapping[str, int] = {"refused": 2, "dns": 2, "tls": 2, "timeout": 3, "closed": 6}


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
            count = self.failures[failure.kind]
            if count >= FAILURES_ALLOWED.get(failure.kind, count + 1):
                raise TargetLost(RunEnd("stopped-answering", f"{failure}, {count} times in a row")) from failure
            raise
        self.failures.clear()
        return response
