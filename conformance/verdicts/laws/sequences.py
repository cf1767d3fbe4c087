"""What a story that a rule of the overlay tells shows of the rule.

every call but the last accepted --> `holds` is true of the steps, or the last call was rejected as it should be
                '-- not: the rule is open
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule
from conformance.specs.resources.descriptions import state_of
from conformance.verdicts.evidence.observations import accepted, aside, output_of, told
from conformance.verdicts.evidence.timeline import Moment, Story
from conformance.verdicts.finding import Contradiction, Held, Note, Open


def judge(story: Story) -> Iterator[Note]:
    """The note on the rule that the story is of."""
    rule: Rule = story.scenario.about["rule"]
    clause = story.scenario.clauses[0]
    moments = {step.name: next(reversed(story.every(step.name)), None) for step in rule.story}
    for step in rule.story[:-1]:
        moment = moments[step.name]
        if moment is None or not accepted(moment):
            reason = f"{step.call} was not accepted: {told(moment)}" if moment is not None else "it was not told so far"
            yield Open(clause, "unreached", reason)
            return
    last = moments[rule.story[-1].name]
    if last is None:
        yield Open(clause, "unreached", "its last call was not made")
    elif (note := aside(story, clause, last)) is not None:
        yield note
    elif rule.when is None and (unsettled := _unsettled(story, rule)) is not None:
        yield Open(clause, "unreached", unsettled)
    else:
        yield _judged(story, rule, clause, last)


def _unsettled(story: Story, rule: Rule) -> str | None:
    """Which thing that was waited for did not get settled, or did not go, if any."""
    for step in rule.story:
        resource = story.overlay.resources.get(step.settle or "")
        reads = story.every(f"{step.name}.settled")
        if resource is None or resource.status is None or not reads:
            continue
        last = reads[-1].exchange
        state = state_of(resource, output_of(last), last.call.params)
        if resource.status.passes(state) or resource.status.phase(state) == "failed":
            return f"its {resource.name} did not get settled: {state}"
    return None


def _judged(story: Story, rule: Rule, clause: str, last: Moment) -> Note:
    try:
        if rule.when is not None and not _is_true(rule.when, story):
            return Open(clause, "unreached", f"it did not come about that {rule.when}")
        return _refused(rule, clause, last) if rule.holds is None else _held(story, rule, clause, last)
    except rules.BadCondition as problem:
        return Open(clause, "errored", str(problem))


def _is_true(condition: str, story: Story) -> bool:
    # Of several moments under one label the last one counts.
    return rules.holds(condition, {moment.label: _told(moment) for moment in story.moments})


def _held(story: Story, rule: Rule, clause: str, last: Moment) -> Note:
    if last.exchange.outcome.kind not in ("accepted", "rejected-state"):
        return Open(clause, "unreached", f"{last.exchange.call.operation} was not accepted: {told(last)}")
    if _is_true(str(rule.holds), story):
        return Held(clause)
    return Contradiction(clause, "breaks-rule", rule.statement, str(rule.holds), _got(story))


def _told(moment: Moment) -> dict[str, Any]:
    outcome = moment.exchange.outcome
    return {
        "request": moment.exchange.call.params,
        "answer": output_of(moment.exchange),
        "code": outcome.code,
        "message": outcome.message,
    }


def _got(story: Story) -> str:
    return "; ".join(f"{moment.label}: {str(output_of(moment.exchange))[:200]}" for moment in story.moments[-2:])


def _refused(rule: Rule, clause: str, last: Moment) -> Note:
    outcome, where = last.exchange.outcome, rule.statement
    codes = " or ".join(rule.expect.codes)
    if accepted(last):
        return Contradiction(
            clause, "accepts-broken-rule", where, f"an error ({codes})" if codes else "an error", told(last)
        )
    if rule.expect.codes and outcome.code not in rule.expect.codes:
        return Contradiction(clause, "wrong-error-code", where, codes, told(last))
    if rule.expect.message and not re.search(rule.expect.message, outcome.message or "", re.DOTALL):
        return Contradiction(
            clause, "wrong-error-message", where, f"a message that matches {rule.expect.message}", told(last)
        )
    return Held(clause)
