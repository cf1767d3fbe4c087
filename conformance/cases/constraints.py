"""The constraints of the model that a decoded value breaks.

Requests and answers use it: requests to prove that they break exactly one constraint, answers to be judged. Patterns
match the whole text and lengths count characters, as AWS does.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases import patterns
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, NUMBER_TYPES, STRING_TYPES, Service, Shape
from conformance.specs.places import KEY
from conformance.values.paths import Key, Path

_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken constraint: the clause's name, the place as clause ids write it, and the path in this value.

    `respelled` says that an enum has the value in other case or with other separators.
    """

    name: str
    place: str
    path: Path
    expected: str
    got: str
    respelled: bool = False


def violations(service: Service, shape: Shape, value: Any) -> Iterator[Violation]:
    """Every constraint of `shape` and below that `value` breaks; a null member counts as absent."""
    yield from _check(service, shape, value, "", ())


def _check(service: Service, shape: Shape, value: Any, place: str, path: Path) -> Iterator[Violation]:
    if shape.document:
        return
    if not _fits(shape, value):
        yield Violation("type", place, path, shape.type, abbreviated(value))
        return
    if shape.type == "structure":
        yield from _structure(service, shape, value, place, path)
    elif shape.type == "list":
        yield from _range(shape, len(value), "items", place, path)
        for index, item in enumerate(value):
            if item is not None and shape.element is not None:
                yield from _check(service, service.target(shape.element), item, f"{place}[]", (*path, index))
    elif shape.type == "map":
        yield from _map(service, shape, value, place, path)
    elif shape.type in NUMBER_TYPES and not isinstance(value, str):
        yield from _range(shape, value, "", place, path)
    elif shape.type == "blob":
        yield from _range(shape, len(value), "bytes", place, path)
    elif shape.type in STRING_TYPES:
        yield from _text(shape, value, place, path)


def _structure(service: Service, shape: Shape, value: Mapping[str, Any], place: str, path: Path) -> Iterator[Violation]:
    for name in shape.required:
        if value.get(name) is None:
            got = "null" if name in value else "nothing"
            yield Violation("required", _below(place, name), (*path, name), "a value", got)
    if shape.union:
        given = sorted(name for name, item in value.items() if item is not None)
        if len(given) != 1:
            yield Violation("union", place, path, "exactly one member", ", ".join(given) or "none")
    for name, member in shape.members.items():
        item = value.get(name)
        # JSON in a header is decoded to any value, whatever the type of its shape.
        if item is not None and not (member.jsonvalue and member.location == "header"):
            yield from _check(service, service.target(member), item, _below(place, name), (*path, name))


def _map(service: Service, shape: Shape, value: Mapping[str, Any], place: str, path: Path) -> Iterator[Violation]:
    yield from _range(shape, len(value), "entries", place, path)
    for key, item in value.items():
        if shape.key is not None:
            yield from _check(service, service.target(shape.key), key, f"{place}{KEY}", (*path, Key(str(key))))
        if shape.value is not None and item is not None:
            yield from _check(service, service.target(shape.value), item, f"{place}{{}}", (*path, Key(str(key))))


def _text(shape: Shape, value: str, place: str, path: Path) -> Iterator[Violation]:
    if shape.enum:
        if value not in shape.enum:
            expected, respelled = f"one of {', '.join(shape.enum[:12])}", _is_respelled(shape, value)
            yield Violation("enum", place, path, expected, abbreviated(value), respelled)
        return
    yield from _range(shape, len(value), "characters", place, path)
    if shape.pattern is not None and not _matches(shape.pattern, value):
        yield Violation("pattern", place, path, shape.pattern, abbreviated(value))


def _is_respelled(shape: Shape, value: str) -> bool:
    letters = _SEPARATORS.sub("", value).lower()
    return bool(letters) and any(_SEPARATORS.sub("", each).lower() == letters for each in shape.enum)


def _matches(pattern: str, value: str) -> bool:
    try:
        return patterns.compile_pattern(pattern).fullmatch(value)
    except patterns.PatternError:
        # A pattern that cannot be parsed excludes nothing.
        return True


def _range(shape: Shape, size: float, unit: str, place: str, path: Path) -> Iterator[Violation]:
    got = f"{size} {unit}".strip()
    if shape.minimum is not None and size < shape.minimum:
        yield Violation("min", place, path, f"at least {shape.minimum} {unit}".strip(), got)
    if shape.maximum is not None and size > shape.maximum:
        yield Violation("max", place, path, f"at most {shape.maximum} {unit}".strip(), got)


def _below(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def _fits(shape: Shape, value: Any) -> bool:
    if shape.type in INTEGER_TYPES:
        return isinstance(value, int) and not isinstance(value, bool)
    if shape.type in FLOAT_TYPES:
        # JSON has no NaN; AWS writes it and the infinities as text.
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number or value in ("NaN", "Infinity", "-Infinity")
    return isinstance(value, _PYTHON[shape.type])


_PYTHON: Mapping[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "character": str,
    "boolean": bool,
    "blob": bytes,
    "timestamp": datetime.datetime,
}


def abbreviated(value: Any, limit: int = 80) -> str:
    """A value in at most `limit` characters, for messages; text is quoted, in double quotes if it has single ones."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= limit else f"{text[: limit - 3]}..."
    quote = '"' if "'" in text and '"' not in text else "'"
    return f"{quote}{text}{quote}" if isinstance(value, str) else text
