"""The register of what a run has created and what of it is still there: the one source for remover, ledger, reports.

    Exchanger --sending, answered--> ServiceRegister --CreatedThing--> Register --> observers
                                          '-- removals, resources of its service

Every request of a run is seen, whatever it is sent for. What an accepted request adds is entered, what an accepted
request removes is struck out, with everything that was in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import bears_token
from conformance.cases.samples import Unbuildable
from conformance.exchanges.exchange import Exchange
from conformance.run.cleanup.created_thing import CreatedThing, CreationObserver, RemovalCall
from conformance.run.cleanup.removal_params import removal_calls
from conformance.run.cleanup.renaming import renamed, renamings
from conformance.run.cleanup.sent_params import has_own_body, sent_names, sent_params
from conformance.run.cleanup.thing_index import ThingIndex
from conformance.run.cleanup.used_names import UsedNames
from conformance.specs.model import Service
from conformance.specs.resources.descriptions import identifying_values
from conformance.specs.resources.inference import READING
from conformance.specs.resources.removal_data import Companion
from conformance.specs.resources.removals import Removal, Removals
from conformance.specs.resources.resource import Resource
from conformance.values.paths import leaves, value_at

# How far a clock of AWS may be from this one: what is further off is refused (Signature Version 4).
CLOCK_SKEW = timedelta(minutes=5)

# Outcomes after which something may have been created.
_MAY_HAVE_CREATED = frozenset({"accepted", "crashed", "malformed", "unreachable"})


@dataclass(slots=True)
class Register:
    """What a run has created. `account` gives the account that requests go to now.

    What was made before `started`, by the clock of whoever made it, is not the run's.
    """

    region: str
    account: Callable[[], str | None] = lambda: None
    observers: tuple[CreationObserver, ...] = ()
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc) - CLOCK_SKEW)
    _things: ThingIndex = field(init=False, default_factory=ThingIndex)
    _announced: dict[int, CreatedThing] = field(init=False, default_factory=dict)
    _used: dict[tuple[str, str | None], UsedNames] = field(init=False, default_factory=dict)
    _builders: list[RequestBuilder] = field(init=False, default_factory=list)
    _count: int = field(init=False, default=0)
    _lock: threading.RLock = field(init=False, default_factory=threading.RLock, repr=False)

    @property
    def things(self) -> tuple[CreatedThing, ...]:
        """What is there, or may be there, in the order of its creation."""
        with self._lock:
            return tuple(each for _, each in sorted({**self._announced, **self._things.all()}.items()))

    def has(self, thing: CreatedThing) -> bool:
        """Whether a thing is there, or may be there."""
        return thing.number in self._things or thing.number in self._announced

    def for_service(self, builder: RequestBuilder) -> ServiceRegister:
        """What is told of the requests of one service, whose names come from that builder."""
        self._builders.append(builder)
        return ServiceRegister(self, builder, Removals(builder.service, builder.overlay))

    def is_own_name(self, name: str) -> bool:
        """Whether a name was chosen by the run, so that nobody else has it: one with its prefix, or with a token."""
        if any(each.prefix and each.prefix in name for each in self._builders):
            return True
        return any(bears_token(name, each.tokens) for each in self._builders)

    def announce(self, describe: Callable[[int], CreatedThing]) -> CreatedThing:
        """Enter something before its request is sent."""
        with self._lock:
            self._count += 1
            thing = describe(self._count)
            self._announced[thing.number] = thing
        for observer in self.observers:
            observer.creating(thing)
        return thing

    def withdraw(self, thing: CreatedThing, names: Collection[str] | None = None) -> None:
        """Strike out something that was not created, or so its answer says.

        `names` are those that it was to have; None if it was not even asked for, or is a part of something.
        """
        with self._lock:
            self._announced.pop(thing.number, None)
            if names is not None:
                self._names_of(thing).refuse(thing, names)
        for observer in self.observers:
            observer.not_created(thing)

    def enter(self, thing: CreatedThing) -> None:
        """Enter something that was created, or may have been; the same thing once."""
        with self._lock:
            self._announced.pop(thing.number, None)
            known = self._known(thing)
            entered = thing if known is None else replace(thing if thing.is_certain else known, number=known.number)
            self._things.put(entered)
            self._names_of(thing).enter(thing)
        for observer in self.observers:
            observer.created(entered)
            if entered.number != thing.number:
                observer.not_created(thing)

    def accompany(self, thing: CreatedThing, companion: Companion, output: Any) -> None:
        """Take note of what the answer says of something that was made beside a thing."""
        with self._lock:
            self._names_of(thing).accompany(companion, output)

    def add(self, thing: CreatedThing) -> CreatedThing:
        """Enter something that no request of the run was known to create, under a number of its own."""
        numbered = self.announce(lambda number: replace(thing, number=number))
        self.enter(numbered)
        return self._things.get(numbered.number) or numbered

    @property
    def accounts(self) -> frozenset[str | None]:
        """The accounts in which names were used since `take_names` was called there."""
        with self._lock:
            return frozenset(account for _, account in self._used)

    def names(self, service: str, family: str) -> frozenset[str]:
        """The names of everything of one kind that was created in the account at hand, also of what is gone."""
        with self._lock:
            used = self._used.get((service, self.account()))
            return frozenset(used.made.get(family, ()) if used is not None else ())

    def take_names(self) -> dict[str, UsedNames]:
        """The names that were used in the account at hand, by service. They are told once."""
        with self._lock:
            here = [key for key in self._used if key[1] == self.account()]
            return {key[0]: self._used.pop(key) for key in here}

    def strike_out(self, thing: CreatedThing) -> tuple[CreatedThing, ...]:
        """Strike out something that is there no longer, and everything that was in it; returns all of these."""
        with self._lock:
            gone = [thing]
            for outer in gone:
                inside = self._things.inside(outer)
                gone += [each for each in inside if each not in gone and _goes_with(each, outer)]
            gone = [each for each in gone if self.has(each)]
            for each in gone:
                self._things.pop(each.number)
                self._announced.pop(each.number, None)
        for observer in self.observers:
            for each in gone:
                observer.removed(each)
        return tuple(gone)

    def rename(self, service: str, params: Mapping[str, Any]) -> None:
        """Take note that an accepted call has given something another name, if it has."""
        changes = renamings(params)
        if not changes:
            return
        with self._lock:
            all_ = self._things.all().values()
            here = [each for each in all_ if (each.service, each.account) == (service, self.account())]
            changed = tuple(renamed(here, changes))
            for each in changed:
                self._things.put(each)
                self._names_of(each).enter(each)
        for observer in self.observers:
            for each in changed:
                observer.created(each)

    def removed_by(self, service: str, operation: str, params: Mapping[str, Any]) -> list[CreatedThing]:
        """The things that an accepted call has removed."""
        with self._lock:
            return self._things.removed_by(service, self.account(), operation, params)

    def parts_in(self, service: str, call: Call) -> tuple[Call, ...]:
        """The calls that remove what the run has added to the things that a call is to remove, the latest first."""
        with self._lock:
            outer = self.removed_by(service, call.operation, call.params)
            inside = {each.number: each for thing in outer for each in self._things.inside(thing) if each.is_part}
        parts = [part for _, part in sorted(inside.items(), reverse=True)]
        return tuple(Call(each.operation, each.params) for part in parts for each in part.removals)

    def _names_of(self, thing: CreatedThing) -> UsedNames:
        return self._used.setdefault((thing.service, thing.account), UsedNames())

    def _known(self, thing: CreatedThing) -> CreatedThing | None:
        """The entry of the same thing: one that is removed by the same call, or has the same names."""
        if not thing.removals:
            same = (each for each in self._things.all().values() if each.is_kept and thing.is_kept)
            return next((each for each in same if _kept_place(each) == _kept_place(thing)), None)
        first = thing.removals[0]
        entries = self._things.removed_by(thing.service, thing.account, first.operation, first.params)
        return next((each for each in entries if each.removals[0] == first), None)


def _goes_with(inner: CreatedThing, outer: CreatedThing) -> bool:
    """Whether a thing goes with another one, which has to be named to remove it: an object of a bucket.

    What only was made from another one stays, as a table from a backup; and so does what a service keeps.
    """
    if inner.is_kept or not inner.is_in(outer):
        return False
    if inner.is_part or not inner.removals:
        return True
    # A thing that is called like what it was made for has that name in its removal for itself.
    own = 0 if inner.names.isdisjoint(outer.names) else 1
    return any(_times_named(outer, removal) > own for removal in inner.removals)


def _times_named(thing: CreatedThing, removal: RemovalCall) -> int:
    return sum(isinstance(text, str) and text in thing.names for _, text in leaves(removal.params))


def _kept_place(thing: CreatedThing) -> tuple[Any, ...]:
    return thing.service, thing.account, thing.operation, sorted(thing.identifiers.items())


@dataclass(slots=True)
class ServiceRegister:
    """Told of every request of one service; enters what they add, strikes out what they remove."""

    register: Register
    builder: RequestBuilder
    removals: Removals

    @property
    def service(self) -> Service:
        """The service whose requests are seen."""
        return self.builder.service

    def sending(self, call: Call) -> CreatedThing | None:
        """A request is about to be sent; returns what it will have created."""
        if READING.match(call.operation):
            return None
        removal, resource = self.removals.of(call.operation), self.removals.created_by(call.operation)
        if removal is None and resource is None and not self._is_kept(call.operation):
            return None
        params = sent_params(self.service, call)
        return self.register.announce(
            lambda number: self._thing(number, call.operation, params, None, removal, resource)
        )

    def unsent(self, thing: CreatedThing | None) -> None:
        """The request could not be sent."""
        if thing is not None:
            self.register.withdraw(thing)

    def answered(self, thing: CreatedThing | None, exchange: Exchange) -> None:
        """The request was answered, or no answer came."""
        kind, call = exchange.outcome.kind, exchange.call
        if thing is not None:
            self._created(thing, exchange)
        elif kind == "accepted" and not READING.match(call.operation) and not has_own_body(call):
            params = sent_params(self.service, call)
            for gone in self.register.removed_by(self.service.name, call.operation, params):
                self.register.strike_out(gone)
            self.register.rename(self.service.name, params)

    def _created(self, thing: CreatedThing, exchange: Exchange) -> None:
        if exchange.outcome.kind not in _MAY_HAVE_CREATED:
            resource = self.removals.created_by(thing.operation)
            self.register.withdraw(thing, sent_names(thing.params, resource) if resource is not None else None)
            return
        output = exchange.answer.output if exchange.answer is not None else None
        removal = self.removals.of(thing.operation)
        resource = self.removals.created_by(thing.operation)
        described = self._thing(thing.number, thing.operation, thing.params, output, removal, resource)
        self.register.enter(replace(described, account=thing.account, outcome=exchange.outcome.kind))
        for companion in self.removals.data.companions:
            if (companion.service, companion.operation) == (self.service.name, thing.operation):
                self.register.accompany(thing, companion, output)

    def _thing(
        self,
        number: int,
        operation: str,
        params: Mapping[str, Any],
        output: Mapping[str, Any] | None,
        removal: Removal | None,
        resource: Resource | None,
    ) -> CreatedThing:
        calls = () if removal is None else removal_calls(removal, params, output, lambda: self._sample(removal.delete))
        resource = removal.resource if removal is not None else resource
        names = identifying_values(resource, params, output or {}) if resource is not None else frozenset()
        identifiers, own, parents = _identity(removal, calls)
        if not parents:
            parents = frozenset(self._referred(operation, params, resource))
            if removal is not None and not calls:
                inside = {member.parent for member in removal.members}
                parents = frozenset(each for each in parents if each[0] in inside)
        return CreatedThing(
            number=number,
            service=self.service.name,
            region=self.register.region,
            account=self.register.account(),
            resource=resource.name if resource is not None else operation,
            operation=operation,
            params=params,
            identifiers=identifiers or _handles(resource, params, output or {}) or _top(output or {}) | _top(params),
            names=names | own if resource is not None else frozenset(),
            removals=calls,
            parents=parents,
            removed_by=removal.delete if removal is not None else None,
            is_part=resource is None,
            is_kept=self._is_kept(operation),
        )

    def _referred(
        self, operation: str, params: Mapping[str, Any], resource: Resource | None
    ) -> Iterator[tuple[str, str]]:
        """The other resources that a request names at its top."""
        references, members = (
            self.removals.references(),
            self.service.input_of(self.service.operations[operation]).members,
        )
        for name, value in params.items():
            known = references.refers(operation, name, members[name].shape) if name in members else None
            if known is not None and isinstance(value, str) and (resource is None or known[0].name != resource.name):
                yield known[0].name, value

    def _is_kept(self, operation: str) -> bool:
        return (self.service.name, operation) in self.removals.data.kept

    def _sample(self, operation: str) -> Mapping[str, Any]:
        try:
            return self.builder.smallest(self.service.operations[operation])
        except Unbuildable:
            return {}


def _identity(
    removal: Removal | None, calls: tuple[RemovalCall, ...]
) -> tuple[dict[str, str], frozenset[str], frozenset[tuple[str, str]]]:
    """What removing calls name: texts by member, those that name the thing itself, and the resources that it is in."""
    texts: dict[str, str] = {}
    own: set[str] = set()
    parents: set[tuple[str, str]] = set()
    for member in removal.members if removal is not None else ():
        if member.constant is not None:
            continue
        for value in (each for call in calls for each in _texts(call.params.get(member.name))):
            texts.setdefault(member.name, value)
            if member.parent is not None:
                parents.add((member.parent, value))
            elif member.own:
                own.add(value)
    return texts, frozenset(own), frozenset(parents)


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _top(params: Mapping[str, Any]) -> dict[str, str]:
    """The texts at the top of a request or an answer, where nothing else is known to identify what it adds."""
    return {name: value for name, value in params.items() if isinstance(value, str)}


def _handles(resource: Resource | None, params: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for handle in resource.handles if resource is not None else ():
        value = value_at({"request": params, "answer": output}[handle.source.side], handle.source.path)
        if isinstance(value, str):
            found[str(handle.source.path[-1])] = value
    return found
