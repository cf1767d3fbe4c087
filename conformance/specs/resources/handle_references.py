"""Finds the input members that hold a handle of a resource, and so refer to it.

    Handle.members               in every operation
    Handle.operation_members     in the resource's own operations

Names are compared without regard to case. A member with a list of handles has the plural of such a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from conformance.specs.model import STRING_TYPES, Operation, Service, Shape
from conformance.specs.places import ELEMENT, Step, write_steps
from conformance.specs.resources.resource import Handle, Resource

# A member whose name ends in one of these holds a part of a name, whatever its shape is called.
PARTIAL_NAME_ENDINGS = ("prefix", "suffix", "contains")

KnownHandle: TypeAlias = tuple[Resource, Handle]


# Operations that make a thing of another one, and how they call the name of what is yet to be made.
_MAKES_ANOTHER = re.compile(r"(Restore|Copy|Clone|Rename|Export|Replicate)(?=[A-Z])")
_NEW_NAME = re.compile(r"(Target|New|Destination)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place of an input that refers to a resource by one of its handles."""

    steps: tuple[Step, ...]
    resource: Resource
    handle: Handle

    @property
    def path(self) -> str:
        """The place in the form of clause ids."""
        return write_steps(self.steps)


@dataclass(slots=True)
class References:
    """Finds the resources of one service to which input members refer: the first, then those of `others`."""

    resources: Iterable[Resource]
    others: References | None = None
    _anywhere: dict[str, list[KnownHandle]] = field(init=False, default_factory=dict)
    _local: dict[tuple[str, str], list[KnownHandle]] = field(init=False, default_factory=dict)
    _found: dict[tuple[str, str, str, bool], KnownHandle | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for resource in self.resources:
            for handle in resource.handles:
                for name in handle.members:
                    self._anywhere.setdefault(name.lower(), []).append((resource, handle))
                for name in handle.operation_members:
                    for operation in resource.operations:
                        self._local.setdefault((operation, name.lower()), []).append((resource, handle))

    def preferring(self, resource: Resource) -> References:
        """References that find this resource first where a member may refer to several."""
        return References((resource,), self)

    def refers(self, operation: str, member: str, shape: str = "", *, listed: bool = False) -> KnownHandle | None:
        """The resource and handle to which an input member refers; the name of a `listed` member may be a plural."""
        key = (operation, member, shape, listed)
        if key not in self._found:
            self._found[key] = self._refers(*key)
        return self._found[key]

    def _refers(self, operation: str, member: str, shape: str, listed: bool) -> KnownHandle | None:
        if member.lower().endswith(PARTIAL_NAME_ENDINGS):
            return None
        by_shape = () if _NEW_NAME.match(member) and _MAKES_ANOTHER.match(operation) else (shape,)
        names = [each.lower() for each in (member, *(singulars(member) if listed else ()), *by_shape) if each]
        for name in names:
            for known in chain(self._in_operation(operation, name), self._in_any(name)):
                if operation not in known[0].unrelated_in:
                    return known
        return None

    def _in_operation(self, operation: str, name: str) -> Iterator[KnownHandle]:
        yield from self._local.get((operation, name), ())
        yield from self.others._in_operation(operation, name) if self.others is not None else ()

    def _in_any(self, name: str) -> Iterator[KnownHandle]:
        yield from self._anywhere.get(name, ())
        yield from self.others._in_any(name) if self.others is not None else ()

    def required(self, service: Service, operation: Operation) -> Iterator[Reference]:
        """The references that every request of an operation has."""
        yield from self._below(service, operation.name, service.input_of(operation), ())

    def optional(self, service: Service, operation: Operation) -> Iterator[Reference]:
        """The references in optional members of the input."""
        root = service.input_of(operation)
        for name in root.members:
            if name not in root.required:
                yield from self._member(service, operation.name, root, name, (name,))

    def _below(self, service: Service, operation: str, shape: Shape, steps: tuple[Step, ...]) -> Iterator[Reference]:
        for name in shape.required:
            if name in shape.members and name not in steps:
                yield from self._member(service, operation, shape, name, (*steps, name))

    def _member(
        self, service: Service, operation: str, parent: Shape, name: str, steps: tuple[Step, ...]
    ) -> Iterator[Reference]:
        member = parent.members[name]
        target = service.target(member)
        if target.type == "list" and target.element is not None:
            element = service.target(target.element)
            steps = (*steps, ELEMENT)
            if element.type in STRING_TYPES and not element.enum:
                yield from self._known(operation, name, target.element.shape, steps, listed=True)
            elif element.type == "structure":
                yield from self._below(service, operation, element, steps)
        elif target.type == "structure":
            yield from self._below(service, operation, target, steps)
        elif target.type in STRING_TYPES and not target.enum:
            yield from self._known(operation, name, member.shape, steps)

    def _known(
        self, operation: str, name: str, shape: str, steps: tuple[Step, ...], *, listed: bool = False
    ) -> Iterator[Reference]:
        known = self.refers(operation, name, shape, listed=listed)
        if known is not None:
            yield Reference(steps, *known)


def singulars(name: str) -> Iterator[str]:
    """The possible singulars of a plural name: VpcIds, Policies, Aliases, VpcIdList."""
    for suffix, singular in (("ies", "y"), ("es", ""), ("s", ""), ("List", ""), ("Set", "")):
        if name.endswith(suffix):
            yield re.sub(f"{suffix}$", singular, name)
