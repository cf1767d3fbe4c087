"""Scenarios of the end of a resource.

removal                create, read until settled, delete, read until gone, look for it in the list, delete again
taken-while-deleting   create, read until settled, delete, read; while it is being removed: create again
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Call, Omitted
from conformance.cases.fixtures.fixture import (
    Fixture,
    create_fixture,
    look_in_list,
    read_call,
    read_until_gone,
    read_until_settled,
    renamed_creation,
    scenario_on_fixture,
    with_other_tokens,
)
from conformance.cases.fixtures.observation import observe
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.lifecycle import lifecycle_statements
from conformance.specs.model import Operation

TAKEN = "taken-while-deleting"


def removal_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the end of every resource that an operation removes."""
    for resource in builder.overlay.resources.values():
        if operation.name != resource.delete:
            continue
        names = tuple(name for name, _ in lifecycle_statements(builder.service, resource, operation.name))
        usual = tuple(name for name in names if name != TAKEN)
        yield from scenario_on_fixture(builder, operation, resource, "removal", usual, _removal)
        if TAKEN in names:
            yield from scenario_on_fixture(builder, operation, resource, TAKEN, (TAKEN,), _taken)


def _delete(fixture: Fixture) -> Call:
    if fixture.creation.undo is None:
        raise Unbuildable(f"no request that removes {fixture.resource.one} could be built")
    return fixture.creation.undo


def _removal(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    delete, read, listing = _delete(fixture), fixture.read, fixture.resource.listing
    pages = fixture.about(listing.operation, smallest=True) if listing is not None else None
    again = with_other_tokens(fixture.builder, delete)

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        known = fixture.known(made)
        if read is not None:
            yield from read_until_settled(fixture.resource, read, known, pace, "before")
        removed = yield Send("delete", delete, removes=fixture.creation.resource)
        if not removed.accepted:
            return
        if read is not None:
            yield from read_until_gone(fixture.resource, read, known, pace)
        if pages is not None:
            yield from look_in_list(fixture, pages, known, pace, "list", there=False)
        yield Send("delete-again", again)

    beside = tuple(call for call in (read, delete, pages) if call is not None)
    return fixture.scenario(f"{fixture.resource.one} is removed", names, script, beside=beside)


def _taken(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    delete, read = _delete(fixture), read_call(fixture)
    again = with_other_tokens(fixture.builder, fixture.creation.call)

    def script(pace: Pace) -> Script:
        made = yield from create_fixture(fixture, pace)
        if not made.accepted:
            return
        known, status = fixture.known(made), fixture.resource.status
        yield from read_until_settled(fixture.resource, read, known, pace, "before")
        removed = yield Send("delete", delete, removes=fixture.creation.resource)
        if not removed.accepted or status is None:
            return
        reply = yield Send("meanwhile", read)
        if observe(fixture.resource, reply.kind, reply.output, known).status in status.deleting:
            yield Send("again", again, makes=renamed_creation(fixture.creation, f"{fixture.creation.resource}#2"))

    title = f"{fixture.resource.one} of a name that is being removed"
    return fixture.scenario(title, names, script, beside=(read, delete))
