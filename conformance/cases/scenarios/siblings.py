"""Several things of one resource beside each other: names of their own, everything else in common.

maker(token 1)                     Thing    --.
maker(token 2) with what 1 needs   Thing#2    |-- what they need is made once
maker(token 3) with what 1 needs   Thing#3  --'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.cases.case import Call, Creation
from conformance.cases.naming import Spot
from conformance.cases.planner import Planner
from conformance.specs.paths import Edit, apply, get
from conformance.specs.resource import Resource


def siblings(planner: Planner, resource: Resource, tokens: tuple[str, ...]) -> tuple[Creation, ...]:
    """A creation for each token, under the names R, R#2, R#3 ...; what they need goes by the first token.

    Raises Unbuildable.
    """
    first = planner.maker(resource, tokens[0])
    others = (_beside(planner, first, planner.maker(resource, token), number) for number, token in _numbered(tokens))
    return (first, *others)


def _numbered(tokens: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return enumerate(tokens[1:], start=2)


def _beside(planner: Planner, first: Creation, other: Creation, number: int) -> Creation:
    name = f"{first.resource}#{number}"
    create = planner.service.operations[first.call.operation]

    def is_made(spot: Spot) -> bool:
        return planner.namer.is_own_name(create, spot)

    def is_meant(spot: Spot) -> bool:
        return spot.resource is not None and spot.resource.name == first.what.name

    return replace(
        other,
        resource=name,
        call=_mixed(planner, first.call, other.call, is_made, first.what.name, name),
        undo=first.undo and other.undo and _mixed(planner, first.undo, other.undo, is_meant, first.what.name, name),
        read=first.read and other.read and _mixed(planner, first.read, other.read, is_meant, first.what.name, name),
    )


def _mixed(
    planner: Planner, first: Call, other: Call, is_own: Callable[[Spot], bool], old: str, new: str
) -> Call:  # fmt: skip
    """The first call with what is its thing's own taken from the other; bindings to the thing mean the new one."""
    spots = planner.namer.spots(planner.service.operations[first.operation], other.params)
    own = [spot for spot in spots if spot.resource is None or (is_own(spot) and not spot.is_told)]
    edits = [Edit("set", spot.path, get(other.params, spot.path)) for spot in own]
    bindings = tuple(replace(each, resource=new) if each.resource == old else each for each in first.bindings)
    return replace(first, params=apply(first.params, edits), bindings=bindings)
