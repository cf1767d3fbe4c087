"""Clauses about state: what operations do to resources. One module a family, joined here.

A clause about a resource belongs to one operation, its owner: what contradicts it is told of that operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.specs.clause import Clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay import Overlay
from conformance.specs.statements import filters, idempotency, lifecycle, missing, pages, reads, roundtrip, tags

Family = Callable[[Spec, Operation, Overlay], Iterator[Clause]]

FAMILIES: tuple[Family, ...] = (
    lifecycle.clauses,
    missing.clauses,
    roundtrip.clauses,
    reads.clauses,
    tags.clauses,
    idempotency.clauses,
    pages.clauses,
    filters.clauses,
)


def state_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about state that an operation owns."""
    for family in FAMILIES:
        yield from family(spec, operation, overlay)
