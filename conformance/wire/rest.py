"""The REST protocols: members in the path, the query string, headers, the status, and the body for the rest.

    params --bind_input--> path, query, headers
       '------Body.write---------------> body          a payload member alone, or all members without a place

What JSON and XML do differently, bodies and error envelopes, is in a `Body`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from conformance.specs.model import Member, Operation, Service, Shape
from conformance.values.paths import Edit
from conformance.wire import eventstream
from conformance.wire.checksums import checksum_headers
from conformance.wire.conventions import NO_SUCH_OPERATION, host_prefix, is_error
from conformance.wire.input_locations import LABEL, BoundInput, bind_input, render_locations
from conformance.wire.located_reader import LocatedReader, body_member_names, modelled_header_names
from conformance.wire.message import Answer, Decoded, Inexpressible, Problem, Request, Response
from conformance.wire.raw import WireValue, mark_edits
from conformance.wire.traits import error_shape, event_stream_member

_METHODS = ("PATCH", "DELETE", "PUT", "POST", "GET")


class Body(Protocol):
    """How a REST protocol writes and reads bodies that are not raw text or bytes."""

    @property
    def empty(self) -> bytes:
        """What stands for a body without members."""

    @property
    def media_type(self) -> str:
        """The Content-Type to send."""

    @property
    def broken(self) -> bytes:
        """A body that does not parse."""

    def write_payload(self, service: Service, name: str, member: Member, value: Any) -> bytes:
        """The body for a payload member."""

    def write_members(self, service: Service, operation: Operation, value: Mapping[str, Any]) -> bytes:
        """The body for the members of an input that have no other place."""

    def read_payload(self, service: Service, name: str, member: Member, body: bytes, answer: bool) -> Decoded:
        """The payload member's value; a problem `body` where the bytes do not parse."""

    def read_members(self, service: Service, shape: Shape, body: bytes, answer: bool) -> Decoded:
        """The members of a structure that a body holds; a problem `body` where the bytes do not parse."""

    def content_type(self, response: Response) -> tuple[Problem, ...]:
        """The problem with the media type of a parsed body, if there is one."""

    def error(self, service: Service, operation: Operation, response: Response) -> Answer:
        """The error in the body of an answer."""

    def hidden_error(self, service: Service, operation: Operation, response: Response) -> Answer | None:
        """The error in an answer with a success status; None if there is none."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Codec of `rest-json` or `rest-xml`, by the body that it is made with."""

    name: str
    body: Body

    def encode(
        self, service: Service, operation: Operation, params: Mapping[str, Any], edits: Sequence[Edit] = ()
    ) -> Request:
        """See `Codec.encode`: each member at its place."""
        shape = service.input_of(operation)
        eventstream.refuse_event_stream_input(service, shape)
        value = mark_edits(params, edits)
        prefix = host_prefix(service, operation, value)
        bound = bind_input(service, operation, value)
        path, fixed = render_locations(operation.uri, bound.labels)
        query = (*fixed, *((key, text) for key, texts in bound.query.items() for text in texts))
        body, media_type = self._write(service, operation, shape, bound)
        if shape.payload and Edit("remove", (shape.payload,)) in edits:
            body, media_type = b"", None  # the empty object that stands for an absent payload is a payload, too
        headers = tuple(bound.headers)
        if media_type and "content-type" not in {name.lower() for name, _ in headers}:
            headers = (*headers, ("Content-Type", media_type))
        if isinstance(value, Mapping):
            headers = (*headers, *checksum_headers(operation, value, headers, body))
        return Request(operation.method, path, query, headers, body, prefix)

    def decode_request(self, service: Service, operation: Operation, request: Request) -> Decoded:
        """See `Codec.decode_request`: every place against the input shape."""
        shape = service.input_of(operation)
        reader = LocatedReader(service)
        value = reader.read_request(operation, request)
        decoded = self._read(service, shape, request.body, answer=False)
        value.update(decoded.value)
        return Decoded(value, (*reader.problems, *decoded.problems))

    def decode_response(self, service: Service, operation: Operation, response: Response) -> Answer:
        """See `Codec.decode_response`: headers, status and body against the output shape, or as an error."""
        if is_error(response):
            return _with_headers(service, operation, response, self.body.error(service, operation, response))
        shape = service.output_of(operation)
        reader = LocatedReader(service)
        output = reader.read_answer(shape, response)
        if event_stream_member(service, shape):
            events = eventstream.stream_answer(service, shape, response, self._read_members)
            problems = [*reader.problems, *events.problems]
            return replace(events, output={**output, **(events.output or {})}, problems=tuple(problems))
        if _payload_kind(service, shape) not in _AS_IT_IS:
            hidden = self.body.hidden_error(service, operation, response)
            if hidden is not None:
                return hidden
        decoded = self._read(service, shape, response.body, answer=True)
        problems = [*reader.problems, *decoded.problems]
        if any(problem.name == "body" for problem in decoded.problems):
            return Answer(response.status, False, problems=tuple(problems))
        if response.body and _payload_kind(service, shape) not in _AS_IT_IS:
            problems += self.body.content_type(response)
        output.update(decoded.value)
        return Answer(response.status, True, output, problems=tuple(problems))

    def unknown_operation(self, service: Service) -> Request:
        """See `Codec.unknown_operation`: a path below nothing, with a method that the service has no use for."""
        used = {operation.method for operation in service.operations.values()}
        method = next((method for method in _METHODS if method not in used), "POST")
        return Request(method, f"/{NO_SUCH_OPERATION}/{NO_SUCH_OPERATION}")

    def broken_body(self, service: Service, operation: Operation) -> Request | None:
        """See `Codec.broken_body`: labels that name nothing, and a body that is never closed."""
        shape = service.input_of(operation)
        kind = _payload_kind(service, shape)
        parsed = kind not in _AS_IT_IS if kind else bool(body_member_names(shape))
        if not parsed or event_stream_member(service, shape):
            return None
        labels = {match[1]: "conformance" for match in LABEL.finditer(operation.uri)}
        path, fixed = render_locations(operation.uri, labels)
        headers = [("Content-Type", self.body.media_type)]
        members = shape.members.items()
        hosts = {name: "conformance" for name, member in members if member.host_label}
        prefix = host_prefix(service, operation, hosts)
        return Request(operation.method, path, tuple(fixed), tuple(headers), self.body.broken, prefix)

    def _write(
        self, service: Service, operation: Operation, shape: Shape, bound: BoundInput
    ) -> tuple[bytes, str | None]:
        if shape.payload:
            return self._write_payload(service, shape, shape.payload, bound)
        present = {name: item for name, item in bound.rest.items() if item is not None}
        if present:
            if not body_member_names(shape):
                raise Inexpressible(f"{operation.name} has no body, so there is no place for {', '.join(present)}")
            return self.body.write_members(service, operation, present), self.body.media_type
        if body_member_names(shape) and self.body.empty:
            return self.body.empty, self.body.media_type
        return b"", None

    def _write_payload(self, service: Service, shape: Shape, name: str, bound: BoundInput) -> tuple[bytes, str | None]:
        strangers = bound.rest.keys() - {name}
        if strangers:
            raise Inexpressible(f"the body is {name} alone, so there is no place for {', '.join(strangers)}")
        member, value = shape.members[name], bound.rest.get(name)
        kind = _payload_kind(service, shape)
        if kind in _AS_IT_IS:
            # Where the type is a member, an absent one stays absent: a default would be the member's value.
            untyped = value is None or "content-type" in modelled_header_names(service, shape)
            return _as_it_is(value), None if untyped else _AS_IT_IS[kind]
        if value is None:
            return self.body.empty, self.body.media_type if self.body.empty else None
        return self.body.write_payload(service, name, member, value), self.body.media_type

    def _read_members(self, service: Service, shape: Shape, body: bytes) -> Decoded:
        """The members of a structure from a document of its own."""
        return self.body.read_members(service, shape, body, True)

    def _read(self, service: Service, shape: Shape, body: bytes, *, answer: bool) -> Decoded:
        if not shape.payload:
            return self.body.read_members(service, shape, body, answer) if body else Decoded({})
        name = shape.payload
        kind = _payload_kind(service, shape)
        if not body and not (answer and kind in _AS_IT_IS):
            return Decoded({})
        if kind == "blob":
            return Decoded({name: body})
        if kind == "string":
            try:
                return Decoded({name: body.decode("utf-8")})
            except UnicodeDecodeError as problem:
                wrong = Problem("type", (name,), "UTF-8 text", f"another byte at {problem.start}")
                return Decoded({name: body}, (wrong,))
        decoded = self.body.read_payload(service, name, shape.members[name], body, answer)
        return Decoded({name: decoded.value}, decoded.problems)


# Payloads that are the body, without any form around them, and the media type of each.
_AS_IT_IS: Mapping[str | None, str] = {"blob": "application/octet-stream", "string": "text/plain"}


def _payload_kind(service: Service, shape: Shape) -> str | None:
    return service.target(shape.members[shape.payload]).type if shape.payload else None


def _as_it_is(value: Any) -> bytes:
    value = value.value if isinstance(value, WireValue) else value
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise Inexpressible(f"a body of bytes cannot be a {type(value).__name__}")


def _with_headers(service: Service, operation: Operation, response: Response, answer: Answer) -> Answer:
    """An error answer with those members of its shape that are in headers."""
    shape = error_shape(service, operation, answer.error.code if answer.error else None)
    if shape is None or answer.error is None:
        return answer
    located = LocatedReader(service)
    members = {**answer.error.members, **located.read_answer(shape, response)}
    error = replace(answer.error, members=members)
    return replace(answer, error=error, problems=(*answer.problems, *located.problems))
