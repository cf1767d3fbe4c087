"""Scenarios of the states of a resource.

creation  create --> read until settled --> look for it in the list
update    create --> read until settled --> update --> update again at once --> read until settled
steady    create --> read until settled --> read on
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Omitted
from conformance.cases.families import Lifecycle
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
from conformance.specs.clauses.lifecycle import CREATED, lifecycle_clauses
from conformance.specs.model import Operation

# How often a settled resource is read again.
LATER_READS = 3


def lifecycle_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of every resource that an operation creates, updates or reads."""
    owned = tuple(lifecycle_clauses(builder.spec, operation, builder.overlay))
    for resource in builder.overlay.resources.values():
        names = tuple(clause.name for clause in owned if clause.subject == resource.name)
        if operation.name == resource.create:
            yield from scenario_on_fixture(builder, operation, resource, "creation", names, _creation)
        elif operation.name == resource.update:
            yield from scenario_on_fixture(builder, operation, resource, "update", names, _update)
        elif resource.read is not None and operation.name == resource.read.operation:
            yield from scenario_on_fixture(builder, operation, resource, "steady", names, _steady)


def _creation(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read, listing = read_call(fixture) if CREATED in names else None, fixture.resource.listing
    pages = None
    if listing is not None:
        pages = fixture.about(listing.operation, smallest=True)

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        if read is not None:
            yield from read_until_settled(fixture.resource, read, fixture.known(created), pace, Lifecycle.READ)
        if pages is not None:
            yield from look_in_list(fixture, pages, fixture.known(created), pace, Lifecycle.LIST, there=True)

    beside = tuple(call for call in (read, pages) if call is not None)
    return fixture.scenario(f"{fixture.resource.one} is created", names, script, beside=beside)


def _update(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read = read_call(fixture)
    if fixture.resource.update is None:
        raise Unbuildable(f"no operation updates {fixture.resource.one}")
    change = fixture.about(fixture.resource.update)
    again = with_other_tokens(fixture.builder, change)

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        known = fixture.known(created)
        observation = yield from read_until_settled(fixture.resource, read, known, pace, Lifecycle.BEFORE)
        if not _is_settled(fixture, observation.status):
            return
        updated = yield Send(Lifecycle.UPDATE, change)
        if updated.accepted:
            yield Send(Lifecycle.UPDATE_AGAIN, again)
            yield from read_until_settled(fixture.resource, read, known, pace, Lifecycle.CHANGING)

    return fixture.scenario(f"{fixture.resource.one} is updated", names, script, beside=(read, change))


def _steady(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    read = read_call(fixture)

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        observation = yield from read_until_settled(
            fixture.resource, read, fixture.known(created), pace, Lifecycle.BEFORE
        )
        for _ in range(LATER_READS if _is_settled(fixture, observation.status) else 0):
            yield Send(Lifecycle.LATER, read, wait=True)

    return fixture.scenario(f"{fixture.resource.one} is not changed", names, script, beside=(read,))


def _is_settled(fixture: Fixture, status: str | None) -> bool:
    return fixture.resource.status is not None and fixture.resource.status.phase(status) == "settled"
