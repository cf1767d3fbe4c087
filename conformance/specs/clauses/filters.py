"""Clauses about filters and orders of lists, owned by the list operation.

<Operation>/filter/<Member>#matches    every listed item matches the filter, and every item that matches is listed
<Operation>/sort#order                 the items come in the order that was asked for
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.specs.clauses.clause import Clause, model_clause
from conformance.specs.clauses.pagination import reads
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.list_criteria import Criterion, CriterionKind, criteria_of, ordering_of
from conformance.values.paths import format_path

MATCHES, ORDER = "matches", "order"

NAMES = (MATCHES, ORDER)

_WORDS: Mapping[CriterionKind, str] = {
    "contains": "contains the text of",
    "prefix": "begins with",
    "equals": "equals",
    "after": "is not before",
    "before": "is before",
}


def filters_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about the filters and the order of a list."""
    if not reads(operation):
        return
    for criterion in criteria_of(spec.service, operation, overlay):
        statement = f"{operation.name} with {criterion.member} lists {_matching(criterion)}, all of them and no others"
        yield model_clause(spec, operation.name, "filter", criterion.member, MATCHES, statement)
    ordering = ordering_of(spec.service, operation, overlay)
    if ordering is not None:
        keys = ", ".join(value for value, _ in ordering.keys)
        statement = f"{operation.name} lists in the order of {ordering.by} ({keys}), {ordering.order} as asked"
        yield model_clause(spec, operation.name, "sort", "", ORDER, statement)


def _matching(criterion: Criterion) -> str:
    member = format_path(criterion.item) or "name"
    return f"the items whose {member} {_WORDS[criterion.kind]} it"
