"""The double without sockets: the bytes that HTTP would carry, handed over within the process.

    Unsigned --SignedRequest--> InProcess --headers, body--> Hosting.respond --Reply--> InProcess --> Response

Half of the time of a run over loopback HTTP is spent between the two ends, and a tenth of the rest in signatures, which
the double does not read. The codecs and the bodies are the same in both; one test holds the records of both against
each other.
"""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from conformance.exchanges.connection import Connection, ConnectionSettings
from conformance.exchanges.credentials import dummy_login
from conformance.exchanges.endpoints import Endpoint
from conformance.exchanges.transport import SignedRequest
from conformance.wire.message import Request, Response
from doubles.hosting.server import Hosting, as_http

REGION = "us-east-1"
SCOPE = f"test/20200101/{REGION}/sagemaker/aws4_request"
ENDPOINT = Endpoint("http://127.0.0.1", REGION)


class Unsigned(Connection):
    """A connection that says who asks, but signs nothing."""

    def send(self, request: Request, **options: Any) -> Response:
        named = replace(request, headers=(*request.headers, ("Authorization", f"Credential={SCOPE}, Signature=none")))
        return super().send(named, **{**options, "sign": False})


class InProcess:
    """A transport that calls the double."""

    def __init__(self, service: Hosting) -> None:
        self.service = service

    def send(self, request: SignedRequest) -> Response:
        """The double's answer to a request."""
        started = time.perf_counter()
        headers = {name.lower(): text for name, text in request.headers}
        reply = as_http(self.service, request.method, headers, request.body)
        names = {name.lower(): text for name, text in reply.headers.items()}
        names["content-length"] = str(len(reply.body))
        names["date"] = formatdate(usegmt=True)  # as every HTTP server adds it: laws about times read it
        return Response(reply.status, names, reply.body, time.perf_counter() - started)

    def close(self) -> None:
        """Nothing is held open."""


def connection_to(service: Hosting, seed: int) -> Connection:
    """A connection to a double in this process."""
    return Unsigned(
        ConnectionSettings(
            kind="http",
            identity="hosting double",
            url=ENDPOINT.url,
            region=REGION,
            seed=seed,
            login=dummy_login(),
            transport=InProcess(service),
            endpoint=lambda _service, _prefix: ENDPOINT,
        )
    )
