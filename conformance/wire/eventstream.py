"""Event streams: an input that is one cannot be written; the messages of an output are read one by one.

In the RPC protocols the first message may hold the other members (`initial-response`). Each other message is an event
of the stream, by its name: `{"Records": {"Payload": b"..."}}`. Where a stream is cut, the messages before that count.

    frame = total length, headers length, prelude CRC | headers | payload | message CRC      (all big-endian)
    header = name length, name, type, value; types 6 and 7 have their length in two bytes before the value
"""

from __future__ import annotations

import datetime
import struct
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from conformance.specs.model import Member, Service, Shape
from conformance.wire.message import Answer, Decoded, Inexpressible, Problem, Response
from conformance.wire.traits import event_stream_member

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_PRELUDE = struct.Struct(">III")
_BYTES, _STRING, _TIME, _UUID = 6, 7, 8, 9
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, _TIME: 8, _UUID: 16}

# Reads the members of a structure from the payload of a message.
ReadMembers: TypeAlias = Callable[[Service, Shape, bytes], Decoded]

# The headers and the payload of a message.
Message: TypeAlias = "tuple[dict[str, Any], bytes]"

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def refuse_event_stream_input(service: Service, shape: Shape) -> None:
    """Raises Inexpressible where a member of an input is an event stream."""
    name = event_stream_member(service, shape)
    if name is not None:
        raise Inexpressible(f"{name} is an event stream, which is not sent")


def stream_answer(service: Service, shape: Shape, response: Response, read: ReadMembers) -> Answer:
    """The answer whose body is a stream: its events, and the members of an initial response."""
    stream = event_stream_member(service, shape)
    if not response.body or stream is None:
        return Answer(response.status, True, {})
    found, broken = messages(response.body)
    if not found:
        wrong = Problem("body", (), "a message of an event stream", broken)
        return Answer(response.status, False, problems=(wrong,))
    output: dict[str, Any] = {stream: []}
    problems: list[Problem] = []
    events = service.target(shape.members[stream])
    rest = Shape(shape.name, "structure", {key: item for key, item in shape.members.items() if key != stream})
    if broken:
        problems.append(Problem("type", (stream,), "messages of an event stream, each whole", broken))
    for headers, payload in found:
        name = str(headers.get(":event-type", headers.get(":exception-type", "")))
        if name == "initial-response":
            decoded = read(service, rest, payload) if payload else Decoded({})
            output.update(decoded.value)
            problems += decoded.problems
        elif name in events.members:
            decoded = _event(service, service.target(events.members[name]), headers, payload, read)
            output[stream].append({name: decoded.value})
            problems += (_below(each, (stream, name)) for each in decoded.problems)
        elif name:
            problems.append(Problem("members", (stream, name), "an event of the model", name))
    return Answer(response.status, True, output, problems=tuple(problems))


def _below(problem: Problem, path: tuple[str, ...]) -> Problem:
    """A problem of an event at its place in the output; a payload that cannot be read is of the wrong type."""
    name = "type" if problem.name == "body" else problem.name
    return Problem(name, (*path, *problem.path), problem.expected, problem.got)


def _event(service: Service, shape: Shape, headers: Mapping[str, Any], payload: bytes, read: ReadMembers) -> Decoded:
    """The value of an event: members in headers, one that is the payload, else the payload's own members."""
    value: dict[str, Any] = {}
    left: dict[str, Member] = {}
    problems: tuple[Problem, ...] = ()
    for name, member in shape.members.items():
        header = headers.get(member.location_name or name)
        if member.event_header and header is not None:
            value[name] = header
        elif member.event_payload:
            inner = _payload(service, service.target(member), payload, read)
            value[name] = inner.value
            problems = tuple(_at(each, name) for each in inner.problems)
        elif not member.event_header:
            left[name] = member
    if left and payload and not any(member.event_payload for member in shape.members.values()):
        inner = read(service, Shape(shape.name, "structure", left), payload)
        value.update(inner.value)
        problems = inner.problems
    return Decoded(value, problems)


def _at(problem: Problem, name: str) -> Problem:
    return Problem(problem.name, (name, *problem.path), problem.expected, problem.got)


def _payload(service: Service, shape: Shape, payload: bytes, read: ReadMembers) -> Decoded:
    if shape.type == "structure":
        return read(service, shape, payload) if payload else Decoded({})
    return Decoded(payload if shape.type == "blob" else payload.decode("utf-8", "replace"))


def messages(body: bytes) -> tuple[list[Message], str]:
    """The messages of a stream up to the first that is not whole, and what is wrong with that; empty if all are."""
    found: list[Message] = []
    position = 0
    while position < len(body):
        try:
            length, message = _message(body, position)
        except ValueError as problem:
            return found, str(problem)
        found.append(message)
        position += length
    return found, ""


def _message(body: bytes, start: int) -> tuple[int, Message]:
    """The length of the message that begins at a position, its headers and payload; raises ValueError."""
    if len(body) - start < _PRELUDE.size:
        raise ValueError("shorter than a prelude")
    total, header_length, prelude_crc = _PRELUDE.unpack_from(body, start)
    if zlib.crc32(body[start : start + 8]) != prelude_crc:
        raise ValueError("the prelude's checksum is wrong")
    if total > len(body) - start or total < 16 + header_length:
        raise ValueError("the lengths do not fit")
    message = body[start : start + total]
    (crc,) = struct.unpack_from(">I", message, total - 4)
    if zlib.crc32(message[: total - 4]) != crc:
        raise ValueError("the message's checksum is wrong")
    return total, (_headers(message[12 : 12 + header_length]), message[12 + header_length : total - 4])


def _headers(block: bytes) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    position = 0
    try:
        while position < len(block):
            name_end = position + 1 + block[position]
            name = block[position + 1 : name_end].decode("utf-8")
            kind = block[name_end]
            position = name_end + 1
            size = _SIZES.get(kind)
            if size is None:
                (size,) = struct.unpack_from(">H", block, position)
                position += 2
            raw = block[position : position + size]
            if len(raw) < size:
                raise ValueError("a header is cut off")
            position += size
            headers[name] = _header_value(kind, raw)
    except (IndexError, struct.error, UnicodeDecodeError) as problem:
        raise ValueError("a header is cut off") from problem
    return headers


def _header_value(kind: int, raw: bytes) -> Any:
    if kind in (0, 1):
        return kind == 0
    if kind == _STRING:
        return raw.decode("utf-8")
    if kind == _BYTES:
        return raw
    if kind == _UUID:
        return str(uuid.UUID(bytes=raw))
    number = int.from_bytes(raw, "big", signed=True)
    return _time(number) if kind == _TIME else number


def _time(milliseconds: int) -> Any:
    try:
        return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return milliseconds
