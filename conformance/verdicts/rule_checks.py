"""Checks of overlay rules: AWS rejects a request that breaks one, and answers as the rule says.

What AWS rejects, and with which code, is recorded in the overlay with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.context import Context
from conformance.verdicts.request_checks import INCONCLUSIVE_OUTCOMES, outcome_text

# The intents of cases whose requests break nothing.
WELL_FORMED_INTENTS = frozenset({"valid", "boundary", "scenario"})


def check_broken_rule(context: Context) -> Iterator[CheckResult]:
    """Check the answer to a request that breaks a rule."""
    rule, outcome = context.case.rule, context.outcome
    if rule is None:
        return
    clause = context.clause("rule", "", rule.id)
    if outcome.kind in INCONCLUSIVE_OUTCOMES:
        word, reason = INCONCLUSIVE_OUTCOMES[outcome.kind]
        yield Undecided(clause, word, reason, outcome_text(context.outcome))
    elif not context.base_accepted:
        yield Undecided(clause, "unreached", "its valid counterpart was not accepted")
    elif outcome.kind == "crashed":
        yield Contradiction(clause, "crash", context.case.title, "a 4xx error", outcome_text(context.outcome))
    elif outcome.kind == "accepted":
        yield Contradiction(
            clause, "accepts-broken-rule", context.case.title, _expected(rule), outcome_text(context.outcome)
        )
    elif rule.expect.kind == "rejected-validation" and outcome.kind == "rejected-state":
        yield Undecided(
            clause, "unreached", "rejected for a state, not for the broken rule", outcome_text(context.outcome)
        )
    else:
        yield from _as_recorded(context, rule, clause)


def _expected(rule: Rule) -> str:
    codes = " or ".join(rule.expect.codes)
    return f"an error ({codes})" if codes else "an error"


def _as_recorded(context: Context, rule: Rule, clause: str) -> Iterator[CheckResult]:
    """A rejection, compared with the one that is recorded from AWS."""
    outcome = context.outcome
    if rule.expect.codes and outcome.code not in rule.expect.codes:
        yield Contradiction(
            clause, "wrong-error-code", context.case.title, _expected(rule), outcome_text(context.outcome)
        )
        return
    if rule.expect.message is not None and not re.search(rule.expect.message, outcome.message or "", re.DOTALL):
        expected = f"a message that matches {rule.expect.message}"
        yield Contradiction(clause, "wrong-error-message", context.case.title, expected, outcome_text(context.outcome))
        return
    yield Satisfied(clause)


def check_answer_rules(context: Context) -> Iterator[CheckResult]:
    """Check the rules about a request and its successful answer together."""
    answer = context.exchange.answer
    if context.outcome.kind == "accepted" and answer is not None and context.case.intent in WELL_FORMED_INTENTS:
        yield from check_rules_of_answer(context, answer.output)


def check_rules_of_answer(context: Context, output: Any) -> Iterator[CheckResult]:
    """Check the rules about a request and an output, where both are known."""
    botocore = context.facts.get("botocore", "")
    for rule in context.overlay.rules:
        if rule.answer is None or context.operation.name not in rule.operations or not rule.holds_for(botocore):
            continue
        clause = context.clause("rule", "", rule.id)
        document = {"request": context.exchange.call.params, "answer": output, **context.facts}
        try:
            is_kept = rules.holds(rule.answer, document)
        except rules.BadCondition as problem:
            yield Undecided(clause, "errored", str(problem))
            continue
        if is_kept:
            yield Satisfied(clause)
        else:
            yield Contradiction(clause, "breaks-rule", rule.statement, rule.statement, str(output)[:200])
