"""A thing at rest: told alike twice, with times that make sense; not changed by being looked at.

rest, rest, rest              stable: what differs between the first two and again between the last two
before, before, asked, after  unchanged: what differs after an operation that reads, and did not before
"""

from __future__ import annotations

import datetime
import email.utils
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.roundtrip import SECTION, STABLE, TIMES, times_in
from conformance.specs.resources.descriptions import status_in
from conformance.verdicts.evidence.differences import differences
from conformance.verdicts.evidence.segments import Segment, event_text, is_accepted, segments
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided

# Clocks of servers and the precision of some formats differ by a moment.
TOLERANCE = datetime.timedelta(seconds=2)

# Farther from the time of the answer than this, a time is wrong in whatever zone it was meant.
FAR = datetime.timedelta(days=1)

_Times = tuple[tuple[str, datetime.datetime], ...]


def check_rest(story: Timeline, segment: Segment) -> Iterator[CheckResult]:
    """The descriptions of a thing at rest, against each other and against the time of the answers."""
    descriptions = segment.descriptions("rest")
    if len(descriptions) >= 3:
        yield from _stable(story, descriptions)
    if descriptions:
        yield from _times(story, segment, descriptions[-1])


def _clause(story: Timeline, name: str) -> str:
    resource = story.scenario.resource
    return clause_id(story.service.name, resource.name if resource else "", SECTION, "", name)


def _stable(story: Timeline, read: list[Any]) -> Iterator[CheckResult]:
    clause = _clause(story, STABLE)
    if not is_at_rest(story, read):
        yield Undecided(clause, "unreached", "it did not come to rest")
        return
    # What changes once may have been on its way; what changes each time is changed by being read, or made up.
    once, again = differences(read[0], read[1]), differences(read[1], read[2])
    place = next((place for place in once if place in again), None)
    if place is None:
        yield Satisfied(clause)
    else:
        yield Contradiction(
            clause, "unstable-answer", place, abbreviated(again[place][0]), abbreviated(again[place][1])
        )


def is_at_rest(story: Timeline, descriptions: list[Any]) -> bool:
    """Whether no description tells a state that passes by itself."""
    resource = story.scenario.resource
    if resource is None or resource.status is None:
        return True
    passing = resource.status.passing
    return all(status_in(resource, each) not in passing for each in descriptions)


def _times(story: Timeline, segment: Segment, description: Mapping[str, Any]) -> Iterator[CheckResult]:
    assert story.scenario.resource is not None
    clause = _clause(story, TIMES)
    made, changed = (_timed(description, names) for names in times_in(story.service, story.scenario.resource))
    if not made and not changed:
        return
    found = (*_out_of_order(clause, made, changed), *_far_off(clause, (*made, *changed), _now(segment)))
    yield found[0] if found else Satisfied(clause)


def _timed(description: Mapping[str, Any], names: tuple[str, ...]) -> _Times:
    found = ((name, description.get(name)) for name in names)
    return tuple((name, _aware(value)) for name, value in found if isinstance(value, datetime.datetime))


def _out_of_order(clause: str, made: _Times, changed: _Times) -> Iterator[Contradiction]:
    for name, first in made:
        for other, then in changed:
            if then < first - TOLERANCE:
                yield Contradiction(clause, "times-out-of-order", other, f"not before {name}, {first}", str(then))


def _far_off(clause: str, times: _Times, now: datetime.datetime | None) -> Iterator[Contradiction]:
    for name, time in times:
        if now is not None and abs(now - time) > FAR:
            yield Contradiction(clause, "time-off", name, f"a time near that of the answer, {now}", str(time))


def _now(segment: Segment) -> datetime.datetime | None:
    """The time of the last answer, as its own headers tell it."""
    last = next(reversed(segment.every("rest")), None)
    response = last.exchange.response if last is not None else None
    try:
        return _aware(email.utils.parsedate_to_datetime(response.headers["date"])) if response is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def _aware(time: datetime.datetime) -> datetime.datetime:
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


def check_unchanged(story: Timeline) -> Iterator[CheckResult]:
    """What a thing is told to be before and after an operation that only reads."""
    clause = story.scenario.clauses[0]
    for segment in segments(story, "create"):
        asked, before, after = segment.every("asked"), segment.descriptions("before"), segment.descriptions("after")
        if not asked or not is_accepted(asked[0]):
            yield Undecided(clause, "unreached", event_text(asked[0]) if asked else "it could not be read before")
        elif len(before) < 2 or not after:
            yield Undecided(clause, "unreached", "it could not be read before and after")
        elif not is_at_rest(story, [*before, *after]):
            yield Undecided(clause, "unreached", "it did not come to rest")
        else:
            moving, changed = differences(before[0], before[1]), differences(before[1], after[-1])
            place = next((place for place in changed if place not in moving), None)
            if place is None:
                yield Satisfied(clause)
            else:
                yield Contradiction(clause, "changed-by-reading", place, *map(abbreviated, changed[place]))
