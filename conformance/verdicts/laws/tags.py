"""Laws of tags: those that were given, added, overwritten and removed, against the lists of tags afterwards.

Tags that AWS adds itself, and tags that were there before, are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Label, Tags
from conformance.specs.clauses.tags import ADDED, GIVEN, OVERWRITTEN, REMOVED
from conformance.specs.resources.tag_values import tags_at
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.segments import event_text, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


def check_tags_given(timeline: Timeline) -> Iterator[CheckResult]:
    """Tags that the creation was given are there."""
    first = timeline.scenario.about["first"]
    yield from _present(timeline, GIVEN, Tags.CREATE, Tags.LISTED, first, "lost-tag")


def check_tags_added(timeline: Timeline) -> Iterator[CheckResult]:
    """Tags that were added are there, with the last value of each."""
    first, second = timeline.scenario.about["first"], timeline.scenario.about["second"]
    yield from _present(timeline, ADDED, Tags.ADD, Tags.LISTED, first, "lost-tag")
    added = timeline.first(Tags.ADD)
    if added is not None and added.accepted:
        expected = {**first, **second}
        yield from _present(timeline, OVERWRITTEN, Tags.OVERWRITE, Tags.OVERWRITTEN, expected, "tag-not-overwritten")


def check_tags_removed(timeline: Timeline) -> Iterator[CheckResult]:
    """A tag that was removed is gone, the others are there."""
    clause, about = timeline.clause(REMOVED), timeline.scenario.about
    before, after = _last(timeline, Tags.LISTED), _last(timeline, Tags.REMAINING)
    asked = timeline.first(Tags.REMOVE)
    if asked is None or not asked.accepted or after is None:
        yield _open(timeline, clause, asked)
        return
    there = _tags(timeline, before)
    if about["removed"] not in there:
        yield Undecided(clause, "unreached", "the tag was not there to be removed")
        return
    tags = _tags(timeline, after)
    others = {key: value for key, value in about["first"].items() if key != about["removed"] and key in there}
    if about["removed"] in tags:
        yield Contradiction(
            clause, "tag-not-removed", about["removed"], "no such tag", abbreviated(tags), (asked, after)
        )
    elif not others.keys() <= tags.keys():
        expected = "the other tags still there"
        yield Contradiction(clause, "lost-tag", ", ".join(others), expected, abbreviated(tags), (asked, after))
    else:
        yield Satisfied(clause)


def _present(
    timeline: Timeline, name: str, asked: Label, listed: Label, expected: Mapping[str, str], code: str
) -> Iterator[CheckResult]:
    clause, call, last = timeline.clause(name), timeline.first(asked), _last(timeline, listed)
    if call is None or not call.accepted or last is None:
        yield _open(timeline, clause, call)
        return
    tags = _tags(timeline, last)
    wrong = next((key for key, value in expected.items() if tags.get(key) != value), None)
    if wrong is None:
        yield Satisfied(clause)
        return
    # A key with another value was not overwritten; a key that is missing is lost, whatever was done.
    code = code if wrong in tags else "lost-tag"
    got = abbreviated(tags) if tags else "no tags"
    yield Contradiction(clause, code, wrong, f"{wrong}={expected[wrong]}", got, (call, last))


def _tags(timeline: Timeline, event: TimelineEvent | None) -> Mapping[str, str]:
    return tags_at(output_of(event), timeline.scenario.about["read_at"]) if event is not None else {}


def _last(timeline: Timeline, label: Label) -> TimelineEvent | None:
    """The last accepted list under a label."""
    return next((each for each in reversed(timeline.every(label)) if each.accepted), None)


def _open(timeline: Timeline, clause: str, asked: TimelineEvent | None) -> Undecided:
    """The reason why nothing is known: the call was not accepted, or the tags could not be listed after it."""
    if asked is not None and asked.accepted:
        last = timeline.events[-1]
        return Undecided(clause, "unreached", "the tags could not be listed", event_text(last))
    refused = next((each for each in reversed(timeline.events) if not each.accepted), None)
    return Undecided(clause, "unreached", event_text(refused) if refused is not None else "the scenario ended before")
