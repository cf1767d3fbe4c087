"""The setup of a request: what must exist before it, how each thing is created, and how it is removed again.

    CreateEndpoint refers to an EndpointConfig, which refers to a Model

    prerequisites(CreateEndpoint) --> Creation(Model), Creation(EndpointConfig)
                                          |-- call   creates it, under the name that belongs to the case's token
                                          |-- undo   removes it
                                          '-- read   describes it

It is separate from `request_builder` because fixtures of scenarios need setups without a case. References lead to any
depth, and to other services: a role of IAM is created there, by that service's own `Prerequisites`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias, TypeVar

from conformance.cases.case import Binding, Call, Creation
from conformance.cases.resource_names import NamePlace, ResourceNamer, requested_name
from conformance.cases.samples import Unbuildable
from conformance.cases.valid_params import Params, ValidParams
from conformance.specs.model import Operation, Service
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.other_services import qualified_name
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, Path, apply

# A chain of prerequisites that is longer than this is a loop in the overlay.
MAX_SETUP_DEPTH = 12


# By resource: for which operation it is to be created, and the edits of the request that creates it.
_Wanted: TypeAlias = "Mapping[str, tuple[str, tuple[Edit, ...]]]"


@dataclass(frozen=True, slots=True)
class NamelessCall:
    """A call without names, which all cases share: where its names belong, and its bindings, are found once."""

    namer: ResourceNamer
    operation: Operation
    params: Params
    places: tuple[NamePlace, ...]
    bindings: tuple[Binding, ...]

    @staticmethod
    def of(namer: ResourceNamer, operation: Operation, params: Params) -> NamelessCall:
        """The call of an operation with valid params."""
        places = namer.name_places(operation, params)
        return NamelessCall(namer, operation, params, places, namer.bindings(operation, params))

    def named(self, token: str) -> Call:
        """The call with the names that belong to a token."""
        params = self.namer.with_names(self.operation, self.params, token, places=self.places)
        return Call(self.operation.name, params, bindings=self.bindings)


@dataclass(frozen=True, slots=True)
class _Removal:
    """How a call removes a resource: the paths of the resource's own name, and the bindings of the other places."""

    own: tuple[Path, ...]
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """Plans the setups of one service's requests, with the namer and the valid params of that service.

    `other_service` gives the prerequisites of another service by its name, None where that service is not known.
    The caches hold what is the same under every name.
    """

    valid_params: ValidParams
    namer: ResourceNamer
    other_service: Callable[[str], Prerequisites | None]
    _creating: dict[tuple[str, bool, str, bool], NamelessCall] = field(init=False, default_factory=dict)
    _needed: dict[tuple[str, bool, bool], tuple[Resource, ...]] = field(init=False, default_factory=dict)
    _referring: dict[tuple[str, str], NamelessCall] = field(init=False, default_factory=dict)
    _removals: dict[tuple[str, bool], _Removal] = field(init=False, default_factory=dict)
    _namers: dict[str, ResourceNamer] = field(init=False, default_factory=dict)

    @property
    def service(self) -> Service:
        """The service whose requests are set up."""
        return self.valid_params.service

    def of_request(
        self,
        operation: Operation,
        params: Params,
        token: str,
        *,
        full: bool = False,
        also_create: tuple[Resource, ...] = (),
        existing: tuple[str, ...] = (),
    ) -> tuple[Creation, ...]:
        """What must exist for a request, in the order in which it has to be created, to any depth.

        With `full` resources are created with every optional member. Those in `also_create` are created as well; those
        whose names are in `existing` exist already. What cannot be created is left out: the request then refers to a
        name that nothing has.
        """
        found: dict[str, Creation] = {}
        created = self.namer.created_by(operation)
        excluded = existing if created is None else (*existing, created.name)
        for resource in (*self._first(operation), *self.namer.references(operation, params), *also_create):
            with contextlib.suppress(Unbuildable):
                self._add(resource, token, found, excluded, full=full, wanted=self._wanted(operation))
        return tuple(found.values())

    def _first(self, operation: Operation) -> Iterator[Resource]:
        """What is created by the operations that have to be called before an operation."""
        for name in self.valid_params.hints(operation.name).depends_on:
            yield self.namer.created_by(self.service.operations[name]) or Resource(name, name, ())

    def _wanted(self, operation: Operation) -> _Wanted:
        """How what must exist for an operation is to be created, by resource."""
        edits = self.valid_params.hints(operation.name).created_with
        return {name: (operation.name, each) for name, each in edits.items()}

    def _add(
        self, resource: Resource, token: str, found: dict[str, Creation], above: tuple[str, ...], *,
        full: bool = False, wanted: _Wanted,
    ) -> None:  # fmt: skip
        """Add a resource to `found`, after everything that it needs; `above` are the resources that need it."""
        if resource.name in found or resource.name in above:
            return
        if len(above) > MAX_SETUP_DEPTH:
            raise Unbuildable(f"the prerequisites of {resource.name} go too deep")
        if resource.service is not None:
            found.update({each.resource: each for each in self._in_other_service(resource, token)})
            return
        inner = {**self._wanted(self.service.operations[resource.create]), **wanted}
        for needed in self._needed_by(resource, full):
            self._add(needed, token, found, (*above, resource.name), wanted=inner)
        found[resource.name] = self._creation_as(resource, token, full, inner.get(resource.name))

    def _needed_by(self, resource: Resource, full: bool) -> tuple[Resource, ...]:
        """What a resource is created after; raises Unbuildable."""
        key = (resource.name, full, self._kept(resource) is not None)
        if key not in self._needed:
            creating = self._creation(resource, full)
            references = self.namer.references(creating.operation, creating.params)
            self._needed[key] = (*self._first(creating.operation), *references)
        return self._needed[key]

    def _in_other_service(self, resource: Resource, token: str) -> Iterator[Creation]:
        """The creation of a resource of another service, after those that it needs there; raises Unbuildable."""
        service = str(resource.service)
        other, known = owner_of(resource, self.other_service)
        own = other.creation_of(known, token)
        before = other.of_request(other.service.operations[known.create], own.call.params, token)
        for each in (*before, own):
            yield in_other_service(each, service)

    def creation_of(self, resource: Resource, token: str, *, full: bool = False) -> Creation:
        """The creation of a resource under the token's name, without what that needs; raises Unbuildable.

        A resource of another service is created there.
        """
        if resource.service is not None:
            other, known = owner_of(resource, self.other_service)
            return in_other_service(other.creation_of(known, token, full=full), resource.service)
        return self._creation_as(resource, token, full, None)

    def _creation_as(
        self, resource: Resource, token: str, full: bool, wanted: tuple[str, tuple[Edit, ...]] | None
    ) -> Creation:
        creating = self._creation(resource, full, wanted)
        call = creating.named(token)
        read = self.call_about(resource, resource.read.operation, token) if resource.read else None
        return Creation(resource.name, call, resource, self.cleanup_of(creating.operation, call, token), read)

    def _kept(self, resource: Resource) -> Params | None:
        """The largest request that creates a resource, where the one with every member was refused."""
        return self.valid_params.kept_fullest(self.service.operations[resource.create])

    def _creation(
        self, resource: Resource, full: bool, wanted: tuple[str, tuple[Edit, ...]] | None = None
    ) -> NamelessCall:
        """The call that creates a resource, without names, as an operation wants it; raises Unbuildable."""
        operation, edits = wanted or ("", ())
        kept = self._kept(resource) if full else None
        key = (resource.name, full, operation, kept is not None)
        if key not in self._creating:
            create = self.service.operations[resource.create]
            place = tuple(str(step) for step in resource.chosen.source.path) if resource.chosen else ()
            built = self.valid_params.sampler(full=full).build(self.service.input_of(create), place)
            params = apply(kept or self.valid_params.completed(create, built, place), edits)
            self._creating[key] = NamelessCall.of(self.namer, create, params)
        return self._creating[key]

    def cleanup_of(self, operation: Operation, call: Call, token: str, *, shared: bool = False) -> Call | None:
        """The call that removes what a call creates; None where no call can.

        With `shared` the thing may have another name than the token's: then every reference to it is bound.
        """
        resource = self.namer.created_by(operation)
        if resource is None or resource.delete is None:
            return None
        try:
            cleanup = self.call_about(resource, resource.delete, token)
        except Unbuildable:
            return None
        if not any(each.members or each.operation_members for each in resource.handles):
            return cleanup  # it has no name of its own: its parent identifies it
        removal = self._removal(resource, resource.delete, cleanup.params, shared=shared)
        if not removal.own:
            found = any(each.resource == resource.name for each in removal.bindings)
            return replace(cleanup, bindings=removal.bindings) if found else None
        name = requested_name(resource, call.params, call.edits)
        if name is None:
            return None
        params = apply(cleanup.params, tuple(Edit("set", path, name) for path in removal.own))
        return replace(cleanup, params=params, bindings=removal.bindings)

    def _removal(self, resource: Resource, delete: str, params: Params, *, shared: bool) -> _Removal:
        """How the call that deletes a resource names it; its places are the same with all names."""
        key = (resource.name, shared)
        if key not in self._removals:
            namer, operation = self._namer_for(resource), self.service.operations[delete]
            places = namer.name_places(operation, params)
            own = tuple(each.path for each in places if each.resource == resource and not each.is_generated)
            bindings = namer.bindings(operation, params, all_=shared)
            self._removals[key] = _Removal(own, tuple(each for each in bindings if each.path not in own))
        return self._removals[key]

    def call_about(self, resource: Resource, operation: str, token: str, params: Params | None = None) -> Call:
        """A call of an operation that refers to the resource of a token, and otherwise to things of that token.

        `params` are valid ones without names, the smallest unless given. Raises Unbuildable.
        """
        called = self.service.operations[operation]
        if params is not None:
            return NamelessCall.of(self._namer_for(resource), called, params).named(token)
        return self._reference(resource, called).named(token)

    def _namer_for(self, resource: Resource) -> ResourceNamer:
        if resource.name not in self._namers:
            self._namers[resource.name] = self.namer.preferring(resource)
        return self._namers[resource.name]

    def with_parent_references(self, resource: Resource, operation: Operation, params: Params) -> Params:
        """The params with those optional members that refer to what a resource was created in; raises Unbuildable.

        Without them AWS looks in the default parent, the default cluster of ECS for example.
        """
        root, creating = self.service.input_of(operation), self._creation(resource, False)
        parents = {each.name for each in self.namer.references(creating.operation, creating.params)}
        for name, member in root.members.items():
            if name in params or not parents:
                continue
            known = self.namer.resource_of_member(operation.name, name, member.shape)
            if known is not None and known[0].name in parents - {resource.name}:
                with contextlib.suppress(Unbuildable, LookupError):
                    value = self.valid_params.sampler().build(root, (name,))[name]
                    params = self.valid_params.completed(operation, {**params, name: value}, (name,))
                    parents.discard(known[0].name)
        return params

    def _reference(self, resource: Resource, operation: Operation) -> NamelessCall:
        """The smallest call that refers to a resource, and to its parents; the smallest of all where no member can.

        Raises Unbuildable.
        """
        key = (resource.name, operation.name)
        if key not in self._referring:
            params = self.with_parent_references(resource, operation, next(self._candidates(resource, operation)))
            self._referring[key] = NamelessCall.of(self._namer_for(resource), operation, params)
        return self._referring[key]

    def _candidates(self, resource: Resource, operation: Operation) -> Iterator[Params]:
        smallest = self.valid_params.smallest(operation)
        namer = self._namer_for(resource)
        if any(each.resource == resource for each in namer.name_places(operation, smallest)):
            yield smallest
        root = self.service.input_of(operation)
        for name, member in root.members.items():
            target = self.service.target(member)
            listed = target.type == "list" and target.element is not None
            shape = target.element.shape if target.element is not None and listed else member.shape
            known = namer.resource_of_member(operation.name, name, shape, listed=listed)
            if known is None or known[0] != resource:
                continue
            place: tuple[Step, ...] = (name, ELEMENT) if listed else (name,)
            with contextlib.suppress(Unbuildable):
                built = self.valid_params.sampler().build(root, place)
                yield self.valid_params.completed(operation, built, place)
        yield smallest


class _Owner(Protocol):
    """What builds the requests of one service."""

    @property
    def service(self) -> Service: ...

    @property
    def namer(self) -> ResourceNamer: ...


OwnerT = TypeVar("OwnerT", bound=_Owner)


def owner_of(resource: Resource, other_service: Callable[[str], OwnerT | None]) -> tuple[OwnerT, Resource]:
    """What builds the requests of the service that a resource is of, and the resource as that service knows it.

    Raises Unbuildable where nothing is known of the service, or of how it creates the resource.
    """
    owner = other_service(str(resource.service))
    create = owner.service.operations.get(resource.create) if owner is not None else None
    known = owner.namer.created_by(create) if owner is not None and create is not None else None
    if owner is None or known is None:
        raise Unbuildable(f"nothing is known of how {resource.service} creates {resource.one}")
    return owner, known


def in_other_service(creation: Creation, service: str) -> Creation:
    """A creation of another service, with its resources named as the cases of this service name them."""
    return replace(
        creation,
        resource=qualified_name(service, creation.resource),
        call=_with_qualified_names(creation.call, service),
        undo=_with_qualified_names(creation.undo, service) if creation.undo else None,
        read=_with_qualified_names(creation.read, service) if creation.read else None,
        service=service,
    )


def _with_qualified_names(call: Call, service: str) -> Call:
    bindings = (replace(each, resource=qualified_name(service, each.resource)) for each in call.bindings)
    return replace(call, bindings=tuple(bindings))
