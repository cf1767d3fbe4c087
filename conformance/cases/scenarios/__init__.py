"""The scenarios of an operation: one module a family, joined here in the order in which they are played."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.case import Omitted
from conformance.cases.request_builder import Planner
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

Family = Callable[[Planner, Operation], "Iterator[Scenario | Omitted]"]

FAMILIES: tuple[Family, ...] = (
    lifecycle.plan,
    duplicates.plan,
    references.plan,
    removal.plan,
    roundtrip.plan,
    updates.plan,
    stability.plan,
    tags.plan,
    idempotency.plan,
    pagination.plan,
    filters.plan,
    sequences.plan,
)


def scenarios_of(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios that put the clauses to the test which an operation owns."""
    for family in FAMILIES:
        for item in family(planner, operation):
            clauses = (item.clause,) if isinstance(item, Omitted) else item.clauses
            if any(planner.wanted(clause) for clause in clauses):
                yield item
