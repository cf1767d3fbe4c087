"""Laws of the removal of a resource: it is gone from reads and lists, and cannot be deleted again.

removal                a deleted resource is gone, after the transient states that the model names
taken-while-deleting   its name is taken until it is gone

A removal may take time, which a transient state says. It may also be scheduled, which the description then says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.cases.families import Removal
from conformance.cases.fixtures.observation import Observation, is_transient
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.lifecycle import transition
from conformance.specs.clauses.removal import (
    DELETE_TWICE,
    GONE_AFTER_DELETE,
    TAKEN_WHILE_DELETING,
    UNLISTED_AFTER_DELETE,
)
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.descriptions import find_description, is_identified_by, listed_items
from conformance.specs.resources.resource import Resource, Status
from conformance.specs.resources.status_words import phase_of
from conformance.values.paths import leaves
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.observations import (
    answer_text,
    creation_of,
    history,
    no_creation,
    observations,
    output_of,
    reads_took,
    refused,
    resource_of,
    stateless_note,
)
from conformance.verdicts.evidence.state_errors import BUSY, MISSING, TAKEN
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.laws.duplicates import created_twice, declared_code
from conformance.verdicts.laws.references import accepts_missing, succeeds_anyway

# Members of a description that have a state, or a removal that is scheduled.
_STATE = re.compile(r"delet|remov|expir|stat(e|us)$", re.IGNORECASE)


def check_removal(timeline: Timeline) -> Iterator[CheckResult]:
    """A deleted resource is gone."""
    created, known = creation_of(timeline)
    if created is None:
        yield from no_creation(timeline)
        return
    removed = timeline.first(Removal.DELETE)
    if removed is None or not removed.accepted:
        yield from _not_removed(timeline, removed)
        return
    seen = observations(timeline, Removal.AFTER, known)
    if seen:
        yield from _gone(timeline, known, seen)
        yield from _transitions(timeline, seen)
    # A resource that is still described, in a state that means gone, may still be listed.
    if not seen or seen[-1].word == "absent":
        yield from _unlisted(timeline, known)
    if not seen or _is_gone(resource_of(timeline), seen[-1]):
        yield from _twice(timeline)


def _not_removed(timeline: Timeline, removed: TimelineEvent | None) -> Iterator[CheckResult]:
    for clause in timeline.scenario.clauses:
        note = stateless_note(timeline, clause, removed) if removed is not None else None
        reason = f"it could not be deleted: {answer_text(removed)}" if removed is not None else "it was not deleted"
        yield note or Undecided(clause, "unreached", reason)


def _gone(timeline: Timeline, known: frozenset[str], seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, resource, last = (
        timeline.clause(GONE_AFTER_DELETE),
        resource_of(timeline),
        timeline.every(Removal.AFTER)[-1],
    )
    note = stateless_note(timeline, clause, last)
    if note is not None:
        yield note
    elif _is_gone(resource, seen[-1]):
        yield Satisfied(clause)
    elif seen[-1].word == "unread":
        yield Undecided(clause, "unreached", "it could not be read", answer_text(last))
    elif is_transient(resource, seen[-1]) and len(seen) == 1:
        yield Undecided(clause, "unreached", "it was not waited for", history(seen))
    elif not is_transient(resource, seen[-1]) and _is_other(timeline, known, last):
        yield Undecided(clause, "unreached", "its description has changed", history(seen))
    else:
        code = "stalls" if is_transient(resource, seen[-1]) else "survives-delete"
        got = f"{history(seen)} {reads_took(timeline, Removal.AFTER)}"
        expected = "a deleted resource is not found"
        yield Contradiction(clause, code, last.exchange.call.operation, expected, got, _delete_and(timeline, last))


def _is_gone(resource: Resource, observation: Observation) -> bool:
    return observation.word == "absent" or (
        resource.status is not None and resource.status.phase(observation.status) == "gone"
    )


def _is_other(timeline: Timeline, known: frozenset[str], last: TimelineEvent) -> bool:
    """Whether a description has fewer members than before, or another state, or a removal that is scheduled."""
    reading, before = resource_of(timeline).read, timeline.every(Removal.BEFORE)
    if reading is None or not before:
        return False
    old, new = (find_description(reading, output_of(each.exchange), known) for each in (before[-1], last))
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() - new.keys():
        return True
    return _state_members(new) != _state_members(old)


def _state_members(description: Any) -> dict[Any, Any]:
    return {path: value for path, value in leaves(description) if any(_STATE.search(str(step)) for step in path)}


def _transitions(timeline: Timeline, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    """For each transient state of a removal: whether it ended."""
    resource, status = resource_of(timeline), resource_of(timeline).status
    for state in status.deleting if status is not None and status.settled else ():
        clause = clause_id(timeline.service.name, resource.name, "lifecycle", "", transition(state, resource))
        yield from _transition(timeline, clause, state, status, seen)


def _transition(
    timeline: Timeline, clause: str, state: str, status: Status | None, seen: tuple[Observation, ...]
) -> Iterator[CheckResult]:
    resource, states = resource_of(timeline), {observation.status for observation in seen}
    others = status is not None and any(each in states for each in status.deleting if each != state)
    last = timeline.every(Removal.AFTER)[-1]
    where, decided_by = last.exchange.call.operation, _delete_and(timeline, last)
    if state not in states and (others or not _is_gone(resource, seen[-1])):
        yield Undecided(clause, "unreached", "it did not have the state", history(seen))
    elif state not in states:
        yield Contradiction(clause, "skips-state", where, f"{state}, then gone", history(seen), decided_by)
    elif _is_gone(resource, seen[-1]):
        yield Satisfied(clause)
    elif seen[-1].word == "unread" or len(seen) == 1:
        yield Undecided(clause, "unreached", "its end was not seen", history(seen))
    else:
        code = "stalls" if is_transient(resource, seen[-1]) else "survives-delete"
        got = f"{history(seen)} {reads_took(timeline, Removal.AFTER)}"
        yield Contradiction(clause, code, where, f"{state}, then gone", got, decided_by)


def _unlisted(timeline: Timeline, known: frozenset[str]) -> Iterator[CheckResult]:
    resource, pages = resource_of(timeline), timeline.every(Removal.LIST)
    if resource.listing is None or not pages:
        return
    clause, last = timeline.clause(UNLISTED_AFTER_DELETE), pages[-1]
    note = stateless_note(timeline, clause, last)
    if note is not None:
        yield note
        return
    if not last.accepted:
        yield Undecided(clause, "unreached", "the list was not answered", answer_text(last))
        return
    items = [each for each in listed_items(resource.listing, output_of(last.exchange)) if is_identified_by(each, known)]
    if not all(_shows_removal(item) for item in items):
        got = f"it is in the list {reads_took(timeline, Removal.LIST)}"
        where, decided_by = resource.listing.operation, _delete_and(timeline, last)
        yield Contradiction(clause, "listed-after-delete", where, "not in the list", got, decided_by)
    else:
        yield Satisfied(clause)


def _shows_removal(item: Any) -> bool:
    """Whether an item of a list has a state that means deleting or gone."""
    return any(phase_of(str(value)) in ("deleting", "gone") for value in _state_members(item).values())


def _twice(timeline: Timeline) -> Iterator[CheckResult]:
    clause, again = timeline.clause(DELETE_TWICE), timeline.first(Removal.DELETE_AGAIN)
    if again is None:
        return
    source = timeline.overlay.behaviour.succeeds_again(again.exchange.call.operation)
    if source is not None and refining_rule(timeline.overlay, clause) is None:
        yield from succeeds_anyway(timeline, clause, again, source)
    elif again.accepted:
        yield accepts_missing(timeline, clause, again)
    else:
        yield from refused(timeline, clause, again, MISSING)


def _delete_and(timeline: Timeline, event: TimelineEvent) -> tuple[TimelineEvent, ...]:
    return (*timeline.every(Removal.DELETE)[:1], event)


def check_taken_while_deleting(timeline: Timeline) -> Iterator[CheckResult]:
    """The name of a resource is taken while it is deleting."""
    created, known = creation_of(timeline)
    if created is None:
        yield from no_creation(timeline)
        return
    clause, again = timeline.clause(TAKEN_WHILE_DELETING), timeline.first(Removal.AGAIN)
    if again is None:
        seen = observations(timeline, Removal.MEANWHILE, known)
        yield Undecided(clause, "unreached", "no read showed it deleting", history(seen))
    elif again.accepted:
        note = created_twice(timeline, clause, again, declared_code(timeline, "accepts-taken"))
        yield replace(note, decided_by=(*timeline.every(Removal.MEANWHILE)[-1:], again))
    else:
        yield from refused(timeline, clause, again, TAKEN, BUSY)
