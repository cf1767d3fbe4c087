"""Values that differ from those that are there, for updates that must show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.cases.samples import text
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Service, Shape

# The name of what is no attribute of its own, among those of attributes.
EVERYTHING = "all"

# Switches that would keep what was made from being removed again, or let strangers in.
_LASTING = re.compile(r"protect|prevent|lock|retain|terminat|immutab|public", re.IGNORECASE)


def varied(service: Service, shape: Shape, value: Any, there: Any, name: str = "") -> Any:
    """A valid value of a shape that differs from what is `there` wherever it can; `value` is one that is valid."""
    if shape.type == "structure" and isinstance(value, Mapping) and not shape.document:
        inside = there if isinstance(there, Mapping) else {}
        return {
            each: varied(service, service.target(shape.members[each]), item, inside.get(each), each)
            for each, item in value.items()
        }
    if shape.type == "list" and shape.element is not None and isinstance(value, list):
        element, below = service.target(shape.element), there if isinstance(there, list) else []
        return [
            varied(service, element, item, below[index] if index < len(below) else None, name)
            for index, item in enumerate(value)
        ]
    if shape.type == "boolean":
        return False if _LASTING.search(name) else there is not True
    if shape.type in NUMBER_TYPES and isinstance(value, int | float):
        return _number(shape, value, there)
    if shape.type in STRING_TYPES and value == there:
        return _other_text(shape, value)
    return value


def apart_from_defaults(service: Service, shape: Shape, value: Any) -> Any:
    """A valid value with other numbers than the least: those are what a service that lost one would fill in."""
    if shape.type == "structure" and isinstance(value, Mapping) and not shape.document:
        return {
            name: apart_from_defaults(service, service.target(shape.members[name]), item)
            for name, item in value.items()
        }
    if shape.type == "map" and shape.key is not None and isinstance(value, Mapping):
        return _settable(service.target(shape.key), value)
    if shape.type == "list" and shape.element is not None and isinstance(value, list):
        return [apart_from_defaults(service, service.target(shape.element), item) for item in value]
    if shape.type in NUMBER_TYPES and isinstance(value, int | float):
        return _number(shape, value, value)
    return value


def switched_on(service: Service, shape: Shape, value: Any, name: str = "") -> Any:
    """A valid value with every switch on that does no lasting harm."""
    if shape.type == "structure" and isinstance(value, Mapping) and not shape.document:
        return {
            each: switched_on(service, service.target(shape.members[each]), item, each) for each, item in value.items()
        }
    if shape.type == "list" and shape.element is not None and isinstance(value, list):
        return [switched_on(service, service.target(shape.element), item, name) for item in value]
    if shape.type == "boolean" and not _LASTING.search(name):
        return True
    return value


def _settable(key: Shape, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A map without the keys that ask for all there is: those are for reading."""
    if not any(each.lower() == EVERYTHING for each in value) or not key.enum:
        return value
    other = next((each for each in key.enum if each.lower() != EVERYTHING), None)
    return value if other is None else {other: next(iter(value.values()))}


def _number(shape: Shape, value: float, there: Any) -> float:
    for candidate in (value, value + 1, value - 1):
        too_small = shape.minimum is not None and candidate < shape.minimum
        too_large = shape.maximum is not None and candidate > shape.maximum
        if candidate != there and not too_small and not too_large:
            return candidate
    return value


def _other_text(shape: Shape, value: str) -> str:
    """Another text of a shape; the same where there is no other."""
    return next((other for other in (text(shape, index) for index in (0, 1, 2)) if other != value), value)
