"""Clauses that operations which read change nothing: `<Operation>/state#unchanged`, owned by each such operation."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.inference import READING
from conformance.specs.resources.resource import Resource

SECTION: Section = "state"

UNCHANGED = "unchanged"

NAMES = (UNCHANGED,)


def stability_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clause that an operation changes nothing, where a resource can be read before and after it."""
    resource = observed_resource(spec.service, operation, overlay)
    if resource is not None:
        statement = f"{operation.name} changes nothing: {resource.one} is described alike before and after"
        yield model_clause(spec, operation.name, SECTION, "", UNCHANGED, statement)


def observed_resource(service: Service, operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that is read before and after an operation that only reads; None where there is none.

    It is the resource that the operation lists, or one that has the operation in its family. The read of the resource
    itself is no such operation: that it answers the same twice is another clause.
    """
    if not READING.match(operation.name):
        return None
    for resource in overlay.resources.values():
        if resource.read is None or resource.read.operation == operation.name:
            continue
        listed = resource.listing is not None and resource.listing.operation == operation.name
        if (listed or operation.name in resource.operations) and described_shape(service, resource) is not None:
            return resource
    return None
