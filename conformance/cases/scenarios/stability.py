"""Scenarios of operations that only read: a resource is described alike before and after.

create --> read until settled --> read twice --> the operation --> read
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Omitted
from conformance.cases.families import KindName, Stability
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_call, read_until_settled
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.stability import SECTION, UNCHANGED, observed_resource
from conformance.specs.model import Operation

KIND: KindName = "reading"


def stability_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenario of an operation that reads, but is not the read of a resource."""
    resource = observed_resource(builder.service, operation, builder.overlay)
    if resource is None:
        return
    clause = clause_id(builder.service.name, operation.name, SECTION, "", UNCHANGED)
    try:
        yield _reading(fixture_for(builder, operation, resource, KIND), clause)
    except Unbuildable as problem:
        yield Omitted(clause, str(problem))


def _reading(at: Fixture, clause: str) -> Scenario:
    read, asked = read_call(at), at.about(at.operation.name)
    setup = replace(at, setup=at.needs(read)).needs(asked)

    def script(pace: Pace) -> Script:
        created = yield at.create()
        if not created.accepted:
            return
        observation = yield from read_until_settled(at.resource, read, at.known(created), pace, Stability.READ)
        if observation.word != "there":
            return
        everything = full_read(at.builder.service, read)
        described = yield Send(Stability.BEFORE, everything)
        if not described.accepted:
            everything = read
            yield Send(Stability.BEFORE, everything)
        yield Send(Stability.BEFORE, everything)
        answered = yield Send(Stability.ASKED, asked)
        if answered.accepted:
            yield Send(Stability.AFTER, everything)

    return Scenario(
        at.identity, at.builder.service.name, at.operation.name, KIND,
        f"{at.operation.name} does not change {at.resource.one}", (clause,), script, setup, at.resource,
    )  # fmt: skip
