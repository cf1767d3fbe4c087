"""What a rule of the overlay says of a request or an answer, and how a request is made to keep it.

A condition sees one document: `request` is the input as sent, `answer` the output, `region` and `account` where
the request went. `conditions.py` has the language.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

from conformance.specs.clauses.clause import clause_glob
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.values import paths
from conformance.values.conditions import BadCondition, compile_condition, holds

__all__ = ["BadCondition", "compile_condition", "holds", "obeys", "refining_rule", "repaired", "source_of"]


def obeys(rule: Rule, request: Mapping[str, Any]) -> bool:
    """Whether a request keeps a rule, as far as the request alone can tell."""
    return rule.request is None or holds(rule.request, {"request": request})


def refining_rule(overlay: Overlay, clause: str) -> Rule | None:
    """The rule that says what AWS does where a clause about state is put to the test; None where none does."""
    local = clause.partition(":")[2]
    return next((rule for rule in overlay.rules if any(glob.fullmatch(local) for glob in refined_globs(rule))), None)


def source_of(rule: Rule) -> str:
    """Where what a rule says comes from, as clauses have it."""
    return f"observed: {rule.evidence}" if rule.enforcement == "RECORDED" else f"docs: {rule.source}"


def refined_globs(rule: Rule) -> tuple[re.Pattern[str], ...]:
    """The expressions of the clauses that a rule refines, without the service."""
    return tuple(clause_glob(each) for each in rule.refines)


def repaired(request: Mapping[str, Any], rules: tuple[Rule, ...]) -> Mapping[str, Any] | None:
    """The request with the repairs of every rule that it breaks; None where that is not enough.

    A repair names every place where the rule can be broken; what is not there needs none.
    """
    for _ in range(len(rules) + 1):
        broken = [rule for rule in rules if not obeys(rule, request)]
        if not broken:
            return request
        before = request
        for edit in (edit for rule in broken for edit in rule.repair):
            with contextlib.suppress(paths.NoSuchPlace):
                request = paths.apply(request, (edit,))
        if request == before:
            return None
    return None
