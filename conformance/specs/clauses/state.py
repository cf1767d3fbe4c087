"""Clauses about state: what operations do to resources. One module a family, joined here.

A clause about a resource belongs to one operation, its owner: what contradicts it is told of that operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.specs.clauses import (
    filters,
    idempotency,
    lifecycle,
    pagination,
    references,
    roundtrip,
    stability,
    tags,
)
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.overlay.rules import refining_rule, source_of

Family = Callable[[Spec, Operation, Overlay], Iterator[Clause]]

FAMILIES: tuple[Family, ...] = (
    lifecycle.lifecycle_clauses,
    references.references_clauses,
    roundtrip.roundtrip_clauses,
    stability.stability_clauses,
    tags.tags_clauses,
    idempotency.idempotency_clauses,
    pagination.pagination_clauses,
    filters.filters_clauses,
)


def state_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about state that an operation owns; where a rule of the overlay speaks of one, it is the source."""
    for family in FAMILIES:
        for clause in family(spec, operation, overlay):
            rule = refining_rule(overlay, clause.id)
            yield clause if rule is None else replace(clause, source=source_of(rule))
