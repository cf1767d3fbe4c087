"""Checks the paths and conditions of an overlay against the shapes to which they refer.

path      -- member, element, value, ... --> a shape, or a problem
condition -- JMESPath, node by node      --> names that no shape has
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.specs.model import Service, Shape
from conformance.values.conditions import compile_condition
from conformance.values.paths import EACH, Edit, Key, Path, format_path


def edits_problems(service: Service, shape: Shape, edits: tuple[Edit, ...]) -> Iterator[str]:
    """The problems of edits to a value of a shape."""
    for edit in edits:
        yield from path_problems(service, shape, edit.path, edit.action)
        if edit.source is not None:
            yield from path_problems(service, shape, edit.source, "source")
        if edit.where is not None:
            holder = shape_at_path(service, shape, edit.path[:-1])
            if holder is not None:
                asked = ConditionNames()
                asked.ask(service, edit.where, holder)
                yield from asked.problems()


def path_problems(service: Service, shape: Shape, path: Path, what: str) -> Iterator[str]:
    """The problem that a shape does not have a path, if so; `what` is the entry that has the path."""
    if shape_at_path(service, shape, path) is None:
        yield f"{what}: {format_path(path)} leads nowhere in {shape.name or 'an empty structure'}"


def shape_at_path(service: Service, shape: Shape, path: Path) -> Shape | None:
    """The shape at a path; None if the model does not have the path."""
    found: Shape | None = shape
    for segment in path:
        if found is None or found.document:
            return found
        if isinstance(segment, int) or segment == EACH:
            member = found.element
        elif isinstance(segment, Key) or found.type == "map":
            member = found.value
        else:
            member = found.members.get(str(segment))
        found = None if member is None else service.target(member)
    return found


# ---------------------------------------------------------------- conditions


@dataclass(frozen=True, slots=True)
class _Many:
    """A list of what is known of its elements."""

    each: _Known


# What is known of a value: its shape, that it is a list, or the names in scope; None if nothing is known.
Scope: TypeAlias = "Shape | Mapping[str, Scope | None]"
_Known: TypeAlias = "Scope | _Many | None"
_Node: TypeAlias = Mapping[str, Any]

# Functions that return (one of) their arguments; the results of other functions are not known.
_SAME = frozenset({"not_null", "distinct", "sort_by", "reverse", "max_by", "min_by"})


class ConditionNames:
    """The names in conditions, by their place in the condition, and whether any shape has them.

    A rule for several operations may ask for what only some of them have: a name is a mistake if none has it.
    """

    def __init__(self) -> None:
        self.there: set[int] = set()
        self.missing: dict[int, str] = {}

    def ask(self, service: Service, condition: str, scope: Scope) -> None:
        """Check a condition on `scope`: a shape, or names with their shapes."""
        _NodeVisitor(service, self).known(compile_condition(condition).parsed, scope)

    def problems(self) -> Iterator[str]:
        """The problems of all conditions that were checked."""
        return (f"condition: {what}" for place, what in self.missing.items() if place not in self.there)


class _NodeVisitor:
    def __init__(self, service: Service, asked: ConditionNames) -> None:
        self.service, self.asked = service, asked

    def known(self, node: _Node, current: _Known) -> _Known:
        """What is known of the value of an expression on `current`."""
        kind, children = node["type"], node["children"]
        if kind == "field":
            return self.field(node, current)
        if kind in ("subexpression", "index_expression", "pipe"):
            for child in children:
                current = self.known(child, current)
            return current
        if kind in ("projection", "filter_projection", "value_projection", "flatten", "index", "slice"):
            return self.projected(kind, children, current)
        if kind in ("identity", "current"):
            return current
        if kind in ("literal", "expref"):
            return None
        found = [self.known(child, current) for child in children]
        if kind in ("or_expression", "and_expression") or (kind == "function_expression" and node["value"] in _SAME):
            return next((item for item in found if item is not None), None)
        if kind == "multi_select_list":
            return _Many(found[0] if len({id(item) for item in found}) == 1 else None)
        return None

    def projected(self, kind: str, children: list[_Node], current: _Known) -> _Known:
        if kind == "index":
            return self.element(current)
        if kind == "slice":
            return current
        base = self.known(children[0], current)
        if kind == "flatten":
            inner = self.element(base)
            return inner if self.element(inner) is not None else _Many(inner)
        each = self.element(base)
        if kind == "filter_projection":
            self.known(children[2], each)
        return _Many(self.known(children[1], each))

    def element(self, known: _Known) -> _Known:
        if isinstance(known, _Many):
            return known.each
        if isinstance(known, Shape):
            member = known.element or known.value
            return None if member is None else self.service.target(member)
        return None

    def field(self, node: _Node, current: _Known) -> _Known:
        # Compiled conditions are kept, so that a node is the same one for every operation of a rule.
        name, place = node["value"], id(node)
        if isinstance(current, Shape):
            if current.document or current.type not in ("structure", "map"):
                return None
            member = current.value if current.type == "map" else current.members.get(name)
            if member is None:
                self.asked.missing.setdefault(place, f"{current.name or 'an empty structure'} has no member {name}")
                return None
            self.asked.there.add(place)
            return self.service.target(member)
        if isinstance(current, Mapping):
            if name not in current:
                self.asked.missing.setdefault(place, f"{name} is none of {', '.join(current)}")
                return None
            return current[name]
        return None
