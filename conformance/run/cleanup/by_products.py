"""What services make without saying so, found when the run's own things are removed.

    DeleteDBCluster(DBClusterIdentifier=one)         DescribeDBClusterSnapshots: a snapshot that names the cluster "one"
    CreateBlueGreenDeployment(Source=...:db:one)     DescribeDBInstances: an instance "one-green-abc"
    CreatePatchBaseline(Name=one) is refused         DescribePatchBaselines: "one" is there all the same
    CreateHostedZone(DelegationSetId=two)            ListReusableDelegationSets: "two", which nobody has made
    CreateTransitGateway() --> tgw-01                DescribeTransitGatewayRouteTables: a table that names tgw-01
    RunInstances() crashes                           DescribeNetworkInterfaces: one of an instance that nobody knows

No answer names these. One of them is the run's where a list shows that it names a thing that the run has made, or that
it is called like one, alone or with something added, by a name that is nobody else's: one with a token that the run has
given, or an id that the service has generated for the run. What only has such a name somewhere, and is called by a name
that others may have given, is told; so is what may belong to a thing of which no answer came.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from conformance.cases.case import Call
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.cleanup.obstacles import Obstacles, called, is_going
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.used_names import UsedNames, is_generated
from conformance.specs.resources.child_listings import ChildListing
from conformance.specs.resources.descriptions import texts_at
from conformance.specs.resources.listings import items_at
from conformance.specs.resources.removal_data import Companion
from conformance.specs.resources.resource import Resource
from conformance.values.paths import EACH, Path, every_at, value_at

# Members that say when something was made.
_CREATED = re.compile(r"(created?|creation|launch|allocation|start)_?(time|date|at|on)", re.IGNORECASE)

# What comes between a name and what a service adds to it.
_MARK = re.compile(r"[-_./:]")


def by_products(
    register: Register, obstacles: Obstacles, names: UsedNames, *, by_ids: bool = True
) -> Iterator[CreatedThing]:
    """What names, or is called by, the names that the run has used for one service, in the account at hand.

    Each list is read once. Without `by_ids` only names count that the run chose, which takes fewer lists.
    """
    if not by_ids:
        names = replace(names, generated={}, nameless=Counter(), refused_nameless=Counter())
    seen = _present(register)
    for thing in _found(register, obstacles, names):
        known = seen.setdefault(thing.resource, set())
        if known.isdisjoint(thing.identifiers.values()):
            known |= {*thing.names, *thing.identifiers.values()}
            yield thing


def _found(register: Register, obstacles: Obstacles, names: UsedNames) -> Iterator[CreatedThing]:
    client = obstacles.client

    def owner(resource: Resource, known: Iterable[str]) -> CreatedThing:
        here = client.service.name, register.region, register.account()
        return CreatedThing(0, *here, resource.name, "", {}, names=frozenset(known))

    chosen = {family: _own(obstacles, used) for family, used in names.made.items()}
    ours = {family: used | names.generated.get(family, set()) for family, used in chosen.items()}
    naming = partial(_naming, since=register.started)
    for families, find in ((ours, naming), (chosen, _derived), (names.suspected, _unanswered)):
        for family, used in families.items():
            resource = client.builder.overlay.resources.get(family)
            if resource is not None and used:
                yield from find(obstacles, owner(resource, used), resource)
    # In an account that the run chose for itself, a refused request may have left something, too.
    is_own = register.account() is not None
    nameless = names.nameless + (names.refused_nameless if is_own else Counter())
    for family in sorted(nameless):
        resource = client.builder.overlay.resources.get(family)
        if resource is not None and (family in names.nameless or family in names.generated):
            known = owner(resource, names.made.get(family, ()))
            orphans, most = _orphans(obstacles, known, resource, register.started), nameless[family]
            yield from _dangling(obstacles, known, resource, orphans, most=most, since=register.started, is_own=is_own)
    for companion, ids in names.companions.items():
        resource = client.builder.overlay.resources.get(companion.resource)
        if resource is not None and ids:
            yield from _accompanying(obstacles, owner(resource, ids), resource, companion)


def _present(register: Register) -> dict[str, set[str]]:
    """The names of what the register has, by family."""
    found: dict[str, set[str]] = {}
    for each in register.things:
        found.setdefault(each.resource, set()).update(each.names, each.identifiers.values())
    return found


def _naming(
    obstacles: Obstacles, owner: CreatedThing, resource: Resource, *, since: datetime
) -> Iterator[CreatedThing]:
    """The items of lists that name an owner, which has the names of everything of its kind that the run has made.

    By a name that the run chose, each of them. By an id that the service generated, what is not older than the run; and
    what has a list of such ids, as a host of instances, may be there for several: it has to be younger.
    """
    for listing in obstacles.client.child_listings(resource):
        if listing.lists_all and listing.mentions and listing.resource is not None:
            single = [path for path in listing.mentions if EACH not in path]
            for item in _items(obstacles, owner, listing):
                named = _named_at(item, listing.mentions, owner.names)
                is_alone = bool(_named_at(item, single, named)) and not _is_older(item, since)
                if named and (is_alone or _own(obstacles, named) or _is_younger(item, since)):
                    yield from _thing(obstacles, replace(owner, names=named), listing, listing.resource, item)


def _is_younger(item: Any, since: datetime) -> bool:
    """Whether an item says that it was made after a time."""
    return any(each >= since for each in _times(item))


def _is_older(item: Any, since: datetime) -> bool:
    """Whether an item says that it was made before a time."""
    return any(each < since for each in _times(item))


def _times(item: Any) -> list[datetime]:
    members = item.items() if isinstance(item, Mapping) else ()
    return [value for name, value in members if isinstance(value, datetime) and _CREATED.match(name)]


def _derived(obstacles: Obstacles, owner: CreatedThing, resource: Resource) -> Iterator[CreatedThing]:
    """The things of the same kind that are called like one of the run's, alone or with something added."""
    listing = obstacles.client.own_listing(resource)
    if listing is None or listing.asks or resource.listing is None or resource.chosen is None:
        return
    for item in _items(obstacles, owner, listing):
        names = called(item, resource.listing.handle)
        named = owner.names.intersection((*names, *(each for name in names for each in _beginnings(name))))
        if named:
            owner_of_it = replace(owner, names=named)
            yield from (
                _by_its_name(obstacles, each, owner_of_it, resource)
                for each in _thing(obstacles, owner_of_it, listing, resource, item)
            )


def _accompanying(
    obstacles: Obstacles, owner: CreatedThing, resource: Resource, companion: Companion
) -> Iterator[CreatedThing]:
    """What was made beside things of the run, by the ids that the answers have of both or of one."""
    listing = obstacles.client.own_listing(resource)
    if listing is None or listing.asks:
        return
    for item in _items(obstacles, owner, listing):
        fits = all(value_at(item, (name,)) == value for name, value in companion.where)
        named = owner.names.intersection(texts_at(item, companion.item)) if fits else frozenset()
        if named:
            owner_of_it = replace(owner, names=named)
            for each in _thing(obstacles, owner_of_it, listing, resource, item):
                yield _by_its_name(obstacles, each, owner_of_it, resource)


def _dangling(
    obstacles: Obstacles,
    owner: CreatedThing,
    resource: Resource,
    orphans: Mapping[str, list[CreatedThing]],
    *,
    most: int,
    since: datetime,
    is_own: bool,
) -> Iterator[CreatedThing]:
    """What names a resource that nobody knows, where some were perhaps made and no answer said so; and that resource.

    The owner has the names of the known ones, `most` is how many were perhaps made: where more are unknown, some are
    somebody else's. Where the list of them is not answered, they are unknown only in an account that is the run's own.
    What is found is not certain: it is told.
    """
    listing = obstacles.client.own_listing(resource)
    if not orphans or listing is None or listing.asks or resource.listing is None:
        return
    shown = obstacles.pages(owner, Call(listing.list, {}), listing)
    items = [each for page in shown for each in items_at(page, listing.items)]
    # In the run's own account, what was made since the run began is the run's, though no answer named it.
    others = [each for each in items if not (is_own and _is_younger(each, since))]
    known = {name for item in others for name in called(item, resource.listing.handle)}
    unknown = orphans.keys() - known if shown or is_own else frozenset()
    for name in sorted(unknown) if len(unknown) <= most else ():
        yield from _unknown(obstacles, replace(owner, names=frozenset((name,))), resource)
        yield from (replace(each, outcome=None) for each in orphans[name])


def _orphans(
    obstacles: Obstacles, owner: CreatedThing, resource: Resource, since: datetime
) -> dict[str, list[CreatedThing]]:
    """What names a resource that is none of the owner's, by the id of that."""
    found: dict[str, list[CreatedThing]] = {}
    for child in obstacles.client.child_listings(resource):
        places = [path for path in child.mentions if EACH not in path]
        if not child.lists_all or child.resource is None or not places:
            continue
        for item in _items(obstacles, owner, child):
            names = [each for path in places for each in every_at(item, path) if isinstance(each, str)]
            for name in names if owner.names.isdisjoint(names) and not _is_older(item, since) else ():
                if is_generated(name):
                    parent = replace(owner, names=frozenset((name,)))
                    found.setdefault(name, []).extend(_thing(obstacles, parent, child, child.resource, item))
    return found


def _unknown(obstacles: Obstacles, owner: CreatedThing, resource: Resource) -> Iterator[CreatedThing]:
    """A resource that other things name, and no list shows."""
    call = obstacles.client.call_about(owner, resource.delete) if resource.delete is not None else None
    if call is not None:
        member = next(iter(resource.handle.members), str(resource.handle.source.path[-1]))
        yield replace(
            owner,
            operation=resource.create,
            identifiers={member: min(owner.names)},
            removals=(RemovalCall(call.operation, call.params),),
            removed_by=call.operation,
            is_listed=True,
        )


def _unanswered(obstacles: Obstacles, owner: CreatedThing, resource: Resource) -> Iterator[CreatedThing]:
    """The things that are called as the run has called some that nothing is known to have made."""
    ours, listing = _own(obstacles, owner.names), obstacles.client.own_listing(resource)
    if listing is None or listing.asks:
        return
    for item in _items(obstacles, owner, listing):
        texts = texts_at(item, ())
        if not ours.isdisjoint(texts):
            named = replace(owner, names=ours & texts)
            yield from (
                _by_its_name(obstacles, each, named, resource)
                for each in _thing(obstacles, named, listing, resource, item)
            )
        elif not owner.names.isdisjoint(texts) and any(map(obstacles.is_own_name, texts)):
            yield from (replace(each, outcome=None) for each in _thing(obstacles, owner, listing, resource, item))


def _by_its_name(obstacles: Obstacles, thing: CreatedThing, named: CreatedThing, resource: Resource) -> CreatedThing:
    """A thing of which a list does not say how it is removed, with the call that takes the name that the run chose."""
    if thing.removals or resource.chosen is None or resource.delete is None:
        return thing
    call = obstacles.client.call_about(named, resource.delete)
    return thing if call is None else replace(thing, removals=(RemovalCall(call.operation, call.params),))


def _own(obstacles: Obstacles, names: Iterable[str]) -> frozenset[str]:
    """Those of the names that are nobody else's."""
    return frozenset(filter(obstacles.is_own_name, names))


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
    if not is_going(resource, item) and not _is_default(item):
        known = obstacles.child(owner, Call(listing.list, {}), listing, item)
        yield replace(known or _unidentified(owner, listing, resource, item), is_listed=True)


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
