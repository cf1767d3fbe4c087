"""Lists every place of a structure that can have a clause.

A place is a path in shape form (`ProductionVariants[]/ModelName`): which element of a list and which key of a
map does not matter. Recursive shapes are entered once along any path, so the list is finite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.specs.model import Member, Service, Shape
from conformance.values.paths import Key, Path

ELEMENT = "[]"
VALUE = "{}"
KEY = "{key}"

Step: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Place:
    """A member, list element, map key or map value below a structure.

    `steps` holds member names and the marks ELEMENT, VALUE and KEY. `required` says whether the structure
    directly above requires it.
    """

    steps: tuple[Step, ...]
    member: Member
    shape: Shape
    required: bool

    @property
    def path(self) -> str:
        """The place in the form of clause ids."""
        return write_steps(self.steps)

    @property
    def name(self) -> str:
        """The nearest member name, for messages."""
        return next((step for step in reversed(self.steps) if step not in (ELEMENT, VALUE, KEY)), "")


def write_steps(steps: tuple[Step, ...]) -> str:
    """The shape form of steps, as clause ids use it."""
    text = ""
    for step in steps:
        text += step if step in (ELEMENT, VALUE, KEY) else (f"/{step}" if text else step)
    return text


def places(service: Service, root: Shape) -> Iterator[Place]:
    """Every place below `root`, parents before children, members in the model's order."""
    yield from _below(service, root, (), (root.name,))


def place_at(service: Service, root: Shape, path: str) -> Place | None:
    """The place below `root` with that path, in the form of clause ids; None where `places` does not list it."""
    shape, entered, found = root, {root.name}, None
    steps = tuple(_STEP.findall(path))
    for number, step in enumerate(steps):
        if found is not None and (shape.name in entered or shape.document):
            return None
        entered.add(shape.name)
        child = next((child for child in _children(shape) if child[0] == step), None)
        if child is None:
            return None
        _, member, required = child
        shape = service.target(member)
        found = Place(steps[: number + 1], member, shape, required)
    return found


# Each step in the written form of a place.
_STEP = re.compile(r"\[\]|\{key\}|\{\}|[^/\[\]{}]+")


def shape_at(service: Service, root: Shape, path: Path) -> tuple[Shape, Member | None] | None:
    """The shape at a path below `root` and the reference that leads to it; None if the model lacks the path."""
    shape, member = root, None
    for segment in path:
        if isinstance(segment, Key):
            member = shape.value
        elif isinstance(segment, int):
            member = shape.element
        else:
            member = shape.members.get(segment)
        if member is None:
            return None
        shape = service.target(member)
    return shape, member


def _below(service: Service, shape: Shape, steps: tuple[Step, ...], entered: tuple[str, ...]) -> Iterator[Place]:
    for step, member, required in _children(shape):
        target = service.target(member)
        place = Place((*steps, step), member, target, required)
        yield place
        if target.name not in entered and not target.document:
            yield from _below(service, target, place.steps, (*entered, target.name))


def _children(shape: Shape) -> Iterator[tuple[Step, Member, bool]]:
    if shape.type == "structure":
        for name, member in shape.members.items():
            yield name, member, name in shape.required
    if shape.element is not None:
        yield ELEMENT, shape.element, False
    if shape.key is not None:
        yield KEY, shape.key, False
    if shape.value is not None:
        yield VALUE, shape.value, False


def is_given(value: Any, place: tuple[Step, ...]) -> bool:
    """Whether a value has anything at a place."""
    if not place:
        return value is not None
    step, *below = place
    if step == ELEMENT:
        inner = value if isinstance(value, list) else []
    elif isinstance(value, Mapping):
        inner = list(value.values()) if step == VALUE else [value.get(step)]
    else:
        inner = []
    return any(is_given(each, tuple(below)) for each in inner)
