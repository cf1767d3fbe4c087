"""One token twice: one thing with the same input, an error with another.

AWS is known to answer that a thing exists already, where its name has to be unique: that makes no second thing either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.specs.clauses.idempotency import OTHER_INPUT, SAME_RESULT
from conformance.specs.resources.descriptions import at
from conformance.verdicts.evidence.segments import event_text, is_accepted, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided


def check_tokens(story: Timeline) -> Iterator[CheckResult]:
    """A request that was sent twice, and one that differs from both in all but its token."""
    first = story.first("create")
    if first is None or not is_accepted(first):
        return
    again, other = story.first("again"), story.first("other")
    if again is not None:
        yield _same(story, first, again)
    if other is not None:
        yield _other(story, other)


def _same(story: Timeline, first: TimelineEvent, again: TimelineEvent) -> CheckResult:
    clause, kind = story.clause(SAME_RESULT), again.exchange.outcome.kind
    if kind == "rejected-state":
        return Contradiction(clause, "token-not-honoured", "the second answer", "that of the first", event_text(again))
    if kind != "accepted":
        return Undecided(clause, "unreached", event_text(again))
    before, after = _handles(story, first), _handles(story, again)
    if before == after:
        return Satisfied(clause)
    return Contradiction(clause, "not-idempotent", "the second answer", abbreviated(before), abbreviated(after))


def _handles(story: Timeline, event: TimelineEvent) -> list[Any]:
    """The names that an answer gives to what was made."""
    resource = story.scenario.resource
    sources = [each.source for each in resource.handles] if resource is not None else []
    return [at(output_of(event), source.path) for source in sources if source.side == "answer"]


def _other(story: Timeline, other: TimelineEvent) -> CheckResult:
    clause, outcome = story.clause(OTHER_INPUT), other.exchange.outcome
    codes = story.scenario.about["mismatches"]
    if outcome.kind == "accepted":
        return Contradiction(clause, "token-reused", "other input", " or ".join(codes), event_text(other))
    if outcome.kind == "crashed":
        return Contradiction(clause, "crash", "other input", " or ".join(codes), event_text(other))
    if outcome.code in codes:
        return Satisfied(clause)
    return Undecided(clause, "unreached", f"rejected for another reason: {event_text(other)}")
