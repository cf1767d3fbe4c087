"""Finds the clauses that appeared, vanished or changed between two versions of a spec.

A nightly job needs to test only these again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specs.changes.shape_changes import SpecChange, SpecChanges
from conformance.specs.clauses.catalog import clauses_of
from conformance.specs.clauses.clause import clause_id
from conformance.specs.overlay.entries import Overlay

# The section of a clause id for that of a change.
_SECTIONS = {"request": "input", "response": "output", "errors": "errors"}


@dataclass(frozen=True, slots=True)
class ClauseChanges:
    """Ids of clauses, each tuple in the order in which the clauses stand in their spec."""

    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    changed: tuple[str, ...]


def clause_changes(changes: SpecChanges, overlay: Overlay | None = None) -> ClauseChanges:
    """The clauses that differ between the two specs of `changes`.

    Rules of the overlay hold for a range of versions, so their clauses appear and vanish as well.
    """
    older, newer = clauses_of(changes.older, overlay), clauses_of(changes.newer, overlay)
    service = changes.newer.service.name
    # The statement of a long enum shows only some values, so it can stay the same when the values change.
    touched = {identifier for change in changes.changes for identifier in _ids(service, change)}
    return ClauseChanges(
        appeared=tuple(name for name in newer if name not in older),
        vanished=tuple(name for name in older if name not in newer),
        changed=tuple(
            name
            for name, clause in newer.items()
            if name in older and (clause.statement != older[name].statement or name in touched)
        ),
    )


def _ids(service: str, change: SpecChange) -> Iterator[str]:
    section = _SECTIONS.get(change.section)
    if section and change.effect not in ("none", "adds", "removes"):
        yield clause_id(service, change.operation, section, change.path, change.kind)


def clause_changes_text(found: ClauseChanges) -> str:
    """A line for each clause: `+` appeared, `-` vanished, `~` changed."""
    marks = (("+", found.appeared), ("-", found.vanished), ("~", found.changed))
    return "".join(f"{mark} {name}\n" for mark, names in marks for name in names)


def clause_changes_document(found: ClauseChanges) -> dict[str, list[str]]:
    """The ids as a JSON document."""
    return {"appeared": list(found.appeared), "vanished": list(found.vanished), "changed": list(found.changed)}
