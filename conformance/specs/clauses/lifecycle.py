"""Clauses about the life of a resource: it is made, found, listed, changed, removed, and gone.

    create --> creating ... settled --update--> updating ... settled --delete--> deleting ... gone

Each belongs to the operation that it is about; only those are stated that what is known of the resource gives a
meaning to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource

Stated = tuple[str, str]

# Operations of these verbs replace what is there, or add a version to it: a taken name is no obstacle to them.
REPLACING = re.compile(
    r"(Put|Set|Register|Update|Modify|Import|Publish|Start|Run|Upload|Add|Enable|Associate)(?![a-z])"
)

GONE = "gone"


def lifecycle_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about the life of resources that an operation owns."""
    source = f"model: botocore {spec.provenance.botocore}"
    for resource in overlay.resources.values():
        for name, statement in lifecycle_statements(spec.service, resource, operation.name):
            yield Clause(spec.service.name, resource.name, "lifecycle", "", name, statement, source)


def lifecycle_statements(service: Service, resource: Resource, operation: str) -> Iterator[Stated]:
    """Name and statement of every clause about the life of a resource that an operation owns."""
    for owner, statements in OWNERS:
        if owner(resource) == operation and operation in service.operations:
            yield from statements(resource)


def is_unique(resource: Resource) -> bool:
    """Whether its client names it, so that there cannot be two under one name."""
    return resource.chosen is not None and not REPLACING.match(resource.create)


def is_awaited(resource: Resource) -> bool:
    """Whether its status can be read, and tells when it can be used."""
    return resource.read is not None and resource.status is not None and bool(resource.status.settled)


def transition(status: str, resource: Resource) -> str:
    """The name of the clause that a passing status ends as it should."""
    known = resource.status
    if known is None:
        raise ValueError(f"{resource.name} has no status")
    return f"{status}->{GONE if status in known.deleting else known.settled[0]}"


def _of_create(resource: Resource) -> Iterator[Stated]:
    name, create = resource.name, resource.create
    if resource.read is not None:
        yield "created", f"{resource.one} that {create} made is found by {resource.read.operation}"
    if resource.listing is not None:
        yield "listed", f"{resource.one} that {create} made is listed by {resource.listing.operation}"
    if is_unique(resource):
        yield "duplicate", f"{create} does not make a second {name} of a name that is taken"
        yield "one-winner", f"of several clients that make {resource.one} of one name at once, one succeeds"
    if is_awaited(resource) and resource.status is not None:
        for status in resource.status.creating:
            yield transition(status, resource), f"a new {name} is {status} until it is {resource.status.settled[0]}"


def _of_update(resource: Resource) -> Iterator[Stated]:
    known = resource.status
    if known is None or not is_awaited(resource):
        return
    for status in known.updating:
        yield transition(status, resource), f"{resource.one} that changes is {status} until it is {known.settled[0]}"
    if known.creating or known.updating:
        yield "update-in-progress", f"{resource.one} is not changed while it is made or changed"


def _of_delete(resource: Resource) -> Iterator[Stated]:
    delete, known = resource.delete, resource.status
    if resource.read is not None:
        yield "gone-after-delete", f"{resource.one} that {delete} removed is not found by {resource.read.operation}"
    yield "delete-twice", f"{delete} does not find {resource.one} that was removed"
    if resource.listing is not None:
        yield (
            "unlisted-after-delete",
            f"{resource.one} that {delete} removed is not listed by {resource.listing.operation}",
        )
    if known is None or not is_awaited(resource):
        return
    if known.deleting and is_unique(resource):
        yield "taken-while-deleting", f"the name of {resource.one} that is {known.deleting[0]} is taken"
    for status in known.deleting:
        yield transition(status, resource), f"{resource.one} that is removed is {status} until it is gone"


def _of_read(resource: Resource) -> Iterator[Stated]:
    if resource.read is not None:
        yield "not-found", f"{resource.read.operation} does not find {resource.one} that was never made"
    if is_awaited(resource) and resource.status is not None:
        yield "steady", f"{resource.one} that is {resource.status.settled[0]} stays so while nobody asks for a change"


Owner = Callable[[Resource], "str | None"]

OWNERS: tuple[tuple[Owner, Callable[[Resource], Iterator[Stated]]], ...] = (
    (lambda resource: resource.create, _of_create),
    (lambda resource: resource.update, _of_update),
    (lambda resource: resource.delete, _of_delete),
    (lambda resource: resource.read.operation if resource.read is not None else None, _of_read),
)
