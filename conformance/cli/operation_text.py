"""Writes an operation as lines of plain text for a person, no wider than a given width.

    title, how it is sent --> input tree --> output tree --> errors --> rules --> clauses

A structure is written out at its first place. Later places name it only, which also ends recursion.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import FORM_PROTOCOLS, NUMBER_TYPES, STRING_TYPES, Member, Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay, Rule

# How many values of an enum are shown without --all.
SHOWN_VALUES = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """The width of lines in characters, and whether long enums are shown whole."""

    width: int = 80
    everything: bool = False


def operation_lines(spec: Spec, operation: Operation, overlay: Overlay, layout: Layout) -> Iterator[str]:
    """All that is known of an operation."""
    service = spec.service
    yield f"{service.name}:{operation.name}"
    yield from wrapped(
        f"{service.full_name}, API {service.api_version}, botocore {spec.provenance.botocore}", 2, layout
    )
    yield from wrapped(request_line(service, operation), 2, layout)
    flags = [word for word in ("deprecated", "idempotent", "readonly") if getattr(operation, word)]
    if flags:
        yield f"  {', '.join(flags)}"
    yield from _section("INPUT", _Tree(service, layout).lines(service.input_of(operation), located=True))
    status = f"HTTP status {operation.status or 200}"
    output = service.output_of(operation)
    yield from _section(f"OUTPUT  {status}", _Tree(service, layout).lines(output, located=True))
    yield from _section("ERRORS", _errors(service, operation))
    yield from _rules(spec, operation, overlay, layout)
    clauses = operation_clauses(spec, operation, overlay)
    head = f"CLAUSES ({len(clauses)})  each id begins with {service.name}:{operation.name}/"
    yield from _section(head, clause_lines(clauses, layout))


def _section(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield head
    found = False
    for line in lines:
        found = True
        yield line
    if not found:
        yield "  none"


def request_line(service: Service, operation: Operation) -> str:
    """The method and path of an operation, and how its protocol names it."""
    line = f"{operation.method} {operation.uri}"
    protocol = f"{service.protocol} {service.json_version}" if service.json_version else service.protocol
    if service.protocol == "json" and service.target_prefix:
        protocol += f", X-Amz-Target: {service.target_prefix}.{operation.name}"
    elif service.protocol in FORM_PROTOCOLS:
        protocol += f", Action={operation.name}&Version={service.api_version}"
    others = [name for name in service.protocols if name != service.protocol]
    return f"{line}  {protocol}" + (f" (also {', '.join(others)})" if others else "")


@dataclass(slots=True)
class _Tree:
    service: Service
    layout: Layout
    written: set[str] = field(default_factory=set)

    def lines(self, shape: Shape, *, located: bool = False) -> Iterator[str]:
        yield from self._members(shape, 2, located)

    def _members(self, shape: Shape, indent: int, located: bool) -> Iterator[str]:
        self.written.add(shape.name)
        for name, member in sorted(shape.members.items(), key=lambda item: item[0] not in shape.required):
            flags = ["required"] if name in shape.required else []
            if located and member.location:
                flags.append(f"{_PLACES[member.location]} {member.location_name or name}".rstrip())
            yield from self._place(name, member, flags, indent)

    def _place(self, name: str, member: Member, flags: list[str], indent: int) -> Iterator[str]:
        shape = self.service.target(member)
        flags += [word for word in ("deprecated", "sensitive", "streaming") if _has(word, member, shape)]
        flags += ["idempotency token"] if member.idempotency_token else []
        known = self._content(shape).name in self.written
        kind = self._kind(shape) + (" (as above)" if known else "")
        yield from wrapped(f"{name}: {', '.join([kind, *flags])}", indent, self.layout, hang=4)
        for text in self._constraints(shape):
            yield from wrapped(text, indent + 4, self.layout, hang=2)
        if not known:
            yield from self._inside(shape, indent + 2)

    def _content(self, shape: Shape) -> Shape:
        """The structure that a list contains; any other shape itself."""
        element = self.service.target(shape.element) if shape.element is not None else shape
        return element if element.type == "structure" else shape

    def _inside(self, shape: Shape, indent: int) -> Iterator[str]:
        if shape.type == "structure":
            yield from self._members(shape, indent, located=False)
        elif shape.type == "list" and shape.element is not None:
            content = self._content(shape)
            if content is not shape:
                yield from self._members(content, indent, located=False)
            elif self._needs_own_line(shape.element):
                yield from self._place("[]", shape.element, [], indent)
        elif shape.type == "map" and shape.key is not None and shape.value is not None:
            yield from (self._place("{key}", shape.key, [], indent) if self._needs_own_line(shape.key) else ())
            yield from (self._place("{}", shape.value, [], indent) if self._needs_own_line(shape.value) else ())

    def _needs_own_line(self, member: Member) -> bool:
        """Whether an element has more than a type, which the line of its container names."""
        shape = self.service.target(member)
        return shape.type in ("structure", "list", "map") or any(self._constraints(shape))

    def _kind(self, shape: Shape) -> str:
        if shape.document:
            return "document"
        if shape.type == "structure":
            return f"{'union' if shape.union else 'structure'} {shape.name}"
        if shape.type == "list" and shape.element is not None:
            return f"list of {self._kind(self.service.target(shape.element))}"
        if shape.type == "map" and shape.value is not None:
            return f"map to {self._kind(self.service.target(shape.value))}"
        return shape.type

    def _constraints(self, shape: Shape) -> Iterator[str]:
        if shape.minimum is not None or shape.maximum is not None:
            yield f"{_unit(shape)} {_range(shape.minimum, shape.maximum)}"
        if shape.enum:
            yield f"one of {self._values(shape.enum)}"
        elif shape.pattern is not None and shape.type in STRING_TYPES:
            yield f"pattern {printable(shape.pattern)}"

    def _values(self, values: tuple[str, ...]) -> str:
        shown = values if self.layout.everything else values[:SHOWN_VALUES]
        text = ", ".join(map(printable, shown))
        return text if len(shown) == len(values) else f"{text} ... ({len(values)} values, --all shows them)"


_PLACES = {
    "uri": "in the path as",
    "querystring": "in the query string as",
    "header": "in the header",
    "headers": "in headers that begin with",
    "statusCode": "the HTTP status",
}


def _has(word: str, member: Member, shape: Shape) -> bool:
    return bool(getattr(member, word, False) or getattr(shape, word, False))


def _unit(shape: Shape) -> str:
    if shape.type in NUMBER_TYPES:
        return "value"
    return {"list": "items", "map": "entries", "blob": "bytes"}.get(shape.type, "length")


def _range(minimum: float | None, maximum: float | None) -> str:
    if maximum is None:
        return f"{minimum} or more"
    return f"up to {maximum}" if minimum is None else f"{minimum} to {maximum}"


def _errors(service: Service, operation: Operation) -> Iterator[str]:
    shapes = [shape for shape in service.errors_of(operation) if shape.error is not None]
    for shape in shapes:
        assert shape.error is not None
        status = str(shape.error.status) if shape.error.status else "no status given"
        fault = f", the {shape.error.fault}'s fault" if shape.error.fault else ""
        yield f"  {shape.error.code}: {status}{fault}"


# ---------------------------------------------------------------- rules


def _rules(spec: Spec, operation: Operation, overlay: Overlay, layout: Layout) -> Iterator[str]:
    version = spec.provenance.botocore
    rules = [rule for rule in overlay.rules if operation.name in rule.operations]
    valid = [rule for rule in rules if rule.holds_for(version)]
    yield from _section(f"RULES ({len(valid)})", _rule_lines(valid, layout))
    if len(valid) < len(rules):
        others = [rule for rule in rules if not rule.holds_for(version)]
        yield from _section(f"RULES OF OTHER VERSIONS ({len(others)})", _rule_lines(others, layout))
    unchecked = {name: one.reason for name, one in overlay.unchecked.items() if operation.name in one.operations}
    if unchecked:
        yield from _section(f"KNOWN, NOT CHECKED ({len(unchecked)})", unchecked_lines(unchecked, layout))


def _rule_lines(rules: Iterable[Rule], layout: Layout) -> Iterator[str]:
    for rule in rules:
        yield from wrapped(f"{rule.id}  {rule.statement}", 2, layout, hang=4)
        yield from wrapped(f"source: {rule.source}", 6, layout, hang=2)
        evidence = f" - {rule.evidence}" if rule.evidence else ""
        yield from wrapped(f"enforcement: {rule.enforcement}{evidence}", 6, layout, hang=2)
        if rule.since or rule.until:
            yield f"      valid: {_interval(rule)}"


def _interval(rule: Rule) -> str:
    since = f"from botocore {rule.since} on" if rule.since else ""
    until = f"until botocore {rule.until}" if rule.until else ""
    return f"from botocore {rule.since} to {rule.until}" if since and until else since or until


def unchecked_lines(reasons: Mapping[str, str], layout: Layout) -> Iterator[str]:
    """The rules that are known but not checked, with the reasons."""
    for name, reason in reasons.items():
        yield from wrapped(f"{name}  {reason}", 2, layout, hang=4)


# ---------------------------------------------------------------- clauses


def clause_lines(clauses: Mapping[str, Clause], layout: Layout) -> Iterator[str]:
    """The clauses grouped by place: `input/EndpointName  #required #type`."""
    for place, group in groupby(clauses.values(), key=_place_of):
        names = " ".join(f"#{clause.name}" for clause in group)
        if len(place) + len(names) + 4 <= layout.width:
            yield f"  {place}  {names}"
        else:
            yield f"  {place}"
            yield from wrapped(names, 6, layout)


def _place_of(clause: Clause) -> str:
    return f"{clause.section}/{clause.path}" if clause.path else clause.section


# ---------------------------------------------------------------- text


def printable(text: str) -> str:
    """The text with unprintable characters escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def wrapped(text: str, indent: int, layout: Layout, *, hang: int = 0) -> list[str]:
    """The text in lines of the layout's width: the first line indented, the others by `hang` more."""
    return textwrap.wrap(
        text,
        max(layout.width, indent + hang + 20),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
        break_long_words=False,
    )
