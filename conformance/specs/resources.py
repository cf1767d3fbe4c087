"""Resources read off the model alone: what `Create<Noun>` makes, under which name, and what reads and removes it.

    CreateThing(ThingName, ...)  DescribeThing(ThingName)  DeleteThing(ThingName)   -->  Resource Thing

Only things whose name the client chooses are understood here. The overlay's resources come first: they were checked
by hand, and these are guesses that the naming habits of AWS make good ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from conformance.specs.model import STRING_TYPES, Operation, Service
from conformance.specs.overlay import Overlay
from conformance.specs.resource import Handle, Reading, Resource, Source

# Operations that leave nothing behind, by the names that AWS gives them.
READING = re.compile(r"(Describe|List|Get|Head|Search|Query|Scan|Lookup|Select|BatchGet|Validate|Test)(?![a-z])")

MAKE = "Create"
READS = ("Describe", "Get", "Head")
REMOVE = "Delete"

# A member of this name is the thing's own only in the operations of its own family.
BARE = ("Name",)


def with_inferred(service: Service, overlay: Overlay) -> Overlay:
    """The overlay with the resources of the model that it does not know itself."""
    known = {resource.create for resource in overlay.resources.values()}
    found = {
        each.name: each for each in inferred(service) if each.create not in known and each.name not in overlay.resources
    }
    return replace(overlay, resources=MappingProxyType({**overlay.resources, **found}))


def inferred(service: Service) -> Iterator[Resource]:
    """The resources that the model's names tell of, in the order of the names of what creates them."""
    for name in sorted(service.operations):
        noun = name.removeprefix(MAKE)
        if noun == name or not noun[:1].isupper():
            continue
        identifier = _identifier(service, service.operations[name], noun)
        if identifier is not None:
            read = _by_name(service, tuple(verb + noun for verb in READS), identifier)
            yield Resource(
                name=noun,
                handles=(Handle("name", Source("request", (identifier,)), (identifier,)),),
                create=name,
                delete=_by_name(service, (REMOVE + noun,), identifier),
                read=Reading(read) if read else None,
                elsewhere=_strangers(service, noun) if identifier.capitalize() in BARE else (),
            )


def listed_by(operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that an operation lists, by its plural: ListThings, DescribeThings."""
    verb = READING.match(operation.name)
    plural = operation.name[verb.end() :] if verb is not None else ""
    for resource in overlay.resources.values():
        if plural in (f"{resource.name}s", f"{resource.name}es", f"{resource.name[:-1]}ies"):
            return resource
    return None


def _identifier(service: Service, create: Operation, noun: str) -> str | None:
    """The member of the input that names what is made."""
    members = service.input_of(create).members
    # CreateDBInstance has DBInstanceIdentifier, CreateQueue QueueName, CreateBucket Bucket, CreateTopic Name.
    for candidate in (f"{noun}Name", f"{noun}Identifier", f"{noun}Id", noun, *BARE):
        exact = next((name for name in members if name.lower() == candidate.lower()), None)
        if exact is not None and _is_plain_text(service, members[exact].shape):
            return exact
    return None


def _is_plain_text(service: Service, shape: str) -> bool:
    target = service.shapes[shape]
    return target.type in STRING_TYPES and not target.enum


def _by_name(service: Service, candidates: tuple[str, ...], identifier: str) -> str | None:
    """The first candidate operation that needs the identifier and nothing else."""
    for candidate in candidates:
        operation = service.operations.get(candidate)
        if operation is None:
            continue
        shape = service.input_of(operation)
        if identifier in shape.members and set(shape.required) <= {identifier}:
            return candidate
    return None


def _strangers(service: Service, noun: str) -> tuple[str, ...]:
    """The operations that are not of the noun's family."""
    return tuple(name for name in service.operations if not name.endswith(noun))
