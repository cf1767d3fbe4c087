"""Scenarios of operations that read: what a thing is told to be before and after is the same.

create, read until at rest, read twice, ask, read
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Omitted
from conformance.cases.fixtures.fixture import Ground, ground, readable, settled
from conformance.cases.fixtures.full_reads import asking_for_all
from conformance.cases.request_builder import Planner
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Scenario, Script
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.stability import UNCHANGED, watched
from conformance.specs.model import Operation

KIND = "reading"


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenario of an operation that reads something other than the description of a thing."""
    resource = watched(planner.service, operation, planner.overlay)
    if resource is None:
        return
    clause = clause_id(planner.service.name, operation.name, "state", "", UNCHANGED)
    try:
        yield _reading(ground(planner, operation, resource, KIND), clause)
    except Unbuildable as problem:
        yield Omitted(clause, str(problem))


def _reading(at: Ground, clause: str) -> Scenario:
    read, asked = readable(at), at.about(at.operation.name)
    setup = replace(at, setup=at.needs(read)).needs(asked)

    def script(pace: Pace) -> Script:
        made = yield at.make()
        if not made.accepted:
            return
        sight = yield from settled(at.resource, read, at.known(made), pace)
        if sight.word != "there":
            return
        everything = asking_for_all(at.planner.service, read)
        told = yield Act("before", everything)
        if not told.accepted:
            everything = read
            yield Act("before", everything)
        yield Act("before", everything)
        answered = yield Act("asked", asked)
        if answered.accepted:
            yield Act("after", everything)

    return Scenario(
        at.identity, at.planner.service.name, at.operation.name, KIND,
        f"{at.operation.name} leaves {at.resource.one} as it is", (clause,), script, setup, at.resource,
    )  # fmt: skip
