"""Scalars as text: in query strings, headers, URI labels, form fields and XML elements.

Everything is text there, so a string can hold no wrong type; a number or a boolean can.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, STRING_TYPES, Member, Service
from conformance.wire.json_protocols.jsonform import SPECIAL_FLOATS, read_base64, special_float, write_base64
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Inexpressible
from conformance.wire.raw import WireValue
from conformance.wire.timestamps import read_timestamp, write_timestamp
from conformance.wire.traits import timestamp_format

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def write_text(service: Service, member: Member, value: Any, stamp: str) -> str:
    """The text of a scalar; `stamp` is the timestamp format where the model sets none.

    Raises Inexpressible for a value that has no text: null, an object, an array, or anything but text in a string.
    """
    kind = service.target(member).type
    form = timestamp_format(service, member) or stamp
    if isinstance(value, WireValue):
        return _raw_text(kind, value.value, form)
    if kind == "timestamp":
        return str(write_timestamp(value, form))
    if kind == "blob":
        return write_base64(value)
    return _scalar(value)


def read_text(service: Service, member: Member, text: str, stamp: str) -> Any:
    """The scalar that a text writes; raises ValueError with what was expected."""
    kind = service.target(member).type
    if kind == "timestamp":
        return read_timestamp(text, timestamp_format(service, member) or stamp)
    return _READERS[kind](text) if kind in _READERS else _composite(kind)


def _raw_text(kind: str, value: Any, form: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return write_base64(value)
    if isinstance(value, datetime):
        return str(write_timestamp(value, form))
    if isinstance(value, bool | int | float) and kind not in STRING_TYPES:
        return _scalar(value)
    raise Inexpressible(f"{describe(value)} cannot be distinguished from text in this protocol")


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list) or value is None:
        raise Inexpressible(f"{describe(value)} has no text in this protocol")
    return str(special_float(value))


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError("an integer in digits")
    return int(text)


def _float(text: str) -> float:
    if text in SPECIAL_FLOATS:
        return SPECIAL_FLOATS[text]
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number in digits")
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text == "true"


def _composite(kind: str) -> Any:
    raise ValueError(f"a {kind}")


_READERS: dict[str, Callable[[str], Any]] = {
    "blob": read_base64,
    "boolean": _boolean,
    **dict.fromkeys(STRING_TYPES, str),
    **dict.fromkeys(INTEGER_TYPES, _integer),
    **dict.fromkeys(FLOAT_TYPES, _float),
}
