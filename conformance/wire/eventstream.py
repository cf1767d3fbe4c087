"""Event streams: they are recognised, and their events are not read.

An input that is a stream cannot be written; of an output stream, the message that holds the other members is read
(`initial-response`, the first frame in the RPC protocols) and the events are not.

    frame = total length, headers length, prelude CRC | headers | payload | message CRC      (all big-endian)
    header = name length, name, type, value; type 7 is text: length in two bytes, UTF-8
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from conformance.specs.model import Service, Shape
from conformance.wire.message import Answer, Decoded, Inexpressible, Problem, Response
from conformance.wire.traits import event_stream_member

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_PRELUDE = struct.Struct(">III")
_STRING = 7
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


def refuse_event_stream_input(service: Service, shape: Shape) -> None:
    """Raises Inexpressible where a member of an input is an event stream."""
    name = event_stream_member(service, shape)
    if name is not None:
        raise Inexpressible(f"{name} is an event stream, which is not sent")


def initial_answer(
    service: Service, shape: Shape, response: Response, read: Callable[[Service, Shape, bytes], Decoded]
) -> Answer:
    """The answer whose body is a stream: the members of its first message if that is the initial response."""
    if not response.body:
        return Answer(response.status, True, {})
    try:
        headers, payload = first_message(response.body)
    except ValueError as problem:
        wrong = Problem("body", (), "a message of an event stream", str(problem))
        return Answer(response.status, False, problems=(wrong,))
    if headers.get(":event-type") != "initial-response" or not payload:
        return Answer(response.status, True, {})
    stream = event_stream_member(service, shape)
    rest = Shape(shape.name, "structure", {key: item for key, item in shape.members.items() if key != stream})
    decoded = read(service, rest, payload)
    return Answer(response.status, True, decoded.value, problems=decoded.problems)


def first_message(body: bytes) -> tuple[dict[str, str], bytes]:
    """The text headers and the payload of the first message; raises ValueError where it is not whole."""
    if len(body) < _PRELUDE.size:
        raise ValueError("shorter than a prelude")
    total, header_length, prelude_crc = _PRELUDE.unpack_from(body)
    if zlib.crc32(body[:8]) != prelude_crc:
        raise ValueError("the prelude's checksum is wrong")
    if total > len(body) or total < 16 + header_length:
        raise ValueError("the lengths do not fit")
    (crc,) = struct.unpack_from(">I", body, total - 4)
    if zlib.crc32(body[: total - 4]) != crc:
        raise ValueError("the message's checksum is wrong")
    return _headers(body[12 : 12 + header_length]), body[12 + header_length : total - 4]


def _headers(block: bytes) -> dict[str, str]:
    headers = {}
    position = 0
    try:
        while position < len(block):
            name_end = position + 1 + block[position]
            name = block[position + 1 : name_end].decode("utf-8")
            kind = block[name_end]
            position = name_end + 1
            if kind in _SIZES:
                position += _SIZES[kind]
                continue
            (length,) = struct.unpack_from(">H", block, position)
            position += 2 + length
            if kind == _STRING:
                headers[name] = block[position - length : position].decode("utf-8")
    except (IndexError, struct.error, UnicodeDecodeError) as problem:
        raise ValueError("a header is cut off") from problem
    return headers
