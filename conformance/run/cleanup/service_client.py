"""What the remover needs of one service: what sends its requests, what is known of its resources, calls about a thing.

CreatedThing --names, identifiers, params--> the members of another operation's request --> Call
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.specs.model import Member, Service
from conformance.specs.resources.child_listings import ChildListing, ChildListings
from conformance.specs.resources.preparations import Preparation, preparations_of
from conformance.specs.resources.removals import Removals
from conformance.specs.resources.resource import HandleKind, Resource


@dataclass(slots=True)
class ServiceClient:
    """One service at one target, and how things of it are removed."""

    builder: RequestBuilder
    exchanger: Exchanger
    removals: Removals = field(init=False)
    _listings: ChildListings = field(init=False)
    _preparations: dict[str, tuple[Preparation, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.removals = Removals(self.service, self.builder.overlay)
        self._listings = ChildListings(self.removals)

    @property
    def service(self) -> Service:
        """The model of the service."""
        return self.builder.service

    def resource_of(self, thing: CreatedThing) -> Resource | None:
        """The resource that a thing is; None for parts."""
        return None if thing.is_part else self.builder.overlay.resources.get(thing.resource)

    def child_listings(self, resource: Resource) -> tuple[ChildListing, ...]:
        """The lists of what may be in a resource."""
        return self._listings.of(resource)

    def own_listing(self, resource: Resource) -> ChildListing | None:
        """The list of resources of one kind."""
        return self._listings.own(resource)

    def preparations(self, resource: Resource) -> tuple[Preparation, ...]:
        """What may have to be done to a resource before it is removed."""
        if resource.name not in self._preparations:
            self._preparations[resource.name] = preparations_of(self.service, resource, self.removals.data)
        return self._preparations[resource.name]

    def call_about(self, thing: CreatedThing, operation: str, settings: Mapping[str, Any] | None = None) -> Call | None:
        """A call of an operation that refers to a thing; None where a value that it needs is not known."""
        root = self.service.input_of(self.service.operations[operation])
        params = dict(settings or {})
        for name, member in root.members.items():
            values = () if name in params else tuple(self._values(thing, operation, name, member))
            if values:
                params[name] = values[0]
            elif name in root.required and name not in params:
                return None
        return Call(operation, params) if len(params) > len(settings or {}) else None

    def _values(self, thing: CreatedThing, operation: str, name: str, member: Member) -> Iterator[Any]:
        """What is known for a member: the thing itself, a thing that it is in, or what the same name had before."""
        shape = self.service.target(member)
        flag = self.removals.data.flag(name)
        if flag is not None and shape.type == "boolean" and isinstance(flag.value, bool):
            yield flag.value
        listed = shape.type == "list" and shape.element is not None
        held = shape.element.shape if listed and shape.element is not None else member.shape
        resource = self.resource_of(thing)
        known = self.removals.references(resource).refers(operation, name, held, listed=listed)
        found: Iterator[Any] = iter(())
        if known is not None and resource is not None and known[0].name == resource.name:
            found = self._own(thing, name, known[1].kind)
        elif known is not None:
            found = (value for family, value in thing.parents if family == known[0].name)
        for value in found:
            yield [value] if listed else value
        if known is not None or name in self.service.input_of(self.service.operations[operation]).required:
            for before in (*(each.params for each in thing.removals), thing.params):
                if name in before:
                    yield before[name]

    def _own(self, thing: CreatedThing, name: str, kind: HandleKind) -> Iterator[str]:
        """The values that name a thing, those of the right kind first."""
        if name in thing.identifiers and thing.identifiers[name] in thing.names:
            yield thing.identifiers[name]
        own = [each for each in thing.identifiers.values() if each in thing.names]
        if kind == "arn":
            yield from sorted(each for each in thing.names if each.startswith("arn:"))
        yield from own
        yield from sorted(thing.names, key=len)
