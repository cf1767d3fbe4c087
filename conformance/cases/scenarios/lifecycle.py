"""Scenarios of a resource's way from one state to another, and of its staying in one.

creation  create, read until it is settled, look for it in the list
update    create, read until settled, change, change again at once, read until settled
steady    create, read until settled, read on
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Omitted
from conformance.cases.fixtures.fixture import Ground, begun, built, looked_for, readable, settled, with_other_tokens
from conformance.cases.request_builder import Planner
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Scenario, Script
from conformance.specs.clauses.lifecycle import stated
from conformance.specs.model import Operation

# How often a settled thing is read again.
LATER_READS = 3

# Clauses of a creation, an update and a read that have scenarios of their own.
ELSEWHERE = frozenset({"duplicate", "one-winner", "not-found"})


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the way of every resource that an operation makes, changes or reads."""
    for resource in planner.overlay.resources.values():
        owned = tuple(name for name, _ in stated(planner.service, resource, operation.name))
        names = tuple(name for name in owned if name not in ELSEWHERE)
        if operation.name == resource.create:
            yield from built(planner, operation, resource, "creation", names, _creation)
        elif operation.name == resource.update:
            yield from built(planner, operation, resource, "update", names, _update)
        elif resource.read is not None and operation.name == resource.read.operation:
            yield from built(planner, operation, resource, "steady", names, _steady)


def _creation(ground: Ground, names: tuple[str, ...]) -> Scenario:
    read, listing = readable(ground) if "created" in names else None, ground.resource.listing
    pages = None
    if listing is not None:
        pages = ground.about(listing.operation, smallest=True)

    def script(pace: Pace) -> Script:
        made = yield from begun(ground, pace)
        if not made.accepted:
            return
        if read is not None:
            yield from settled(ground.resource, read, ground.known(made), pace)
        if pages is not None:
            yield from looked_for(ground, pages, ground.known(made), pace, "list", there=True)

    beside = tuple(call for call in (read, pages) if call is not None)
    return ground.scenario(f"{ground.resource.one} is made", names, script, beside=beside)


def _update(ground: Ground, names: tuple[str, ...]) -> Scenario:
    read = readable(ground)
    if ground.resource.update is None:
        raise Unbuildable(f"nothing changes {ground.resource.one}")
    change = ground.about(ground.resource.update)
    again = with_other_tokens(ground.planner, change)

    def script(pace: Pace) -> Script:
        made = yield from begun(ground, pace)
        if not made.accepted:
            return
        known = ground.known(made)
        sight = yield from settled(ground.resource, read, known, pace, "before")
        if not _is_settled(ground, sight.status):
            return
        changed = yield Act("update", change)
        if changed.accepted:
            yield Act("update-again", again)
            yield from settled(ground.resource, read, known, pace, "changing")

    return ground.scenario(f"{ground.resource.one} is changed", names, script, beside=(read, change))


def _steady(ground: Ground, names: tuple[str, ...]) -> Scenario:
    read = readable(ground)

    def script(pace: Pace) -> Script:
        made = yield from begun(ground, pace)
        if not made.accepted:
            return
        sight = yield from settled(ground.resource, read, ground.known(made), pace, "before")
        for _ in range(LATER_READS if _is_settled(ground, sight.status) else 0):
            yield Act("later", read, wait=True)

    return ground.scenario(f"{ground.resource.one} is left alone", names, script, beside=(read,))


def _is_settled(ground: Ground, status: str | None) -> bool:
    return ground.resource.status is not None and ground.resource.status.phase(status) == "settled"
