"""Clauses about updates: what an update is given comes back when the resource is read.

Thing/roundtrip/Parts[]/Size#updated     owned by the update
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, model_clause
from conformance.specs.clauses.roundtrip import SECTION, echoes_of
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.resource import Resource

UPDATED = "updated"

NAMES = (UPDATED,)


def updates_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about updates that an operation owns."""
    for resource in overlay.resources.values():
        if resource.update == operation.name:
            yield from update_clauses(spec, resource)


def update_clauses(spec: Spec, resource: Resource) -> Iterator[Clause]:
    """The clauses about the update of one resource; none where the resource is not described."""
    if resource.update is None or resource.read is None or described_shape(spec.service, resource) is None:
        return
    for echo in echoes_of(spec.service, resource, resource.update):
        if echo.has_clause:
            statement = f"{echo.path} as given to {resource.update} comes back when the {resource.name} is read"
            yield model_clause(spec, resource.name, SECTION, echo.path, UPDATED, statement)
