"""Laws of updates: the description of a resource repeats what its update gave.

before --> update --> after     what update gave, against the description after it, and before it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.cases.families import Updates
from conformance.specs.clauses.updates import UPDATED
from conformance.values.paths import Path
from conformance.verdicts.check_results import CheckResult, Contradiction, Undecided
from conformance.verdicts.evidence.echo_comparison import Echoed
from conformance.verdicts.evidence.segments import Segment, event_text, segments
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.laws.roundtrip import all_open, clauses_of_places, compared_with, echo_notes, unless_refused

# Members of descriptions with changes that will be made at another time begin with this.
PENDING = "pending"


def check_updated(timeline: Timeline) -> Iterator[CheckResult]:
    """Compares what every accepted update gave with the descriptions before and after it."""
    found, noted = list(segments(timeline, Updates.CREATE)), set()
    for note in (note for segment in found for note in _of_segment(timeline, segment)):
        noted.add(note.clause)
        yield note
    if not found:
        last = next(reversed(timeline.every(Updates.CREATE)), None)
        yield from all_open(timeline, "no resource was created", last)
        return
    refused = next((each for each in reversed(timeline.events) if not each.accepted), None)
    reason = "no update gave it" if refused is None else f"no accepted update gave it: {event_text(refused)}"
    for clause in timeline.scenario.clauses:
        if clause not in noted:
            yield Undecided(clause, "unreached", reason)


def _of_segment(timeline: Timeline, segment: Segment) -> Iterator[CheckResult]:
    before: Any = None
    for number, event in enumerate(segment.events):
        if event.label == Updates.UPDATE and event.accepted:
            read = _last_read(segment, number)
            after = segment.description(read) if read is not None else None
            if before and after and read is not None:
                for note in _updated(timeline, event, before, after):
                    judged = unless_refused(timeline, event, note)
                    yield replace(judged, decided_by=(event, read)) if isinstance(judged, Contradiction) else judged
        elif event.label in (Updates.BEFORE, Updates.AFTER):
            before = segment.description(event) or before


def _last_read(segment: Segment, update: int) -> TimelineEvent | None:
    """The last event with a description between an update and the next one."""
    found = None
    for event in segment.events[update + 1 :]:
        if event.label == Updates.UPDATE:
            break
        if event.label == Updates.AFTER and segment.description(event):
            found = event
    return found


def _updated(
    timeline: Timeline, update: TimelineEvent, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[CheckResult]:
    clause = clauses_of_places(timeline, UPDATED)
    was = {each.spot: each for each in compared_with(timeline, update, before)}
    codes: dict[Path, str] = {}
    judged: list[Echoed] = []
    for each in compared_with(timeline, update, after):
        earlier = was.get(each.spot)
        if each.how == "same" and earlier is not None and earlier.how == "same" and each.echo.leaf:
            yield Undecided(clause(each.echo.path), "unreached", "it had the value of the update before")
            continue
        if each.how != "same" and _has_pending(after):
            yield Undecided(clause(each.echo.path), "unreached", "the description has pending changes")
            continue
        if each.how in ("lost", "other") and earlier is not None and earlier.there == each.there:
            codes[each.spot] = "update-ignored"
        judged.append(each)
    yield from echo_notes(judged, clause, codes)


def _has_pending(description: Mapping[str, Any]) -> bool:
    return any(name.lower().startswith(PENDING) and value for name, value in description.items())
