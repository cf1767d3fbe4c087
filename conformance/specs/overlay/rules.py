"""Applies the rules of an overlay: does a request obey them, which rule refines a clause, how is a request repaired.

A condition is evaluated on one document: `request` is the input as sent, `answer` the output, `region` and `account`
those of the target. `conditions.py` has the language.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.clauses.clause import clause_glob
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.values import paths
from conformance.values.conditions import BadCondition, Document, compile_condition, holds, reads_of_request

__all__ = [
    "BadCondition",
    "broken_rules",
    "compile_condition",
    "holds",
    "obeys",
    "refining_rule",
    "repaired",
    "source_of",
]


def obeys(rule: Rule, request: Mapping[str, Any]) -> bool:
    """Whether a request obeys a rule, as far as the request alone shows it."""
    return rule.request is None or holds(rule.request, {"request": request})


def broken_rules(rules: Iterable[Rule], request: Mapping[str, Any]) -> list[Rule]:
    """The rules that a request does not obey."""
    document = Document.of({"request": request})
    written: dict[str, str] = {}
    return [rule for rule in rules if rule.request is not None and not _obeyed(rule.request, document, written)]


def _obeyed(condition: str, document: Document, written: dict[str, str]) -> bool:
    """Whether a condition is true of the request in a document; `written` are members of it, as text."""
    reads, members = reads_of_request(condition), document.value["request"]
    read = members if reads is None else {name: members[name] for name in reads if name in members}
    for name in read.keys() - written.keys():
        written[name] = repr(read[name])
    return _holds_of(condition, _Members(tuple((name, written[name]) for name in read), read))


@dataclass(frozen=True, slots=True)
class _Members:
    """Members of a request; equal where they are written alike, in which 1, 1.0 and true differ."""

    text: tuple[tuple[str, str], ...]
    values: Mapping[str, Any] = field(compare=False)


@functools.lru_cache(maxsize=4096)
def _holds_of(condition: str, members: _Members) -> bool:
    """Whether a condition is true of these members: requests of one operation are alike in most of theirs."""
    return holds(condition, Document({"request": members.values}))


def refining_rule(overlay: Overlay, clause: str) -> Rule | None:
    """The rule that states how AWS answers where a clause about state is tested; None if there is none."""
    local = clause.partition(":")[2]
    return next((rule for rule in overlay.rules if any(glob.fullmatch(local) for glob in refined_globs(rule))), None)


def source_of(rule: Rule) -> str:
    """The source of a rule in the form of a clause's source."""
    return f"observed: {rule.evidence}" if rule.enforcement == "RECORDED" else f"docs: {rule.source}"


def refined_globs(rule: Rule) -> tuple[re.Pattern[str], ...]:
    """The globs of a rule as regular expressions on clause ids without the service."""
    return tuple(clause_glob(each) for each in rule.refines)


def repaired(request: Mapping[str, Any], rules: tuple[Rule, ...]) -> Mapping[str, Any] | None:
    """The request with the repairs of every rule that it breaks; None if it still breaks one.

    A repair edits every place where the rule can be broken; places that the request does not have are left out.
    """
    for _ in range(len(rules) + 1):
        broken = broken_rules(rules, request)
        if not broken:
            return request
        before = request
        for edit in (edit for rule in broken for edit in rule.repair):
            with contextlib.suppress(paths.NoSuchPlace):
                request = paths.apply(request, (edit,))
        if request == before:
            return None
    return None
