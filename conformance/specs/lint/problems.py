"""Finds mistakes in a spec: contradictions, references to nothing, constraints that no value can keep.

    Spec    -- references, members, bounds, enums, patterns, paths -- (Problem, ...)
    Overlay -- overlay_entries.py ---------------------------------'

What makes a request or an answer impossible is an error. What only looks wrong is a warning: AWS's models have
values that break their own pattern and patterns that no text matches, and AWS accepts values there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from conformance.specs.lint.overlay_entries import overlay_problems
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay

Severity = Literal["error", "warning"]

_LABEL = re.compile(r"\{([^}+]+)\+?\}")
_SIZED = STRING_TYPES | {"blob", "list", "map"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, and what it is."""

    severity: Severity
    where: str
    what: str


class Patterns(Protocol):
    """What lint needs to know about patterns; `specs` itself cannot read them."""

    def problem(self, pattern: str, minimum: int | None, maximum: int | None) -> str | None:
        """The reason why no text of these lengths matches the pattern; None if one does."""

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the whole text matches; true for a pattern that cannot be read."""


def lint(spec: Spec, overlay: Overlay | None = None, *, patterns: Patterns | None = None) -> tuple[Problem, ...]:
    """The mistakes in a spec and its overlay, errors first; patterns are checked only if `patterns` is given."""
    service = spec.service
    found = [*_references(service)]
    dangling = {problem.where for problem in found}
    for name, operation in sorted(service.operations.items()):
        if name not in dangling:
            found += _operation(service, operation)
    for shape in service.shapes.values():
        found += _shape(shape)
        if patterns:
            found += _pattern(shape, patterns)
    if overlay is not None and not dangling:
        found += (Problem("error", f"overlay {where}", what) for where, what in overlay_problems(spec, overlay))
    return tuple(sorted(found, key=lambda problem: (problem.severity, problem.where, problem.what)))


def _references(service: Service) -> Iterator[Problem]:
    for name, operation in service.operations.items():
        for shape in filter(None, (operation.input, operation.output, *operation.errors)):
            if shape not in service.shapes:
                yield Problem("error", name, f"refers to the shape {shape}, which does not exist")
    for name, shape_ in service.shapes.items():
        members = {**shape_.members, "[]": shape_.element, "key": shape_.key, "value": shape_.value}
        for label, member in members.items():
            if member is not None and member.shape not in service.shapes:
                yield Problem("error", name, f"{label} refers to the shape {member.shape}, which does not exist")
    tables = (("paginator", service.paginators), ("waiter", service.waiters))
    for kind, table in tables:
        for name, entry in table.items():
            if entry.operation not in service.operations:
                yield Problem(
                    "warning", f"{kind} {name}", f"is for the operation {entry.operation}, which does not exist"
                )


def _operation(service: Service, operation: Operation) -> Iterator[Problem]:
    shape = service.input_of(operation)
    labels = set(_LABEL.findall(operation.uri.partition("?")[0]))
    bound = {member.location_name or name: name for name, member in shape.members.items() if member.location == "uri"}
    for label in sorted(labels - bound.keys()):
        yield Problem("error", operation.name, f"no input member fills {{{label}}} of {operation.uri}")
    for label in sorted(bound.keys() - labels):
        yield Problem("error", operation.name, f"{bound[label]} goes into the URI, which has no {{{label}}}")
    for label in sorted(labels & bound.keys()):
        if bound[label] not in shape.required:
            yield Problem("warning", operation.name, f"{bound[label]} goes into the URI, but is not required")
    for side in (operation.input, operation.output):
        if side and service.shapes[side].type != "structure":
            yield Problem("error", operation.name, f"{side} is a {service.shapes[side].type}, not a structure")


def _shape(shape: Shape) -> Iterator[Problem]:
    for name in shape.required:
        if name not in shape.members:
            yield Problem("error", shape.name, f"requires the member {name}, which does not exist")
    for name in shape.xml_order:
        if name not in shape.members:
            yield Problem("warning", shape.name, f"orders the member {name}, which does not exist")
    if shape.payload and shape.payload not in shape.members:
        yield Problem("error", shape.name, f"has the member {shape.payload} for its payload, which does not exist")
    if shape.union and not shape.members:
        yield Problem("error", shape.name, "is a union without members")
    if shape.union and len(shape.required) > 1:
        yield Problem("error", shape.name, f"is a union that requires {' and '.join(shape.required)}")
    if shape.type == "list" and shape.element is None:
        yield Problem("error", shape.name, "is a list without an element shape")
    if shape.type == "map" and (shape.key is None or shape.value is None):
        yield Problem("error", shape.name, "is a map without key or value")
    if len(set(shape.enum)) != len(shape.enum):
        twice = sorted({value for value in shape.enum if shape.enum.count(value) > 1})
        yield Problem("warning", shape.name, f"has duplicate values: {', '.join(twice)}")
    yield from _bounds(shape)


def _bounds(shape: Shape) -> Iterator[Problem]:
    low, high = shape.minimum, shape.maximum
    if low is not None and high is not None and low > high:
        yield Problem("error", shape.name, f"min {low} is above max {high}")
    if shape.type in _SIZED and high is not None and high < 0:
        yield Problem("error", shape.name, f"max {high} is negative")
    if (low, high) != (None, None) and shape.type not in _SIZED | NUMBER_TYPES:
        yield Problem("warning", shape.name, f"min and max do not apply to a {shape.type}")
    for value in shape.enum:
        if not (low or 0) <= len(value) <= (high if high is not None else len(value)):
            yield Problem("warning", shape.name, f"the value {value!r} breaks min {low} or max {high}")


def _pattern(shape: Shape, patterns: Patterns) -> Iterator[Problem]:
    if shape.pattern is None:
        return
    if shape.type not in STRING_TYPES:
        yield Problem("warning", shape.name, f"a pattern does not apply to a {shape.type}")
        return
    for value in shape.enum:
        if not patterns.matches(shape.pattern, value):
            yield Problem("warning", shape.name, f"the value {value!r} breaks the pattern {shape.pattern}")
    if not shape.enum:
        low, high = (None if bound is None else int(bound) for bound in (shape.minimum, shape.maximum))
        why = patterns.problem(shape.pattern, low, high)
        if why:
            yield Problem("warning", shape.name, f"{why}; requests leave it out")
