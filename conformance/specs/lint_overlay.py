"""Entries of an overlay that point at nothing in its spec: operations, members, and names in conditions.

    overlay_problems -- resources, requests, rules -- (where, what), ...
                        '-- conditions: JMESPath, walked along the shapes

A rule is held against the spec only if it says that it holds for the spec's version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.specs.conditions import compile_condition
from conformance.specs.model import Service, Shape, Spec
from conformance.specs.overlay import Overlay, Rule
from conformance.specs.paths import EACH, Edit, Key, Path, format_path
from conformance.specs.resource import Resource

Found = Iterator[tuple[str, str]]


def overlay_problems(spec: Spec, overlay: Overlay) -> Found:
    """Where an overlay points at nothing in `spec`, and at what."""
    service = spec.service
    if overlay.service != service.name:
        yield "service", f"is for {overlay.service}, not for {service.name}"
    for name, resource in overlay.resources.items():
        yield from ((f"resources {name}", what) for what in _resource(service, resource))
    for name, hints in overlay.requests.items():
        if name not in service.operations:
            yield f"requests {name}", "no such operation"
            continue
        shape = service.input_of(service.operations[name])
        yield from ((f"requests {name}", what) for what in _edits(service, shape, hints.given))
        yield from (
            (f"requests {name}", f"after: no such operation: {one}")
            for one in hints.after
            if one not in service.operations
        )
    seen: set[str] = set()
    for rule in overlay.rules:
        if rule.id in seen:
            yield f"rules {rule.id}", "there are two rules of this id"
        seen.add(rule.id)
        if rule.holds_for(spec.provenance.botocore):
            yield from ((f"rules {rule.id}", what) for what in dict.fromkeys(_rule(service, overlay, rule)))


def _resource(service: Service, resource: Resource) -> Iterator[str]:
    reading = resource.read
    named = {
        "create": resource.create,
        "delete": resource.delete,
        "update": resource.update,
        "read": reading.operation if reading else None,
        "list": resource.listing.operation if resource.listing else None,
    }
    for role, name in (
        *named.items(),
        *(("elsewhere", name) for name in resource.elsewhere),
        *(("family", name) for name in resource.family),
    ):
        if name is not None and name not in service.operations:
            yield f"{role}: no such operation: {name}"
    yield from _handles(service, resource)
    asked = service.operations.get(reading.operation) if reading else None
    if reading and asked:
        answer = service.output_of(asked)
        yield from _leads(service, answer, reading.at, "read")
        if resource.status:
            yield from _leads(service, answer, (*reading.at, *resource.status.path), "status")
            yield from _values(service, answer, (*reading.at, *resource.status.path), resource.status.values)
    if resource.listing and resource.listing.operation in service.operations:
        listed = service.output_of(service.operations[resource.listing.operation])
        yield from _leads(service, listed, (*resource.listing.items, 0, *resource.listing.handle), "list")


def _handles(service: Service, resource: Resource) -> Iterator[str]:
    creating = service.operations.get(resource.create)
    if creating is None:
        return
    for handle in resource.handles:
        shape = service.input_of(creating) if handle.source.side == "request" else service.output_of(creating)
        if _target(service, shape, handle.source.path) is None:
            where = "no member" if handle.source.side == "request" else "nothing in its answer at"
            yield f"identifier: {resource.create} has {where} {format_path(handle.source.path)}"
        for name in (*handle.members, *handle.local):
            if not _anywhere(service, name):
                yield f"aliases: no request has a member {name}"


def _values(service: Service, shape: Shape, path: Path, values: tuple[str, ...]) -> Iterator[str]:
    found = _target(service, shape, path)
    if found is not None and found.enum:
        yield from (f"status: {found.name} has no value {value}" for value in values if value not in found.enum)


def _anywhere(service: Service, member: str) -> bool:
    return member in service.shapes or any(member in shape.members for shape in service.shapes.values())


def _rule(service: Service, overlay: Overlay, rule: Rule) -> Iterator[str]:
    if rule.missing is not None and rule.missing not in overlay.resources:
        yield f"missing: no such resource: {rule.missing}"
    asked = _Asked()
    for name in rule.operations:
        operation = service.operations.get(name)
        if operation is None:
            yield f"no such operation: {name}"
            continue
        request, answer = service.input_of(operation), service.output_of(operation)
        edits = [*rule.repair]
        for violation in rule.violations:
            edits += (*violation.base, *violation.broken)
        yield from (f"{name}: {what}" for what in _edits(service, request, tuple(edits)))
        for condition in filter(None, (rule.request, rule.answer)):
            names = {"request": request, "answer": answer, "region": None, "account": None}
            asked.ask(service, condition, names)
    yield from asked.problems()


def _edits(service: Service, shape: Shape, edits: tuple[Edit, ...]) -> Iterator[str]:
    for edit in edits:
        yield from _leads(service, shape, edit.path, edit.action)
        if edit.source is not None:
            yield from _leads(service, shape, edit.source, "source")
        if edit.where is not None:
            holder = _target(service, shape, edit.path[:-1])
            if holder is not None:
                asked = _Asked()
                asked.ask(service, edit.where, holder)
                yield from asked.problems()


def _leads(service: Service, shape: Shape, path: Path, what: str) -> Iterator[str]:
    if _target(service, shape, path) is None:
        yield f"{what}: {format_path(path)} leads nowhere in {shape.name or 'an empty structure'}"


def _target(service: Service, shape: Shape, path: Path) -> Shape | None:
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


# What is known of a value: its shape, that it is a list, the names in scope; None where nothing is known.
_Known: TypeAlias = "Shape | _Many | Mapping[str, Shape | None] | None"
_Node: TypeAlias = Mapping[str, Any]

# Functions that give back (one of) what they are given; of what others return nothing is known.
_SAME = frozenset({"not_null", "distinct", "sort_by", "reverse", "max_by", "min_by"})


class _Asked:
    """The names that conditions ask for, by their place in the condition, and whether anything has them.

    A rule for several operations may ask for what only some of them have: a name is a mistake if none has it.
    """

    def __init__(self) -> None:
        self.there: set[int] = set()
        self.missing: dict[int, str] = {}

    def ask(self, service: Service, condition: str, scope: Shape | Mapping[str, Shape | None]) -> None:
        """Walk a condition along `scope`: a shape, or names with their shapes."""
        _Walk(service, self).known(compile_condition(condition).parsed, scope)

    def problems(self) -> Iterator[str]:
        """What is wrong with the conditions that were asked."""
        return (f"condition: {what}" for place, what in self.missing.items() if place not in self.there)


class _Walk:
    def __init__(self, service: Service, asked: _Asked) -> None:
        self.service, self.asked = service, asked

    def known(self, node: _Node, current: _Known) -> _Known:
        """What is known of the value of an expression, asked of `current`."""
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
