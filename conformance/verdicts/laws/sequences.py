"""Laws of rules with steps.

every call but the last accepted --> the assertion is true of the steps, or the last call was rejected as it should be
                '-- not: the rule is open
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.cases.families import Sequences
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule, Step
from conformance.specs.resources.descriptions import status_in_answer
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.observations import answer_text, output_of, stateless_note
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


def check_sequence(timeline: Timeline) -> Iterator[CheckResult]:
    """The note on the rule that the scenario plays."""
    rule: Rule = timeline.scenario.about["rule"]
    clause = timeline.scenario.clauses[0]
    events = {step.name: next(reversed(timeline.every(Sequences.STEP.label(step.name))), None) for step in rule.steps}
    for step in rule.steps[:-1]:
        if (reason := _not_as_meant(step, events[step.name])) is not None:
            yield Undecided(clause, "unreached", reason)
            return
    last = events[rule.steps[-1].name]
    if last is None:
        yield Undecided(clause, "unreached", "its last call was not sent")
    elif (note := stateless_note(timeline, clause, last)) is not None:
        yield note
    elif rule.assumption is None and (unsettled := _unsettled(timeline, rule)) is not None:
        yield Undecided(clause, "unreached", unsettled)
    else:
        yield _judged(timeline, rule, clause, last)


def _not_as_meant(step: Step, event: TimelineEvent | None) -> str | None:
    """Why the steps after this one prove nothing: it was not accepted, or not refused where it is meant to be."""
    if event is None:
        return "the scenario ended before"
    if step.refused:
        refused = event.exchange.outcome.kind in ("rejected-state", "rejected-validation")
        return None if refused else f"{step.call} was not refused: {answer_text(event)}"
    return None if event.accepted else f"{step.call} was not accepted: {answer_text(event)}"


def _unsettled(timeline: Timeline, rule: Rule) -> str | None:
    """The reason why a resource that a step waited for is not settled; None where all are."""
    for step in rule.steps:
        resource = timeline.overlay.resources.get(step.wait_for or "")
        reads = timeline.every(Sequences.SETTLED.label(step.name))
        if resource is None or resource.status is None or not reads:
            continue
        last = reads[-1].exchange
        state = status_in_answer(resource, output_of(last), last.call.params)
        if resource.status.passes(state) or resource.status.phase(state) == "failed":
            return f"its {resource.name} did not settle: {state}"
    return None


def _judged(timeline: Timeline, rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    try:
        if rule.assumption is not None and not _is_true(rule.assumption, timeline):
            return Undecided(clause, "unreached", "the assumption is not true", rule.assumption)
        return _refused(rule, clause, last) if rule.assertion is None else _held(timeline, rule, clause, last)
    except rules.BadCondition as problem:
        return Undecided(clause, "errored", str(problem))


def _is_true(condition: str, timeline: Timeline) -> bool:
    # Of several events under one label the last one counts.
    return rules.holds(condition, {str(event.label): _facts(event) for event in timeline.events})


def _held(timeline: Timeline, rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    if last.exchange.outcome.kind not in ("accepted", "rejected-state"):
        return Undecided(
            clause,
            "unreached",
            "its last call was not accepted",
            f"{last.exchange.call.operation}, {answer_text(last)}",
        )
    if _is_true(str(rule.assertion), timeline):
        return Satisfied(clause)
    return Contradiction(
        clause, "breaks-rule", rule.statement, str(rule.assertion), _got(timeline), _deciding(timeline, rule)
    )


def _deciding(timeline: Timeline, rule: Rule) -> tuple[TimelineEvent, ...]:
    """The events of the steps that the assertion is about, and of those that call the owner of the rule."""
    owner, named = timeline.scenario.operation, frozenset(re.findall(r"\w+", str(rule.assertion)))
    steps = (step for step in rule.steps if step.call == owner or step.name in named)
    found = tuple(event for step in steps for event in timeline.every(Sequences.STEP.label(step.name))[-1:])
    return found or timeline.events[-1:]


def _facts(event: TimelineEvent) -> dict[str, Any]:
    outcome = event.exchange.outcome
    return {
        "request": event.exchange.call.params,
        "answer": output_of(event.exchange),
        "code": outcome.code,
        "message": outcome.message,
    }


def _got(timeline: Timeline) -> str:
    return "; ".join(f"{event.label}: {str(output_of(event.exchange))[:200]}" for event in timeline.events[-2:])


def _refused(rule: Rule, clause: str, last: TimelineEvent) -> CheckResult:
    outcome, where = last.exchange.outcome, rule.statement
    codes = " or ".join(rule.expect.codes)
    if last.accepted:
        return Contradiction(
            clause,
            "accepts-broken-rule",
            where,
            f"an error ({codes})" if codes else "an error",
            answer_text(last),
            (last,),
        )
    if rule.expect.codes and outcome.code not in rule.expect.codes:
        return Contradiction(clause, "wrong-error-code", where, codes, answer_text(last), (last,))
    if rule.expect.message and not re.search(rule.expect.message, outcome.message or "", re.DOTALL):
        return Contradiction(
            clause,
            "wrong-error-message",
            where,
            f"a message that matches {rule.expect.message}",
            answer_text(last),
            (last,),
        )
    return Satisfied(clause)
