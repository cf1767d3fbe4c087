"""Laws of round trips: the description of a resource repeats what its creation gave, is stable, and has possible times.

create --> read ... settled, settled, settled
echo     what create gave, against the last description
stable   a place that differs between the first two descriptions, and again between the last two
times    the times of the last description, against each other and against the time of the answer
"""

from __future__ import annotations

import datetime
import email.utils
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Roundtrip
from conformance.cases.scenarios.roundtrip import DOUBTFUL
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.roundtrip import ECHO, SECTION, STABLE, TIMES, echoes_of, times_in
from conformance.values.paths import Path
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.differences import differences
from conformance.verdicts.evidence.echo_comparison import Echoed, compared
from conformance.verdicts.evidence.segments import Segment, event_text, has_settled, segments
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

CODES: Mapping[str, str] = {"lost": "lost-attribute", "other": "changed-value", "other-case": "changed-case"}

# Clocks of servers and the precision of some formats differ by that much.
TOLERANCE = datetime.timedelta(seconds=2)

# Farther from the time of the answer than this, a time is wrong in any time zone.
FAR = datetime.timedelta(days=1)

_Times = tuple[tuple[str, datetime.datetime], ...]


def check_echo(timeline: Timeline) -> Iterator[CheckResult]:
    """Compares what every accepted creation gave with the description of the resource; and the descriptions."""
    found = list(segments(timeline, Roundtrip.CREATE))
    if not found:
        last = next(reversed(timeline.every(Roundtrip.CREATE)), None)
        yield from all_open(timeline, "no resource was created", last)
    noted = set()
    for segment in found:
        for note in _of_segment(timeline, segment):
            noted.add(note.clause)
            yield note
    refused = next((each for each in timeline.every(Roundtrip.CREATE) if not each.accepted), None)
    reason = "no request gave it" if refused is None else f"no accepted request gave it: {event_text(refused)}"
    for clause in timeline.scenario.clauses if found else ():
        if clause not in noted and clause.endswith(f"#{ECHO}"):
            yield Undecided(clause, "unreached", reason)


def _of_segment(timeline: Timeline, segment: Segment) -> Iterator[CheckResult]:
    reads = segment.reads(Roundtrip.SETTLED) or segment.reads(Roundtrip.READ)
    if not reads:
        last = next(reversed(segment.every(Roundtrip.READ)), None)
        yield from all_open(timeline, "the resource could not be read", last)
        return
    description = segment.description(reads[-1])
    settled = has_settled(timeline, [description])
    for each in _echoed(timeline, segment.creation, description):
        note = unless_refused(timeline, segment.creation, each)
        # A resource that is being created may not be described in full yet.
        if isinstance(note, Contradiction) and not settled:
            yield Undecided(note.clause, "unreached", "it did not settle")
        elif isinstance(note, Contradiction):
            yield replace(note, decided_by=(segment.creation, reads[-1]))
        else:
            yield note
    yield from _stable(timeline, segment)
    yield from _times(timeline, segment)


def all_open(timeline: Timeline, reason: str, last: TimelineEvent | None) -> Iterator[CheckResult]:
    """Every clause of the scenario is open, for a reason and because of the last answer."""
    if last is not None:
        reason += f": {'the answer does not describe it' if last.accepted else event_text(last)}"
    for clause in timeline.scenario.clauses:
        yield Undecided(clause, "unreached", reason)


def unless_refused(timeline: Timeline, sent: TimelineEvent, note: CheckResult) -> CheckResult:
    """The note, unless it blames a target for what it did with a request that AWS may refuse."""
    if not isinstance(note, Contradiction):
        return note
    doubtful: Mapping[str, str] = timeline.scenario.about.get(DOUBTFUL, {})
    reason = next((reason for name, reason in doubtful.items() if name in sent.exchange.call.params), None)
    return note if reason is None else Undecided(note.clause, "unreached", "AWS may refuse the request", reason)


def clauses_of_places(timeline: Timeline, name: str) -> Callable[[str], str]:
    """The function from a place to its clause of that name."""
    resource = timeline.scenario.resource
    return lambda path: clause_id(timeline.service.name, resource.name if resource else "", SECTION, path, name)


def compared_with(timeline: Timeline, sent: TimelineEvent, description: Mapping[str, Any]) -> list[Echoed]:
    """What a call gave compared with a description, place by place."""
    call, resource = sent.exchange.call, timeline.scenario.resource
    echoes = echoes_of(timeline.service, resource, call.operation) if resource is not None else ()
    return list(compared(echoes, call.params, description))


def _echoed(timeline: Timeline, creation: TimelineEvent, description: Mapping[str, Any]) -> Iterator[CheckResult]:
    echoed, clause = compared_with(timeline, creation, description), clauses_of_places(timeline, ECHO)
    tops = [each for each in echoed if len(each.spot) == 1]
    if len(tops) < 2 or any(each.how != "lost" for each in tops):
        yield from echo_notes(echoed, clause)
        return
    # A description that repeats nothing is one contradiction, not one for each place.
    first, *others = echoed
    got = "a description that repeats nothing of what was given"
    yield Contradiction(clause(first.echo.path), CODES["lost"], first.where, abbreviated(first.given), got)
    for each in others:
        if each.echo.has_clause:
            yield Undecided(clause(each.echo.path), "unreached", "the description repeats nothing of what was given")


def echo_notes(
    echoed: list[Echoed], clause: Callable[[str], str], codes: Mapping[Path, str] | None = None
) -> Iterator[CheckResult]:
    """A note for every place with a clause: held, contradicted, or open because a place around it was lost.

    Where the lost place around it has no clause, the first place inside it is contradicted instead. `codes` replaces
    the codes of the contradictions at some places.
    """
    lost: Echoed | None = None
    noted = False
    for each in echoed:
        if each.how == "lost" and not each.echo.leaf:
            lost, noted = each, each.echo.has_clause
        if not each.echo.has_clause:
            continue
        name = clause(each.echo.path)
        if each.how == "same":
            yield Satisfied(name)
        elif each.how != "lost-within":
            yield _contradicted(name, each, (codes or {}).get(each.spot, CODES[each.how]))
        elif lost is not None and noted:
            yield Undecided(name, "unreached", f"{lost.where} was lost as a whole")
        elif lost is not None:
            yield _contradicted(name, lost, (codes or {}).get(lost.spot, CODES["lost"]))
            noted = True


def _contradicted(clause: str, echoed: Echoed, code: str) -> Contradiction:
    got = "nothing" if echoed.there is None else abbreviated(echoed.there)
    return Contradiction(clause, code, echoed.where, abbreviated(echoed.given), got)


def _stable(timeline: Timeline, segment: Segment) -> Iterator[CheckResult]:
    """Compares the first three descriptions of a settled resource, which nothing changes."""
    reads = segment.reads(Roundtrip.SETTLED)
    if len(reads) < 3:
        return
    clause, descriptions = clauses_of_places(timeline, STABLE)(""), segment.descriptions(Roundtrip.SETTLED)
    if not has_settled(timeline, descriptions):
        yield Undecided(clause, "unreached", "it did not settle")
        return
    # What changes once may have been a late effect. What changes every time is changed by the read, or random.
    once, again = differences(descriptions[0], descriptions[1]), differences(descriptions[1], descriptions[2])
    place = next((place for place in once if place in again), None)
    if place is None:
        yield Satisfied(clause)
    else:
        before, after = map(abbreviated, again[place])
        yield Contradiction(clause, "unstable-answer", place, before, after, tuple(reads[:3]))


def _times(timeline: Timeline, segment: Segment) -> Iterator[CheckResult]:
    reads = segment.reads(Roundtrip.SETTLED)
    if not reads:
        return
    assert timeline.scenario.resource is not None
    clause, description = clauses_of_places(timeline, TIMES)(""), segment.description(reads[-1])
    names = times_in(timeline.service, timeline.scenario.resource)
    created, changed = (_times_of(description, each) for each in names)
    if not created and not changed:
        return
    far_off = _far_off(clause, (*created, *changed), _answer_time(segment))
    found = (*_out_of_order(clause, created, changed), *far_off)
    yield replace(found[0], decided_by=(reads[-1],)) if found else Satisfied(clause)


def _times_of(description: Mapping[str, Any], names: tuple[str, ...]) -> _Times:
    found = ((name, description.get(name)) for name in names)
    return tuple((name, _aware(value)) for name, value in found if isinstance(value, datetime.datetime))


def _out_of_order(clause: str, created: _Times, changed: _Times) -> Iterator[Contradiction]:
    for name, first in created:
        for other, then in changed:
            if then < first - TOLERANCE:
                yield Contradiction(clause, "times-out-of-order", other, f"not before {name}, {first}", str(then))


def _far_off(clause: str, times: _Times, now: datetime.datetime | None) -> Iterator[Contradiction]:
    for name, time in times:
        if now is not None and abs(now - time) > FAR:
            yield Contradiction(clause, "time-off", name, f"a time near that of the answer, {now}", str(time))


def _answer_time(segment: Segment) -> datetime.datetime | None:
    """The time of the last answer, by its own `Date` header."""
    last = next(reversed(segment.every(Roundtrip.SETTLED)), None)
    response = last.exchange.response if last is not None else None
    try:
        return _aware(email.utils.parsedate_to_datetime(response.headers["date"])) if response is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def _aware(time: datetime.datetime) -> datetime.datetime:
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
