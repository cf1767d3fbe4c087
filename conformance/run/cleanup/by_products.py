"""What services make beside what they are asked for, found when the run's own things are removed.

    DeleteDBCluster(DBClusterIdentifier=one)         DescribeDBClusterSnapshots: a snapshot that names the cluster "one"
    CreateBlueGreenDeployment(Source=...:db:one)     DescribeDBInstances: an instance "one-green-abc"

No answer names these. One of them is the run's where a list shows that it names a thing that the run has made, or that
it is called like one with something added, and that name was derived from a token, so that it is nobody else's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.cases.case import Call
from conformance.cases.resource_names import bears_token
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.obstacles import Obstacles
from conformance.run.cleanup.register import Register
from conformance.specs.resources.child_listings import ChildListing
from conformance.specs.resources.descriptions import texts_at
from conformance.specs.resources.listings import items_at
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Path, value_at

# What comes between a name and what a service adds to it.
_MARK = re.compile(r"[-_./:]")


def by_products(
    register: Register, obstacles: Obstacles, made: Mapping[str, Collection[str]]
) -> Iterator[CreatedThing]:
    """What names the run's things of one service, in the account at hand; each list is read once.

    `made` are the names of all these things, by family.
    """
    client, seen = obstacles.client, _present(register)
    for family, names in made.items():
        resource = client.builder.overlay.resources.get(family)
        ours = frozenset(each for each in names if bears_token(each))
        if resource is None or not ours:
            continue
        owner = CreatedThing(0, client.service.name, register.region, register.account(), family, "", {}, names=ours)
        for thing in (*_naming(obstacles, owner, resource), *_derived(obstacles, owner, resource)):
            known = seen.setdefault(thing.resource, set())
            if known.isdisjoint(thing.identifiers.values()):
                known |= {*thing.names, *thing.identifiers.values()}
                yield thing


def _present(register: Register) -> dict[str, set[str]]:
    """The names of what the register has, by family."""
    found: dict[str, set[str]] = {}
    for each in register.things:
        found.setdefault(each.resource, set()).update(each.names, each.identifiers.values())
    return found


def _naming(obstacles: Obstacles, owner: CreatedThing, resource: Resource) -> Iterator[CreatedThing]:
    """The items of lists that name an owner, which has the names of everything of its kind that the run has made."""
    for listing in obstacles.client.child_listings(resource):
        if listing.lists_all and listing.mentions and listing.resource is not None:
            for item in _items(obstacles, owner, listing):
                named = _named_at(item, listing.mentions, owner.names)
                if named:
                    yield from _thing(obstacles, replace(owner, names=named), listing, listing.resource, item)


def _derived(obstacles: Obstacles, owner: CreatedThing, resource: Resource) -> Iterator[CreatedThing]:
    """The things of the same kind that are called like one of the run's, alone or with something added."""
    listing = obstacles.client.own_listing(resource)
    if listing is None or listing.asks or resource.listing is None or resource.chosen is None:
        return
    for item in _items(obstacles, owner, listing):
        name = value_at(item, resource.listing.handle)
        if isinstance(name, str):
            named = owner.names.intersection({name, *_beginnings(name)})
            if named:
                yield from _thing(obstacles, replace(owner, names=named), listing, resource, item)


def _named_at(item: Any, places: Iterable[Path], known: frozenset[str]) -> frozenset[str]:
    """The known names that an item has at one of these places, whole or with something added."""
    texts = [text for path in places for text in texts_at(item, path)]
    return known.intersection(texts) or known.intersection(each for text in texts for each in _beginnings(text))


def _beginnings(name: str) -> Iterator[str]:
    """What a name may be called after: the texts before each mark in it."""
    return (name[: mark.start()] for mark in _MARK.finditer(name))


def _items(obstacles: Obstacles, owner: CreatedThing, listing: ChildListing) -> Iterator[Any]:
    for output in obstacles.pages(owner, Call(listing.list, {}), replace(listing, asks=False)):
        yield from items_at(output, listing.items)


def _thing(
    obstacles: Obstacles, owner: CreatedThing, listing: ChildListing, resource: Resource, item: Any
) -> Iterator[CreatedThing]:
    if not _is_going(resource, item) and not _is_default(item):
        known = obstacles.child(owner, Call(listing.list, {}), listing, item)
        yield replace(known or _unidentified(owner, listing, resource, item), is_listed=True)


def _is_going(resource: Resource, item: Any) -> bool:
    """Whether the list says that an item is gone, or on its way."""
    value = value_at(item, resource.status.path) if resource.status is not None else None
    phase = resource.status.phase(value) if resource.status is not None and isinstance(value, str) else None
    return phase in ("gone", "deleting")


def _is_default(item: Any) -> bool:
    """Whether a service made an item by itself as the default of what it is in, and removes it with that."""
    return isinstance(item, Mapping) and any(item.get(name) is True for name in ("IsDefault", "Default"))


def _unidentified(owner: CreatedThing, listing: ChildListing, resource: Resource, item: Any) -> CreatedThing:
    """An item of which a list does not say enough to remove it."""
    texts = {name: value for name, value in item.items() if isinstance(value, str)} if isinstance(item, dict) else {}
    return replace(
        owner,
        resource=resource.name,
        operation=resource.create,
        identifiers=texts,
        names=frozenset(texts.values()),
        removed_by=listing.remove,
        outcome="accepted",
    )
