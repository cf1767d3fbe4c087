"""Members of an input that are not in the body of a REST request: URI labels, query string and headers.

    value --bind_input--> BoundInput(path, query, headers, rest)       `rest` is what stays for the body

An edit puts text into such a place. Where HTTP cannot carry it (an empty label, a line feed in a header) it is
Inexpressible, and so is a label that is removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from conformance.specs.model import Member, Operation, Service
from conformance.wire.json_protocols.jsonform import write_base64
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Inexpressible
from conformance.wire.raw import WireValue, spread_wire_value
from conformance.wire.scalar_text import write_text
from conformance.wire.timestamps import ISO8601, RFC822, as_utc
from conformance.wire.traits import wire_name

Pairs = list[tuple[str, str]]

LABEL = re.compile(r"\{([^}]*?)(\+?)\}")
_HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(slots=True)
class BoundInput:
    """The parts of a request under construction; `rest` are the members that go into the body."""

    labels: dict[str, str] = field(default_factory=dict)
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: Pairs = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)


def bind_input(service: Service, operation: Operation, value: Any) -> BoundInput:
    """The members of `value`, each at its place; raises Inexpressible for text that the place cannot carry."""
    value = spread_wire_value("structure", value)
    if not isinstance(value, Mapping):
        raise Inexpressible("an input as a whole cannot be replaced where its members have places of their own")
    bound = BoundInput()
    maps: dict[str, list[str]] = {}
    members = service.input_of(operation).members
    for name, item in value.items():
        member = members.get(name)
        if member is None or member.location not in _PLACES:
            bound.rest[name] = item
        elif item is not None:
            label = located_name(service, name, member)
            _PLACES[member.location](service, member, label, item, bound, maps)
    for key, texts in maps.items():  # a member of its own wins over a key of a map
        bound.query.setdefault(key, texts)
    return bound


def render_locations(uri: str, labels: Mapping[str, str]) -> tuple[str, Pairs]:
    """The path with its labels filled in, percent-encoded, and the query string that the template itself has."""

    def fill(match: re.Match[str]) -> str:
        text = labels.get(match[1], "")
        # Dot segments vanish on the way: clients and proxies resolve them.
        if not text or {".", ".."} & set(text.split("/") if match[2] else (text,)):
            raise Inexpressible(f"the URI label {match[1]} cannot be {describe(text)}")
        try:
            return quote(text, safe="/~" if match[2] else "-._~")
        except UnicodeEncodeError as problem:
            raise Inexpressible(f"not Unicode text: {problem}") from problem

    path, _, fixed = LABEL.sub(fill, uri).partition("?")
    return path, parse_qsl(fixed, keep_blank_values=True)


def located_name(service: Service, name: str, member: Member) -> str:
    """The name of a label, parameter or header; of a map of headers the prefix, which may be empty."""
    label = wire_name(service, member)
    if label is None:
        return "" if member.location == "headers" else name
    return label


def quoted(text: str) -> str:
    """A string of a header list, in quotes where it has a comma or a quote."""
    if '"' in text or "," in text:
        return '"' + text.replace('"', '\\"') + '"'
    return text


def _label(service: Service, member: Member, name: str, item: Any, bound: BoundInput, _: Any) -> None:
    bound.labels[name] = write_text(service, member, item, ISO8601)


def _query(
    service: Service, member: Member, name: str, item: Any, bound: BoundInput, maps: dict[str, list[str]]
) -> None:
    shape = service.target(member)
    item = spread_wire_value(shape.type, item)
    if isinstance(item, Mapping) and shape.type == "map" and shape.value is not None:
        for key, part in item.items():
            maps[key] = list(_texts(service, shape.value, part))
    else:
        bound.query[name] = list(_texts(service, member, item))


def _texts(service: Service, member: Member, item: Any) -> Iterator[str]:
    shape = service.target(member)
    item = spread_wire_value(shape.type, item)
    if isinstance(item, list) and shape.type == "list" and shape.element is not None:
        for part in item:
            yield write_text(service, shape.element, part, ISO8601)
    else:
        yield write_text(service, member, item, ISO8601)


def _header(service: Service, member: Member, name: str, item: Any, bound: BoundInput, _: Any) -> None:
    shape = service.target(member)
    item = spread_wire_value(shape.type, item)
    if isinstance(item, list) and shape.type == "list" and shape.element is not None:
        element = shape.element
        kind = service.target(element).type
        texts = [_header_text(service, element, part) for part in item if part is not None]
        if texts:
            text = ",".join(quoted(part) if kind == "string" else part for part in texts)
            bound.headers.append((name, _legal(name, text)))
    else:
        bound.headers.append((name, _legal(name, _header_text(service, member, item))))


def _header_text(service: Service, member: Member, item: Any) -> str:
    kind = service.target(member).type
    if member.jsonvalue and not isinstance(item, WireValue):
        return write_base64(json.dumps(item, separators=(",", ":")))
    if kind == "timestamp" and not isinstance(item, WireValue):
        item = as_utc(item).replace(microsecond=0)  # botocore's headers have whole seconds in every format
    return write_text(service, member, item, RFC822)


def _prefixed(service: Service, member: Member, name: str, item: Any, bound: BoundInput, _: Any) -> None:
    shape = service.target(member)
    item = spread_wire_value(shape.type, item)
    if not isinstance(item, Mapping) or shape.value is None:
        raise Inexpressible(f"headers named {name}... cannot be {describe(item)}")
    for key, part in item.items():
        if not _HEADER_NAME.fullmatch(name + key):
            raise Inexpressible(f"{name + key!r} is no header name")
        bound.headers.append((name + key, _legal(name + key, write_text(service, shape.value, part, RFC822))))


def _legal(name: str, text: str) -> str:
    if text and not _HEADER.fullmatch(text):
        raise Inexpressible(f"the header {name} cannot be {describe(text)}")
    return text


_PLACES: dict[str | None, Any] = {
    "uri": _label,
    "querystring": _query,
    "header": _header,
    "headers": _prefixed,
}
