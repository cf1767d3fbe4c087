"""Scenarios of names that are taken: a second creation after the first, and several at once.

    duplicate    create, the same request again; where that is accepted: another request with the same name
    one-winner   the same creation by several clients at once, and once more afterwards

A service may accept the same request twice because the operation is idempotent. No such reason allows it to accept
another request with a name that is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Call, Omitted
from conformance.cases.families import Duplicates
from conformance.cases.fixtures.fixture import (
    Fixture,
    create_fixture,
    scenario_on_fixture,
    second_creation,
    with_other_tokens,
)
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send, SendTogether
from conformance.specs.clauses.duplicates import DUPLICATE, ONE_WINNER
from conformance.specs.clauses.lifecycle import is_unique
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Operation, Shape

CLIENTS = 4

# How many other requests are tried, until one is not rejected as invalid.
MOST_VARIATIONS = 4

_DESCRIBING = re.compile(r"(description|comment|display_?name|title|note)s?$", re.IGNORECASE)
# Members that are no attributes of the resource.
_NO_ATTRIBUTE = re.compile(r"(tag|token|dry_?run|request_?id|caller_?reference|reference)", re.IGNORECASE)


def duplicates_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of taken names, for every resource that an operation creates."""
    for resource in builder.overlay.resources.values():
        if resource.create == operation.name and is_unique(resource):
            yield from scenario_on_fixture(builder, operation, resource, "duplicate", (DUPLICATE,), _duplicate)
            yield from scenario_on_fixture(builder, operation, resource, "one-winner", (ONE_WINNER,), _one_winner)


def _duplicate(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    again = with_other_tokens(fixture.builder, fixture.creation.call)
    others = tuple(_variations(fixture))

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        number = 2
        second = yield Send(Duplicates.AGAIN, again, creates=second_creation(fixture.creation, number))
        if not second.accepted:
            return
        for other in others:
            number += 1
            third = yield Send(Duplicates.OTHER, other, creates=second_creation(fixture.creation, number))
            if third.kind != "rejected-validation":
                return

    return fixture.scenario(f"a second {fixture.resource.name} of the same name", names, script)


def _one_winner(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    calls = tuple(with_other_tokens(fixture.builder, fixture.creation.call, number) for number in range(1, CLIENTS + 1))
    afterwards = with_other_tokens(fixture.builder, fixture.creation.call, CLIENTS + 1)

    def script(pace: Pace) -> Script:  # noqa: ARG001 - it does not wait
        replies = yield SendTogether(Duplicates.AT_ONCE, calls, creates=fixture.creation)
        if sum(reply.accepted for reply in replies) > 1:
            yield Send(Duplicates.AFTERWARDS, afterwards, creates=second_creation(fixture.creation, 2))

    return fixture.scenario(f"{CLIENTS} clients create {fixture.resource.one} of one name at once", names, script)


def _variations(fixture: Fixture) -> Iterator[Call]:
    """Other requests with the same name, those first that are most likely to be accepted."""
    builder, create = fixture.builder, fixture.builder.service.operations[fixture.resource.create]
    root = builder.service.input_of(create)
    call = with_other_tokens(builder, fixture.creation.call, 2)
    found = 0
    for name in sorted(
        _optional(fixture, root), key=lambda name: _rank(builder.service.target(root.members[name]), name)
    ):
        params = _with(builder, create, call.params, name)
        if params is not None and params != call.params:
            yield replace(call, params=params)
            found += 1
        if found == MOST_VARIATIONS:
            return


def _optional(fixture: Fixture, root: Shape) -> Iterator[str]:
    """The optional members of the input that are attributes of the resource and refer to no other resource."""
    service = fixture.builder.service
    for name, member in root.members.items():
        target = service.target(member)
        plain = target.type in STRING_TYPES | NUMBER_TYPES
        refers = fixture.builder.namer.resource_of_member(fixture.resource.create, name, member.shape) is not None
        if plain and name not in fixture.creation.call.params and not refers and not _NO_ATTRIBUTE.search(name):
            yield name


def _rank(shape: Shape, name: str) -> int:
    if _DESCRIBING.search(name):
        return 0
    if shape.type in NUMBER_TYPES:
        return 1
    return 2 if shape.enum else 3


def _with(builder: RequestBuilder, create: Operation, params: Params, name: str) -> Params | None:
    """The params with an optional member; None where the rules exclude it."""
    try:
        sample = builder.sampler().build(builder.service.input_of(create), (name,))[name]
        richer = builder.repaired(create, {**params, name: sample})
    except (Unbuildable, LookupError):
        return None
    return richer if name in richer else None
