"""The scenarios of an operation: one module a family, joined here in the order in which they are played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from conformance.cases.case import Omitted
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import (
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
from conformance.specs.model import Operation

FamilyScenarios = Callable[[RequestBuilder, Operation], "Iterator[Scenario | Omitted]"]

SCENARIOS: Mapping[str, FamilyScenarios] = MappingProxyType(
    {
        "lifecycle": lifecycle.lifecycle_scenarios,
        "duplicates": duplicates.duplicates_scenarios,
        "references": references.references_scenarios,
        "removal": removal.removal_scenarios,
        "roundtrip": roundtrip.roundtrip_scenarios,
        "updates": updates.updates_scenarios,
        "stability": stability.stability_scenarios,
        "data": data.data_scenarios,
        "tags": tags.tags_scenarios,
        "idempotency": idempotency.idempotency_scenarios,
        "pagination": pagination.pagination_scenarios,
        "filters": filters.filters_scenarios,
        "sequences": sequences.sequences_scenarios,
    }
)
"""By the name of the family, in the order in which they are played."""


def scenarios_of(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios for the clauses that an operation owns, and the clauses for which none could be built."""
    for family in SCENARIOS.values():
        for item in family(builder, operation):
            clauses = (item.clause,) if isinstance(item, Omitted) else item.clauses
            if any(builder.includes(clause) for clause in clauses):
                yield item
