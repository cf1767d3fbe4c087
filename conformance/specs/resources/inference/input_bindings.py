"""Lists what the required members of an operation's input refer to, as far as it is known.

DeleteResource(restApiId, resourceId)  -->  restApiId   RestApi, its handle `id`
                                            resourceId  Resource, its handle `id`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.specs.model import Operation, Service
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.inference.name_words import OF_THE_REQUEST
from conformance.specs.resources.inference.required_inputs import InputMember, required_members
from conformance.specs.resources.resource import Handle, Resource
from conformance.values.paths import EACH, shape_form

# What a member holds: a handle of the resource itself or of another one; a constant, which needs no other resource (an
# enum value, a flag, a token, the caller's account); the value that the creating request had; or it is unknown.
Meaning: TypeAlias = Literal["own", "other", "constant", "given", "unknown"]


@dataclass(frozen=True, slots=True)
class InputBinding:
    """A required member, and what it holds; with resource and handle if it is a handle."""

    member: str
    meaning: Meaning
    resource: str | None = None
    handle: Handle | None = None


def input_bindings(
    service: Service, known: References, resource: Resource, operation: Operation
) -> Iterator[InputBinding]:
    """The required members of an operation of a resource, with what they hold."""
    for need in required_members(service, operation):
        path = (*need.path, *((EACH,) if need.listed else ()))
        yield _bound(service, known, resource, operation, need, shape_form(path))


def _bound(
    service: Service, known: References, resource: Resource, operation: Operation, need: InputMember, path: str
) -> InputBinding:
    found = known.refers(operation.name, need.name, need.shape, listed=need.listed) if need.text else None
    if found is not None:
        meaning: Meaning = "own" if found[0].name == resource.name else "other"
        return InputBinding(path, meaning, found[0].name, found[1])
    if need.fixed or OF_THE_REQUEST.fullmatch(need.name):
        return InputBinding(path, "constant")
    creator = service.input_of(service.operations[resource.create])
    return InputBinding(path, "given" if need.name in creator.members else "unknown")
