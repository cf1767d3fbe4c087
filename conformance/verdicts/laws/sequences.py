"""What a story that a rule of the overlay tells shows of the rule.

every call but the last accepted --> the assertion is true of the steps, or the last call was rejected as it should be
                '-- not: the rule is open
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule
from conformance.specs.resources.descriptions import state_of
from conformance.verdicts.evidence.observations import accepted, answer_text, aside, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided


def check_sequence(story: Timeline) -> Iterator[CheckResult]:
    """The note on the rule that the story is of."""
    rule: Rule = story.scenario.about["rule"]
    clause = story.scenario.clauses[0]
    events = {step.name: next(reversed(story.every(step.name)), None) for step in rule.steps}
    for step in rule.steps[:-1]:
        event = events[step.name]
        if event is None or not accepted(event):
            reason = (
                f"{step.call} was not accepted: {answer_text(event)}" if event is not None else "it was not told so far"
            )
            yield Undecided(clause, "unreached", reason)
            return
    last = events[rule.steps[-1].name]
    if last is None:
        yield Undecided(clause, "unreached", "its last call was not made")
    elif (note := aside(story, clause, last)) is not None:
        yield note
    elif rule.assumption is None and (unsettled := _unsettled(story, rule)) is not None:
        yield Undecided(clause, "unreached", unsettled)
    else:
        yield _judged(story, rule, clause, last)


def _unsettled(story: Timeline, rule: Rule) -> str | None:
    """Which thing that was waited for did not get settled, or did not go, if any."""
    for step in rule.steps:
        resource = story.overlay.resources.get(step.wait_for or "")
        reads = story.every(f"{step.name}.settled")
        if resource is None or resource.status is None or not reads:
            continue
        last = reads[-1].exchange
        state = state_of(resource, output_of(last), last.call.params)
        if resource.status.passes(state) or resource.status.phase(state) == "failed":
            return f"its {resource.name} did not get settled: {state}"
    return None


def _judged(story: Timeline, rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    try:
        if rule.assumption is not None and not _is_true(rule.assumption, story):
            return Undecided(clause, "unreached", f"it did not come about that {rule.assumption}")
        return _refused(rule, clause, last) if rule.assertion is None else _held(story, rule, clause, last)
    except rules.BadCondition as problem:
        return Undecided(clause, "errored", str(problem))


def _is_true(condition: str, story: Timeline) -> bool:
    # Of several moments under one label the last one counts.
    return rules.holds(condition, {event.label: _told(event) for event in story.events})


def _held(story: Timeline, rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    if last.exchange.outcome.kind not in ("accepted", "rejected-state"):
        return Undecided(clause, "unreached", f"{last.exchange.call.operation} was not accepted: {answer_text(last)}")
    if _is_true(str(rule.assertion), story):
        return Satisfied(clause)
    return Contradiction(clause, "breaks-rule", rule.statement, str(rule.assertion), _got(story))


def _told(event: TimelineEvent) -> dict[str, Any]:
    outcome = event.exchange.outcome
    return {
        "request": event.exchange.call.params,
        "answer": output_of(event.exchange),
        "code": outcome.code,
        "message": outcome.message,
    }


def _got(story: Timeline) -> str:
    return "; ".join(f"{event.label}: {str(output_of(event.exchange))[:200]}" for event in story.events[-2:])


def _refused(rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    outcome, where = last.exchange.outcome, rule.statement
    codes = " or ".join(rule.expect.codes)
    if accepted(last):
        return Contradiction(
            clause, "accepts-broken-rule", where, f"an error ({codes})" if codes else "an error", answer_text(last)
        )
    if rule.expect.codes and outcome.code not in rule.expect.codes:
        return Contradiction(clause, "wrong-error-code", where, codes, answer_text(last))
    if rule.expect.message and not re.search(rule.expect.message, outcome.message or "", re.DOTALL):
        return Contradiction(
            clause, "wrong-error-message", where, f"a message that matches {rule.expect.message}", answer_text(last)
        )
    return Satisfied(clause)
