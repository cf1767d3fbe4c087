"""Clauses about names that are taken, owned by the operation that creates.

Thing/lifecycle#duplicate     a second resource of one name is not created
Thing/lifecycle#one-winner    of several clients that ask for one name at once, one gets it
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, model_clause
from conformance.specs.clauses.lifecycle import SECTION, is_unique
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay

DUPLICATE, ONE_WINNER = "duplicate", "one-winner"

NAMES = (DUPLICATE, ONE_WINNER)


def duplicates_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about taken names that an operation owns."""
    for resource in overlay.resources.values():
        if resource.create == operation.name and is_unique(resource):
            name, one = resource.name, resource.one
            duplicate = f"{operation.name} does not create a second {name} of a name that is taken"
            yield model_clause(spec, name, SECTION, "", DUPLICATE, duplicate)
            winner = f"of several clients that create {one} of one name at once, one succeeds"
            yield model_clause(spec, name, SECTION, "", ONE_WINNER, winner)
