"""Compares two versions of a service, place by place, as a client or a server meets the differences.

    Service (older) --.
                      +-- differing pairs of shapes -- walk of each operation --> Changes -- (Change, ...)
    Service (newer) --'                                                       '-- new, removed, updated operations

Shapes are compared by where they are used (`differing.py`), and a recursive pair is entered once along any path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

from conformance.specs.changes.shape_differences import Pair, ShapeDifferences, shared_references
from conformance.specs.changes.skeleton import skeleton
from conformance.specs.clauses.catalog import constraints
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, ErrorTraits, Member, Operation, Service, Shape, Spec
from conformance.specs.places import places, write_steps

Section = Literal["service", "operation", "request", "response", "errors"]
Effect = Literal["adds", "removes", "widens", "narrows", "replaces", "none"]


@dataclass(frozen=True, slots=True)
class SpecChange:
    """One difference.

    `path` is in the shape form of clause ids. `effect` says whether the newer version allows more at that place
    (`widens`), less (`narrows`), something else (`replaces`), or whether something came (`adds`) or went
    (`removes`). `type` is that of a member that came or went, `details` are the constraints that came with what was
    added, one sentence each.
    """

    operation: str
    section: Section
    path: str
    kind: str
    effect: Effect
    before: Any = None
    after: Any = None
    required: bool = False
    type: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecChanges:
    """All differences between two specs of a service; `updated` are the operations that both have and that differ."""

    older: Spec
    newer: Spec
    new: tuple[str, ...]
    removed: tuple[str, ...]
    updated: tuple[str, ...]
    changes: tuple[SpecChange, ...]

    def of(self, operation: str) -> tuple[SpecChange, ...]:
        """The changes of one operation; those of the service as a whole for an empty name."""
        return tuple(change for change in self.changes if change.operation == operation)


def compare_specs(older: Spec, newer: Spec) -> SpecChanges:
    """The differences from `older` to `newer`."""
    old, new = older.service.operations, newer.service.operations
    comparison = _Comparison(older.service, newer.service)
    found = [*_service(older.service, newer.service)]
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            found += _whole(newer.service, new[name], "adds")
        elif name not in new:
            found += _whole(older.service, old[name], "removes")
        else:
            found += comparison.operation(old[name], new[name])
    touched = {change.operation for change in found}
    return SpecChanges(
        older=older,
        newer=newer,
        new=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        updated=tuple(sorted(touched & old.keys() & new.keys())),
        changes=tuple(found),
    )


# What both sides must agree on to understand each other at all: a difference is felt by clients and servers alike.
_SERVICE_FACTS = (
    "api_version", "protocol", "signing_name", "signature_version", "endpoint_prefix", "json_version",
    "target_prefix", "xml_namespace", "global_endpoint", "query_compatible",
)  # fmt: skip
_OPERATION_FACTS = (
    "method", "uri", "status", "input_location_name", "input_xml_namespace", "result_wrapper", "host_prefix",
    "checksum_required", "auth_type", "unsigned_payload",
)  # fmt: skip
_MEMBER_FACTS = tuple(
    field.name for field in fields(Member) if field.name not in ("shape", "deprecated", "idempotency_token")
)
_SHAPE_FACTS = (
    "document", "timestamp_format", "payload", "streaming", "requires_length", "event_stream", "event",
    "flattened", "wrapper", "location_name", "xml_namespace",
)  # fmt: skip


def _service(old: Service, new: Service) -> Iterator[SpecChange]:
    for name, before, after in _facts(old, new, _SERVICE_FACTS):
        yield SpecChange("", "service", "", name.replace("_", " "), "replaces", before, after)
    for name in sorted(set(new.protocols) - set(old.protocols)):
        yield SpecChange("", "service", "", "protocols", "adds", after=name)
    for name in sorted(set(old.protocols) - set(new.protocols)):
        yield SpecChange("", "service", "", "protocols", "removes", before=name)


def _facts(old: Any, new: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, _shown(before), _shown(after)


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(getattr(value, "uri", value))


def _whole(service: Service, operation: Operation, effect: Effect) -> Iterator[SpecChange]:
    sides = (("request", service.input_of(operation)), ("response", service.output_of(operation)))
    shown = {name: skeleton(service, shape) for name, shape in sides}
    details = tuple(f"{name}: {text}" for name, shape in sides for text in _constraints(service, shape))
    errors = tuple(f"errors: {error.error.code}" for error in service.errors_of(operation) if error.error)
    before, after = (None, shown) if effect == "adds" else (shown, None)
    yield SpecChange(operation.name, "operation", "", "operation", effect, before, after, details=(*details, *errors))


def _constraints(service: Service, shape: Shape) -> Iterator[str]:
    for place in places(service, shape):
        yield from (text for name, text in constraints(place) if name != "type")


Steps: TypeAlias = "tuple[str, ...]"
Facts: TypeAlias = "dict[str, Any]"


class _Comparison:
    """Compares two services side by side."""

    def __init__(self, old: Service, new: Service) -> None:
        self.old, self.new = old, new
        self._differs = ShapeDifferences(old, new, lambda one, other: next(self._own(one, other), None) is not None)
        self._members: dict[tuple[str, str, Effect], Facts] = {}

    def operation(self, old: Operation, new: Operation) -> Iterator[SpecChange]:
        for name, before, after in _facts(old, new, _OPERATION_FACTS):
            yield SpecChange(new.name, "operation", "", name.replace("_", " "), "replaces", before, after)
        if old.deprecated != new.deprecated:
            yield SpecChange(new.name, "operation", "", "deprecated", "none", old.deprecated, new.deprecated)
        yield from self.side(new.name, "request", self.old.input_of(old), self.new.input_of(new))
        yield from self.side(new.name, "response", self.old.output_of(old), self.new.output_of(new))
        yield from self._errors(old, new)

    def side(self, operation: str, section: Section, old: Shape, new: Shape) -> Iterator[SpecChange]:
        """The changes of a request or a response."""
        for steps, facts in self._walk(old, new, (), ()):
            yield SpecChange(operation=operation, section=section, path=write_steps(steps), **facts)

    def _errors(self, old: Operation, new: Operation) -> Iterator[SpecChange]:
        before = {shape.error.code: shape for shape in self.old.errors_of(old) if shape.error}
        after = {shape.error.code: shape for shape in self.new.errors_of(new) if shape.error}
        for code in sorted(before.keys() | after.keys()):
            if code not in before:
                yield SpecChange(new.name, "errors", code, "error", "adds", after=_error(after[code].error))
            elif code not in after:
                yield SpecChange(new.name, "errors", code, "error", "removes", before=_error(before[code].error))
            else:
                yield from self._error(new.name, code, before[code], after[code])

    def _error(self, operation: str, code: str, old: Shape, new: Shape) -> Iterator[SpecChange]:
        one, other = _error(old.error), _error(new.error)
        if one != other:
            yield SpecChange(operation, "errors", code, "status", "replaces", one, other)
        for steps, facts in self._walk(old, new, (), ()):
            yield SpecChange(operation=operation, section="errors", path=write_steps((code, *steps)), **facts)

    def _walk(self, old: Shape, new: Shape, steps: Steps, trail: tuple[Pair, ...]) -> Iterator[tuple[Steps, Facts]]:
        pair = (old.name, new.name)
        if pair in trail or not self._differs(old, new):
            return
        for inner, facts in self._own(old, new):
            yield (*steps, *inner), facts
        for step, one, other in shared_references(old, new):
            below = self.old.target(one), self.new.target(other)
            yield from self._walk(*below, (*steps, step), (*trail, pair))

    def _own(self, old: Shape, new: Shape) -> Iterator[tuple[Steps, dict[str, Any]]]:
        """The differences of two shapes themselves, and of the references that they make."""
        if old.type != new.type:
            yield (), {"kind": "type", "effect": _retyped(old.type, new.type), "before": old.type, "after": new.type}
        for facts in (*_bounds(old, new), *_values(old, new), *_flags(old, new)):
            yield (), facts
        for name, before, after in _facts(old, new, _SHAPE_FACTS):
            yield (), {"kind": name.replace("_", " "), "effect": "replaces", "before": before, "after": after}
        for name in sorted(new.members.keys() - old.members.keys()):
            yield (name,), self._member(self.new, new, name, "adds")
        for name in sorted(old.members.keys() - new.members.keys()):
            yield (name,), self._member(self.old, old, name, "removes")
        for step, one, other in shared_references(old, new):
            for facts in _reference(one, other, step in old.required, step in new.required):
                yield (step,), facts

    def _member(self, service: Service, shape: Shape, name: str, effect: Effect) -> Facts:
        # The same shape is used at many places, and its changes are listed at each.
        key = (shape.name, name, effect)
        if key not in self._members:
            self._members[key] = _member(service, shape, name, effect)
        return self._members[key]


def _member(service: Service, shape: Shape, name: str, effect: Effect) -> Facts:
    target = service.target(shape.members[name])
    shown = skeleton(service, target)
    # One more member of a union is one more thing that a value can be.
    kind = "choice" if shape.union else "member"
    facts = {"kind": kind, "effect": effect, "required": name in shape.required, "type": target.type}
    if effect == "removes":
        return {**facts, "before": shown}
    alone = Shape("", "structure", {name: shape.members[name]}, shape.required)
    return {**facts, "after": shown, "details": tuple(_constraints(service, alone))}


def _reference(old: Member, new: Member, was_required: bool, is_required: bool) -> Iterator[Facts]:
    if was_required != is_required:
        effect = "narrows" if is_required else "widens"
        yield {"kind": "required", "effect": effect, "before": was_required, "after": is_required}
    if old.deprecated != new.deprecated:
        yield {"kind": "deprecated", "effect": "none", "before": old.deprecated, "after": new.deprecated}
    for name, before, after in _facts(old, new, _MEMBER_FACTS):
        yield {"kind": name.replace("_", " "), "effect": "replaces", "before": before, "after": after}


def _retyped(before: str, after: str) -> Effect:
    # The same on the wire, with more or less room.
    sizes = ("byte", "short", "integer", "long", "biginteger", "float", "double", "bigdecimal")
    for family in (INTEGER_TYPES, FLOAT_TYPES):
        if before in family and after in family:
            return "widens" if sizes.index(after) > sizes.index(before) else "narrows"
    return "replaces"


def _bounds(old: Shape, new: Shape) -> Iterator[Facts]:
    # No length is below 0, so that a least length of 0 says nothing; a least number of 0 does.
    lowest = float("-inf") if new.type in INTEGER_TYPES | FLOAT_TYPES else 0
    lower = (lowest if shape.minimum is None else shape.minimum for shape in (old, new))
    upper = (float("inf") if shape.maximum is None else shape.maximum for shape in (old, new))
    for kind, (before, after), attribute in (("min", lower, "minimum"), ("max", upper, "maximum")):
        if before != after:
            narrower = (after > before) == (kind == "min")
            yield {
                "kind": kind,
                "effect": "narrows" if narrower else "widens",
                "before": getattr(old, attribute),
                "after": getattr(new, attribute),
            }


def _values(old: Shape, new: Shape) -> Iterator[Facts]:
    if bool(old.enum) != bool(new.enum):
        effect = "narrows" if new.enum else "widens"
        yield {"kind": "enum", "effect": effect, "before": list(old.enum) or None, "after": list(new.enum) or None}
    else:
        came = [value for value in new.enum if value not in old.enum]
        went = [value for value in old.enum if value not in new.enum]
        if came:
            yield {"kind": "enum", "effect": "widens", "after": came}
        if went:
            yield {"kind": "enum", "effect": "narrows", "before": went}
    if old.pattern != new.pattern:
        yield {"kind": "pattern", "effect": _repatterned(old, new), "before": old.pattern, "after": new.pattern}


def _repatterned(old: Shape, new: Shape) -> Effect:
    if old.pattern is None or new.pattern is None:
        return "narrows" if old.pattern is None else "widens"
    # The whole value is matched, with anchors or without.
    same = _unanchored(old.pattern) == _unanchored(new.pattern)
    return "none" if same else "replaces"


def _unanchored(pattern: str) -> str:
    end = pattern.endswith("$") and not pattern.endswith(("\\$", "[$"))
    return pattern[pattern.startswith("^") : len(pattern) - end]


def _flags(old: Shape, new: Shape) -> Iterator[Facts]:
    if old.union != new.union:
        yield {"kind": "union", "effect": "narrows" if new.union else "widens", "before": old.union, "after": new.union}
    if old.sparse != new.sparse:
        effect = "widens" if new.sparse else "narrows"
        yield {"kind": "sparse", "effect": effect, "before": old.sparse, "after": new.sparse}
    if old.deprecated != new.deprecated:
        yield {"kind": "deprecated", "effect": "none", "before": old.deprecated, "after": new.deprecated}
    if _default(old) != _default(new):
        yield {"kind": "default", "effect": "none", "before": _default(old), "after": _default(new)}


def _default(shape: Shape) -> Any:
    # A number or truth value that is not boxed has a zero value where it is absent.
    if shape.box or shape.type not in INTEGER_TYPES | FLOAT_TYPES | {"boolean"}:
        return None
    return False if shape.type == "boolean" else 0


def _error(error: ErrorTraits | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {key: value for key, value in (("status", error.status), ("fault", error.fault)) if value is not None}
