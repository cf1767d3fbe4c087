"""The clauses of an operation, each made when it is first asked for.

An operation may have thousands, and who judges single calls asks for a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.specs.clauses.catalog import find_clause, operation_clauses
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay


class ClausesOnDemand(Mapping[str, Clause]):
    """What `operation_clauses` has, by id."""

    def __init__(self, spec: Spec, operation: Operation, overlay: Overlay) -> None:
        self._spec, self._operation, self._overlay = spec, operation, overlay
        self._known: dict[str, Clause | None] = {}

    def __getitem__(self, identity: str) -> Clause:
        found = self._find(identity)
        if found is None:
            raise KeyError(identity)
        return found

    def __contains__(self, identity: object) -> bool:
        return self._find(str(identity)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(operation_clauses(self._spec, self._operation, self._overlay))

    def __len__(self) -> int:
        return len(operation_clauses(self._spec, self._operation, self._overlay))

    def _find(self, identity: str) -> Clause | None:
        if identity not in self._known:
            self._known[identity] = find_clause(self._spec, self._operation, identity, self._overlay)
        return self._known[identity]
