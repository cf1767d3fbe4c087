"""Scenarios of names that are taken: one thing after the other under one name, and several at once.

    duplicate    create, the same again; where that is accepted: something else under the same name
    one-winner   the same create by several clients at once, and once more afterwards

That the same request is accepted twice may be the service's way of being idempotent. That something else is accepted
under a name that is taken is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Call, Omitted
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
from conformance.specs.clauses.lifecycle import is_unique
from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Operation, Shape

CLIENTS = 4

# How many ways to ask for something else are tried, until one is not rejected for what it asks.
MOST_VARIATIONS = 4

_DESCRIBING = re.compile(r"(description|comment|display_?name|title|note)s?$", re.IGNORECASE)
# Members that do not say what the thing is to be like.
_BESIDE = re.compile(r"(tag|token|dry_?run|request_?id|caller_?reference|reference)", re.IGNORECASE)


def duplicates_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of taken names, for every resource that an operation makes."""
    for resource in builder.overlay.resources.values():
        if resource.create == operation.name and is_unique(resource):
            yield from scenario_on_fixture(builder, operation, resource, "duplicate", ("duplicate",), _duplicate)
            yield from scenario_on_fixture(builder, operation, resource, "one-winner", ("one-winner",), _one_winner)


def _duplicate(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    again = with_other_tokens(fixture.builder, fixture.creation.call)
    others = tuple(_variations(fixture))

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        number = 2
        second = yield Send("again", again, makes=second_creation(fixture.creation, number))
        if not second.accepted:
            return
        for other in others:
            number += 1
            third = yield Send("other", other, makes=second_creation(fixture.creation, number))
            if third.kind != "rejected-validation":
                return

    return fixture.scenario(f"a second {fixture.resource.name} of the same name", names, script)


def _one_winner(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    calls = tuple(with_other_tokens(fixture.builder, fixture.creation.call, number) for number in range(1, CLIENTS + 1))
    afterwards = with_other_tokens(fixture.builder, fixture.creation.call, CLIENTS + 1)

    def script(pace: Pace) -> Script:  # noqa: ARG001 - nothing is waited for
        replies = yield SendTogether("at-once", calls, makes=fixture.creation)
        if sum(reply.accepted for reply in replies) > 1:
            yield Send("afterwards", afterwards, makes=second_creation(fixture.creation, 2))

    return fixture.scenario(f"{CLIENTS} clients make {fixture.resource.one} of one name at once", names, script)


def _variations(fixture: Fixture) -> Iterator[Call]:
    """Requests for something else under the same name, those that are likely to be taken first."""
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
    """The members of the input that need not be given, refer to nothing, and say what the thing is to be like."""
    service = fixture.builder.service
    for name, member in root.members.items():
        target = service.target(member)
        plain = target.type in STRING_TYPES | NUMBER_TYPES
        refers = fixture.builder.namer.resource_of_member(fixture.resource.create, name, member.shape) is not None
        if plain and name not in fixture.creation.call.params and not refers and not _BESIDE.search(name):
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
