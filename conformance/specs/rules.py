"""The conditions of overlay rules: JMESPath over a request and its answer.

A condition sees one document: `request` is the input as sent, `answer` the output, `region` and `account` where
the request went. To what JMESPath has built in, rules may add

    lower(text)            the text in lower case
    matches(text, regex)   whether the whole text matches a regular expression
    distinct(list)         the list without repetitions
    bytes(value)           the length of a text in UTF-8, of anything else as compact JSON
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from conformance.specs import paths
from conformance.specs.overlay import Rule


class _Functions(functions.Functions):  # type: ignore[misc]
    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_matches(self, text: str, pattern: str) -> bool:
        return re.fullmatch(pattern, text) is not None

    @functions.signature({"types": ["array"]})  # type: ignore[untyped-decorator]
    def _func_distinct(self, items: list[Any]) -> list[Any]:
        seen: dict[str, Any] = {}
        for item in items:
            seen.setdefault(json.dumps(item, sort_keys=True, default=str), item)
        return list(seen.values())

    @functions.signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_bytes(self, value: Any) -> int:
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=str)
        return len(text.encode())


class BadCondition(ValueError):
    """A condition that is not JMESPath, or that fails on the document it is asked of."""


@functools.lru_cache(maxsize=1024)
def compile_condition(text: str) -> Any:
    """The compiled form of a condition; raises BadCondition."""
    try:
        return jmespath.compile(text)
    except JMESPathError as problem:
        raise BadCondition(f"{text!r}: {problem}") from problem


def holds(condition: str, document: Mapping[str, Any]) -> bool:
    """Whether a condition is true of a document; raises BadCondition where it cannot be told.

    Null counts as false, as JMESPath has it.
    """
    try:
        found = compile_condition(condition).search(document, jmespath.Options(custom_functions=_Functions()))
    except JMESPathError as problem:
        raise BadCondition(f"{condition!r}: {problem}") from problem
    return bool(found)


def obeys(rule: Rule, request: Mapping[str, Any]) -> bool:
    """Whether a request keeps a rule, as far as the request alone can tell."""
    return rule.request is None or holds(rule.request, {"request": request})


def repaired(request: Mapping[str, Any], rules: tuple[Rule, ...]) -> Mapping[str, Any] | None:
    """The request with the repairs of every rule that it breaks; None where that is not enough."""
    for _ in range(len(rules) + 1):
        broken = [rule for rule in rules if not obeys(rule, request)]
        if not broken:
            return request
        before = request
        for rule in broken:
            try:
                request = paths.apply(request, rule.repair)
            except paths.NoSuchPlace:
                return None
        if request == before:
            return None
    return None
