"""What was given comes back.

create --> read ... rest, rest, rest     given by create   against   told at rest
update --> after                         given by update   against   told after it, and before
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.roundtrip import ECHO, SECTION, UPDATED, echoes_of
from conformance.values.paths import Path
from conformance.verdicts.evidence.echo_comparison import Seen, compared
from conformance.verdicts.evidence.segments import Segment, event_text, is_accepted, segments
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.laws.stability import check_rest, is_at_rest

CODES: Mapping[str, str] = {"lost": "lost-attribute", "other": "changed-value", "other-case": "changed-case"}

# Members of descriptions that hold changes which will be made at another time.
PENDING = "pending"


def check_echo(story: Timeline) -> Iterator[CheckResult]:
    """Everything that any accepted creation gave, against the description of what it made; how that one keeps."""
    found = list(segments(story, "create"))
    if not found:
        yield from _all_open(story, "nothing was made", next(reversed(story.every("create")), None))
    spoken = set()
    for segment in found:
        for note in _of_chapter(story, segment):
            spoken.add(note.clause)
            yield note
    refused = next((each for each in story.every("create") if not is_accepted(each)), None)
    reason = "no request gave it" if refused is None else f"no accepted request gave it: {event_text(refused)}"
    for clause in story.scenario.clauses if found else ():
        if clause not in spoken and clause.endswith(f"#{ECHO}"):
            yield Undecided(clause, "unreached", reason)


def _of_chapter(story: Timeline, segment: Segment) -> Iterator[CheckResult]:
    descriptions = segment.descriptions("rest") or segment.descriptions("read")
    if descriptions:
        resting = is_at_rest(story, descriptions[-1:])
        for note in _echoed(story, segment.made, descriptions[-1]):
            # What is being made may not tell everything yet.
            loses = isinstance(note, Contradiction) and not resting
            yield Undecided(note.clause, "unreached", "it did not come to rest") if loses else note
        yield from check_rest(story, segment)
    else:
        yield from _all_open(story, "what was made could not be read", next(reversed(segment.every("read")), None))


def _all_open(story: Timeline, reason: str, last: TimelineEvent | None) -> Iterator[CheckResult]:
    if last is not None:
        reason += f": {'the answer does not describe it' if is_accepted(last) else event_text(last)}"
    for clause in story.scenario.clauses:
        yield Undecided(clause, "unreached", reason)


def _places(story: Timeline, name: str) -> Callable[[str], str]:
    """The clause of a place."""
    resource = story.scenario.resource
    return lambda path: clause_id(story.service.name, resource.name if resource else "", SECTION, path, name)


def _compared(story: Timeline, asked: TimelineEvent, description: Mapping[str, Any]) -> list[Seen]:
    """What a call gave, place by place, against a description."""
    call, resource = asked.exchange.call, story.scenario.resource
    echoes = echoes_of(story.service, resource, call.operation) if resource is not None else ()
    return list(compared(echoes, call.params, description))


def _echoed(story: Timeline, made: TimelineEvent, description: Mapping[str, Any]) -> Iterator[CheckResult]:
    seen, clause = _compared(story, made, description), _places(story, ECHO)
    tops = [each for each in seen if len(each.spot) == 1]
    if len(tops) < 2 or any(each.how != "lost" for each in tops):
        yield from noted(seen, clause)
        return
    # Nothing that was given comes back: one thing is wrong, not each place.
    first, *others = seen
    got = "a description without anything that was given"
    yield Contradiction(clause(first.echo.path), CODES["lost"], first.where, abbreviated(first.given), got)
    for each in others:
        if each.echo.has_clause:
            yield Undecided(clause(each.echo.path), "unreached", "nothing that was given is described")


def noted(
    seen: list[Seen], clause: Callable[[str], str], codes: Mapping[Path, str] | None = None
) -> Iterator[CheckResult]:
    """A note for every place with a clause: held, contradicted, or open because what is around it was lost.

    Where that is a place without a clause, the first of those in it speaks for it. `codes` gives what is to be said of
    the places at some spots, in place of what their looks alone would tell.
    """
    lost: Seen | None = None
    spoken = False
    for each in seen:
        if each.how == "lost" and not each.echo.leaf:
            lost, spoken = each, each.echo.has_clause
        if not each.echo.has_clause:
            continue
        name = clause(each.echo.path)
        if each.how == "same":
            yield Satisfied(name)
        elif each.how != "lost-within":
            yield _contradicted(name, each, (codes or {}).get(each.spot, CODES[each.how]))
        elif lost is not None and spoken:
            yield Undecided(name, "unreached", f"{lost.where} was lost as a whole")
        elif lost is not None:
            yield _contradicted(name, lost, (codes or {}).get(lost.spot, CODES["lost"]))
            spoken = True


def _contradicted(clause: str, seen: Seen, code: str) -> Contradiction:
    got = "nothing" if seen.there is None else abbreviated(seen.there)
    return Contradiction(clause, code, seen.where, abbreviated(seen.given), got)


def check_updated(story: Timeline) -> Iterator[CheckResult]:
    """Everything that any accepted update gave, against what was told before and after it."""
    found, spoken = list(segments(story, "create")), set()
    for note in (note for segment in found for note in _of_updates(story, segment)):
        spoken.add(note.clause)
        yield note
    if not found:
        yield from _all_open(story, "nothing was made", next(reversed(story.every("create")), None))
        return
    last = next((each for each in reversed(story.events) if not is_accepted(each)), None)
    reason = "no update gave it" if last is None else f"no accepted update gave it: {event_text(last)}"
    for clause in story.scenario.clauses:
        if clause not in spoken:
            yield Undecided(clause, "unreached", reason)


def _of_updates(story: Timeline, segment: Segment) -> Iterator[CheckResult]:
    before: Any = None
    for number, event in enumerate(segment.events):
        if event.label == "update" and is_accepted(event):
            after = _last_description(segment, number, "after")
            if before and after:
                yield from _updated(story, event, before, after)
        elif event.label in ("before", "after"):
            before = segment.description(event) or before


def _last_description(segment: Segment, number: int, label: str) -> Any:
    """The last description under a label before the next update."""
    found = None
    for event in segment.events[number + 1 :]:
        if event.label == "update":
            break
        if event.label == label:
            found = segment.description(event) or found
    return found


def _updated(
    story: Timeline, update: TimelineEvent, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[CheckResult]:
    clause = _places(story, UPDATED)
    was = {each.spot: each for each in _compared(story, update, before)}
    codes: dict[Path, str] = {}
    shows: list[Seen] = []
    for each in _compared(story, update, after):
        earlier = was.get(each.spot)
        if each.how == "same" and earlier is not None and earlier.how == "same" and each.echo.leaf:
            yield Undecided(clause(each.echo.path), "unreached", "it had the value of the update before")
            continue
        if each.how != "same" and _has_pending(after):
            yield Undecided(clause(each.echo.path), "unreached", "the change waits: the description tells pending ones")
            continue
        if each.how in ("lost", "other") and earlier is not None and earlier.there == each.there:
            codes[each.spot] = "update-ignored"
        shows.append(each)
    yield from noted(shows, clause, codes)


def _has_pending(description: Mapping[str, Any]) -> bool:
    return any(name.lower().startswith(PENDING) and value for name, value in description.items())
