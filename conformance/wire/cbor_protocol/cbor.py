"""Strict CBOR (RFC 8949), as much of it as AWS uses.

    integers, byte and text strings, arrays, maps with text keys, tag 1 (epoch seconds), booleans, null, floats

Indefinite lengths are read, not written. Maps are read as `Fields`, which know keys that came twice. The size of a
float is kept for writing in `Single`; all others are doubles.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.wire.json_protocols.jsontext import DEEPEST, Fields
from conformance.wire.message import Inexpressible

_BREAK = 0xFF
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}


class NotCbor(ValueError):
    """Bytes that are not one CBOR item; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """An item with a tag; tag 1 makes a timestamp of a number."""

    tag: int
    value: Any


@dataclass(frozen=True, slots=True)
class Single:
    """A float to be written in four bytes."""

    value: float


def dump_cbor(tree: Any) -> bytes:
    """`tree` as one CBOR item, lengths as short as they go; raises Inexpressible for what CBOR has no form for."""
    for kind, write in _WRITERS:
        if isinstance(tree, kind):
            return write(tree)
    raise Inexpressible(f"{type(tree).__name__} has no form in CBOR")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in _LENGTHS.items():
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise Inexpressible(f"{number} takes more than 8 bytes")


def _write_integer(value: int) -> bytes:
    return _head(0, value) if value >= 0 else _head(1, -1 - value)


def _write_float(value: float) -> bytes:
    if math.isfinite(value):
        return b"\xfb" + struct.pack(">d", value)
    return b"\xf9" + (b"\x7e\x00" if math.isnan(value) else b"\x7c\x00" if value > 0 else b"\xfc\x00")


def _write_single(value: Single) -> bytes:
    if not math.isfinite(value.value):
        return _write_float(value.value)
    try:
        return b"\xfa" + struct.pack(">f", value.value)
    except OverflowError as problem:
        raise Inexpressible(f"{value.value} does not fit four bytes") from problem


def _write_text(value: str) -> bytes:
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise Inexpressible(f"not Unicode text: {problem}") from problem
    return _head(3, len(data)) + data


def _write_map(value: Mapping[Any, Any]) -> bytes:
    return _head(5, len(value)) + b"".join(dump_cbor(key) + dump_cbor(item) for key, item in value.items())


_WRITERS: tuple[tuple[Any, Callable[[Any], bytes]], ...] = (
    (bool, lambda value: b"\xf5" if value else b"\xf4"),
    (type(None), lambda _: b"\xf6"),
    (int, _write_integer),
    (float, _write_float),
    (Single, _write_single),
    (str, _write_text),
    (bytes, lambda value: _head(2, len(value)) + value),
    (Tagged, lambda value: _head(6, value.tag) + dump_cbor(value.value)),
    (list, lambda value: _head(4, len(value)) + b"".join(map(dump_cbor, value))),
    (Mapping, _write_map),
)


def parse_cbor(body: bytes) -> Any:
    """The item that `body` holds, and nothing after it; raises NotCbor."""
    source = _Source(body)
    item = source.item(0)
    if source.position != len(body):
        raise NotCbor(f"{len(body) - source.position} bytes after the item")
    return item


@dataclass(slots=True)
class _Source:
    body: bytes
    position: int = 0

    def item(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise NotCbor("nested too deeply")
        initial = self._take(1)[0]
        major, info = initial >> 5, initial & 31
        if major == 7:
            return self._simple(info)
        if info == 31 and major in (2, 3, 4, 5):
            return self._indefinite(major, depth)
        number = self._number(info)
        if major in (0, 1):
            return -1 - number if major else number
        if major in (2, 3):
            return self._string(major, number)
        if major == 4:
            return [self.item(depth + 1) for _ in range(self._fits(number))]
        if major == 5:
            return self._map([self._pair(depth) for _ in range(self._fits(number))])
        return Tagged(number, self.item(depth + 1))

    def _indefinite(self, major: int, depth: int) -> Any:
        if major == 4:
            return list(self._until_break(lambda: self.item(depth + 1)))
        if major == 5:
            return self._map(self._until_break(lambda: self._pair(depth)))
        chunks = self._until_break(lambda: self._chunk(major))
        return "".join(chunks) if major == 3 else b"".join(chunks)

    def _until_break(self, read: Callable[[], Any]) -> list[Any]:
        items = []
        while self._peek() != _BREAK:
            items.append(read())
        self.position += 1
        return items

    def _chunk(self, major: int) -> Any:
        initial = self._take(1)[0]
        if initial >> 5 != major:
            raise NotCbor("a chunk of another type")
        return self._string(major, self._number(initial & 31))

    def _string(self, major: int, length: int) -> str | bytes:
        data = self._take(length)
        if major == 2:
            return data
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise NotCbor("a text string that is not UTF-8") from problem

    def _pair(self, depth: int) -> tuple[Any, Any]:
        key = self.item(depth + 1)
        if not isinstance(key, str):
            raise NotCbor(f"a key that is no text: {key!r}")
        return key, self.item(depth + 1)

    def _map(self, pairs: list[tuple[str, Any]]) -> Fields:
        return Fields(pairs)

    def _simple(self, info: int) -> Any:
        if info in _SIMPLE:
            return _SIMPLE[info]
        if info not in _FLOATS:
            raise NotCbor(f"simple value {info}")
        layout, size = _FLOATS[info]
        return struct.unpack(layout, self._take(size))[0]

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _LENGTHS:
            raise NotCbor(f"additional information {info}")
        return int.from_bytes(self._take(_LENGTHS[info]), "big")

    def _fits(self, count: int) -> int:
        if count > len(self.body) - self.position:
            raise NotCbor(f"cut off: {count} items announced")
        return count

    def _peek(self) -> int:
        if self.position >= len(self.body):
            raise NotCbor("cut off")
        return self.body[self.position]

    def _take(self, size: int) -> bytes:
        data = self.body[self.position : self.position + size]
        if len(data) != size:
            raise NotCbor("cut off")
        self.position += size
        return data
