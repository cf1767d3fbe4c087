"""The constraints of the model, in the words in which AWS's services complain of a broken one.

    2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length
    greater than or equal to 1; Value null at 'modelName' failed to satisfy constraint: Member must not be null

Elements of lists, keys and values of maps that are no structures are complained of at the list or map as a whole.
Each kind of check has a name that a switch can leave out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from doubles.hosting.faults import Faults
from doubles.hosting.model import Params, Shape, pattern, shape_of
from doubles.hosting.refusal import Refusal, invalid

_COMPOUND = ("structure", "list", "map")


def validate(shape: Shape, params: Params, faults: Faults) -> None:
    """Raise the Refusal that names every broken constraint, if there is one."""
    complaints = list(_Validation(faults).structure(shape, params, ""))
    if complaints:
        if not faults.checks("survives-invalid"):
            raise Refusal("InternalFailure", None, 500)
        noun = "error" if len(complaints) == 1 else "errors"
        raise invalid(f"{len(complaints)} validation {noun} detected: {'; '.join(complaints)}")


class _Validation:
    def __init__(self, faults: Faults) -> None:
        self.checks = faults.checks

    def structure(self, shape: Shape, value: Params, path: str) -> Iterator[str]:
        if path and not self.checks("nested"):
            return
        required = shape.get("required", ())
        for name, member in shape["members"].items():
            at = f"{path}.{name[0].lower()}{name[1:]}" if path else f"{name[0].lower()}{name[1:]}"
            if value.get(name) is not None:
                yield from self._value(shape_of(member), value[name], at)
            elif name in required and self.checks("required"):
                yield _complaint("null", at, "Member must not be null")

    def _value(self, shape: Shape, value: Any, path: str) -> Iterator[str]:
        for broken in self._broken(shape, value):
            yield _complaint(_quoted(value), path, broken)
        if shape["type"] == "structure":
            yield from self.structure(shape, value, path)
        elif shape["type"] == "list":
            yield from self._list(shape, value, path)
        elif shape["type"] == "map":
            yield from self._map(shape, value, path)

    def _list(self, shape: Shape, value: list[Any], path: str) -> Iterator[str]:
        element = shape_of(shape["member"])
        for number, item in enumerate(value, start=1):
            if item is None:
                yield _complaint("null", f"{path}.{number}.member", "Member must not be null")
            elif element["type"] in _COMPOUND:
                if self.checks("list-structures"):
                    yield from self._value(element, item, f"{path}.{number}.member")
            elif self.checks("list-elements") and any(self._broken(element, item)):
                yield _complaint(_quoted(value), path, f"Member must satisfy constraint: {_all_of(element)}")

    def _map(self, shape: Shape, value: Params, path: str) -> Iterator[str]:
        key, item = shape_of(shape["key"]), shape_of(shape["value"])
        if self.checks("map-keys") and any(broken for each in value for broken in self._broken(key, each)):
            yield _complaint(_quoted(value), path, f"Map keys must satisfy constraint: {_all_of(key)}")
        given = [each for each in value.values() if each is not None]
        if self.checks("map-values") and any(broken for each in given for broken in self._broken(item, each)):
            yield _complaint(_quoted(value), path, f"Map value must satisfy constraint: {_all_of(item)}")

    def _broken(self, shape: Shape, value: Any) -> Iterator[str]:
        kind = shape["type"]
        if "enum" in shape:
            if self.checks("enum") and value not in self._allowed(shape):
                yield _enum(shape)
            return
        size, unit = (len(value), "length") if kind in ("string", "list", "map") else (value, "value")
        if "min" in shape and self._below(kind, size, shape["min"]):
            yield _at_least(unit, shape["min"])
        if "max" in shape and self._above(kind, size, shape["max"]):
            yield _at_most(unit, shape["max"])
        if "pattern" in shape and self.checks("pattern") and not self._matches(shape["pattern"], value):
            yield _pattern(shape)

    def _allowed(self, shape: Shape) -> list[str]:
        allowed: list[str] = shape["enum"]
        return allowed if self.checks("latest-enum") else allowed[:-1]

    def _below(self, kind: str, size: float, least: float) -> bool:
        inclusive = kind in ("integer", "float") and not self.checks("inclusive-min")
        return self.checks(f"{kind}-min") and (size < least or (inclusive and size == least))

    def _above(self, kind: str, size: float, most: float) -> bool:
        inclusive = kind == "string" and not self.checks("inclusive-max")
        return self.checks(f"{kind}-max") and (size > most or (inclusive and size == most))

    def _matches(self, text: str, value: str) -> bool:
        found = pattern(text)
        if not self.checks("whole-match"):
            return found.search(value) is not None
        if not self.checks("match-to-end"):
            return found.match(value) is not None
        return found.fullmatch(value) is not None


def _complaint(value: str, path: str, constraint: str) -> str:
    return f"Value {value} at '{path}' failed to satisfy constraint: {constraint}"


def _quoted(value: Any) -> str:
    return f"'{_as_java(value)}'"


def _as_java(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_java, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_as_java(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _enum(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"


def _at_least(unit: str, least: float) -> str:
    return f"Member must have {unit} greater than or equal to {least}"


def _at_most(unit: str, most: float) -> str:
    return f"Member must have {unit} less than or equal to {most}"


def _pattern(shape: Shape) -> str:
    return f"Member must satisfy regular expression pattern: {shape['pattern']}"


def _all_of(shape: Shape) -> str:
    if "enum" in shape:
        return f"[{_enum(shape)}]"
    unit = "length" if shape["type"] == "string" else "value"
    parts = [_at_most(unit, shape["max"])] if "max" in shape else []
    parts += [_at_least(unit, shape["min"])] if "min" in shape else []
    parts += [_pattern(shape)] if "pattern" in shape else []
    return f"[{', '.join(parts)}]"
