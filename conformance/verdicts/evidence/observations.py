"""What laws share: how they read the events of a timeline, and the notes on answers that say nothing about state.

An answer that says nothing about state (refused credentials, no answer, not implemented) leaves a clause open,
whatever the law. A crash contradicts every clause that cannot be judged because of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from conformance.cases.families import Label, OneResource
from conformance.cases.fixtures.observation import Observation, observe
from conformance.exchanges.exchange import Exchange
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.descriptions import identifying_values
from conformance.specs.resources.resource import Resource
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.state_errors import StateError
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.request_checks import INCONCLUSIVE_OUTCOMES, outcome_text


def answer_text(event: TimelineEvent) -> str:
    """What came back, in one line."""
    return outcome_text(event.exchange.outcome)


def output_of(exchange: Exchange) -> Any:
    """The output of an accepted call; None of any other."""
    accepted = exchange.outcome.kind == "accepted" and exchange.answer is not None
    return exchange.answer.output if accepted and exchange.answer is not None else None


def resource_of(timeline: Timeline) -> Resource:
    """The resource that a scenario is about; raises ValueError where there is none."""
    if timeline.scenario.resource is None:
        raise ValueError(f"{timeline.scenario.id} is about no resource")
    return timeline.scenario.resource


def creation_of(timeline: Timeline, label: Label = OneResource.CREATE) -> tuple[TimelineEvent | None, frozenset[str]]:
    """The event that created the resource, None where none did; and the values that identify the resource."""
    event = next((each for each in timeline.every(label) if each.accepted), None)
    if event is None:
        return None, frozenset()
    return event, identifying_values(resource_of(timeline), event.exchange.call.params, output_of(event.exchange))


def no_creation(timeline: Timeline, label: Label = OneResource.CREATE) -> Iterator[CheckResult]:
    """Every clause of the scenario is open where the resource was not created."""
    events, reason = timeline.every(label), "no resource was created"
    if events:
        reason = f"{events[-1].exchange.call.operation} was not accepted: {answer_text(events[-1])}"
    for clause in timeline.scenario.clauses:
        yield Undecided(clause, "unreached", reason)


def observations(timeline: Timeline, label: Label, known: frozenset[str]) -> tuple[Observation, ...]:
    """What the reads under a label showed, in order."""
    resource = resource_of(timeline)
    return tuple(
        observe(resource, event.exchange.outcome.kind, output_of(event.exchange), known)
        for event in timeline.every(label)
    )


def history(seen: tuple[Observation, ...]) -> str:
    """What reads showed, in order: `Creating x3 -> InService`."""
    runs = ((text, len(list(group))) for text, group in groupby(observation.shown for observation in seen))
    return " -> ".join(text if count == 1 else f"{text} x{count}" for text, count in runs) or "not read"


def reads_took(timeline: Timeline, label: Label) -> str:
    """How long the reads under a label went on: `within 2.0 s`."""
    events = timeline.every(label)
    return f"within {events[-1].at - events[0].at:.1f} s" if events else "at once"


def stateless_note(timeline: Timeline, clause: str, event: TimelineEvent) -> CheckResult | None:
    """The note on an answer that says nothing about state, or is a crash; None for any other.

    A crash of another operation is a finding of that operation, not of this one.
    """
    outcome, operation = event.exchange.outcome, event.exchange.call.operation
    if outcome.kind == "crashed" and operation == timeline.scenario.operation:
        return Contradiction(
            clause, "crash", operation, "a success, or a 4xx error that says why not", answer_text(event), (event,)
        )
    if outcome.kind == "crashed":
        return Undecided(clause, "unreached", "a step crashed", f"{operation}, {answer_text(event)}")
    if outcome.kind in INCONCLUSIVE_OUTCOMES:
        word, reason = INCONCLUSIVE_OUTCOMES[outcome.kind]
        return Undecided(clause, word, reason, answer_text(event))
    return None


def refused(timeline: Timeline, clause: str, event: TimelineEvent, *errors: StateError) -> Iterator[CheckResult]:
    """The note on a call that was rightly refused: whether it was refused with one of the errors.

    Where a rule of the overlay says what AWS answers, the answer is compared with that.
    """
    outcome, rule = event.exchange.outcome, refining_rule(timeline.overlay, clause)
    note = stateless_note(timeline, clause, event)
    if note is not None:
        yield note
    elif rule is not None and rule.expect.codes and outcome.code not in rule.expect.codes:
        expected = " or ".join(rule.expect.codes)
        yield _wrong_error(clause, "wrong-state-code", expected, event)
    elif rule is not None and rule.expect.message and not _matches(rule.expect.message, outcome.message):
        expected = f"a message that matches {rule.expect.message}"
        yield _wrong_error(clause, "wrong-error-message", expected, event)
    elif rule is not None or any(error.matches(outcome) for error in errors):
        yield Satisfied(clause)
    else:
        words = " or ".join(error.words for error in errors)
        yield Undecided(clause, "unreached", f"rejected, but not because it is {words}: {answer_text(event)}")


def _wrong_error(clause: str, code: str, expected: str, event: TimelineEvent) -> Contradiction:
    return Contradiction(clause, code, event.exchange.call.operation, expected, answer_text(event), (event,))


def _matches(pattern: str, message: str | None) -> bool:
    return re.search(pattern, message or "", re.DOTALL) is not None
