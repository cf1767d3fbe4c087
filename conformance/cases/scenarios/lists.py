"""What scenarios about lists have in common: things that are listed, and patience until the list has them.

things made --> the list is asked for --> everything that it should show is there, or the window is over
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.cases.case import Call, Creation
from conformance.cases.naming import token_for
from conformance.cases.planner import Params, Planner
from conformance.cases.samples import Unbuildable, leaf
from conformance.cases.scenario import Act, Pace, Reply
from conformance.cases.scenarios.joined import joined
from conformance.cases.scenarios.siblings import siblings
from conformance.cases.scenarios.walking import Walk, walked
from conformance.specs.descriptions import carries, known_as
from conformance.specs.listings import Paging, items_at, listed_resource, paging_of, places_of_items
from conformance.specs.model import STRING_TYPES, Operation
from conformance.specs.paths import Path
from conformance.specs.resource import Resource

Known: TypeAlias = frozenset[str]

# A list that lags is asked again; one that is wrong is wrong the fifth time too.
MOST_WALKS = 5


@dataclass(frozen=True, slots=True)
class Furnished:
    """A list operation with what is made for it to list.

    `calls` are the ways to ask for the list, the narrower one first; `items` is where its items are, None where nothing
    says so.
    """

    operation: Operation
    calls: tuple[Call, ...]
    paging: Paging | None
    items: Path | None
    resource: Resource | None = None
    creations: tuple[Creation, ...] = ()
    setup: tuple[Creation, ...] = ()

    def listed(self, walk: Walk) -> list[Any]:
        """The items of every page of a walk."""
        return [item for output in walk.outputs for item in items_at(output, self.items or ())]

    def shows(self, walk: Walk, known: Collection[Known]) -> bool:
        """Whether a walk shows everything that was made."""
        items = self.listed(walk)
        return all(any(carries(item, each) for item in items) for each in known)


def furnished(planner: Planner, operation: Operation, identity: str, count: int) -> Furnished:
    """A list operation and `count` things for it to list; none where it is not known what it lists.

    Raises Unbuildable where the list itself cannot be asked for.
    """
    tokens = tuple(sorted(token_for(planner.seed, f"{identity}/{number}") for number in range(count)))
    # In the order of creation they are neither in the order of the alphabet nor in its reverse.
    tokens = (*tokens[1:2], *tokens[:1], *tokens[2:])
    resource = listed_resource(operation, planner.overlay)
    creations: tuple[Creation, ...] = ()
    if resource is not None and resource.create in planner.service.operations:
        with contextlib.suppress(Unbuildable):
            creations = siblings(planner, resource, tokens)
    elif resource is None:
        creations = joined(planner, operation, tokens)
    return _around(planner, operation, creations, tokens[0])


def as_it_is(planner: Planner, operation: Operation, identity: str) -> Furnished:
    """A list operation and whatever is there; raises Unbuildable where it cannot be asked for."""
    return _around(planner, operation, (), token_for(planner.seed, identity))


def _around(
    planner: Planner,
    operation: Operation,
    creations: tuple[Creation, ...],
    token: str,
) -> Furnished:
    """What all of them need, and the list itself, go by one token: that of the first that is made."""
    params = planner.smallest(operation)
    narrow = _narrowed(planner, operation, params, creations[0]) if creations else params
    calls = [_call(planner, operation, each, token) for each in ((narrow, params) if narrow != params else (params,))]
    setup = {each.resource: each for each in _needed(planner, operation, calls[0], creations, token)}
    place = next(places_of_items(planner.service, operation, planner.overlay), None)
    return Furnished(
        operation, tuple(calls), paging_of(planner.service, operation), place[0] if place else None,
        creations[0].what if creations else None, creations, tuple(setup.values()),
    )  # fmt: skip


def _needed(
    planner: Planner, operation: Operation, call: Call, creations: tuple[Creation, ...], token: str
) -> tuple[Creation, ...]:  # fmt: skip
    listed = (creations[0].what.name,) if creations else ()
    making = (
        planner.prerequisites(planner.service.operations[creations[0].call.operation], creations[0].call.params, token)
        if creations else ()
    )  # fmt: skip
    return (*making, *planner.prerequisites(operation, call.params, token, without=listed))


def _call(planner: Planner, operation: Operation, params: Params, token: str) -> Call:
    named = planner.namer.named(operation, params, token)
    return Call(operation.name, named, bindings=planner.namer.bindings(operation, named))


def _narrowed(planner: Planner, operation: Operation, params: Params, creation: Creation) -> Params:
    """The params with an optional member for each thing that what is listed belongs to."""
    create = planner.service.operations[creation.call.operation]
    wanted = {each.name for each in planner.namer.references(create, creation.call.params)} - {creation.what.name}
    wanted -= {each.name for each in planner.namer.references(operation, params)}
    for name, member in planner.service.input_of(operation).members.items():
        target = planner.service.target(member)
        if target.type not in STRING_TYPES or target.enum or name in params:
            continue
        known = planner.namer.refers(operation.name, name, member.shape)
        if known is None or known[0].name not in wanted:
            continue
        with contextlib.suppress(Unbuildable):
            params = planner.obeying(operation, {**params, name: leaf(target)})
            wanted.discard(known[0].name)
    return params


def made(plan: Furnished, *, apart: bool = False) -> Generator[Act, Any, tuple[Known, ...]]:
    """Make everything, `apart` in time if asked; what is known of each that could be made."""
    known: list[Known] = []
    for number, creation in enumerate(plan.creations):
        reply: Reply = yield Act("make", creation.call, makes=creation, wait=apart and number > 0)
        if not reply.accepted:
            break
        known.append(known_as(creation.what, creation.call.params, reply.output or {}))
    return tuple(apart_from(known))


def apart_from(known: Collection[Known]) -> list[Known]:
    """The values by which each of several things is known, without those that they share."""
    shared = frozenset.intersection(*known) if len(known) > 1 else frozenset()
    return [each - shared for each in known]


def opened(
    plan: Furnished, known: tuple[Known, ...], pace: Pace, label: str = "whole"
) -> Generator[Act, Any, tuple[Call, Walk]]:  # fmt: skip
    """Ask for the whole list until it shows everything that was made, in the first way that is accepted."""
    for call in plan.calls:
        walk = yield from patient(label, call, plan, pace, lambda walk: plan.shows(walk, known))
        if walk.last.accepted:
            break
    return call, walk


def patient(
    label: str, call: Call, plan: Furnished, pace: Pace, is_right: Callable[[Walk], bool]
) -> Generator[Act, Any, Walk]:  # fmt: skip
    """Walk until the list is as it should be, or may no longer lag."""
    over = pace.window()
    walk = yield from walked(label, call, plan.paging)
    for _ in range(MOST_WALKS - 1):
        if not walk.last.accepted or is_right(walk) or over():
            break
        walk = yield from walked(label, call, plan.paging, wait=True)
    return walk
