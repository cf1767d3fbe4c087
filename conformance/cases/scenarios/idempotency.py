"""Scenarios of idempotency tokens: one request twice, then another one with the same token.

create (token, input) --> again (token, input) --> other (token, other input)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import Idempotency, KindName
from conformance.cases.fixtures.changed_values import changed_value
from conformance.cases.fixtures.fixture import Fixture, fixture_for, renamed_creation
from conformance.cases.fixtures.fuller_requests import fuller_request
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import NamePlace
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.idempotency import (
    OTHER_INPUT,
    SAME_RESULT,
    SECTION,
    created_resource,
    mismatch_codes,
    tokens_of,
)
from conformance.specs.model import Operation
from conformance.values.paths import Edit, apply

KIND: KindName = "idempotency"


def idempotency_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenario of every idempotency token of an operation that creates."""
    resource = created_resource(operation, builder.overlay)
    for member in tokens_of(builder.service, operation) if resource is not None else ():
        names = (SAME_RESULT, OTHER_INPUT) if mismatch_codes(builder.service, operation) else (SAME_RESULT,)
        clauses = tuple(clause_id(builder.service.name, operation.name, SECTION, member, name) for name in names)
        try:
            assert resource is not None
            yield _twice(fixture_for(builder, operation, resource, KIND), operation, member, clauses)
        except Unbuildable as problem:
            yield from (Omitted(clause, str(problem)) for clause in clauses)


def _twice(at: Fixture, operation: Operation, member: str, clauses: tuple[str, ...]) -> Scenario:
    token = at.builder.namer.name_for(
        NamePlace((member,), at.builder.service.target(at.builder.service.input_of(operation).members[member])),
        at.token,
    )
    first = _with_token(at.creation, member, token)
    # A second resource that should not have been created is removed, too.
    again = renamed_creation(first, f"{first.resource}#2")
    different = _other(at, operation) if len(clauses) > 1 else None
    other = (
        _with_token(renamed_creation(different, f"{first.resource}#3"), member, token)
        if different is not None
        else None
    )

    def script(_pace: Pace) -> Script:
        created = yield Send(Idempotency.CREATE, first.call, creates=first)
        if not created.accepted:
            return
        yield Send(Idempotency.AGAIN, again.call, creates=again)
        if other is not None:
            yield Send(Idempotency.OTHER, other.call, creates=other)

    return Scenario(
        f"{at.identity}/{member}", at.builder.service.name, operation.name, KIND,
        f"{operation.name} twice with one {member}", clauses, script, at.setup, at.resource,
        {"mismatches": mismatch_codes(at.builder.service, operation)},
    )  # fmt: skip


def _with_token(creation: Creation, member: str, token: str) -> Creation:
    call = replace(creation.call, params=apply(creation.call.params, (Edit("set", (member,), token),)))
    return replace(creation, call=call)


def _other(at: Fixture, operation: Operation) -> Creation | None:
    """Another creation: with another name, or else with another value; None where there is none."""
    other = siblings(at.builder, at.resource, (at.token, at.builder.token(f"{at.identity}/other")))[1]
    if at.resource.chosen is not None and other.call.params != at.creation.call.params:
        return renamed_creation(other, at.resource.name)
    shape, params = at.builder.service.input_of(operation), at.creation.call.params
    for name, value in fuller_request(at.builder, operation, at.resource, {}, index=1).full.items():
        target = at.builder.service.target(shape.members[name])
        changed = changed_value(at.builder.service, target, value, params.get(name), name)
        if changed not in (params.get(name), None, False) and isinstance(changed, str | int | float):
            call = Call(operation.name, {**params, name: changed}, bindings=at.creation.call.bindings)
            return replace(at.creation, call=call)
    return None
