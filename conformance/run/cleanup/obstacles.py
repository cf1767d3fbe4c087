"""What keeps a thing from being removed, and the calls that take it out of the way.

    parts       what the run itself added to the thing: policies, targets, attachments
    settings    protection that is lifted, a number that is set to zero; then the thing is stopped, disabled, detached
    look up     a thing that no answer has named, because the request that created it crashed
    children    what lists show to be in the thing, in the order of the model's operations

Each is a list of things with their removals, found when it is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call
from conformance.cases.fixtures.observation import Observation, observe
from conformance.exchanges.exchange import Exchange
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.cleanup.sent_params import sent_names
from conformance.run.cleanup.service_client import ServiceClient
from conformance.specs.resources.child_listings import ChildListing
from conformance.specs.resources.descriptions import is_identified_by
from conformance.specs.resources.listings import items_at, paging_of
from conformance.specs.resources.resource import Resource
from conformance.specs.resources.status_words import Phase, normalized_status, phase_of
from conformance.values.paths import Path, every_at, leaves, value_at

# Pages of a list that are read; items of one list that are removed.
MOST_PAGES = 20
MOST_ITEMS = 2000

# Crashes of a list, one after another, after which it is not asked again.
MOST_CRASHES = 3

# Members that say in which state something is, and the phases of what is there no longer, or not for long.
_STATUS = re.compile(r".*(status|state)", re.IGNORECASE)
_GOING = frozenset({"gone", "deleting"})

# Words for what was removed, and for other things as well (Amazon ECS API Reference, DeleteCluster, DeleteService).
_ENDED = frozenset({"inactive", "cancelled", "canceled", "closed"})


@dataclass(slots=True)
class Obstacles:
    """Finds the obstacles of things of one service.

    `send` gives the answer to a call, None where it cannot be sent; `is_own_name` says whether the run chose a name.
    """

    client: ServiceClient
    send: Callable[[Call], Exchange | None]
    is_own_name: Callable[[str], bool]
    _known_pages: dict[tuple[str | None, str], list[Mapping[str, Any]]] = field(default_factory=dict)
    _known_items: dict[tuple[str | None, str], dict[Any, list[Any]]] = field(default_factory=dict)
    _crashes: Counter[tuple[str | None, str]] = field(default_factory=Counter)

    def forget_lists(self) -> None:
        """Take note that something was removed: lists are read anew, but not those that only ever crash."""
        self._known_pages.clear()
        self._known_items.clear()

    def preparations(self, thing: CreatedThing) -> Iterator[Call]:
        """The calls that may let a thing be removed: settings, then what ends what it does."""
        resource = self.client.resource_of(thing)
        for each in self.client.preparations(resource) if resource is not None else ():
            call = self.client.call_about(thing, each.operation, each.settings)
            if call is not None:
                yield call

    def children(self, thing: CreatedThing) -> Iterator[tuple[CreatedThing, ...]]:
        """What each list shows to be in a thing."""
        resource = self.client.resource_of(thing)
        for listing in self.client.child_listings(resource) if resource is not None else ():
            found = tuple(self._listed(thing, listing))
            if found:
                yield found

    def look_up(self, thing: CreatedThing) -> CreatedThing | None:
        """A thing that no answer has named, as the list of its kind shows it; None where it is not there."""
        resource = self.client.resource_of(thing)
        listing = self.client.own_listing(resource) if resource is not None else None
        if resource is None or listing is None:
            return None
        call = self.client.call_about(thing, listing.list) if listing.asks else Call(listing.list, {})
        wanted = sent_names(thing.params, resource)
        for output in self.pages(thing, call, listing) if call is not None and wanted else ():
            for item in items_at(output, tuple(listing.items)):
                if call is not None and is_identified_by(item, wanted):
                    child = self.child(thing, call, listing, item)
                    # Where the item does not say how it is removed, the request does.
                    shown = child or thing
                    return replace(
                        thing,
                        removals=shown.removals,
                        names=shown.names,
                        identifiers=shown.identifiers,
                        outcome="accepted",
                    )
        return None

    def is_unmistakable(self, thing: CreatedThing) -> bool:
        """Whether what has the name that a request gave to a thing is nobody else's."""
        resource = self.client.resource_of(thing)
        names = sent_names(thing.params, resource) if resource is not None else frozenset()
        return any(map(self.is_own_name, (*names, *thing.identifiers.values())))

    def may_be(self, thing: CreatedThing, known: Collection[str]) -> bool:
        """Whether a list shows something unknown that may be this thing, whose request gave it no name."""
        resource = self.client.resource_of(thing)
        listing = self.client.own_listing(resource) if resource is not None else None
        if resource is None or listing is None or listing.asks or sent_names(thing.params, resource):
            return False
        items = (
            each
            for page in self.pages(thing, Call(listing.list, {}), listing)
            for each in items_at(page, listing.items)
        )
        return any(not is_identified_by(item, known) for item in items)

    def is_readable(self, thing: CreatedThing) -> bool:
        """Whether a list would show a thing by the name that its request gave it."""
        resource = self.client.resource_of(thing)
        listing = self.client.own_listing(resource) if resource is not None else None
        if resource is None or listing is None or listing.asks or not sent_names(thing.params, resource):
            return False
        return bool(self.pages(thing, Call(listing.list, {}), listing))

    def is_listed(self, thing: CreatedThing) -> bool:
        """Whether the list of its kind shows a thing: what it showed last, read anew before that is believed."""
        if not self.is_shown(thing):
            return False
        self.forget_lists()
        return self.is_shown(thing)

    def is_shown(self, thing: CreatedThing) -> bool:
        """Whether the list of its kind shows a thing, as it was read last if nothing was removed since."""
        return any(True for _ in self._items_of(thing))

    def says_state(self, thing: CreatedThing) -> bool:
        """Whether the list of its kind says in which state a thing is, rather than only what it is called."""
        resource = self.client.resource_of(thing)
        path = resource.status.path if resource is not None and resource.status is not None else ()
        return any(
            isinstance(item, Mapping)
            and (isinstance(value_at(item, path), str) or any(_STATUS.fullmatch(str(name)) for name in item))
            for item in self._items_of(thing)
        )

    def observed(self, thing: CreatedThing) -> Observation | None:
        """What a read shows of a thing; None where it cannot be read."""
        resource = self.client.resource_of(thing)
        if resource is None or resource.read is None or not thing.names:
            return None
        call = self.client.call_about(thing, resource.read.operation)
        read = self.send(call) if call is not None else None
        if read is None:
            return None
        return observe(
            resource, read.outcome.kind, read.answer.output if read.answer is not None else None, thing.names
        )

    def phase(self, thing: CreatedThing, seen: Observation | None) -> Phase | None:
        """The phase of the status in which a thing was seen."""
        resource = self.client.resource_of(thing)
        known = resource.status if resource is not None else None
        return known.phase(seen.status) if known is not None and seen is not None else None

    def _items_of(self, thing: CreatedThing) -> Iterator[Any]:
        """The items of the list of its kind that are a thing, and not on their way to be gone.

        An item is a thing that is called so, or has the same value in a member of the same name.
        """
        resource = self.client.resource_of(thing)
        listing = self.client.own_listing(resource) if resource is not None else None
        if resource is None or resource.listing is None or listing is None or listing.asks:
            return
        pages = self.pages(thing, Call(listing.list, {}), listing)
        key = (thing.account, resource.name)
        if key not in self._known_items:
            places = self._known_items[key] = {}
            for item in (each for page in pages for each in items_at(page, listing.items)):
                if not is_going(resource, item):
                    for place in (*called(item, resource.listing.handle), *_texts_by_member(item)):
                        places.setdefault(place, []).append(item)
        places = self._known_items[key]
        for place in (*thing.names, *thing.identifiers.values(), *thing.identifiers.items()):
            yield from places.get(place, ())

    def being_removed(self, things: Iterable[CreatedThing]) -> Resource | None:
        """A kind of resource of which a list shows that one is being removed in which one of these things is."""
        parents: dict[str, tuple[CreatedThing, set[str]]] = {}
        for thing in things:
            for family, name in thing.parents:
                parents.setdefault(family, (thing, set()))[1].add(name)
        for family, (thing, names) in parents.items():
            resource = self.client.builder.overlay.resources.get(family)
            listing = self.client.own_listing(resource) if resource is not None else None
            if resource is None or resource.status is None or resource.listing is None or listing is None:
                continue
            for page in [] if listing.asks else self.pages(thing, Call(listing.list, {}), listing):
                for item in items_at(page, listing.items):
                    status = value_at(item, resource.status.path)
                    is_one = not names.isdisjoint(called(item, resource.listing.handle))
                    if is_one and isinstance(status, str) and resource.status.phase(status) == "deleting":
                        return resource
        return None

    def _listed(self, thing: CreatedThing, listing: ChildListing) -> Iterator[CreatedThing]:
        call = self.client.call_about(thing, listing.list) if listing.asks else Call(listing.list, {})
        if call is None:
            return
        count = 0
        for output in self.pages(thing, call, listing):
            for item in items_at(output, tuple(listing.items)):
                if listing.asks or self._mentions(item, listing, thing):
                    child = self.child(thing, call, listing, item)
                    count += child is not None
                    if child is not None and count <= MOST_ITEMS:
                        yield child

    def _mentions(self, item: Any, listing: ChildListing, thing: CreatedThing) -> bool:
        found = [value for path in listing.mentions for value in every_at(item, path)]
        return any(is_identified_by(value, thing.names) for value in found if isinstance(value, str))

    def pages(self, thing: CreatedThing, call: Call, listing: ChildListing) -> list[Mapping[str, Any]]:
        """The pages of a list; those that name no thing are read once for all things."""
        key = (thing.account, call.operation)
        if self._crashes[key] >= MOST_CRASHES:
            return []
        if listing.asks:
            return list(self._walk(key, call))
        if key not in self._known_pages:
            self._known_pages[key] = list(self._walk(key, call))
        return self._known_pages[key]

    def _walk(self, key: tuple[str | None, str], call: Call) -> Iterator[Mapping[str, Any]]:
        paging = paging_of(self.client.service, self.client.service.operations[call.operation])
        for _ in range(MOST_PAGES):
            exchange = self.send(call)
            if exchange is not None:
                self._crashes[key] = self._crashes[key] + 1 if exchange.outcome.kind == "crashed" else 0
            output = exchange.answer.output if exchange is not None and exchange.answer is not None else None
            if exchange is None or exchange.outcome.kind != "accepted" or not isinstance(output, Mapping):
                return
            yield output
            following = paging.next_of(output) if paging is not None else {}
            if not following or all(call.params.get(name) == value for name, value in following.items()):
                return
            call = replace(call, params={**call.params, **following})

    def child(self, thing: CreatedThing, call: Call, listing: ChildListing, item: Any) -> CreatedThing | None:
        """An item of a list as a thing with the call that removes it."""
        params: dict[str, Any] = {}
        about = self.client.call_about(thing, listing.remove)
        known = {**(about.params if about is not None else {}), **call.params}
        for member in listing.members:
            if member.flag is not None:
                params[member.name] = member.flag
                continue
            value = known.get(member.name) if member.at is None else value_at(item, member.at)
            if value is not None:
                params[member.name] = [value] if member.listed and not isinstance(value, list) else value
        service = self.client.service
        required = service.input_of(service.operations[listing.remove]).required
        if not all(name in params for name in required):
            return None
        resource = listing.resource
        names = frozenset(value for _, value in leaves(item) if isinstance(value, str)) if resource is not None else ()
        own = [params[each.name] for each in listing.members if each.own and each.name in params]
        return CreatedThing(
            number=0,
            service=thing.service,
            region=thing.region,
            account=thing.account,
            resource=resource.name if resource is not None else listing.list,
            operation=resource.create if resource is not None else listing.list,
            params=item if isinstance(item, Mapping) else {},
            identifiers={name: text for name, value in params.items() for text in list(_texts([value]))[:1]},
            names=frozenset(_texts(own)) | _arns(names),
            removals=(RemovalCall(listing.remove, params),),
            parents=frozenset((thing.resource, each) for each in thing.names),
            is_part=resource is None,
            outcome="accepted",
        )


def says_removed(seen: Observation | None) -> bool:
    """Whether a status may be that of something whose removal was accepted: a cluster is inactive then."""
    status = seen.status if seen is not None else None
    return status is not None and (phase_of(status) in _GOING or normalized_status(status) in _ENDED)


def is_going(resource: Resource, item: Any) -> bool:
    """Whether the list says that an item is gone, or on its way."""
    if resource.status is not None:
        value = value_at(item, resource.status.path)
        return isinstance(value, str) and resource.status.phase(value) in _GOING
    members = item.items() if isinstance(item, Mapping) else ()
    return any(
        isinstance(value, str) and _STATUS.fullmatch(name) and phase_of(value) in _GOING for name, value in members
    )


def _texts_by_member(item: Any) -> Iterator[tuple[str, str]]:
    members = item.items() if isinstance(item, Mapping) else ()
    yield from ((name, value) for name, value in members if isinstance(value, str))


def called(item: Any, place: Path) -> tuple[str, ...]:
    """What an item of a list is called at its place for that; where it has nothing there, every text that it has."""
    name = value_at(item, place)
    if isinstance(name, str):
        return (name,)
    return tuple(each for each in item.values() if isinstance(each, str)) if isinstance(item, Mapping) else ()


def _texts(values: list[Any]) -> Iterator[str]:
    for value in values:
        yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _arns(texts: Any) -> frozenset[str]:
    return frozenset(each for each in texts if each.startswith("arn:"))
