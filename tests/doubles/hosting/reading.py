"""From JSON to what the model means, as the deserialiser in front of AWS's services does it.

Null members count as absent, unknown ones are passed over, a value of another type is a SerializationException. No
constraint is looked at here.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

from doubles.hosting.faults import Faults
from doubles.hosting.model import Params, Shape, shape_of
from doubles.hosting.refusal import Refusal, unreadable

_WORDS = {bool: "TRUE_VALUE", str: "STRING_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}


def read_body(body: bytes, shape: Shape, faults: Faults) -> Params:
    """The members that a body gives; raises Refusal."""
    try:
        raw = json.loads(body)
    except ValueError as problem:
        if not faults.checks("body"):
            return {}
        raise unreadable() from problem
    if not isinstance(raw, dict):
        raise unreadable("Unexpected token")
    found: Params = _read(raw, shape, faults)
    return found


def _read(raw: Any, shape: Shape, faults: Faults) -> Any:
    try:
        return _READERS[shape["type"]](raw, shape, faults)
    except Refusal:
        if faults.checks("types"):
            raise
        return _made_fit(shape)


def _made_fit(shape: Shape) -> Any:
    """What an implementation without types might store: something of the right type that was never sent."""
    blank: dict[str, Any] = {"structure": {}, "list": [], "map": {}, "string": None, "boolean": False}
    return blank.get(shape["type"])


def _structure(raw: Any, shape: Shape, faults: Faults) -> Params:
    if not isinstance(raw, dict):
        raise unreadable("Unexpected field type")
    members = shape["members"]
    if not faults.checks("unknown-members-pass") and not members.keys() >= raw.keys():
        raise unreadable("Unknown field")
    return {
        name: _read(raw[name], shape_of(member), faults)
        for name, member in members.items()
        if raw.get(name) is not None
    }


def _list(raw: Any, shape: Shape, faults: Faults) -> list[Any]:
    if not isinstance(raw, list):
        raise unreadable("Expected list or null")
    return [None if item is None else _read(item, shape_of(shape["member"]), faults) for item in raw]


def _map(raw: Any, shape: Shape, faults: Faults) -> Params:
    if not isinstance(raw, dict):
        raise unreadable("Expected map or null")
    return {key: None if item is None else _read(item, shape_of(shape["value"]), faults) for key, item in raw.items()}


def _scalar(*kinds: type, called: str) -> Callable[[Any, Shape, Faults], Any]:
    def read(raw: Any, _shape: Shape, _faults: Faults) -> Any:
        if isinstance(raw, (dict, list)):
            raise unreadable("Start of structure or map found where not expected.")
        if type(raw) not in kinds:
            raise unreadable(f"{_WORDS[type(raw)]} cannot be converted to {called}")
        return raw

    return read


_integral, _numeric = _scalar(int, float, called="Integer"), _scalar(int, float, called="Float")


def _integer(raw: Any, shape: Shape, faults: Faults) -> int:
    value = int(_integral(raw, shape, faults))
    if not -(2**31) <= value < 2**31:
        raise unreadable("Integer out of range")
    return value


def _float(raw: Any, shape: Shape, faults: Faults) -> float:
    return float(raw if raw in ("NaN", "Infinity", "-Infinity") else _numeric(raw, shape, faults))


def _timestamp(raw: Any, shape: Shape, faults: Faults) -> float:
    if isinstance(raw, str):
        try:
            return datetime.datetime.fromisoformat(raw.replace("Z", "+00:00")).timestamp()
        except ValueError:
            raise unreadable("STRING_VALUE cannot be converted to Timestamp") from None
    return float(_numeric(raw, shape, faults))


_READERS: Mapping[str, Callable[[Any, Shape, Faults], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _scalar(str, called="String"),
    "boolean": _scalar(bool, called="Boolean"),
    "integer": _integer,
    "float": _float,
    "timestamp": _timestamp,
}
