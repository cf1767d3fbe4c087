"""Finds the places of an input that a description repeats: members with the same name and the same kind of value.

    CreateThing      {Name, Parts: [{Size, Label}],  Password}
    Thing as read    {Name, Parts: [{Size, Status}], Arn}        -->  Name, Parts, Parts[]/Size

Names are compared exactly first, then without regard to case. The shapes may differ: models often have a `ThingConfig`
for the input and a `ThingConfigOutput` for the output. What AWS never returns is left out: secrets and idempotency
tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specs.model import NUMBER_TYPES, STRING_TYPES, Member, Service, Shape
from conformance.specs.places import ELEMENT, VALUE, Step, write_steps
from conformance.specs.resources.resource import Resource
from conformance.values.paths import EACH, Key

CONTAINERS = frozenset({"structure", "list", "map"})

# Text under these names can be written and never read.
WRITE_ONLY = re.compile(
    r"(Password|Passphrase|PrivateKey|Secret|Secret(Key|String|Binary|AccessKey)|Api_?Key|(Auth|Access|Security)Token)$",
    re.IGNORECASE,
)


# Members with these names hold what the service derived from another member, or ask it to keep its value.
NOT_GIVEN = re.compile(r"(Resolved|UsePrevious|Previous)[A-Z]\w*")


@dataclass(frozen=True, slots=True)
class Echo:
    """A place of an input (`given`) and the place of a description (`described`) that should have the same value.

    A list or map of scalars is one place, a leaf. In other lists and maps the members of the elements are places, too.
    """

    given: tuple[Step, ...]
    described: tuple[Step, ...]
    shape: Shape
    leaf: bool

    @property
    def path(self) -> str:
        """The place in the input, as clause ids write it."""
        return write_steps(self.given)

    @property
    def has_clause(self) -> bool:
        """Whether this place has a clause: every leaf has one, and every member at the top."""
        return self.leaf or len(self.given) == 1


def echoes(service: Service, given: Shape, described: Shape, without: frozenset[str] = frozenset()) -> tuple[Echo, ...]:
    """The places of an input that a description should repeat, parents first.

    Members at the top whose names are in `without` are left out.
    """
    found: list[Echo] = []
    for name, member in given.members.items():
        other = None if name in without else matching_member(described, name)
        if other is not None:
            found.extend(_place(service, member, described.members[other], (name,), (other,), ()))
    return tuple(found)


def described_shape(service: Service, resource: Resource) -> Shape | None:
    """The structure that describes a resource; None if nothing reads it, or if its description is no structure."""
    operation = service.operations.get(resource.read.operation) if resource.read else None
    if operation is None or resource.read is None:
        return None
    shape = service.output_of(operation)
    for segment in resource.read.at:
        if segment == EACH or isinstance(segment, int | Key):
            member = shape.element or shape.value
        else:
            member = shape.members.get(segment)
        if member is None:
            return None
        shape = service.target(member)
    return shape if shape.type == "structure" else None


def matching_member(shape: Shape, name: str) -> str | None:
    """The member of a structure with a name: the exact name first, then any letter case; None if it has none."""
    if name in shape.members:
        return name
    return next((each for each in shape.members if each.lower() == name.lower()), None)


def _place(
    service: Service, given: Member, described: Member, steps: tuple[Step, ...], other: tuple[Step, ...],
    above: tuple[str, ...],
) -> Iterator[Echo]:  # fmt: skip
    shape, theirs = service.target(given), service.target(described)
    if not _comes_back(given, shape, steps[-1]) or theirs.sensitive or shape.name in above:
        return
    if shape.type not in CONTAINERS or shape.document or theirs.document:
        if _alike(shape, theirs):
            yield Echo(steps, other, shape, leaf=True)
    elif shape.type == theirs.type:
        below = list(_below(service, shape, theirs, steps, other, (*above, shape.name)))
        scalars = len(below) == 1 and below[0].leaf and below[0].given == (*steps, _mark(shape))
        hollow = shape.type == "structure" and not shape.members
        if below or hollow:
            yield Echo(steps, other, shape, leaf=scalars or hollow)
        if not scalars:
            yield from below


def _below(
    service: Service, shape: Shape, theirs: Shape, steps: tuple[Step, ...], other: tuple[Step, ...],
    above: tuple[str, ...],
) -> Iterator[Echo]:  # fmt: skip
    if shape.type == "structure":
        for name, member in shape.members.items():
            found = matching_member(theirs, name)
            if found is not None:
                yield from _place(service, member, theirs.members[found], (*steps, name), (*other, found), above)
        return
    ours, others = (shape.value, theirs.value) if shape.type == "map" else (shape.element, theirs.element)
    if ours is not None and others is not None:
        mark = _mark(shape)
        yield from _place(service, ours, others, (*steps, mark), (*other, mark), above)


def _mark(shape: Shape) -> Step:
    return {"list": ELEMENT, "map": VALUE}.get(shape.type, "")


def _comes_back(member: Member, shape: Shape, name: Step) -> bool:
    if member.idempotency_token or shape.sensitive or shape.streaming or shape.event_stream:
        return False
    return not NOT_GIVEN.fullmatch(name) and (shape.type in CONTAINERS or not WRITE_ONLY.search(name))


def _alike(shape: Shape, theirs: Shape) -> bool:
    """Whether two scalars can be equal: they have the same kind, and their enums, if any, share a value."""
    if shape.document or theirs.document:
        return shape.document == theirs.document
    if shape.type in STRING_TYPES and theirs.type in STRING_TYPES:
        return not (shape.enum and theirs.enum) or not set(shape.enum).isdisjoint(theirs.enum)
    if shape.type in NUMBER_TYPES and theirs.type in NUMBER_TYPES:
        return True
    return shape.type == theirs.type
