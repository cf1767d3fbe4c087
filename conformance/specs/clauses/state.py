"""Clauses about state: what operations do to resources, one module a family, joined here.

A clause about a resource belongs to one operation, its owner: a contradiction of it is a finding of that operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.specs.clauses import (
    data,
    duplicates,
    filters,
    idempotency,
    lifecycle,
    pagination,
    references,
    removal,
    roundtrip,
    sequences,
    stability,
    tags,
    updates,
)
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.overlay.rules import refining_rule, source_of

FamilyClauses = Callable[[Spec, Operation, Overlay], Iterator[Clause]]

CLAUSES: Mapping[str, FamilyClauses] = MappingProxyType(
    {
        "lifecycle": lifecycle.lifecycle_clauses,
        "duplicates": duplicates.duplicates_clauses,
        "removal": removal.removal_clauses,
        "references": references.references_clauses,
        "roundtrip": roundtrip.roundtrip_clauses,
        "updates": updates.updates_clauses,
        "stability": stability.stability_clauses,
        "data": data.data_clauses,
        "tags": tags.tags_clauses,
        "idempotency": idempotency.idempotency_clauses,
        "pagination": pagination.pagination_clauses,
        "filters": filters.filters_clauses,
        "sequences": sequences.sequences_clauses,
    }
)
"""By the name of the family."""


def state_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about state that an operation owns; a rule of the overlay that refines one is its source.

    Clauses of rules are not among them: the catalog states all rules, with steps or without.
    """
    for family in CLAUSES.values():
        for clause in family(spec, operation, overlay):
            if clause.section != sequences.SECTION:
                rule = refining_rule(overlay, clause.id)
                yield clause if rule is None else replace(clause, source=source_of(rule))
