"""The laws: what the timelines of scenarios mean for clauses, one module a family.

Timeline --LAWS[kind]--> notes: held, contradicted, open
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.specs.clauses.clause import clause_id
from conformance.specs.overlay.rules import refining_rule
from conformance.verdicts.check_results import CheckResult, Undecided
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.laws import (
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

Law = Callable[[Timeline], Iterator[CheckResult]]

LAWS: Mapping[str, Law] = MappingProxyType(
    {
        "creation": lifecycle.check_creation,
        "update": lifecycle.check_update,
        "steady": lifecycle.check_steady,
        "duplicate": duplicates.check_duplicate,
        "one-winner": duplicates.check_one_winner,
        "removal": removal.check_removal,
        "taken-while-deleting": removal.check_taken_while_deleting,
        "not-found": references.check_not_found,
        "missing": references.check_missing,
        "pages": pagination.check_pages,
        "filters": filters.check_filters,
        "sort": filters.check_sort,
        "echo": roundtrip.check_echo,
        "updated": updates.check_updated,
        "reading": stability.check_reading,
        "written-read": data.check_written_read,
        "put-removed": data.check_put_removed,
        "tags-given": tags.check_tags_given,
        "tags-added": tags.check_tags_added,
        "tags-removed": tags.check_tags_removed,
        "idempotency": idempotency.check_idempotency,
        "sequence": sequences.check_sequence,
    }
)
"""By the kind of the scenario."""


def notes_of(timeline: Timeline, *, accepts_anything: bool = False) -> Iterator[CheckResult]:
    """The notes on the clauses of a played scenario, at least one for each.

    A note on a clause that a rule of the overlay refines is repeated for the rule. A target that answers 2xx to an
    operation that does not exist (`accepts_anything`) shows nothing by accepting.
    """
    scenario = timeline.scenario
    if accepts_anything:
        reason: str | None = "the target answers 2xx even to an operation that does not exist"
    else:
        reason = timeline.blocked
    notes = [] if reason is not None else list(LAWS[scenario.kind](timeline))
    noted = {note.clause for note in notes}
    silent = [clause for clause in scenario.clauses if clause not in noted]
    notes.extend(Undecided(clause, "unreached", reason or "the scenario ended before") for clause in silent)
    for note in notes:
        yield note
        rule = refining_rule(timeline.overlay, note.clause)
        if rule is not None and scenario.operation in rule.operations:
            yield replace(note, clause=clause_id(scenario.service, scenario.operation, "rule", "", rule.id))
