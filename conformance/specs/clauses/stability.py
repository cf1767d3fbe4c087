"""Operations that read change nothing: `<Operation>/state#unchanged`, owned by each operation that only reads."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.inference import READING
from conformance.specs.resources.resource import Resource

UNCHANGED = "unchanged"


def stability_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clause that an operation leaves things as they are, where a thing can be read before and after."""
    resource = watched(spec.service, operation, overlay)
    if resource is None:
        return
    statement = f"{operation.name} changes nothing: {resource.one} is described alike before and after"
    source = f"model: botocore {spec.provenance.botocore}"
    yield Clause(spec.service.name, operation.name, "state", "", UNCHANGED, statement, source)


def watched(service: Service, operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource to look at before and after an operation that reads.

    It is the one that the operation lists, or one on whose family it is. What reads the resource itself is held to say
    the same twice, which is another clause.
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
