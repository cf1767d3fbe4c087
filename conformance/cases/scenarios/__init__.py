"""The scenarios of an operation: one module a family, joined here in the order in which they are played."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.case import Omitted
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import (
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
from conformance.specs.model import Operation

Family = Callable[[RequestBuilder, Operation], "Iterator[Scenario | Omitted]"]

FAMILIES: tuple[Family, ...] = (
    lifecycle.lifecycle_scenarios,
    duplicates.duplicates_scenarios,
    references.references_scenarios,
    removal.removal_scenarios,
    roundtrip.roundtrip_scenarios,
    updates.updates_scenarios,
    stability.stability_scenarios,
    tags.tags_scenarios,
    idempotency.idempotency_scenarios,
    pagination.pagination_scenarios,
    filters.filters_scenarios,
    sequences.sequences_scenarios,
)


def scenarios_of(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios that put the clauses to the test which an operation owns."""
    for family in FAMILIES:
        for item in family(builder, operation):
            clauses = (item.clause,) if isinstance(item, Omitted) else item.clauses
            if any(builder.includes(clause) for clause in clauses):
                yield item
