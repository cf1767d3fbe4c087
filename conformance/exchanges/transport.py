"""The one network seam: signed requests go out, responses come in, and every failure has a kind.

    SignedRequest --Transport.send--> Response
                        '-----------> TransportFailure(kind, detail), and nothing else

`http_transport` serves every target with a URL, `wsgi_transport` an application in this process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from conformance.wire.message import Response

FailureKind = Literal["refused", "timeout", "closed", "dns", "tls", "not-tls", "not-http", "too-large", "unsendable"]

# Headers of the connection, not of the message (RFC 9110, section 7.6.1); a response does not keep them.
CONNECTION_HEADERS = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)

_URL = re.compile(r"(?P<where>[A-Za-z]+://[^/?\s]+)(?P<target>[\x21-\x7e]*)")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[^\r\n\0]*")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it is sent: path and query of the URL unchanged, the headers in this order.

    Headers and body carry signatures, so `repr` leaves them out.
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
    """There is no answer, and `kind` says why.

    `kind` is `refused` (no connection), `timeout`, `closed` (cut before or within the answer), `dns`, `tls`, `not-tls`
    (an answer in another protocol than TLS), `not-http` (bytes that are no HTTP), `too-large` (the answer exceeds the
    limit) or `unsendable` (the request cannot be written as HTTP, which is never the target's fault).
    """

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.detail = detail


class Transport(Protocol):
    """A way to send a signed request to an implementation and receive its answer."""

    def send(self, request: SignedRequest) -> Response:
        """The answer to `request`; raises TransportFailure where there is none."""

    def close(self) -> None:
        """Close what is held open; the transport can be used again afterwards."""


def no_checkpoint() -> None:
    """Let every wait go on to its end."""


def split_url(url: str) -> tuple[str, str]:
    """`http://host:1/a?b` as `http://host:1` and `/a?b`, the latter untouched; raises TransportFailure."""
    match = _URL.fullmatch(url)
    if match is None:
        raise TransportFailure("unsendable", "the URL has characters that no request line can carry")
    target = match["target"]
    return match["where"], target if target.startswith("/") else f"/{target}"


def serialise(request: SignedRequest, target: str, extra: tuple[tuple[str, str], ...] = ()) -> bytes:
    """The bytes of a request; raises TransportFailure for headers that do not fit on one line."""
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


def repeated_headers(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names, in lower case, of the headers that occur more than once, in the order of the alphabet."""
    counts = Counter(name.lower() for name, _ in pairs)
    return tuple(sorted(name for name, count in counts.items() if count > 1 and name not in CONNECTION_HEADERS))


def merged_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers with lower-case names, repeated ones joined, those of the connection left out."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key not in CONNECTION_HEADERS:
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
