"""Scenarios of operations that read: what a thing is told to be before and after is the same.

create, read until at rest, read twice, ask, read
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Omitted
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_call, read_until_settled
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.stability import UNCHANGED, watched
from conformance.specs.model import Operation

KIND = "reading"


def stability_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenario of an operation that reads something other than the description of a thing."""
    resource = watched(builder.service, operation, builder.overlay)
    if resource is None:
        return
    clause = clause_id(builder.service.name, operation.name, "state", "", UNCHANGED)
    try:
        yield _reading(fixture_for(builder, operation, resource, KIND), clause)
    except Unbuildable as problem:
        yield Omitted(clause, str(problem))


def _reading(at: Fixture, clause: str) -> Scenario:
    read, asked = read_call(at), at.about(at.operation.name)
    setup = replace(at, setup=at.needs(read)).needs(asked)

    def script(pace: Pace) -> Script:
        made = yield at.make()
        if not made.accepted:
            return
        observation = yield from read_until_settled(at.resource, read, at.known(made), pace)
        if observation.word != "there":
            return
        everything = full_read(at.builder.service, read)
        told = yield Send("before", everything)
        if not told.accepted:
            everything = read
            yield Send("before", everything)
        yield Send("before", everything)
        answered = yield Send("asked", asked)
        if answered.accepted:
            yield Send("after", everything)

    return Scenario(
        at.identity, at.builder.service.name, at.operation.name, KIND,
        f"{at.operation.name} leaves {at.resource.one} as it is", (clause,), script, setup, at.resource,
    )  # fmt: skip
