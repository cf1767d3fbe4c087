"""Laws of names that are taken.

duplicate    a second resource of one name is refused; the same request again may be accepted as idempotent
one-winner   of several clients that ask for one name at once, one gets it
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.families import Duplicates, OneResource
from conformance.specs.clauses.duplicates import DUPLICATE, ONE_WINNER
from conformance.specs.overlay.rules import refining_rule
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.observations import (
    answer_text,
    no_creation,
    refused,
    resource_of,
    stateless_note,
)
from conformance.verdicts.evidence.state_errors import BUSY, TAKEN, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


def check_duplicate(timeline: Timeline) -> Iterator[CheckResult]:
    """A second resource of one name is not created."""
    clause, again = timeline.clause(DUPLICATE), timeline.first(Duplicates.AGAIN)
    if again is None:
        yield from no_creation(timeline)
    elif not again.accepted:
        yield from refused(timeline, clause, again, TAKEN, BUSY)
    elif refining_rule(timeline.overlay, clause) is not None:
        yield created_twice(timeline, clause, again, "accepts-duplicate")
    else:
        yield from _other_request(timeline, clause, again)


def _other_request(timeline: Timeline, clause: str, again: TimelineEvent) -> Iterator[CheckResult]:
    """The note where the same request was accepted twice: it depends on another request with the same name."""
    for other in timeline.every(Duplicates.OTHER):
        outcome = other.exchange.outcome
        if outcome.kind == "rejected-validation" and not TAKEN.matches(outcome):
            continue
        if other.accepted:
            yield created_twice(timeline, clause, other, declared_code(timeline, "accepts-duplicate"))
        else:
            yield from refused(timeline, clause, other, TAKEN, BUSY)
        return
    # A request with an idempotency token is another request where the token is another.
    code = "accepts-duplicate"
    yield created_twice(
        timeline, clause, again, declared_code(timeline, code) if _has_token(timeline) else f"{code}-undeclared"
    )


def _has_token(timeline: Timeline) -> bool:
    create = timeline.service.operations[resource_of(timeline).create]
    return any(member.idempotency_token for member in timeline.service.input_of(create).members.values())


def created_twice(timeline: Timeline, clause: str, event: TimelineEvent, code: str) -> Contradiction:
    """The contradiction that a creation was accepted although its name is taken."""
    expected = f"an error, because {resource_of(timeline).one} of that name exists"
    decided_by = (*timeline.every(OneResource.CREATE)[-1:], event)
    return Contradiction(clause, code, event.exchange.call.operation, expected, answer_text(event), decided_by)


def check_one_winner(timeline: Timeline) -> Iterator[CheckResult]:
    """Of several clients that ask for one name at once, one gets it."""
    clause, asked = timeline.clause(ONE_WINNER), timeline.every(Duplicates.AT_ONCE)
    afterwards = timeline.first(Duplicates.AFTERWARDS)
    winners = [event for event in asked if event.accepted]
    crash = next((event for event in asked if event.exchange.outcome.kind == "crashed"), None)
    if crash is not None and winners:
        note = stateless_note(timeline, clause, crash)
        if note is not None:
            yield note
    elif len(winners) == 1:
        yield Satisfied(clause)
    elif not winners:
        reason = answer_text(asked[0]) if asked else "no request was sent"
        yield Undecided(clause, "unreached", "none of several requests was accepted", reason)
    elif afterwards is not None and afterwards.accepted:
        yield Undecided(clause, "unreached", "a name that is taken is given again to later requests, too")
    else:
        got = f"{len(winners)} of {len(asked)} were accepted"
        decided_by = (*winners, *timeline.every(Duplicates.AFTERWARDS))
        yield Contradiction(clause, "several-winners", timeline.scenario.operation, "one is accepted", got, decided_by)


def declared_code(timeline: Timeline, code: str) -> str:
    """The code, or the milder `<code>-undeclared` where the model declares no error for a taken name."""
    resource = resource_of(timeline)
    operation = timeline.service.operations[resource.create]
    return code if declared(timeline.service, operation, TAKEN, resource) else f"{code}-undeclared"
