"""The conditions of overlays: JMESPath, which botocore's waiters use too, with a few more functions.

In JMESPath null, false and every empty value are false, and a comparison with null is null. So conditions negate the
violation, `!(request.Low > request.High)`, which is true if a member is absent. The additional functions are

    given(value)           whether the value is present; it may be empty
    lower(text)            the text in lower case
    matches(text, regex)   whether the whole text matches a regular expression
    distinct(list)         the list without repetitions
    bytes(value)           the length of a text in UTF-8, of anything else as compact JSON

Timestamps are epoch seconds in conditions, so that they can be compared and sorted.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError


class _Functions(functions.Functions):  # type: ignore[misc]
    @functions.signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_given(self, value: Any) -> bool:
        return value is not None

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
        return len(text.encode(errors="surrogatepass"))


_OPTIONS = jmespath.Options(custom_functions=_Functions())

# Most of a document: values that are seen as they are. Checked first, because the general checks are slow.
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


# Nodes of parsed conditions, by what their children are evaluated on.
_REQUEST = {"type": "field", "children": [], "value": "request"}
_ON_THE_WHOLE = frozenset(
    {"literal", "comparator", "and_expression", "or_expression", "not_expression", "function_expression"}
)
_ON_THE_FIRST = frozenset(
    {"subexpression", "index_expression", "projection", "value_projection", "filter_projection", "flatten", "pipe"}
)


class BadCondition(ValueError):
    """A condition that is not JMESPath, or that cannot be evaluated on its document."""

    def __init__(self, condition: str, problem: Exception) -> None:
        # JMESPath draws an arrow below the text; errors here are one line.
        super().__init__(f"{condition!r}: {' '.join(str(problem).split())}")


@functools.lru_cache(maxsize=1024)
def compile_condition(text: str) -> Any:
    """The compiled form of a condition; raises BadCondition."""
    try:
        return jmespath.compile(text)
    except JMESPathError as problem:
        raise BadCondition(text, problem) from problem


@dataclass(frozen=True, slots=True)
class Document:
    """A document that several conditions are evaluated on: brought into a comparable form once."""

    value: Any

    @staticmethod
    def of(document: Any) -> Document:
        """The document of values as they are in params and answers."""
        return Document(_comparable(document))


def holds(condition: str, document: Any) -> bool:
    """Whether a condition is true of a document; raises BadCondition if it cannot be evaluated.

    True is what JMESPath counts as true: neither null nor false nor empty.
    """
    compiled = compile_condition(condition)
    value = document.value if isinstance(document, Document) else _comparable(document)
    try:
        found = compiled.search(value, _OPTIONS)
    except (JMESPathError, re.error, TypeError) as problem:  # TypeError: text and number
        raise BadCondition(condition, problem) from problem
    # Python calls 0 false, JMESPath does not.
    return bool(found) or (isinstance(found, int | float) and not isinstance(found, bool))


@functools.lru_cache(maxsize=1024)
def reads_of_request(condition: str) -> frozenset[str] | None:
    """The members of `request` that a condition reads; None where it reads the whole, or something else."""
    found: set[str] = set()
    return frozenset(found) if _is_of_request(compile_condition(condition).parsed, found) else None


def _is_of_request(node: Mapping[str, Any], found: set[str]) -> bool:
    """Whether a part of a condition reads nothing but members of `request`, which are added to `found`."""
    kind, children = node["type"], node["children"]
    if kind == "subexpression" and children[0] == _REQUEST:
        return _is_of_members(children[1], found)
    if kind in _ON_THE_WHOLE:
        return all(_is_of_request(child, found) for child in children)
    # The other children are evaluated on what the first one finds.
    return kind in _ON_THE_FIRST and _is_of_request(children[0], found)


def _is_of_members(node: Mapping[str, Any], found: set[str]) -> bool:
    """Whether what is evaluated on the request reads only members of it, which are added to `found`."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        found.add(str(node["value"]))
        return True
    if kind == "multi_select_list":
        return all(_is_of_members(child, found) for child in children)
    return kind in _ON_THE_FIRST and _is_of_members(children[0], found)


def _comparable(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    if isinstance(value, Mapping):
        return {name: _comparable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_comparable(item) for item in value]
    return value
