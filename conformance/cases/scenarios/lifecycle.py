"""Scenarios of a resource's way from one state to another, and of its staying in one.

creation  create, read until it is settled, look for it in the list
update    create, read until settled, change, change again at once, read until settled
steady    create, read until settled, read on
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Omitted
from conformance.cases.fixtures.fixture import (
    Fixture,
    create_fixture,
    look_in_list,
    read_call,
    read_until_settled,
    scenario_on_fixture,
    with_other_tokens,
)
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.lifecycle import lifecycle_statements
from conformance.specs.model import Operation

# How often a settled thing is read again.
LATER_READS = 3

# Clauses of a creation, an update and a read that have scenarios of their own.
ELSEWHERE = frozenset({"duplicate", "one-winner", "not-found"})


def lifecycle_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the way of every resource that an operation makes, changes or reads."""
    for resource in builder.overlay.resources.values():
        owned = tuple(name for name, _ in lifecycle_statements(builder.service, resource, operation.name))
        names = tuple(name for name in owned if name not in ELSEWHERE)
        if operation.name == resource.create:
            yield from scenario_on_fixture(builder, operation, resource, "creation", names, _creation)
        elif operation.name == resource.update:
            yield from scenario_on_fixture(builder, operation, resource, "update", names, _update)
        elif resource.read is not None and operation.name == resource.read.operation:
            yield from scenario_on_fixture(builder, operation, resource, "steady", names, _steady)


def _creation(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read, listing = read_call(fixture) if "created" in names else None, fixture.resource.listing
    pages = None
    if listing is not None:
        pages = fixture.about(listing.operation, smallest=True)

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        if read is not None:
            yield from read_until_settled(fixture.resource, read, fixture.known(made), pace)
        if pages is not None:
            yield from look_in_list(fixture, pages, fixture.known(made), pace, "list", there=True)

    beside = tuple(call for call in (read, pages) if call is not None)
    return fixture.scenario(f"{fixture.resource.one} is made", names, script, beside=beside)


def _update(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read = read_call(fixture)
    if fixture.resource.update is None:
        raise Unbuildable(f"nothing changes {fixture.resource.one}")
    change = fixture.about(fixture.resource.update)
    again = with_other_tokens(fixture.builder, change)

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        known = fixture.known(made)
        observation = yield from read_until_settled(fixture.resource, read, known, pace, "before")
        if not _is_settled(fixture, observation.status):
            return
        changed = yield Send("update", change)
        if changed.accepted:
            yield Send("update-again", again)
            yield from read_until_settled(fixture.resource, read, known, pace, "changing")

    return fixture.scenario(f"{fixture.resource.one} is changed", names, script, beside=(read, change))


def _steady(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read = read_call(fixture)

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        observation = yield from read_until_settled(fixture.resource, read, fixture.known(made), pace, "before")
        for _ in range(LATER_READS if _is_settled(fixture, observation.status) else 0):
            yield Send("later", read, wait=True)

    return fixture.scenario(f"{fixture.resource.one} is left alone", names, script, beside=(read,))


def _is_settled(fixture: Fixture, status: str | None) -> bool:
    return fixture.resource.status is not None and fixture.resource.status.phase(status) == "settled"
