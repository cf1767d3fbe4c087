"""Clauses about the states of a resource: it is created, found, listed, updated, and settles.

    create --> creating ... settled --update--> updating ... settled

Each clause belongs to the operation that it is about. A clause is stated only where the overlay has what gives it a
meaning: a list operation, or a status with the values that are passed through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource

SECTION: Section = "lifecycle"

CREATED, LISTED, UPDATE_IN_PROGRESS, STEADY = "created", "listed", "update-in-progress", "steady"

TRANSITION = "->"
"""What the names of clauses about a change of state have in them: `Creating->InService`."""

NAMES = (CREATED, LISTED, UPDATE_IN_PROGRESS, STEADY, TRANSITION)

GONE = "gone"

# Operations with these verbs replace a resource, or add a version to it: a taken name does not stop them.
REPLACING = re.compile(
    r"(Put|Set|Register|Update|Modify|Import|Publish|Start|Run|Upload|Add|Enable|Associate)(?![a-z])"
)

NamedStatement = tuple[str, str]


def lifecycle_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about the states of resources that an operation owns."""
    for resource in overlay.resources.values():
        for owner, statements in _OWNERS:
            if owner(resource) == operation.name:
                for name, statement in statements(resource):
                    yield model_clause(spec, resource.name, SECTION, "", name, statement)


def is_unique(resource: Resource) -> bool:
    """Whether the client chooses the name, so that there cannot be two resources of one name."""
    return resource.chosen is not None and not REPLACING.match(resource.create)


def is_awaited(resource: Resource) -> bool:
    """Whether the status can be read, and has values that say that the resource is ready for use."""
    return resource.read is not None and resource.status is not None and bool(resource.status.settled)


def transition(status: str, resource: Resource) -> str:
    """The name of the clause that a transient status ends as it should; raises ValueError without a status."""
    known = resource.status
    if known is None:
        raise ValueError(f"{resource.name} has no status")
    return f"{status}{TRANSITION}{GONE if status in known.deleting else known.settled[0]}"


def _of_create(resource: Resource) -> Iterator[NamedStatement]:
    name, create = resource.name, resource.create
    if resource.read is not None:
        yield CREATED, f"{resource.one} that {create} created is found by {resource.read.operation}"
    if resource.listing is not None:
        yield LISTED, f"{resource.one} that {create} created is listed by {resource.listing.operation}"
    if is_awaited(resource) and resource.status is not None:
        for status in resource.status.creating:
            yield transition(status, resource), f"a new {name} is {status} until it is {resource.status.settled[0]}"


def _of_update(resource: Resource) -> Iterator[NamedStatement]:
    known = resource.status
    if known is None or not is_awaited(resource):
        return
    for status in known.updating:
        yield (
            transition(status, resource),
            f"{resource.one} that is updated is {status} until it is {known.settled[0]}",
        )
    if known.creating or known.updating:
        yield UPDATE_IN_PROGRESS, f"{resource.one} cannot be updated while it is created or updated"


def _of_read(resource: Resource) -> Iterator[NamedStatement]:
    if is_awaited(resource) and resource.status is not None:
        settled = resource.status.settled[0]
        yield STEADY, f"{resource.one} that is {settled} stays {settled} until a request changes it"


_OWNERS: tuple[tuple[Callable[[Resource], str | None], Callable[[Resource], Iterator[NamedStatement]]], ...] = (
    (lambda resource: resource.create, _of_create),
    (lambda resource: resource.update, _of_update),
    (lambda resource: resource.read.operation if resource.read is not None else None, _of_read),
)
