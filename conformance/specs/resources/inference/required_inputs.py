"""The required and optional input members of an operation, as far as they matter for resources.

DeleteResource(restApiId, resourceId)  -->  restApiId   a handle of a RestApi, created before
                                            resourceId  the resource's own handle
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.resources.inference.handle_candidates import is_text
from conformance.specs.resources.inference.name_words import singulars
from conformance.values.paths import EACH, Path

ValueOrigin: TypeAlias = Literal["own", "parent", "given", "constant", "unknown"]

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class InputMember:
    """A member of an input: its path, name and shape.

    A `listed` member holds several values, a `text` may be a handle, and a `fixed` member takes each of a few values.
    """

    path: Path
    name: str
    shape: str
    listed: bool
    text: bool
    fixed: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The possible names of one of its values, the most certain first."""
        return _names(self.name, self.listed)


@functools.lru_cache(maxsize=65536)
def _names(name: str, listed: bool) -> tuple[str, ...]:
    return (*singulars(name), name) if listed else (name,)


def required_members(service: Service, operation: Operation) -> tuple[InputMember, ...]:
    """The required members of an operation's input, at every depth."""
    return tuple(_required(service, service.input_of(operation), (), 0))


def _required(service: Service, shape: Shape, path: Path, depth: int) -> Iterator[InputMember]:
    for name in shape.required:
        member = shape.members.get(name)
        if member is None:
            continue
        found = _need(service, name, member, path)
        inner = _inner(service, member)
        if found.text or inner is None or depth >= DEEPEST:
            yield found
        else:
            below = list(_required(service, inner, (*found.path, *((EACH,) if found.listed else ())), depth + 1))
            yield from below or [found]


def optional_members(service: Service, operation: Operation) -> tuple[InputMember, ...]:
    """The optional members at the top of an operation's input."""
    shape = service.input_of(operation)
    every = (_need(service, name, member, ()) for name, member in shape.members.items() if name not in shape.required)
    return tuple(need for need in every if need.text)


def _need(service: Service, name: str, member: Member, path: Path) -> InputMember:
    shape = service.target(member)
    listed = shape.type == "list" and shape.element is not None
    held = shape.element if listed and shape.element is not None else member
    return InputMember((*path, name), name, held.shape, listed, is_text(service, held), _is_fixed(service, held))


def _is_fixed(service: Service, member: Member) -> bool:
    shape = service.target(member)
    return bool(shape.enum) or shape.type == "boolean" or member.idempotency_token


def _inner(service: Service, member: Member) -> Shape | None:
    shape = service.target(member)
    if shape.type == "list" and shape.element is not None:
        shape = service.target(shape.element)
    return shape if shape.type == "structure" and not shape.union else None
