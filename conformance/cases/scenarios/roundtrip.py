"""Scenarios of round trips: the description of a resource against the input of its creation.

create with every member that the description repeats --> read until settled --> read three times
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import KindName, Roundtrip
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_call, read_until_settled, renamed_creation
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.fixtures.fuller_requests import Attempts, fuller_request
from conformance.cases.fixtures.observation import Observation, is_transient
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.specs.clauses.clause import Clause
from conformance.specs.clauses.roundtrip import read_clauses
from conformance.specs.model import Operation
from conformance.specs.resources.descriptions import identifying_values
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, apply, get

KIND: KindName = "echo"

# What the law has to know beside the timeline: the members that AWS may refuse, with the reasons.
DOUBTFUL = "doubtful"

# How often a settled resource is read.
READS = 3

# Resources that take more reads than this to settle are waited for once.
QUICK = 10

# How many creations are tried for one resource. These are enough to find most members that are refused by halving.
MOST_CREATIONS = 14

# Outcomes after which a request with fewer members may be accepted.
REFUSED = frozenset({"rejected-validation", "rejected-state", "crashed"})

Creating = Generator[Send, Reply, tuple[Creation, Reply]]


def roundtrip_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The round trips of every resource that an operation reads."""
    for resource in builder.overlay.resources.values():
        if resource.read is None or described_shape(builder.service, resource) is None:
            continue
        if resource.read.operation == operation.name:
            yield from _built(builder, operation, resource, read_clauses(builder.spec, resource))


def _built(
    builder: RequestBuilder, operation: Operation, resource: Resource, clauses: Iterator[Clause]
) -> Iterator[Scenario | Omitted]:
    names = tuple(clause.id for clause in clauses)
    try:
        yield _echo(fixture_for(builder, operation, resource, KIND), names)
    except Unbuildable as problem:
        yield from (Omitted(name, str(problem)) for name in names)


def _echo(at: Fixture, clauses: tuple[str, ...]) -> Scenario:
    read = read_call(at)
    create = at.builder.service.operations[at.resource.create]
    build = fuller_request(at.builder, create, at.resource, at.creation.call.params)
    named = tuple(map(str, at.resource.chosen.source.path)) if at.resource.chosen is not None else ()

    def script(pace: Pace) -> Script:
        tries = CreationAttempts(at, {each.resource for each in at.setup})
        attempts, quick, times = Attempts(build, at.creation.call.params, MOST_CREATIONS, named), True, READS
        while (params := attempts.take()) is not None:
            creation, reply = yield from tries.create(create, params, pace)
            if reply.accepted:
                attempts.accepted(creation.call.params)
                quick = yield from _read(at, creation, reply, pace, times, quick=quick)
                times = 1
            elif reply.kind in REFUSED:
                attempts.refused()
            else:
                return

    return Scenario(
        at.identity, at.builder.service.name, at.operation.name, KIND,
        f"{at.resource.one} is described as it was created", clauses, script, at.needs(read), at.resource,
        {DOUBTFUL: build.doubtful},
    )  # fmt: skip


def _read(
    at: Fixture, creation: Creation, reply: Reply, pace: Pace, times: int, *, quick: bool
) -> Generator[Send, Any, bool]:  # fmt: skip
    """Read a resource until it has settled, then `times` times more, asking for its full description.

    Returns whether it settled within a few reads. Where an earlier one did not (`quick` is false), it is not waited
    for.
    """
    if creation.read is None:
        return False
    known = identifying_values(at.resource, creation.call.params, reply.output)
    resource = at.resource if quick else replace(at.resource, status=None)
    reads, reading = 0, read_until_settled(resource, creation.read, known, pace, Roundtrip.READ)
    answer: Any = None
    try:
        while True:
            step = reading.send(answer)
            answer, reads = (yield step), reads + 1
    except StopIteration as end:
        observation: Observation = end.value
    if observation.word != "there":
        return False
    read = full_read(at.builder.service, creation.read)
    for number in range(times):
        reply = yield Send(Roundtrip.SETTLED, read)
        if number == 0 and not reply.accepted:
            read = creation.read
    return quick and reads <= QUICK and not is_transient(at.resource, observation)


@dataclass(slots=True)
class CreationAttempts:
    """Creations of one resource, each with other params and its own name.

    `tried` has the names of those prerequisites whose creation was tried.
    """

    fixture: Fixture
    tried: set[str]
    number: int = 0

    def create(self, create: Operation, params: Params, pace: Pace) -> Creating:
        """Create what a request refers to, then send it; it is also sent where a prerequisite was refused."""
        creation = self._creation(create, params)
        for needed in self._needs(create, creation):
            reply = yield Send(Roundtrip.PREREQUISITE, needed.call, creates=needed)
            self.tried.add(needed.resource)
            if reply.accepted and needed.read is not None:
                known = identifying_values(needed.what, needed.call.params, reply.output)
                yield from read_until_settled(
                    needed.what, needed.read, known, pace, Roundtrip.PREREQUISITE, service=needed.service
                )
        reply = yield Send(Roundtrip.CREATE, creation.call, creates=creation)
        return creation, reply

    def _creation(self, create: Operation, params: Params) -> Creation:
        """The creation of the next resource."""
        bare, namer = self._next(), self.fixture.builder.namer
        named = namer.with_names(create, params, self.fixture.token)
        own = [
            spot
            for spot in namer.name_places(create, bare.call.params)
            if spot.resource is None or (namer.is_own_name(create, spot) and not spot.is_generated)
        ]
        named = apply(named, [Edit("set", spot.path, get(bare.call.params, spot.path)) for spot in own])
        return replace(bare, call=Call(create.name, named, bindings=namer.bindings(create, named)))

    def _next(self) -> Creation:
        self.number += 1
        if self.number == 1:
            return self.fixture.creation
        builder, resource = self.fixture.builder, self.fixture.resource
        token = builder.token(f"{self.fixture.identity}/{self.number}")
        other = siblings(builder, resource, (self.fixture.token, token))[1]
        return renamed_creation(other, f"{resource.name}#{self.number}")

    def _needs(self, create: Operation, creation: Creation) -> tuple[Creation, ...]:
        needed = self.fixture.builder.prerequisites(create, creation.call.params, self.fixture.token)
        return tuple(each for each in needed if each.resource not in self.tried)
