"""What stands in for a region of AWS: moto behind HTTPS and checked signatures, with the ways in which AWS says no.

with region(denied={"GetQueueUrl"}) as stand_in:
    ... stand_in.arguments, stand_in.asked ...
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from doubles.faulty_servers import JSON, Received, Reply, moto
from doubles.sigv4 import SignedServer, signed_server

EXPIRED = "The security token included in the request is expired"
THROTTLED = "Rate exceeded"


def asked_for(request: Received) -> str:
    """The operation that a request of a JSON or query protocol asks for."""
    target = request.headers.get("x-amz-target", "")
    return target.partition(".")[2] or parse_qs(request.body.decode("latin-1")).get("Action", [""])[0]


@dataclass
class Region:
    """A running stand-in: where it is, how to reach it, and every operation that it was asked for, in order."""

    server: SignedServer
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("--target", "aws:eu-west-1", "--endpoint-url", self.server.url, "--ca-bundle", self.server.ca_bundle)


@contextlib.contextmanager
def region(
    *, denied: Collection[str] = (), expires_after: int | None = None, throttled: int = 0, queues: int | None = None
) -> Iterator[Region]:
    """A region that denies operations, whose credentials expire, that throttles the first requests.

    Credentials expire after so many requests, or as soon as so many queues were asked for.
    """
    answer, lock = moto(), threading.Lock()
    running: list[Region] = []
    left = [throttled]

    def respond(request: Received) -> Reply:
        here, operation = running[0], asked_for(request)
        with lock:
            here.asked.append(operation)
            here.bodies.append(request.body)
            number = len(here.asked)
            if left[0] > 0 and operation != "GetCallerIdentity":
                left[0] -= 1
                return _refusal(400, "ThrottlingException", THROTTLED, (("Retry-After", "0"),))
        over = queues is not None and here.asked[:-1].count("CreateQueue") >= queues
        if over or (expires_after is not None and number > expires_after):
            return _refusal(403, "ExpiredTokenException", EXPIRED)
        if operation in denied:
            return _refusal(403, "AccessDeniedException", f"User is not authorized to perform {operation}")
        return answer(request)

    with signed_server(otherwise=respond) as server:
        running.append(Region(server))
        yield running[0]


def _refusal(status: int, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, body, (("Content-Type", JSON), *headers))
