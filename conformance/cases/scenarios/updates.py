"""Scenarios that hold what a thing is told to be against what its update was given.

create, read until at rest, update with other values than those that are told, read until at rest

What an update refers to besides the thing itself is made anew: an update that names what is used already shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Binding, Call, Creation, Omitted
from conformance.cases.fixtures.changed_values import changed_value
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_call, read_until_settled
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.fixtures.fuller_requests import FullerRequest, Part, Parts, fuller_request
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import NamePlace, token_for
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.cases.scenarios.roundtrip import REFUSED
from conformance.specs.clauses import roundtrip as statements
from conformance.specs.model import NUMBER_TYPES, Operation, Service, Shape
from conformance.specs.resources.descriptions import described
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, apply, get

UPDATED = "updated"

MOST_UPDATES = 8

# Names of what an update has to know of the thing as it is: AWS refuses what is out of date, numbers of versions too.
LOCKS = re.compile(r"token$|revision(id)?$|etag$|if_?match", re.IGNORECASE)
VERSION = re.compile(r"version$", re.IGNORECASE)

# Changes are made at once where that is to be asked for.
AT_ONCE = "ApplyImmediately"


def updates_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The round trips of every resource that an operation updates."""
    for resource in builder.overlay.resources.values():
        if resource.update != operation.name or resource.read is None:
            continue
        if described_shape(builder.service, resource) is None:
            continue
        names = tuple(clause.id for clause in statements.of_update(builder.spec, resource))
        if names:
            yield from _built(builder, operation, resource, names)


def _built(
    builder: RequestBuilder, operation: Operation, resource: Resource, names: tuple[str, ...]
) -> Iterator[Scenario | Omitted]:
    try:
        yield _updated(fixture_for(builder, operation, resource, UPDATED), operation, names)
    except Unbuildable as problem:
        yield from (Omitted(name, str(problem)) for name in names)


def _updated(at: Fixture, operation: Operation, clauses: tuple[str, ...]) -> Scenario:
    read, base = read_call(at), at.about(operation.name)
    build = fuller_request(at.builder, operation, at.resource, index=1)
    names = tuple(_changeable(at, operation, base, read, build))

    def script(pace: Pace) -> Script:
        made = yield at.make()
        if not made.accepted:
            return
        known = at.known(made)
        there = yield from _described(at, read, known, pace, "before", None)
        updates, parts = Updates(at, build, base, set()), Parts(names)
        for _ in range(MOST_UPDATES):
            part = parts.take()
            if part is None or there is None:
                return
            reply = yield from updates.sent(part, there, pace)
            if reply.accepted:
                there = yield from _described(at, read, known, pace, "after", there)
            elif reply.kind in REFUSED:
                parts.refused(part, bare=False)
            else:
                return

    return Scenario(
        at.identity, at.builder.service.name, operation.name, UPDATED,
        f"{at.resource.one} is described as it was updated", clauses, script, _joined(at, read, base), at.resource,
    )  # fmt: skip


def _changeable(at: Fixture, operation: Operation, base: Call, read: Call, build: FullerRequest) -> Iterator[str]:
    """The members of an update's input that say what the thing should become, not which thing is meant."""
    service = at.builder.service
    shape = service.input_of(operation)
    own = {
        str(spot.path[0]) for spot in at.builder.namer.name_places(operation, base.params) if _means(spot, at.resource)
    }
    asked = {name.lower() for name in service.input_of(service.operations[read.operation]).members}
    for name in build.full:
        if name not in own and name.lower() not in asked and not _locks(service, shape, name):
            yield name


def _locks(service: Service, shape: Shape, name: str) -> bool:
    """Whether a member tells which version of a thing the update is meant for, rather than what it should become."""
    is_number = service.target(shape.members[name]).type in NUMBER_TYPES
    return LOCKS.search(name) is not None or (is_number and VERSION.search(name) is not None)


def _joined(at: Fixture, *calls: Call) -> tuple[Creation, ...]:
    setup = at.setup
    for call in calls:
        setup = replace(at, setup=setup).needs(call)
    return setup


def _described(
    at: Fixture, read: Call, known: frozenset[str], pace: Pace, label: str, before: Any
) -> Generator[Send, Any, Any]:
    """The description at rest; read again for a while if it says what was said `before`. None where there is none."""
    assert at.resource.read is not None
    late = pace.window()
    observation = yield from read_until_settled(at.resource, read, known, pace, "settling")
    asked, wait, found = full_read(at.builder.service, read), False, None
    while observation.word == "there":
        reply: Reply = yield Send(label, asked, wait=wait)
        if not reply.accepted and asked != read:
            asked = read
            continue
        found = described(at.resource.read, reply.output, known) if reply.accepted else None
        if before is None or found != before or late():
            break
        wait = True
    return found


def _means(spot: NamePlace, resource: Resource) -> bool:
    return spot.resource is not None and spot.resource.name == resource.name


@dataclass(slots=True)
class Updates:
    """Updates of one thing, each with another part of what comes back."""

    fixture: Fixture
    richer: FullerRequest
    base: Call
    made_already: set[str]

    def sent(self, part: Part, there: Any, pace: Pace) -> Generator[Send, Any, Reply]:
        """Make what an update refers to, then send it; what cannot be made is asked for all the same."""
        call = self._call(part, there)
        if call is None:
            return Reply("rejected-validation")
        call, needed = self._with_others(call)
        for creation in needed:
            if creation.resource in self.made_already:
                continue
            yield Send("prerequisite", creation.call, makes=creation)
            self.made_already.add(creation.resource)
        reply: Reply = yield Send("update", call)
        return reply

    def _call(self, part: Part, there: Any) -> Call | None:
        """The update with a part of the members, each with another value than is told."""
        builder, operation = self.fixture.builder, self.richer.operation
        shape, told = builder.service.input_of(operation), there if isinstance(there, Mapping) else {}
        params = self.richer.params(self.base.params, part)
        if params is None:
            return None
        changed = {
            name: changed_value(
                builder.service, builder.service.target(shape.members[name]), value, told.get(name), name
            )
            for name, value in params.items()
            if name in part.names
        }
        obeying = self.richer.params({**params, **changed}, Part(()))
        if obeying is None:
            return None
        if AT_ONCE in shape.members:
            obeying = {**obeying, AT_ONCE: True}
        return builder.call_about(self.fixture.resource, operation.name, self.fixture.token, obeying)

    def _with_others(self, call: Call) -> tuple[Call, tuple[Creation, ...]]:
        """The call, referring to other things than those that were there before; what makes them."""
        at, operation = self.fixture, self.richer.operation
        used, needed = {each.resource for each in at.setup}, list[Creation]()
        for creation in at.builder.prerequisites(operation, call.params, at.token, without=(at.resource.name,)):
            if creation.resource not in used:
                needed.append(creation)
        kept = {str(path) for path in _paths(at, self.base)}
        for spot in at.builder.namer.name_places(operation, call.params):
            if spot.resource is None or spot.resource.name not in used or str(spot.path) in kept:
                continue
            other = self._other(spot.resource)
            if other is not None and spot.handle is not None:
                call = _instead(call, spot, other)
                needed.append(other)
        return call, tuple({each.resource: each for each in needed}.values())

    def _other(self, resource: Resource) -> Creation | None:
        at = self.fixture
        tokens = (at.token, token_for(at.builder.seed, f"{at.identity}/{resource.name}"))
        try:
            return siblings(at.builder, resource, tokens)[1]
        except Unbuildable:
            return None


def _paths(at: Fixture, base: Call) -> Iterator[Any]:
    """The places of references by which the thing itself is addressed: what its read refers to, too."""
    assert at.resource.read is not None
    service, namer = at.builder.service, at.builder.namer
    read = service.operations[at.resource.read.operation]
    addressed = {each.name for each in namer.references(read, at.read.params if at.read else {})}
    for spot in namer.name_places(service.operations[base.operation], base.params):
        if spot.resource is not None and (spot.resource.name in addressed or _means(spot, at.resource)):
            yield spot.path


def _instead(call: Call, spot: NamePlace, other: Creation) -> Call:
    """The call, referring to another thing at one spot."""
    assert spot.handle is not None
    bindings = tuple(each for each in call.bindings if each.path != spot.path)
    if spot.handle.source.side == "answer":
        return replace(call, bindings=(*bindings, Binding(spot.path, other.resource, spot.handle.source)))
    name = get(other.call.params, spot.handle.source.path)
    return replace(call, params=apply(call.params, (Edit("set", spot.path, name),)), bindings=bindings)
