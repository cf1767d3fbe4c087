"""Tags that were given, added, overwritten and removed, as lists tell them afterwards.

Tags that AWS itself puts there, and whatever else was there before, are no matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.constraints import abbreviated
from conformance.specs.clauses.tags import ADDED, GIVEN, OVERWRITTEN, REMOVED
from conformance.specs.resources.tag_values import tags_at
from conformance.verdicts.evidence.segments import event_text, is_accepted, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided


def check_given(story: Timeline) -> Iterator[CheckResult]:
    """Tags that the creator was given."""
    first = story.scenario.about["first"]
    yield from _present(story, GIVEN, "create", "listed", first, "lost-tag")


def check_added(story: Timeline) -> Iterator[CheckResult]:
    """Tags that were added, some of them twice."""
    first, second = story.scenario.about["first"], story.scenario.about["second"]
    yield from _present(story, ADDED, "add", "listed", first, "lost-tag")
    if is_accepted(story.first("add")):
        yield from _present(story, OVERWRITTEN, "overwrite", "overwritten", {**first, **second}, "tag-not-overwritten")


def check_removed(story: Timeline) -> Iterator[CheckResult]:
    """Tags of which one was removed."""
    clause, about = story.clause(REMOVED), story.scenario.about
    before, after = _last(story, "listed"), _last(story, "left")
    asked = story.first("remove")
    if asked is None or not is_accepted(asked) or after is None:
        yield _open(story, clause, asked)
        return
    there = _tags(story, before)
    if about["removed"] not in there:
        yield Undecided(clause, "unreached", "the tag was not there to be removed")
        return
    tags = _tags(story, after)
    others = {key: value for key, value in about["first"].items() if key != about["removed"] and key in there}
    if about["removed"] in tags:
        yield Contradiction(clause, "tag-not-removed", about["removed"], "no such tag", abbreviated(tags))
    elif not others.keys() <= tags.keys():
        yield Contradiction(clause, "lost-tag", ", ".join(others), "the other tags still there", abbreviated(tags))
    else:
        yield Satisfied(clause)


def _present(
    story: Timeline, name: str, asked: str, listed: str, expected: Mapping[str, str], code: str
) -> Iterator[CheckResult]:
    clause, call, last = story.clause(name), story.first(asked), _last(story, listed)
    if call is None or not is_accepted(call) or last is None:
        yield _open(story, clause, call)
        return
    tags = _tags(story, last)
    wrong = next((key for key, value in expected.items() if tags.get(key) != value), None)
    if wrong is None:
        yield Satisfied(clause)
        return
    # A value that is another is a tag overwritten badly; one that is nowhere is lost, whatever was done.
    code = code if wrong in tags else "lost-tag"
    yield Contradiction(clause, code, wrong, f"{wrong}={expected[wrong]}", abbreviated(tags) if tags else "no tags")


def _tags(story: Timeline, event: TimelineEvent | None) -> Mapping[str, str]:
    return tags_at(output_of(event), story.scenario.about["read_at"]) if event is not None else {}


def _last(story: Timeline, label: str) -> TimelineEvent | None:
    """The last accepted list under a label."""
    return next((each for each in reversed(story.every(label)) if is_accepted(each)), None)


def _open(story: Timeline, clause: str, asked: TimelineEvent | None) -> Undecided:
    """Nothing can be said: the call was not made, not accepted, or the tags could not be listed after it."""
    if asked is not None and is_accepted(asked):
        last = story.events[-1]
        return Undecided(clause, "unreached", f"the tags could not be listed: {event_text(last)}")
    refused = next((each for each in reversed(story.events) if not is_accepted(each)), None)
    return Undecided(
        clause, "unreached", event_text(refused) if refused is not None else "the story did not get that far"
    )
