"""What the stories of scenarios mean: one module a family of laws, and the table of them.

Story --LAWS[kind]--> notes: held, contradicted, open
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.verdicts.finding import Note, Open
from conformance.verdicts.laws import duplicates, lifecycle, missing, removal
from conformance.verdicts.story import Story

Law = Callable[[Story], Iterator[Note]]

LAWS: Mapping[str, Law] = {
    "creation": lifecycle.creation,
    "update": lifecycle.update,
    "steady": lifecycle.steady,
    "duplicate": duplicates.duplicate,
    "one-winner": duplicates.one_winner,
    "taken-while-deleting": duplicates.taken_while_deleting,
    "removal": removal.removal,
    "not-found": missing.not_found,
    "missing": missing.missing,
}


def notes_of(story: Story, *, accepts_anything: bool = False) -> Iterator[Note]:
    """What a story says of the clauses of its scenario; of each at least why it says nothing.

    A target that answers 2xx to an operation that does not exist (`accepts_anything`) shows nothing by accepting.
    """
    scenario = story.scenario
    if accepts_anything:
        reason: str | None = "the target answers 2xx even to an operation that does not exist"
    else:
        reason = story.blocked
    notes = () if reason is not None else tuple(LAWS[scenario.kind](story))
    yield from notes
    spoken = {note.clause for note in notes}
    for clause in scenario.clauses:
        if clause not in spoken:
            yield Open(clause, "unreached", reason or "the story did not get that far")
