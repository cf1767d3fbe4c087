"""What the stories of scenarios mean: one module a family of laws, and the table of them.

Story --LAWS[kind]--> notes: held, contradicted, open
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.specs.clauses.clause import clause_id
from conformance.specs.overlay.rules import refining_rule
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.finding import CheckResult, Undecided
from conformance.verdicts.laws import (
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
)

Law = Callable[[Timeline], Iterator[CheckResult]]

LAWS: Mapping[str, Law] = {
    "creation": lifecycle.creation,
    "update": lifecycle.update,
    "steady": lifecycle.steady,
    "duplicate": duplicates.duplicate,
    "one-winner": duplicates.one_winner,
    "taken-while-deleting": duplicates.taken_while_deleting,
    "removal": removal.removal,
    "not-found": references.not_found,
    "missing": references.missing,
    "pages": pagination.pages,
    "filters": filters.filters,
    "sort": filters.sort,
    "echo": roundtrip.check_echo,
    "updated": roundtrip.check_updated,
    "reading": stability.check_unchanged,
    "tags-given": tags.check_given,
    "tags-added": tags.check_added,
    "tags-removed": tags.check_removed,
    "idempotency": idempotency.check_tokens,
    "story": sequences.check_sequence,
}


def notes_of(story: Timeline, *, accepts_anything: bool = False) -> Iterator[CheckResult]:
    """What a story says of the clauses of its scenario; of each at least why it says nothing.

    What is said of a clause that a rule of the overlay refines is said of the rule, too. A target that answers 2xx to
    an operation that does not exist (`accepts_anything`) shows nothing by accepting.
    """
    scenario = story.scenario
    if accepts_anything:
        reason: str | None = "the target answers 2xx even to an operation that does not exist"
    else:
        reason = story.blocked
    notes = [] if reason is not None else list(LAWS[scenario.kind](story))
    spoken = {note.clause for note in notes}
    silent = [clause for clause in scenario.clauses if clause not in spoken]
    notes.extend(Undecided(clause, "unreached", reason or "the story did not get that far") for clause in silent)
    for note in notes:
        yield note
        rule = refining_rule(story.overlay, note.clause)
        if rule is not None and scenario.operation in rule.operations:
            yield replace(note, clause=clause_id(scenario.service, scenario.operation, "rule", "", rule.id))
