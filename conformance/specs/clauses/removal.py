"""Clauses about the removal of a resource, owned by the operation that deletes it.

delete --> deleting ... gone: not found, not listed, not deleted again
               '-- the name is taken until then
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.specs.clauses.clause import Clause, model_clause
from conformance.specs.clauses.lifecycle import SECTION, TRANSITION, NamedStatement, is_awaited, is_unique, transition
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource

GONE_AFTER_DELETE, UNLISTED_AFTER_DELETE = "gone-after-delete", "unlisted-after-delete"
DELETE_TWICE, TAKEN_WHILE_DELETING = "delete-twice", "taken-while-deleting"

NAMES = (GONE_AFTER_DELETE, DELETE_TWICE, UNLISTED_AFTER_DELETE, TAKEN_WHILE_DELETING, TRANSITION)


def removal_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about removal that an operation owns."""
    for resource in overlay.resources.values():
        if resource.delete == operation.name:
            again = overlay.behaviour.succeeds_again(operation.name)
            for name, statement in _of_delete(resource):
                clause = model_clause(spec, resource.name, SECTION, "", name, statement)
                if name == DELETE_TWICE and again is not None:
                    statement = f"{operation.name} succeeds for {resource.one} that was deleted"
                    clause = replace(clause, statement=statement, source=f"docs: {again}")
                yield clause


def _of_delete(resource: Resource) -> Iterator[NamedStatement]:
    one, delete, known = resource.one, resource.delete, resource.status
    if resource.read is not None:
        yield GONE_AFTER_DELETE, f"{one} that {delete} deleted is not found by {resource.read.operation}"
    yield DELETE_TWICE, f"{delete} does not find {one} that was deleted"
    if resource.listing is not None:
        yield UNLISTED_AFTER_DELETE, f"{one} that {delete} deleted is not listed by {resource.listing.operation}"
    if known is None or not is_awaited(resource):
        return
    if known.deleting and is_unique(resource):
        yield TAKEN_WHILE_DELETING, f"the name of {one} that is {known.deleting[0]} is taken"
    for status in known.deleting:
        yield transition(status, resource), f"{one} that is deleted is {status} until it is gone"
