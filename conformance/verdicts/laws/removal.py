"""Laws of the end of a resource: what was removed is gone, from reads and lists, and cannot be removed again.

A removal may take its time, and say so by a state; it may also be one that is only scheduled, which the description
then tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.cases.fixtures.observation import Observation, is_transient
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.lifecycle import transition
from conformance.specs.resources.descriptions import carries, described, listed_items
from conformance.specs.resources.resource import Resource, Status
from conformance.specs.resources.status_words import class_of
from conformance.values.paths import leaves
from conformance.verdicts.evidence.observations import (
    accepted,
    answer_text,
    aside,
    creation_of,
    history,
    is_settled,
    no_creation,
    observations,
    output_of,
    refused,
    resource_of,
)
from conformance.verdicts.evidence.state_errors import MISSING
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.laws.references import accepts_missing

# Members of a description that tell of a state, or of a removal that was put off.
_STATE = re.compile(r"delet|remov|expir|stat(e|us)$", re.IGNORECASE)


def removal(story: Timeline) -> Iterator[CheckResult]:
    """What was removed is gone."""
    made, known = creation_of(story)
    if made is None:
        yield from no_creation(story)
        return
    removed = story.first("delete")
    if removed is None or not accepted(removed):
        yield from _not_removed(story, removed)
        return
    seen = observations(story, "after", known)
    if seen:
        yield from _gone(story, known, seen)
        yield from _ways_out(story, seen)
    # What is still described, as something that is gone, may still be listed.
    if not seen or seen[-1].word == "absent":
        yield from _unlisted(story, known)
    if not seen or _is_gone(resource_of(story), seen[-1]):
        yield from _twice(story)


def _not_removed(story: Timeline, removed: TimelineEvent | None) -> Iterator[CheckResult]:
    for clause in story.scenario.clauses:
        note = aside(story, clause, removed) if removed is not None else None
        reason = f"it could not be removed: {answer_text(removed)}" if removed is not None else "it was not removed"
        yield note or Undecided(clause, "unreached", reason)


def _gone(story: Timeline, known: frozenset[str], seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, resource, last = story.clause("gone-after-delete"), resource_of(story), story.every("after")[-1]
    note = aside(story, clause, last)
    if note is not None:
        yield note
    elif _is_gone(resource, seen[-1]):
        yield Satisfied(clause)
    elif seen[-1].word == "unread":
        yield Undecided(clause, "unreached", f"it could not be read: {answer_text(last)}")
    elif is_transient(resource, seen[-1]) and len(seen) == 1:
        yield Undecided(clause, "unreached", f"it was not waited for: {history(seen)}")
    elif not is_transient(resource, seen[-1]) and _is_other(story, known, last):
        yield Undecided(clause, "unreached", f"its description is another one now: {history(seen)}")
    else:
        code = "stalls" if is_transient(resource, seen[-1]) else "survives-delete"
        got = f"{history(seen)} {is_settled(story, 'after')}"
        yield Contradiction(clause, code, last.exchange.call.operation, "what was removed is not found", got)


def _is_gone(resource: Resource, observation: Observation) -> bool:
    return observation.word == "absent" or (
        resource.status is not None and resource.status.phase(observation.status) == "gone"
    )


def _is_other(story: Timeline, known: frozenset[str], last: TimelineEvent) -> bool:
    """Whether a description tells less than before, or something else of a state or of a removal."""
    reading, before = resource_of(story).read, story.every("before")
    if reading is None or not before:
        return False
    old, new = (described(reading, output_of(each.exchange), known) for each in (before[-1], last))
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() - new.keys():
        return True
    return _told_of_state(new) != _told_of_state(old)


def _told_of_state(description: Any) -> dict[Any, Any]:
    return {path: value for path, value in leaves(description) if any(_STATE.search(str(step)) for step in path)}


def _ways_out(story: Timeline, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    """Of each state that a thing may be in on its way out: whether it ended."""
    resource, status = resource_of(story), resource_of(story).status
    for state in status.deleting if status is not None and status.settled else ():
        clause = clause_id(story.service.name, resource.name, "lifecycle", "", transition(state, resource))
        yield from _way_out(story, clause, state, status, seen)


def _way_out(
    story: Timeline, clause: str, state: str, status: Status | None, seen: tuple[Observation, ...]
) -> Iterator[CheckResult]:
    resource, states = resource_of(story), {observation.status for observation in seen}
    others = status is not None and any(each in states for each in status.deleting if each != state)
    where = story.every("after")[-1].exchange.call.operation
    if state not in states and (others or not _is_gone(resource, seen[-1])):
        yield Undecided(clause, "unreached", f"it was not {state}: {history(seen)}")
    elif state not in states:
        yield Contradiction(clause, "skips-state", where, f"{state}, then gone", history(seen))
    elif _is_gone(resource, seen[-1]):
        yield Satisfied(clause)
    elif seen[-1].word == "unread" or len(seen) == 1:
        yield Undecided(clause, "unreached", f"its end was not seen: {history(seen)}")
    else:
        code = "stalls" if is_transient(resource, seen[-1]) else "survives-delete"
        yield Contradiction(clause, code, where, f"{state}, then gone", f"{history(seen)} {is_settled(story, 'after')}")


def _unlisted(story: Timeline, known: frozenset[str]) -> Iterator[CheckResult]:
    resource, pages = resource_of(story), story.every("list")
    if resource.listing is None or not pages:
        return
    clause, last = story.clause("unlisted-after-delete"), pages[-1]
    note = aside(story, clause, last)
    if note is not None:
        yield note
        return
    if not accepted(last):
        yield Undecided(clause, "unreached", f"the list was not to be had: {answer_text(last)}")
        return
    items = [each for each in listed_items(resource.listing, output_of(last.exchange)) if carries(each, known)]
    if not all(_shows_removal(item) for item in items):
        got = f"it is in the list {is_settled(story, 'list')}"
        yield Contradiction(clause, "listed-after-delete", resource.listing.operation, "not in the list", got)
    else:
        yield Satisfied(clause)


def _shows_removal(item: Any) -> bool:
    """Whether an item of a list says of itself that it is removed, or on its way."""
    return any(class_of(str(value)) in ("deleting", "gone") for value in _told_of_state(item).values())


def _twice(story: Timeline) -> Iterator[CheckResult]:
    clause, again = story.clause("delete-twice"), story.first("delete-again")
    if again is None:
        return
    if accepted(again):
        yield accepts_missing(story, clause, again)
    else:
        yield from refused(story, clause, again, MISSING)
