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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from conformance.cases.case import Call, Creation
from conformance.cases.resource_names import ResourceNamer, requested_name
from conformance.cases.samples import Unbuildable
from conformance.cases.valid_params import Params, ValidParams
from conformance.specs.model import Operation, Service
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.other_services import qualified_name
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, apply

# A chain of prerequisites that is longer than this is a loop in the overlay.
MAX_SETUP_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """Plans the setups of one service's requests, with the namer and the valid params of that service.

    `other_service` gives the prerequisites of another service by its name, None where that service is not known.
    The caches hold params without names, which all cases share.
    """

    valid_params: ValidParams
    namer: ResourceNamer
    other_service: Callable[[str], Prerequisites | None]
    _creating: dict[tuple[str, bool], Params] = field(init=False, default_factory=dict)
    _referring: dict[tuple[str, str], Params] = field(init=False, default_factory=dict)
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
                self._add(resource, token, found, excluded, full=full)
        return tuple(found.values())

    def _first(self, operation: Operation) -> Iterator[Resource]:
        """What is created by the operations that have to be called before an operation."""
        for name in self.valid_params.hints(operation.name).depends_on:
            yield self.namer.created_by(self.service.operations[name]) or Resource(name, name, ())

    def _add(
        self, resource: Resource, token: str, found: dict[str, Creation], above: tuple[str, ...], *, full: bool = False
    ) -> None:
        """Add a resource to `found`, after everything that it needs; `above` are the resources that need it."""
        if resource.name in found or resource.name in above:
            return
        if len(above) > MAX_SETUP_DEPTH:
            raise Unbuildable(f"the prerequisites of {resource.name} go too deep")
        if resource.service is not None:
            found.update({each.resource: each for each in self._in_other_service(resource, token)})
            return
        create = self.service.operations[resource.create]
        params = self._creation_params(resource, create, full)
        for needed in (*self._first(create), *self.namer.references(create, params)):
            self._add(needed, token, found, (*above, resource.name))
        found[resource.name] = self.creation_of(resource, token, full=full)

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
        create = self.service.operations[resource.create]
        params = self.namer.with_names(create, self._creation_params(resource, create, full), token)
        call = Call(create.name, params, bindings=self.namer.bindings(create, params))
        read = self.call_about(resource, resource.read.operation, token) if resource.read else None
        return Creation(resource.name, call, resource, self.cleanup_of(create, call, token), read)

    def _creation_params(self, resource: Resource, create: Operation, full: bool) -> Params:
        """The params that create a resource, without names."""
        if (resource.name, full) not in self._creating:
            place = tuple(str(step) for step in resource.chosen.source.path) if resource.chosen else ()
            built = self.valid_params.sampler(full=full).build(self.service.input_of(create), place)
            self._creating[resource.name, full] = self.valid_params.completed(create, built, place)
        return self._creating[resource.name, full]

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
        delete = self.service.operations[resource.delete]
        if not any(each.members or each.operation_members for each in resource.handles):
            return cleanup  # it has no name of its own: its parent identifies it
        namer = self._namer_for(resource)
        own = [
            each
            for each in namer.name_places(delete, cleanup.params)
            if each.resource == resource and not each.is_generated
        ]
        own_paths = [each.path for each in own]
        bindings = namer.bindings(delete, cleanup.params, all_=shared)
        cleanup = replace(cleanup, bindings=tuple(each for each in bindings if each.path not in own_paths))
        if not own:
            return cleanup if any(each.resource == resource.name for each in cleanup.bindings) else None
        name = requested_name(resource, call.params, call.edits)
        edits = tuple(Edit("set", path, name) for path in own_paths)
        return None if name is None else replace(cleanup, params=apply(cleanup.params, edits))

    def call_about(self, resource: Resource, operation: str, token: str, params: Params | None = None) -> Call:
        """A call of an operation that refers to the resource of a token, and otherwise to things of that token.

        `params` are valid ones without names, the smallest unless given. Raises Unbuildable.
        """
        called = self.service.operations[operation]
        if params is None:
            params = self.with_parent_references(resource, called, self._referring_params(resource, called))
        namer = self._namer_for(resource)
        named = namer.with_names(called, params, token)
        return Call(operation, named, bindings=namer.bindings(called, named))

    def _namer_for(self, resource: Resource) -> ResourceNamer:
        if resource.name not in self._namers:
            self._namers[resource.name] = self.namer.preferring(resource)
        return self._namers[resource.name]

    def with_parent_references(self, resource: Resource, operation: Operation, params: Params) -> Params:
        """The params with those optional members that refer to what a resource was created in; raises Unbuildable.

        Without them AWS looks in the default parent, the default cluster of ECS for example.
        """
        create, root = self.service.operations[resource.create], self.service.input_of(operation)
        creating = self._creation_params(resource, create, False)
        parents = {each.name for each in self.namer.references(create, creating)}
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

    def _referring_params(self, resource: Resource, operation: Operation) -> Params:
        """The smallest params that refer to a resource; the smallest of all where no member can."""
        key = (resource.name, operation.name)
        if key not in self._referring:
            self._referring[key] = next(self._candidates(resource, operation))
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
