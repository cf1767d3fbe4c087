"""Sample values: the smallest and the fullest valid value of a shape, and the smallest with a given place in it.

Samples are deterministic and look like real values: text that matches its pattern, numbers near the lower bound,
elements of a list that differ where their shape allows it. A required list, map or structure is not empty where its
shape allows that: few services accept an empty list that they require, and in protocols where everything is text an
empty one reads as none.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.cases import patterns
from conformance.specs.model import (
    FLOAT_TYPES,
    FORM_PROTOCOLS,
    INTEGER_TYPES,
    NUMBER_TYPES,
    STRING_TYPES,
    Member,
    Service,
    Shape,
)
from conformance.specs.places import ELEMENT, KEY, VALUE, Step
from conformance.specs.sample_values import sample_keys_for, sample_value_for
from conformance.values.paths import Key, Path

# 2024-01-01T00:00:00Z: whole seconds, the only precision that every timestamp format has.
SAMPLE_TIME = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
# Times with such names are later than others: an end must not be before its start.
SAMPLE_END = SAMPLE_TIME + datetime.timedelta(hours=1)
_END = re.compile(r"end|until|latest|before|to(?![a-z])", re.IGNORECASE)

SAMPLE_BLOB = b"conformance"
SAMPLE_DOCUMENT = '{"sample": "document"}'

# The region where none is configured.
DEFAULT_REGION = "us-east-1"

_Built = TypeVar("_Built", list[Any], dict[str, Any])


def drops_empty_structures(service: Service) -> bool:
    """Whether any protocol of the service writes no bytes for an empty structure (`Path.To.Member=value`)."""
    return not FORM_PROTOCOLS.isdisjoint((service.protocol, *service.protocols))


class Unbuildable(ValueError):
    """No valid value can be built: the model contradicts itself or never ends."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """Builds samples of one service's shapes; with `full` they have every optional member.

    `region` is the target's; some values contain it.
    """

    service: Service
    full: bool = False
    region: str = DEFAULT_REGION

    def build(self, shape: Shape, include: tuple[Step, ...] = ()) -> Any:
        """A valid value of `shape` with the place `include` in it; raises Unbuildable."""
        return self._value(shape, include, 0, ())

    def element(self, shape: Shape, index: int) -> Any:
        """The sample of a list element; samples of another `index` differ where the shape allows it."""
        return self._value(shape, (), index, (ELEMENT,))

    def _value(
        self, shape: Shape, include: tuple[Step, ...], index: int, above: tuple[str, ...], name: str = ""
    ) -> Any:
        if shape.document:
            return json.loads(SAMPLE_DOCUMENT)
        if shape.type == "structure":
            return self._structure(shape, include, index, above)
        if shape.type == "list":
            return self._list(shape, include, index, above, name)
        if shape.type == "map":
            return self._map(shape, include, index, above, name)
        if shape.type == "timestamp" and _END.match(name):
            return SAMPLE_END
        known = self._known_samples(shape, name)
        return known[index] if index < len(known) else sample_leaf(shape, index)

    def _known_samples(self, shape: Shape, name: str) -> list[Any]:
        """The sample values for a member of that name (`sample_values.yaml`) that the shape allows."""
        if shape.enum or shape.type not in (*STRING_TYPES, *INTEGER_TYPES, "boolean"):
            return []
        found: list[Any] = []
        for value in sample_value_for(name, shape.name):
            if isinstance(value, str):
                text = value.replace("{service}", self.service.signing_name).replace("{region}", self.region)
                found.extend([text] if is_valid_text(shape, text) else [])
            elif isinstance(value, bool) or shape.type == "boolean":
                found.extend([value] if isinstance(value, bool) and shape.type == "boolean" else [])
            elif shape.type in INTEGER_TYPES and _or(shape.minimum, value) <= value <= _or(shape.maximum, value):
                found.append(value)
        return found

    def _structure(self, shape: Shape, include: tuple[Step, ...], index: int, above: tuple[str, ...]) -> dict[str, Any]:
        if shape.union and not include:
            return self._union(shape, index, above)
        value: dict[str, Any] = {}
        for name in self._chosen(shape, include, above):
            below = include[1:] if include and include[0] == name else ()
            try:
                value[name] = self._member(name, shape.members[name], below, index, (*above, shape.name))
            except Unbuildable:
                if shape.union or name in shape.required or name in include[:1]:
                    raise
        return value

    def _member(self, name: str, member: Member, include: tuple[Step, ...], index: int, above: tuple[str, ...]) -> Any:
        target = self.service.target(member)
        if member.jsonvalue and member.location == "header":
            return json.loads(SAMPLE_DOCUMENT)
        if member.jsonvalue and is_valid_text(target, SAMPLE_DOCUMENT):
            return SAMPLE_DOCUMENT
        return self._value(target, include, index, above, name)

    def _chosen(self, shape: Shape, include: tuple[Step, ...], above: tuple[str, ...]) -> list[str]:
        wanted = include[0] if include else None
        if shape.union:
            return [include[0]]
        entered = (*above, shape.name)
        chosen = []
        for name, member in shape.members.items():
            if name in shape.required or name == wanted:
                if member.shape in entered and name != wanted and not self._ends(self.service.target(member)):
                    raise Unbuildable(f"{shape.name} requires itself")
                chosen.append(name)
            elif self.full and not member.deprecated and member.shape not in entered and not self._stream(member.shape):
                chosen.append(name)
        if not chosen and above and drops_empty_structures(self.service):
            chosen.extend(self._some_member(shape, entered))
        return chosen

    def _some_member(self, shape: Shape, entered: tuple[str, ...]) -> list[str]:
        """One member that makes the structure visible on the wire, preferably a leaf; none where it has none."""
        usable = [name for name, member in shape.members.items() if member.shape not in entered]
        usable.sort(key=lambda name: self._rank(shape.members[name]))
        return usable[:1]

    def _rank(self, member: Member) -> tuple[bool, bool]:
        return member.deprecated, self.service.target(member).type in ("structure", "list", "map")

    def _stream(self, shape: str) -> bool:
        return self.service.shapes[shape].event_stream

    def _union(self, shape: Shape, index: int, above: tuple[str, ...]) -> dict[str, Any]:
        """A union with the first of its members that leads out of a recursion, preferably no structure."""
        entered = (*above, shape.name)
        names = [name for name, member in shape.members.items() if member.shape not in entered]
        for name in sorted(names, key=lambda name: self.service.target(shape.members[name]).type == "structure"):
            try:
                return {name: self._member(name, shape.members[name], (), index, entered)}
            except Unbuildable:
                continue
        raise Unbuildable(f"every member of the union {shape.name} leads back to it")

    def _ends(self, shape: Shape) -> bool:
        # A list or map may be empty and so ends a recursion; a structure has to be built.
        return shape.type in ("list", "map") and not shape.minimum

    def _list(
        self, shape: Shape, include: tuple[Step, ...], index: int, above: tuple[str, ...], name: str
    ) -> list[Any]:
        assert shape.element is not None
        target = self.service.target(shape.element)
        fewest = int(shape.minimum or 0)
        if fewest and target.name in above and not include:
            raise Unbuildable(f"{shape.name} must hold what holds it")
        entered = (*above, shape.name)
        below = include[1:] if include[:1] == (ELEMENT,) else ()

        def built(count: int) -> list[Any]:
            return [
                self._value(target, below if number == 0 else (), index + number, entered, name)
                for number in range(count)
            ]

        return self._filled(built, fewest, shape, target, include, above)

    def _filled(
        self, built: Callable[[int], _Built], fewest: int, shape: Shape, target: Shape, include: tuple[Step, ...],
        above: tuple[str, ...],
    ) -> _Built:  # fmt: skip
        """A list or map with one item more than none, where its items can be built."""
        if fewest or include[:1] in ((ELEMENT,), (VALUE,), (KEY,)):
            return built(max(fewest, 1))
        if shape.maximum == 0 or target.name in above:
            return built(0)
        try:
            return built(1)
        except Unbuildable:
            return built(0)

    def _map(
        self, shape: Shape, include: tuple[Step, ...], index: int, above: tuple[str, ...], name: str
    ) -> dict[str, Any]:
        assert shape.key is not None
        assert shape.value is not None
        key, target = self.service.target(shape.key), self.service.target(shape.value)
        below = include[1:] if include[:1] == (VALUE,) else ()
        entered = (*above, shape.name)
        known = [each for each in sample_keys_for(name) if is_valid_text(key, each)]

        def built(count: int) -> dict[str, Any]:
            return {
                _at(known, index + number) or sample_leaf(key, index + number): self._value(
                    target, below if number == 0 else (), index + number, entered
                )
                for number in range(count)
            }

        return self._filled(built, int(shape.minimum or 0), shape, target, include, above)


def _at(known: list[str], index: int) -> str | None:
    return known[index] if index < len(known) else None


def sample_leaf(shape: Shape, index: int = 0) -> Any:
    """The sample of a scalar shape; raises Unbuildable for text that no string can match."""
    if shape.type in STRING_TYPES:
        return sample_text(shape, index)
    if shape.type in NUMBER_TYPES:
        return sample_number(shape)
    if shape.type == "boolean":
        return False
    if shape.type == "timestamp":
        return SAMPLE_TIME
    return sample_blob(max(int(shape.minimum or 0), min(len(SAMPLE_BLOB), int(_or(shape.maximum, len(SAMPLE_BLOB))))))


def sample_blob(size: int) -> bytes:
    """The sample of a blob of `size` bytes."""
    return (SAMPLE_BLOB * (size // len(SAMPLE_BLOB) + 1))[:size]


def sample_text(shape: Shape, index: int = 0) -> str:
    """The sample of a string shape; for another `index` another text where there is one."""
    if shape.enum:
        return shape.enum[index % len(shape.enum)]
    minimum, maximum = length_bounds(shape)
    try:
        for token in (f"n{index}", _letters(index)) if index else ():
            apart = patterns.with_token(shape.pattern, minimum, maximum, token)
            if apart is not None:
                return apart
        return patterns.typical(shape.pattern, minimum, maximum)
    except patterns.PatternError as problem:
        raise Unbuildable(str(problem)) from problem


def is_valid_text(shape: Shape, text: str) -> bool:
    """Whether text keeps enum, lengths and pattern of a string shape; False where the pattern cannot be parsed."""
    if shape.type not in STRING_TYPES or (shape.enum and text not in shape.enum):
        return False
    minimum, maximum = length_bounds(shape)
    if len(text) < (minimum or 0) or (maximum is not None and len(text) > maximum):
        return False
    try:
        return shape.pattern is None or bool(patterns.compile_pattern(shape.pattern).fullmatch(text))
    except patterns.PatternError:
        return False


def _letters(index: int) -> str:
    """A number written in letters, for patterns that allow no digits."""
    return "n" + "".join(chr(ord("a") + int(digit)) for digit in str(index))


def sample_number(shape: Shape) -> int | float:
    """The sample of a number shape: 1 where it is allowed, else the nearest number that is."""
    value = max(_or(shape.minimum, 1), 1) if _or(shape.maximum, 1) >= 1 else _or(shape.maximum, 1)
    if shape.maximum is not None:
        value = min(value, shape.maximum)
    return float(value) if shape.type in FLOAT_TYPES else int(value)


def length_bounds(shape: Shape) -> tuple[int | None, int | None]:
    """The least and the greatest length of a text in characters; None where it has no such bound."""
    return (
        None if shape.minimum is None else int(shape.minimum),
        None if shape.maximum is None else int(shape.maximum),
    )


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def path_in_params(steps: tuple[Step, ...], value: Mapping[str, Any]) -> Path | None:
    """The path of the first occurrence of a place in any params; None where they have no value there."""
    try:
        return path_in_sample(steps, value)
    except (LookupError, TypeError, StopIteration):
        return None


def path_in_sample(steps: tuple[Step, ...], value: Mapping[str, Any]) -> Path:
    """The path of the first occurrence of a place in a sample that was built to include it.

    For a map key it is the path of the entry. Raises LookupError, TypeError or StopIteration where it has none.
    """
    path: list[str | int | Key] = []
    here: Any = value
    for step in steps:
        if step == ELEMENT:
            path.append(0)
            here = here[0]
        elif step in (VALUE, KEY):
            first = next(iter(here))
            path.append(Key(first))
            here = here[first]
        else:
            path.append(step)
            here = here[step]
    return tuple(path)
