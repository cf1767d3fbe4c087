"""Scenarios of the end of a resource.

removal                create, read until settled, delete, read until gone, look for it in the list, delete again
taken-while-deleting   create, read until settled, delete, read; while it is being removed: create again
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Call, Omitted
from conformance.cases.fixtures.fixture import (
    Ground,
    begun,
    built,
    looked_for,
    readable,
    renamed,
    settled,
    vanished,
    with_other_tokens,
)
from conformance.cases.fixtures.observation import sight_of
from conformance.cases.request_builder import Planner
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Scenario, Script
from conformance.specs.clauses.lifecycle import stated
from conformance.specs.model import Operation

TAKEN = "taken-while-deleting"


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the end of every resource that an operation removes."""
    for resource in planner.overlay.resources.values():
        if operation.name != resource.delete:
            continue
        names = tuple(name for name, _ in stated(planner.service, resource, operation.name))
        usual = tuple(name for name in names if name != TAKEN)
        yield from built(planner, operation, resource, "removal", usual, _removal)
        if TAKEN in names:
            yield from built(planner, operation, resource, TAKEN, (TAKEN,), _taken)


def _delete(ground: Ground) -> Call:
    if ground.creation.undo is None:
        raise Unbuildable(f"no request that removes {ground.resource.one} could be built")
    return ground.creation.undo


def _removal(ground: Ground, names: tuple[str, ...]) -> Scenario:
    delete, read, listing = _delete(ground), ground.read, ground.resource.listing
    pages = ground.about(listing.operation, smallest=True) if listing is not None else None
    again = with_other_tokens(ground.planner, delete)

    def script(pace: Pace) -> Script:
        made = yield from begun(ground, pace)
        if not made.accepted:
            return
        known = ground.known(made)
        if read is not None:
            yield from settled(ground.resource, read, known, pace, "before")
        removed = yield Act("delete", delete, removes=ground.creation.resource)
        if not removed.accepted:
            return
        if read is not None:
            yield from vanished(ground.resource, read, known, pace)
        if pages is not None:
            yield from looked_for(ground, pages, known, pace, "list", there=False)
        yield Act("delete-again", again)

    beside = tuple(call for call in (read, delete, pages) if call is not None)
    return ground.scenario(f"{ground.resource.one} is removed", names, script, beside=beside)


def _taken(ground: Ground, names: tuple[str, ...]) -> Scenario:
    delete, read = _delete(ground), readable(ground)
    again = with_other_tokens(ground.planner, ground.creation.call)

    def script(pace: Pace) -> Script:
        made = yield from begun(ground, pace)
        if not made.accepted:
            return
        known, status = ground.known(made), ground.resource.status
        yield from settled(ground.resource, read, known, pace, "before")
        removed = yield Act("delete", delete, removes=ground.creation.resource)
        if not removed.accepted or status is None:
            return
        reply = yield Act("meanwhile", read)
        if sight_of(ground.resource, reply.kind, reply.output, known).status in status.deleting:
            yield Act("again", again, makes=renamed(ground.creation, f"{ground.creation.resource}#2"))

    title = f"{ground.resource.one} of a name that is being removed"
    return ground.scenario(title, names, script, beside=(read, delete))
