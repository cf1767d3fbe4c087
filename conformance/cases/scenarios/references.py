"""Scenarios of references to a resource that was never created.

    not-found   the read of the resource itself
    missing     any other operation; everything else that it refers to exists

A name that the client chooses is one that was given to no resource. An id or an ARN, which only the service chooses,
is that of an existing sample with its last characters changed: it is well-formed, and refers to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import KindName, References
from conformance.cases.fixtures.fixture import altered_text, lifecycle_ids
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.resource_names import NamePlace
from conformance.cases.samples import Sampler, Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.references import NOT_FOUND, SECTION, references
from conformance.specs.model import Operation
from conformance.specs.places import Step
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, Path, apply, shape_form, value_at

ABSENT = "absent"


def references_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of everything that an operation's input refers to."""
    for resource in builder.overlay.resources.values():
        if resource.read is not None and resource.read.operation == operation.name:
            (clause,) = lifecycle_ids(builder, resource, (NOT_FOUND,))
            yield _built(builder, operation, resource, "not-found", resource.name, clause, None)
    for reference in references(builder.service, operation, builder.overlay):
        clause = clause_id(builder.service.name, operation.name, SECTION, reference.path, NOT_FOUND)
        yield _built(builder, operation, reference.resource, "missing", reference.path, clause, reference.steps)


def _built(
    builder: RequestBuilder, operation: Operation, resource: Resource, kind: KindName, detail: str, clause: str,
    place: tuple[Step, ...] | None,
) -> Scenario | Omitted:  # fmt: skip
    identity = f"{builder.service.name}:{operation.name}/scenario/{kind}/{detail}"
    try:
        wrong = _reference(builder, operation, resource, place, builder.token(identity))
    except Unbuildable as problem:
        return Omitted(clause, str(problem))
    title = f"{operation.name} of {resource.one} that was never created"
    return Scenario(
        identity, builder.service.name, operation.name, kind, title, (clause,), wrong.script, wrong.setup, resource,
        {"place": shape_form(wrong.spots[0].path)},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reference:
    """A call, the places in it that refer to the missing resource, and what fills the places.

    `absent` is a name that no resource has; `sample` creates a resource whose handle is altered.
    """

    call: Call
    spots: tuple[NamePlace, ...]
    setup: tuple[Creation, ...]
    absent: str
    sample: Creation | None

    def script(self, pace: Pace) -> Script:
        """Send the call with handles of no resource in the places."""
        if self.sample is None:
            yield Send(References.ASK, self._filled({spot.path: self.absent for spot in self.spots}))
            return
        created = yield Send(References.SAMPLE, self.sample.call, creates=self.sample)
        if not created.accepted:
            return
        values = {spot.path: self._missing_handle(spot, created.output) for spot in self.spots}
        if all(isinstance(value, str) for value in values.values()):
            yield Send(References.ASK, self._filled(values))

    def _missing_handle(self, spot: NamePlace, output: Any) -> str | None:
        """A handle that is well-formed in a place and refers to nothing; None where the answer does not give one."""
        if spot.handle is None or not spot.is_generated:
            return self.absent
        value = value_at(output, spot.handle.source.path)
        return altered_text(value) if isinstance(value, str) else None

    def _filled(self, values: dict[Path, Any]) -> Call:
        params = apply(self.call.params, [Edit("set", path, value) for path, value in values.items()])
        kept = tuple(binding for binding in self.call.bindings if binding.path not in values)
        return replace(self.call, params=params, bindings=kept)


def _reference(
    builder: RequestBuilder, operation: Operation, resource: Resource, place: tuple[Step, ...] | None, token: str
) -> _Reference:
    params = (
        None if place is None else builder.with_parent_references(resource, operation, _with(builder, operation, place))
    )
    call = builder.call_about(resource, operation.name, token, params)
    namer = builder.namer
    spots = tuple(each for each in namer.name_places(operation, call.params) if _is(each, resource))
    if not spots:
        raise Unbuildable(f"no request that refers to {resource.one} could be built")
    setup = _needed(builder, operation, call, resource, token)
    chosen = next((each for each in spots if not each.is_generated), None)
    absent = namer.name_for(chosen, builder.token(f"{token}/{ABSENT}")) if chosen is not None else ""
    if all(not each.is_generated for each in spots):
        return _Reference(call, spots, setup, absent, None)
    sample = builder.creation_of(resource, token)
    create = builder.service.operations[resource.create]
    needed = builder.prerequisites(create, sample.call.params, token)
    there = {resource.name, *(each.resource for each in needed)}
    rest = (each for each in setup if each.resource not in there and not _refers(builder, each, resource))
    return _Reference(call, spots, (*needed, *rest), absent, sample)


def _needed(
    builder: RequestBuilder, operation: Operation, call: Call, resource: Resource, token: str
) -> tuple[Creation, ...]:
    """What the call refers to beside the resource; with the resource, where one of those refers to it."""
    full = builder.prerequisites(operation, call.params, token)
    if any(_refers(builder, each, resource) for each in full):
        return full
    return builder.prerequisites(operation, call.params, token, existing=(resource.name,))


def _refers(builder: RequestBuilder, creation: Creation, resource: Resource) -> bool:
    """Whether a creation refers to a resource."""
    if creation.service is not None:
        return False
    create = builder.service.operations[creation.call.operation]
    return any(each.name == resource.name for each in builder.namer.references(create, creation.call.params))


def _with(builder: RequestBuilder, operation: Operation, place: tuple[Step, ...]) -> Params:
    """The smallest params that have a value at a place."""
    built = Sampler(builder.service).build(builder.service.input_of(operation), place)
    return builder.completed(operation, built, place)


def _is(spot: NamePlace, resource: Resource) -> bool:
    return spot.resource is not None and spot.resource.name == resource.name
