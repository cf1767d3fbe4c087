"""Recorded requests: as they were sent, and with other values in them.

A request that the codec would make of its params is encoded anew by the replay. In any other one, broken on the wire,
whole values are replaced in the text.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from conformance.exceptions import UsageError
from conformance.record.bodies import content
from conformance.record.steps import Step
from conformance.specs.model import FLOAT_TYPES, Member, Service, Shape
from conformance.values.paths import Path, format_path
from conformance.wire.cbor_protocol.cbor import dump_cbor
from conformance.wire.message import Request

# Shorter text is in a CBOR body by chance.
SHORTEST_CBOR_TEXT = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a request that the target has chosen: where it is, what it was and what it is now."""

    path: Path
    then: Any
    now: Any

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return format_path(self.path)


def recorded_request(step: Step) -> Request:
    """The request as it was sent; raises UsageError where its bytes were not kept."""
    sent = step.request
    body = content(sent)
    if body is None:
        raise UsageError(
            f"the body of {step.operation} was too long to be kept",
            hint="run again with the record's seed and --only the clause",
        )
    return Request(
        method=sent.method,
        path=sent.path,
        query=sent.query,
        headers=tuple(sent.headers.items()),
        body=body,
        host_prefix=sent.host_prefix,
    )


def with_values_replaced(request: Request, changes: Iterable[Change]) -> Request:
    """A request in which whole values are replaced, wherever they are: in the path, the query, headers and the body."""
    for change in changes:
        then, now = str(change.then), str(change.now)
        path = request.path.split("/")
        request = replace(
            request,
            path="/".join(quote(now, safe="") if part == quote(then, safe="") else part for part in path),
            query=tuple((name, now if value == then else value) for name, value in request.query),
            headers=tuple((name, now if value == then else value) for name, value in request.headers),
            body=_with_value_replaced(request.body, then, now),
        )
    length = str(len(request.body))
    headers = ((name, length if name.lower() == "content-length" else value) for name, value in request.headers)
    return replace(request, headers=tuple(headers))


def _with_value_replaced(body: bytes, then: str, now: str) -> bytes:
    """The body with a whole value replaced, in whichever way a protocol writes text."""
    forms = [(f">{escape(text)}<", json.dumps(text), json.dumps(text, ensure_ascii=False)) for text in (then, now)]
    for old, new in zip(*forms, strict=True):
        body = body.replace(old.encode(), new.encode())
    if len(then) >= SHORTEST_CBOR_TEXT:
        body = body.replace(dump_cbor(then), dump_cbor(now))
    ends = (b"=" + quote(then, safe="-_.~").encode(), b"=" + quote(now, safe="-_.~").encode())
    return b"&".join(
        part[: -len(ends[0])] + ends[1] if part.endswith(ends[0]) and part.count(b"=") == 1 else part
        for part in body.split(b"&")
    )


def typed_params(service: Service, shape: Shape, value: Any) -> Any:
    """Params as codecs take them, from the JSON form that records have."""
    if isinstance(value, Mapping):
        if shape.type == "blob" and set(value) == {"$base64"}:
            return base64.b64decode(value["$base64"])
        return {name: _typed_item(service, _member(shape, name), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed_item(service, shape.element, item) for item in value]
    if shape.type == "timestamp" and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value)
    if shape.type in FLOAT_TYPES and isinstance(value, str):
        return float(value)
    return value


def _member(shape: Shape, name: str) -> Member | None:
    return shape.value if shape.type == "map" else shape.members.get(name)


def _typed_item(service: Service, member: Member | None, value: Any) -> Any:
    return value if member is None else typed_params(service, service.target(member), value)
