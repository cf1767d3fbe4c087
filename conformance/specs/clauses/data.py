"""Clauses that what an operation writes is read by another one: `<Producer>/state/<Consumer>#comes-back`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.flows import Flow, flows_from

SECTION: Section = "state"

COMES_BACK = "comes-back"

NAMES = (COMES_BACK,)

# Tags have a family of their own.
_TAGS = re.compile(r"Tag(s|ging)?(?![a-z])")


def data_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about what an operation writes, one for each operation that reads it."""
    for flow in plain_flows(spec.service, operation, overlay):
        statement = f"what {flow.producer} is given comes back from {flow.consumer}"
        yield model_clause(spec, operation.name, SECTION, flow.consumer, COMES_BACK, statement)


def plain_flows(service: Service, operation: Operation, overlay: Overlay) -> Iterator[Flow]:
    """The flows of an operation whose consumer can be asked with what the producer was told, and with data at hand.

    What creates or updates a resource has clauses about its round trip.
    """
    if _TAGS.search(operation.name) or any(
        operation.name in (each.create, each.update) for each in overlay.resources.values()
    ):
        return
    for flow in flows_from(service, operation):
        if flow.by is None and _unknown(service, flow) <= _at_hand(flow.consumer, overlay):
            yield flow


def _unknown(service: Service, flow: Flow) -> frozenset[str]:
    """The members that the consumer needs and the producer does not have."""
    needed = service.input_of(service.operations[flow.consumer]).required
    return frozenset(needed) - service.input_of(service.operations[flow.producer]).members.keys()


def _at_hand(consumer: str, overlay: Overlay) -> frozenset[str]:
    """The members of a request for which the overlay has values."""
    hints = overlay.requests.get(consumer)
    edits = hints.edits if hints is not None else ()
    return frozenset(str(edit.path[0]) for edit in edits if len(edit.path) == 1)
