"""Laws of idempotency tokens: one resource for the same input, an error for another input.

AWS may answer the second request with the error that the name is taken, where names are unique: no second resource is
created then, either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Idempotency
from conformance.specs.clauses.idempotency import OTHER_INPUT, SAME_RESULT
from conformance.values.paths import value_at
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.segments import event_text, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


def check_idempotency(timeline: Timeline) -> Iterator[CheckResult]:
    """A request that was sent twice, and another one with the same token."""
    first = timeline.first(Idempotency.CREATE)
    if first is None or not first.accepted:
        return
    again, other = timeline.first(Idempotency.AGAIN), timeline.first(Idempotency.OTHER)
    if again is not None:
        yield _same(timeline, first, again)
    if other is not None:
        yield _other(timeline, first, other)


def _same(timeline: Timeline, first: TimelineEvent, again: TimelineEvent) -> CheckResult:
    clause, kind = timeline.clause(SAME_RESULT), again.exchange.outcome.kind
    if kind == "rejected-state":
        return Contradiction(
            clause, "token-not-honoured", "the second answer", "that of the first", event_text(again), (first, again)
        )
    if kind != "accepted":
        return Undecided(clause, "unreached", event_text(again))
    before, after = _handles(timeline, first), _handles(timeline, again)
    if before == after:
        return Satisfied(clause)
    return Contradiction(
        clause, "not-idempotent", "the second answer", abbreviated(before), abbreviated(after), (first, again)
    )


def _handles(timeline: Timeline, event: TimelineEvent) -> list[Any]:
    """The handles of the created resource that an answer has."""
    resource = timeline.scenario.resource
    sources = [each.source for each in resource.handles] if resource is not None else []
    return [value_at(output_of(event), source.path) for source in sources if source.side == "answer"]


def _other(timeline: Timeline, first: TimelineEvent, other: TimelineEvent) -> CheckResult:
    clause, outcome = timeline.clause(OTHER_INPUT), other.exchange.outcome
    codes = timeline.scenario.about["mismatches"]
    if outcome.kind == "accepted":
        return Contradiction(
            clause, "token-reused", "other input", " or ".join(codes), event_text(other), (first, other)
        )
    if outcome.kind == "crashed":
        return Contradiction(clause, "crash", "other input", " or ".join(codes), event_text(other), (first, other))
    if outcome.code in codes:
        return Satisfied(clause)
    return Undecided(clause, "unreached", "rejected for another reason", event_text(other))
