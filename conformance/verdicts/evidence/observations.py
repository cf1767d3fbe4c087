"""What laws have in common: how they read the moments of a story, and how they put what they saw.

A moment whose answer says nothing of state (refused credentials, no answer, not implemented) leaves clauses open,
whatever the law; a crash contradicts every clause that it stands in the way of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from conformance.cases.fixtures.observation import Observation, observe
from conformance.exchanges.exchange import Exchange
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.descriptions import known_as
from conformance.specs.resources.resource import Resource
from conformance.verdicts.evidence.state_errors import StateError
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.request_checks import INCONCLUSIVE_OUTCOMES
from conformance.verdicts.request_checks import outcome_text as told_of


def answer_text(event: TimelineEvent) -> str:
    """What came back, in one line."""
    return told_of(event.exchange.outcome)


def output_of(exchange: Exchange) -> Any:
    """The output of an accepted call; None of any other."""
    accepted = exchange.outcome.kind == "accepted" and exchange.answer is not None
    return exchange.answer.output if accepted and exchange.answer is not None else None


def accepted(event: TimelineEvent) -> bool:
    """Whether the call of a moment was accepted."""
    return event.exchange.outcome.kind == "accepted"


def resource_of(story: Timeline) -> Resource:
    """The resource that a scenario is about."""
    if story.scenario.resource is None:
        raise ValueError(f"{story.scenario.id} is about no resource")
    return story.scenario.resource


def creation_of(story: Timeline, label: str = "create") -> tuple[TimelineEvent | None, frozenset[str]]:
    """The moment that made the thing, None where nothing was made; and what the thing is known by."""
    event = next((each for each in story.every(label) if accepted(each)), None)
    if event is None:
        return None, frozenset()
    return event, known_as(resource_of(story), event.exchange.call.params, output_of(event.exchange))


def no_creation(story: Timeline, label: str = "create") -> Iterator[CheckResult]:
    """Every clause is open where the thing that a story is about was not made."""
    events, reason = story.every(label), "nothing was made"
    if events:
        reason = f"{events[-1].exchange.call.operation} was not accepted: {answer_text(events[-1])}"
    for clause in story.scenario.clauses:
        yield Undecided(clause, "unreached", reason)


def observations(story: Timeline, label: str, known: frozenset[str]) -> tuple[Observation, ...]:
    """What the reads under a label showed, in order."""
    resource = resource_of(story)
    return tuple(
        observe(resource, event.exchange.outcome.kind, output_of(event.exchange), known) for event in story.every(label)
    )


def history(seen: tuple[Observation, ...]) -> str:
    """What reads showed, one after the other: `Creating x3 -> InService`."""
    runs = ((text, len(list(group))) for text, group in groupby(observation.shown for observation in seen))
    return " -> ".join(text if count == 1 else f"{text} x{count}" for text, count in runs) or "not read"


def is_settled(story: Timeline, label: str) -> str:
    """How long the reads under a label went on, in words."""
    events = story.every(label)
    return f"within {events[-1].at - events[0].at:.1f} s" if events else "at once"


def aside(story: Timeline, clause: str, event: TimelineEvent) -> CheckResult | None:
    """The note on an answer that says nothing of state, or is a crash; None for any other.

    Another operation's crash is told of that operation, not here: it may well not be implemented.
    """
    outcome, operation = event.exchange.outcome, event.exchange.call.operation
    if outcome.kind == "crashed" and operation == story.scenario.operation:
        return Contradiction(
            clause, "crash", operation, "a success, or a 4xx error that says why not", answer_text(event)
        )
    if outcome.kind == "crashed":
        return Undecided(clause, "unreached", f"{operation} crashed: {answer_text(event)}")
    if outcome.kind in INCONCLUSIVE_OUTCOMES:
        word, reason = INCONCLUSIVE_OUTCOMES[outcome.kind]
        return Undecided(clause, word, f"{reason}: {answer_text(event)}")
    return None


def refused(story: Timeline, clause: str, event: TimelineEvent, *sayings: StateError) -> Iterator[CheckResult]:
    """The note on a call that was not accepted, as it should be: whether it was refused for what it should be.

    Where a rule of the overlay says what AWS answers, the answer is held against that.
    """
    outcome, rule = event.exchange.outcome, refining_rule(story.overlay, clause)
    note = aside(story, clause, event)
    if note is not None:
        yield note
    elif rule is not None and rule.expect.codes and outcome.code not in rule.expect.codes:
        expected = " or ".join(rule.expect.codes)
        yield Contradiction(clause, "wrong-state-code", event.exchange.call.operation, expected, answer_text(event))
    elif rule is not None and rule.expect.message and not _matches(rule.expect.message, outcome.message):
        expected = f"a message that matches {rule.expect.message}"
        yield Contradiction(clause, "wrong-error-message", event.exchange.call.operation, expected, answer_text(event))
    elif rule is not None or any(saying.is_said(outcome) for saying in sayings):
        yield Satisfied(clause)
    else:
        words = " or ".join(saying.words for saying in sayings)
        yield Undecided(clause, "unreached", f"rejected, but not because it is {words}: {answer_text(event)}")


def _matches(pattern: str, message: str | None) -> bool:
    return re.search(pattern, message or "", re.DOTALL) is not None
