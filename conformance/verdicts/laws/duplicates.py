"""Laws of names that are taken.

duplicate             a second thing of one name is refused; asking for the same again may be taken for the same thing
one-winner            of several who ask at once, one gets the name
taken-while-deleting  the name of what is being removed is taken still
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.overlay.rules import refining_rule
from conformance.verdicts.evidence.observations import (
    accepted,
    answer_text,
    aside,
    creation_of,
    history,
    no_creation,
    observations,
    refused,
    resource_of,
)
from conformance.verdicts.evidence.state_errors import BUSY, TAKEN, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided


def duplicate(story: Timeline) -> Iterator[CheckResult]:
    """A second thing of one name is not made."""
    clause, again = story.clause("duplicate"), story.first("again")
    if again is None:
        yield from no_creation(story)
    elif not accepted(again):
        yield from refused(story, clause, again, TAKEN, BUSY)
    elif refining_rule(story.overlay, clause) is not None:
        yield _made_twice(story, clause, again, "accepts-duplicate")
    else:
        yield from _something_else(story, clause, again)


def _something_else(story: Timeline, clause: str, again: TimelineEvent) -> Iterator[CheckResult]:
    """The note where the same request was accepted twice: what matters is whether another one was, too."""
    for other in story.every("other"):
        outcome = other.exchange.outcome
        if outcome.kind == "rejected-validation" and not TAKEN.is_said(outcome):
            continue
        if accepted(other):
            yield _made_twice(story, clause, other, _code(story, "accepts-duplicate"))
        else:
            yield from refused(story, clause, other, TAKEN, BUSY)
        return
    # Where requests carry tokens to be known again by, one with another token is another request.
    code = "accepts-duplicate"
    yield _made_twice(story, clause, again, _code(story, code) if _has_token(story) else f"{code}-undeclared")


def _has_token(story: Timeline) -> bool:
    create = story.service.operations[resource_of(story).create]
    return any(member.idempotency_token for member in story.service.input_of(create).members.values())


def _made_twice(story: Timeline, clause: str, event: TimelineEvent, code: str) -> Contradiction:
    expected = f"an error, for there is {resource_of(story).one} of that name"
    return Contradiction(clause, code, event.exchange.call.operation, expected, answer_text(event))


def one_winner(story: Timeline) -> Iterator[CheckResult]:
    """Of several who ask for one name at once, one gets it."""
    clause, asked, afterwards = story.clause("one-winner"), story.every("at-once"), story.first("afterwards")
    winners = [event for event in asked if accepted(event)]
    crash = next((event for event in asked if event.exchange.outcome.kind == "crashed"), None)
    if crash is not None and winners:
        note = aside(story, clause, crash)
        if note is not None:
            yield note
    elif len(winners) == 1:
        yield Satisfied(clause)
    elif not winners:
        reason = answer_text(asked[0]) if asked else "nobody asked"
        yield Undecided(clause, "unreached", f"none of {len(asked)} was accepted: {reason}")
    elif afterwards is not None and accepted(afterwards):
        yield Undecided(clause, "unreached", "a name that is taken is given away one after the other, too")
    else:
        got = f"{len(winners)} of {len(asked)} were accepted"
        yield Contradiction(clause, "several-winners", story.scenario.operation, "one is accepted", got)


def taken_while_deleting(story: Timeline) -> Iterator[CheckResult]:
    """The name of what is being removed is taken still."""
    made, known = creation_of(story)
    if made is None:
        yield from no_creation(story)
        return
    clause, again = story.clause("taken-while-deleting"), story.first("again")
    if again is None:
        seen = observations(story, "meanwhile", known)
        yield Undecided(clause, "unreached", f"it was not seen on its way out: {history(seen)}")
    elif accepted(again):
        yield _made_twice(story, clause, again, _code(story, "accepts-taken"))
    else:
        yield from refused(story, clause, again, TAKEN, BUSY)


def _code(story: Timeline, code: str) -> str:
    """The code, or that of the milder contradiction where the model does not tell of an error for it."""
    resource = resource_of(story)
    operation = story.service.operations[resource.create]
    return code if declared(story.service, operation, TAKEN, resource) else f"{code}-undeclared"
