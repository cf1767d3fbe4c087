"""Scenarios of updates: the description of a resource against the input of its update.

create --> read until settled --> update with other values than the described ones --> read until settled

What an update refers to besides the resource itself is created for it: an update that names what is in use already
shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Binding, Call, Creation, Omitted
from conformance.cases.families import KindName, Label, Updates
from conformance.cases.fixtures.changed_values import changed_value
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_call, read_until_settled
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.fixtures.fuller_requests import FullerRequest, Part, Parts, fuller_request
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import NamePlace
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.cases.scenarios.roundtrip import DOUBTFUL, REFUSED
from conformance.specs.clauses.updates import update_clauses
from conformance.specs.model import NUMBER_TYPES, Operation, Service, Shape
from conformance.specs.resources.descriptions import find_description
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, apply, get

KIND: KindName = "updated"

MOST_UPDATES = 8

# Members that name the version to update: AWS refuses one that is out of date.
LOCKS = re.compile(r"token$|revision(id)?$|etag$|if_?match", re.IGNORECASE)
VERSION = re.compile(r"version$", re.IGNORECASE)

# The member that asks for a change at once, rather than at the next maintenance.
AT_ONCE = "ApplyImmediately"


def updates_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The round trips of every resource that an operation updates."""
    for resource in builder.overlay.resources.values():
        if resource.update != operation.name or resource.read is None:
            continue
        if described_shape(builder.service, resource) is None:
            continue
        names = tuple(clause.id for clause in update_clauses(builder.spec, resource))
        if names:
            yield from _built(builder, operation, resource, names)


def _built(
    builder: RequestBuilder, operation: Operation, resource: Resource, names: tuple[str, ...]
) -> Iterator[Scenario | Omitted]:
    try:
        yield _updated(fixture_for(builder, operation, resource, KIND), operation, names)
    except Unbuildable as problem:
        yield from (Omitted(name, str(problem)) for name in names)


def _updated(at: Fixture, operation: Operation, clauses: tuple[str, ...]) -> Scenario:
    read, base = read_call(at), at.about(operation.name)
    build = fuller_request(at.builder, operation, at.resource, base.params, index=1)
    names = tuple(_changeable(at, operation, base, read, build))
    certain, doubtful = ([name for name in names if (name in build.doubtful) is doubt] for doubt in (False, True))

    def script(pace: Pace) -> Script:
        created = yield at.create()
        if not created.accepted:
            return
        known = at.known(created)
        there = yield from _described(at, read, known, pace, Updates.BEFORE, None)
        attempts, parts = UpdateAttempts(at, build, base, set()), Parts(tuple(certain), tuple(doubtful))
        for _ in range(MOST_UPDATES):
            part = parts.take()
            if part is None or there is None:
                return
            reply = yield from attempts.send(part, there, pace)
            if reply.accepted:
                there = yield from _described(at, read, known, pace, Updates.AFTER, there)
            elif reply.kind in REFUSED:
                parts.refused(part, bare=False)
            else:
                return

    return Scenario(
        at.identity, at.builder.service.name, operation.name, KIND,
        f"{at.resource.one} is described as it was updated", clauses, script, _joined(at, read, base), at.resource,
        {DOUBTFUL: build.doubtful},
    )  # fmt: skip


def _changeable(at: Fixture, operation: Operation, base: Call, read: Call, build: FullerRequest) -> Iterator[str]:
    """The members of an update's input that change the resource, not those that refer to it."""
    service = at.builder.service
    shape = service.input_of(operation)
    own = {
        str(spot.path[0]) for spot in at.builder.namer.name_places(operation, base.params) if _refers(spot, at.resource)
    }
    asked = {name.lower() for name in service.input_of(service.operations[read.operation]).members}
    for name in build.full:
        if name not in own and name.lower() not in asked and not _locks(service, shape, name):
            yield name


def _locks(service: Service, shape: Shape, name: str) -> bool:
    """Whether a member names the version to update, rather than a change."""
    is_number = service.target(shape.members[name]).type in NUMBER_TYPES
    return LOCKS.search(name) is not None or (is_number and VERSION.search(name) is not None)


def _joined(at: Fixture, *calls: Call) -> tuple[Creation, ...]:
    setup = at.setup
    for call in calls:
        setup = replace(at, setup=setup).needs(call)
    return setup


def _described(
    at: Fixture, read: Call, known: frozenset[str], pace: Pace, label: Label, before: Any
) -> Generator[Send, Any, Any]:
    """The description once settled, read again within the window while it equals `before`; None where there is none."""
    assert at.resource.read is not None
    late = pace.window()
    observation = yield from read_until_settled(at.resource, read, known, pace, Updates.SETTLING)
    asked, wait, found = full_read(at.builder.service, read), False, None
    while observation.word == "there":
        reply: Reply = yield Send(label, asked, wait=wait)
        if not reply.accepted and asked != read:
            asked = read
            continue
        found = find_description(at.resource.read, reply.output, known) if reply.accepted else None
        if before is None or found != before or late():
            break
        wait = True
    return found


def _refers(spot: NamePlace, resource: Resource) -> bool:
    return spot.resource is not None and spot.resource.name == resource.name


@dataclass(slots=True)
class UpdateAttempts:
    """Updates of one resource, each with another part of the members that the description repeats.

    `tried` and `refused` have the names of the prerequisites whose creation was tried, and refused. In the place of a
    refused one an update refers to what the resource refers to already.
    """

    fixture: Fixture
    richer: FullerRequest
    base: Call
    tried: set[str]
    refused: set[str] = field(default_factory=set)

    def send(self, part: Part, there: Any, pace: Pace) -> Generator[Send, Any, Reply]:
        """Create what an update refers to, then send it; it is also sent where a prerequisite was refused."""
        plain = self._call(part, there)
        if plain is None:
            return Reply("rejected-validation")
        call, needed = self._with_others(plain)
        for creation in needed:
            if creation.resource in self.tried:
                continue
            created: Reply = yield Send(Updates.PREREQUISITE, creation.call, creates=creation)
            self.tried.add(creation.resource)
            if not created.accepted:
                self.refused.add(creation.resource)
        if self.refused:
            call, _ = self._with_others(plain)
        reply: Reply = yield Send(Updates.UPDATE, call)
        return reply

    def _call(self, part: Part, there: Any) -> Call | None:
        """The update with a part of the members, each with another value than the described one."""
        builder, operation = self.fixture.builder, self.richer.operation
        shape, described = builder.service.input_of(operation), there if isinstance(there, Mapping) else {}
        params = self.richer.params(self.base.params, part)
        if params is None:
            return None
        changed = {
            name: changed_value(
                builder.service, builder.service.target(shape.members[name]), value, described.get(name), name
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
        """The call, referring to other resources than the existing ones; and the creations of those."""
        at, operation = self.fixture, self.richer.operation
        used, needed = {each.resource for each in at.setup}, list[Creation]()
        for creation in at.builder.prerequisites(operation, call.params, at.token, existing=(at.resource.name,)):
            if creation.resource not in used:
                needed.append(creation)
        kept = {str(path) for path in _paths(at, self.base)}
        for spot in at.builder.namer.name_places(operation, call.params):
            if spot.resource is None or spot.resource.name not in used or str(spot.path) in kept:
                continue
            other = self._other(spot.resource)
            if other is not None and spot.handle is not None and other.resource not in self.refused:
                call = _instead(call, spot, other)
                needed.append(other)
        return call, tuple({each.resource: each for each in needed}.values())

    def _other(self, resource: Resource) -> Creation | None:
        at = self.fixture
        tokens = (at.token, at.builder.token(f"{at.identity}/{resource.name}"))
        try:
            return siblings(at.builder, resource, tokens)[1]
        except Unbuildable:
            return None


def _paths(at: Fixture, base: Call) -> Iterator[Any]:
    """The places of references that address the resource itself: those that its read has, too."""
    assert at.resource.read is not None
    service, namer = at.builder.service, at.builder.namer
    read = service.operations[at.resource.read.operation]
    addressed = {each.name for each in namer.references(read, at.read.params if at.read else {})}
    for spot in namer.name_places(service.operations[base.operation], base.params):
        if spot.resource is not None and (spot.resource.name in addressed or _refers(spot, at.resource)):
            yield spot.path


def _instead(call: Call, spot: NamePlace, other: Creation) -> Call:
    """The call, referring to another resource at one place."""
    assert spot.handle is not None
    bindings = tuple(each for each in call.bindings if each.path != spot.path)
    if spot.handle.source.side == "answer":
        return replace(call, bindings=(*bindings, Binding(spot.path, other.resource, spot.handle.source)))
    name = get(other.call.params, spot.handle.source.path)
    return replace(call, params=apply(call.params, (Edit("set", spot.path, name),)), bindings=bindings)
