"""Scalars of the model in JSON, both ways."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, STRING_TYPES
from conformance.wire.raw import WireValue
from conformance.wire.timestamps import UNIX, read_timestamp, write_timestamp
from conformance.wire.tree import ValueForm

SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def write_base64(value: Any) -> str:
    """Bytes, or text as UTF-8, in base64."""
    data = value.encode("utf-8") if isinstance(value, str) else bytes(value)
    return base64.b64encode(data).decode("ascii")


def read_base64(raw: Any) -> bytes:
    """The bytes that a base64 text holds; raises ValueError for any other character and for lost padding."""
    if isinstance(raw, str):
        try:
            return base64.b64decode(raw, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ValueError("base64 text")


def special_float(value: Any) -> Any:
    """The number itself, or the word that stands for one that is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _write(kind: str, stamp: str | None, value: Any) -> Any:
    if kind == "blob":
        return write_base64(value)
    if kind == "timestamp":
        return write_timestamp(value, (stamp or UNIX).lower())
    if kind in FLOAT_TYPES:
        return special_float(value)
    return value


def _read(kind: str, stamp: str | None, raw: Any) -> Any:
    if kind == "timestamp":
        return _read_timestamp(stamp, raw)
    return _READERS[kind](raw)


def _read_timestamp(stamp: str | None, raw: Any) -> datetime:
    form = (stamp or UNIX).lower()
    if form == UNIX and isinstance(raw, str):
        raise ValueError("epoch seconds as a number")
    return read_timestamp(raw, form)


def _string(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("a string")
    return raw


def _integer(raw: Any) -> int:
    integral = isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
    if isinstance(raw, bool) or not integral:
        raise ValueError("an integer")
    return int(raw)


def _float(raw: Any) -> float | int:
    if isinstance(raw, str) and raw in SPECIAL_FLOATS:
        return SPECIAL_FLOATS[raw]
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError("a number")
    return raw


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("true or false")
    return raw


def _raw(value: Any) -> Any:
    """Bytes and moments become text and numbers as in a member of theirs; all else stays, marks aside."""
    if isinstance(value, WireValue):
        return _raw(value.value)
    if isinstance(value, bytes):
        return write_base64(value)
    if isinstance(value, datetime):
        return write_timestamp(value, UNIX)
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_raw(item) for item in value]
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "blob": read_base64,
    "boolean": _boolean,
    **dict.fromkeys(STRING_TYPES, _string),
    **dict.fromkeys(INTEGER_TYPES, _integer),
    **dict.fromkeys(FLOAT_TYPES, _float),
}

JSON_FORM = ValueForm(write=_write, read=_read, raw=_raw)
