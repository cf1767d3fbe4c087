"""Scenarios of the removal of a resource.

removal                create --> read until settled --> delete --> read until gone --> list --> delete again
taken-while-deleting   create --> read until settled --> delete --> read --> while it is deleting: create again
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Call, Omitted
from conformance.cases.families import Removal
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
from conformance.specs.clauses.removal import TAKEN_WHILE_DELETING, removal_clauses
from conformance.specs.model import Operation


def removal_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of every resource that an operation deletes."""
    owned = tuple(removal_clauses(builder.spec, operation, builder.overlay))
    for resource in builder.overlay.resources.values():
        if operation.name != resource.delete:
            continue
        names = tuple(clause.name for clause in owned if clause.subject == resource.name)
        usual = tuple(name for name in names if name != TAKEN_WHILE_DELETING)
        yield from scenario_on_fixture(builder, operation, resource, "removal", usual, _removal)
        if TAKEN_WHILE_DELETING in names:
            taken = (TAKEN_WHILE_DELETING,)
            yield from scenario_on_fixture(builder, operation, resource, "taken-while-deleting", taken, _taken)


def _delete(fixture: Fixture) -> Call:
    if fixture.creation.undo is None:
        raise Unbuildable(f"no request that deletes {fixture.resource.one} could be built")
    return fixture.creation.undo


def _removal(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    delete, read, listing = _delete(fixture), fixture.read, fixture.resource.listing
    pages = fixture.about(listing.operation, smallest=True) if listing is not None else None
    again = with_other_tokens(fixture.builder, delete)

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        known = fixture.known(created)
        if read is not None:
            yield from read_until_settled(fixture.resource, read, known, pace, Removal.BEFORE)
        removed = yield Send(Removal.DELETE, delete, removes=fixture.creation.resource)
        if not removed.accepted:
            return
        if read is not None:
            yield from read_until_gone(fixture.resource, read, known, pace, Removal.AFTER)
        if pages is not None:
            yield from look_in_list(fixture, pages, known, pace, Removal.LIST, there=False)
        yield Send(Removal.DELETE_AGAIN, again)

    beside = tuple(call for call in (read, delete, pages) if call is not None)
    return fixture.scenario(f"{fixture.resource.one} is deleted", names, script, beside=beside)


def _taken(fixture: Fixture, names: tuple[str, ...]) -> Scenario:
    delete, read = _delete(fixture), read_call(fixture)
    again = with_other_tokens(fixture.builder, fixture.creation.call)

    def script(pace: Pace) -> Script:
        created = yield from create_fixture(fixture, pace)
        if not created.accepted:
            return
        known, status = fixture.known(created), fixture.resource.status
        yield from read_until_settled(fixture.resource, read, known, pace, Removal.BEFORE)
        removed = yield Send(Removal.DELETE, delete, removes=fixture.creation.resource)
        if not removed.accepted or status is None:
            return
        reply = yield Send(Removal.MEANWHILE, read)
        if observe(fixture.resource, reply.kind, reply.output, known).status in status.deleting:
            yield Send(
                Removal.AGAIN, again, creates=renamed_creation(fixture.creation, f"{fixture.creation.resource}#2")
            )

    title = f"{fixture.resource.one} with the name of one that is being deleted"
    return fixture.scenario(title, names, script, beside=(read, delete))
