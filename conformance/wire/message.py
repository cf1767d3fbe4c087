"""What goes over the wire, and what one protocol must be able to do with it.

    params + edits --encode--> Request --(exchanges)--> Response --decode_response--> Answer
                                  '------decode_request------> Decoded (proof that a fault is in the bytes)

A codec is strict: whatever the protocol does not allow becomes a `Problem`, never a silent repair. Absent, null
and empty stay apart: an absent member is not in the value, a null one is `None`, an empty one is empty.

Decoded values are plain: `dict`, `list`, `str`, `int`, `float`, `bool`, `None`, `bytes` for blobs, and an aware
`datetime` for timestamps. Where the wire form has the wrong type, the raw value stays in place and a Problem
with `name="type"` points at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.specs.model import Operation, Service
from conformance.values.paths import Edit, Path


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request before it is signed. `path` is percent-encoded, `query` is not; header names keep their case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    host_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, byte for byte. Header names are lower-case; repeated ones are joined by ', '.

    `repeated` are the names that came more than once. `crash` is the exception behind a 5xx with its place in the code
    of an implementation that runs in this process.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float = 0.0
    repeated: tuple[str, ...] = ()
    crash: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the protocol does not allow, at a place of the decoded value.

    `name` is the clause name that it contradicts: `type`, `body` (does not parse), `content-type`, `members`
    (not modelled), `duplicate` (a key twice), `null` (null where the protocol has none), `envelope` (what is around the
    members, or names the protocol).
    """

    name: str
    path: Path
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A value read from bytes, and everything that was wrong with the bytes."""

    value: Any
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error as its envelope gives it; `code` is without namespace and URI suffix, None where there is none.

    `sources` are the places that named a code, e.g. `{"header": "ValidationException", "body": ...}`.
    """

    code: str | None
    message: str | None
    sources: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A response understood: the output of a 2xx, or the error of anything else. Either may carry problems.

    A response that is not of the protocol at all (HTML, garbage) has `parsed=False`.
    """

    status: int
    parsed: bool
    output: Any = None
    error: ErrorAnswer | None = None
    problems: tuple[Problem, ...] = ()


class Inexpressible(ValueError):
    """A fault that this protocol cannot write down (a wrong type where everything is text, say)."""


class Codec(Protocol):
    """One protocol of AWS, both ways."""

    @property
    def name(self) -> str:
        """The protocol's name as botocore's models write it."""

    def encode(
        self, service: Service, operation: Operation, params: Mapping[str, Any], edits: Sequence[Edit] = ()
    ) -> Request:
        """The request for valid `params`, then changed on the wire form by `edits`.

        Edits speak in member paths of the input; their values are raw values of the wire form (for JSON
        protocols any JSON value, for others text). Raises Inexpressible where the protocol has no such form.
        """

    def decode_request(self, service: Service, operation: Operation, request: Request) -> Decoded:
        """The params that a server would read from `request`, strictly."""

    def decode_response(self, service: Service, operation: Operation, response: Response) -> Answer:
        """The output or error in `response`, strictly."""

    def unknown_operation(self, service: Service) -> Request:
        """A well-formed request for an operation that no service has; for calibration."""

    def broken_body(self, service: Service, operation: Operation) -> Request | None:
        """A request for `operation` whose body does not parse; None where the operation has no parsed body."""
