"""The one network seam: signed bytes out, answered bytes in, and failures that have a name.

    SignedRequest --Transport.send--> Response
                        '-----------> TransportFailure(kind, detail), and nothing else

`sockets.py` is for everything that has a URL, `wsgi.py` for what runs in this process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from conformance.wire.message import Response

FailureKind = Literal["refused", "timeout", "closed", "dns", "tls", "not-http", "too-large", "unsendable"]

# Of the connection, not of the message (RFC 9110, 7.6.1): they say nothing of the implementation under test.
CONNECTION_HEADERS = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)

_URL = re.compile(r"(?P<where>[A-Za-z]+://[^/?\s]+)(?P<target>[\x21-\x7e]*)")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[^\r\n\0]*")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it goes out: the URL's path and query are sent as they stand, the headers in this order.

    Headers and body carry signatures, so they are not shown.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """The first value of a header, letter case of its name ignored."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class TransportFailure(Exception):
    """No answer, and why.

    `kind` is `refused` (no connection), `timeout`, `closed` (cut before or within the answer), `dns`, `tls`,
    `not-http` (bytes that are no HTTP), `too-large` (more than we take) or `unsendable` (the request cannot be
    written as HTTP: our doing, never the target's).
    """

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.detail = detail


class Transport(Protocol):
    """Whatever takes a signed request to an implementation and brings its answer back."""

    def send(self, request: SignedRequest) -> Response:
        """The answer to `request`; raises TransportFailure where there is none."""

    def close(self) -> None:
        """Let go of what is held open; the transport may be used again after."""


def split_url(url: str) -> tuple[str, str]:
    """`http://host:1/a?b` as `http://host:1` and `/a?b`, the latter untouched; raises TransportFailure."""
    match = _URL.fullmatch(url)
    if match is None:
        raise TransportFailure("unsendable", "the URL has characters that no request line can carry")
    target = match["target"]
    return match["where"], target if target.startswith("/") else f"/{target}"


def serialise(request: SignedRequest, target: str, extra: tuple[tuple[str, str], ...] = ()) -> bytes:
    """The bytes of a request; raises TransportFailure for headers that would break out of their line."""
    lines = [f"{request.method} {target} HTTP/1.1"]
    for name, value in (*request.headers, *extra):
        if _HEADER_NAME.fullmatch(name) is None or _HEADER_VALUE.fullmatch(value) is None:
            raise TransportFailure("unsendable", f"header {name!r} cannot be written on one line")
        lines.append(f"{name}: {value}")
    lines.append("\r\n")
    try:
        return "\r\n".join(lines).encode() + request.body
    except UnicodeEncodeError as problem:
        raise TransportFailure("unsendable", "a header has characters that no encoding carries") from problem


def merged_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers with lower-case names, repeated ones joined, those of the connection left out."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key not in CONNECTION_HEADERS:
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
