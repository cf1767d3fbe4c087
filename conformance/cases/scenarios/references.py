"""Scenarios of references to what was never made.

    not-found   the resource's own read, of a thing that was never made
    missing     any other operation, with everything there but the one thing that it refers to

Names that the client chooses are simply never given to anything. What only the service can make up, an id or an ARN,
is that of a thing which was made, with its last characters changed: so it is well-formed, and nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.fixtures.fixture import altered_text, lifecycle_ids
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.resource_names import NamePlace, token_for
from conformance.cases.samples import Sampler, Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.references import references
from conformance.specs.model import Operation
from conformance.specs.places import Step
from conformance.specs.resources.descriptions import at
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, Path, apply, shape_form

ABSENT = "absent"


def references_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of everything that an operation's input refers to."""
    for resource in builder.overlay.resources.values():
        if resource.read is not None and resource.read.operation == operation.name:
            (clause,) = lifecycle_ids(builder, resource, ("not-found",))
            yield _built(builder, operation, resource, "not-found", resource.name, clause, None)
    for reference in references(builder.service, operation, builder.overlay):
        clause = clause_id(builder.service.name, operation.name, "state", reference.path, "not-found")
        yield _built(builder, operation, reference.resource, "missing", reference.path, clause, reference.steps)


def _built(
    builder: RequestBuilder, operation: Operation, resource: Resource, kind: str, detail: str, clause: str,
    place: tuple[Step, ...] | None,
) -> Scenario | Omitted:  # fmt: skip
    identity = f"{builder.service.name}:{operation.name}/scenario/{kind}/{detail}"
    try:
        wrong = _wrong(builder, operation, resource, place, token_for(builder.seed, identity))
    except Unbuildable as problem:
        return Omitted(clause, str(problem))
    title = f"{operation.name} of {resource.one} that was never made"
    return Scenario(
        identity, builder.service.name, operation.name, kind, title, (clause,), wrong.script, wrong.setup, resource,
        {"place": shape_form(wrong.spots[0].path)},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A call, the places in it that refer to the thing that is not to be there, and what it takes to fill them."""

    call: Call
    spots: tuple[NamePlace, ...]
    setup: tuple[Creation, ...]
    absent: str
    sample: Creation | None

    def script(self, pace: Pace) -> Script:
        """The call, with something in the places that is nobody's."""
        if self.sample is None:
            yield Send("ask", self._filled({spot.path: self.absent for spot in self.spots}))
            return
        made = yield Send("sample", self.sample.call, makes=self.sample)
        if not made.accepted:
            return
        values = {spot.path: self._nobodys(spot, made.output) for spot in self.spots}
        if all(isinstance(value, str) for value in values.values()):
            yield Send("ask", self._filled(values))

    def _nobodys(self, spot: NamePlace, output: Any) -> str | None:
        """What is well-formed in a place and refers to nothing."""
        if spot.handle is None or not spot.is_generated:
            return self.absent
        value = at(output, spot.handle.source.path)
        return altered_text(value) if isinstance(value, str) else None

    def _filled(self, values: dict[Path, Any]) -> Call:
        params = apply(self.call.params, [Edit("set", path, value) for path, value in values.items()])
        kept = tuple(binding for binding in self.call.bindings if binding.path not in values)
        return replace(self.call, params=params, bindings=kept)


def _wrong(
    builder: RequestBuilder, operation: Operation, resource: Resource, place: tuple[Step, ...] | None, token: str
) -> _Wrong:
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
    absent = namer.name_for(chosen, token_for(builder.seed, f"{token}/{ABSENT}")) if chosen is not None else ""
    if all(not each.is_generated for each in spots):
        return _Wrong(call, spots, setup, absent, None)
    sample = builder.creation_of(resource, token)
    create = builder.service.operations[resource.create]
    needed = builder.prerequisites(create, sample.call.params, token)
    there = {resource.name, *(each.resource for each in needed)}
    rest = (each for each in setup if each.resource not in there and not _refers(builder, each, resource))
    return _Wrong(call, spots, (*needed, *rest), absent, sample)


def _needed(
    builder: RequestBuilder, operation: Operation, call: Call, resource: Resource, token: str
) -> tuple[Creation, ...]:
    """What the call refers to beside the resource; and the resource, where something of that cannot do without it."""
    full = builder.prerequisites(operation, call.params, token)
    if any(_refers(builder, each, resource) for each in full):
        return full
    return builder.prerequisites(operation, call.params, token, without=(resource.name,))


def _refers(builder: RequestBuilder, creation: Creation, resource: Resource) -> bool:
    """Whether making something takes a resource."""
    if creation.service is not None:
        return False
    create = builder.service.operations[creation.call.operation]
    return any(each.name == resource.name for each in builder.namer.references(create, creation.call.params))


def _with(builder: RequestBuilder, operation: Operation, place: tuple[Step, ...]) -> Params:
    """The smallest params with something at a place."""
    built = Sampler(builder.service).build(builder.service.input_of(operation), place)
    return builder.completed(operation, built, place)


def _is(spot: NamePlace, resource: Resource) -> bool:
    return spot.resource is not None and spot.resource.name == resource.name
