"""Clauses about what a list can be asked for, owned by the list operation.

<Operation>/filter/<Member>#matches    what is listed is what was asked for, and all of it
<Operation>/sort#order                 what is listed comes in the order that was asked for
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.clauses.pagination import reads
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.list_criteria import Criterion, Kind, criteria_of, ordering_of
from conformance.values.paths import format_path

MATCHES = "matches"
ORDER = "order"

_WORDS: Mapping[Kind, str] = {
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
        statement = f"{operation.name} with {criterion.member} lists {_chosen(criterion)}, all of them and no others"
        yield _clause(spec, operation, "filter", criterion.member, MATCHES, statement)
    ordering = ordering_of(spec.service, operation, overlay)
    if ordering is not None:
        keys = ", ".join(value for value, _ in ordering.keys)
        statement = f"{operation.name} lists in the order of {ordering.by} ({keys}), {ordering.order} as asked"
        yield _clause(spec, operation, "sort", "", ORDER, statement)


def _chosen(criterion: Criterion) -> str:
    spoken = format_path(criterion.item) or "name"
    return f"the items whose {spoken} {_WORDS[criterion.kind]} it"


def _clause(spec: Spec, operation: Operation, section: Section, path: str, name: str, statement: str) -> Clause:
    source = f"model: botocore {spec.provenance.botocore}"
    return Clause(spec.service.name, operation.name, section, path, name, statement, source)
