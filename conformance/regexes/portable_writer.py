"""Writes a pattern in the syntax that ECMA-262 (with its `u` flag) and Python's `re` have in common.

    pattern --java_parser--> tree --portable--> "^(?:...)$"

Sets are spelled by their code points, because `\\d`, `\\s`, `.` and `\\p{L}` mean something else in every engine or are
missing from it. What has no common spelling (possessive and atomic groups, line anchors, look-behinds of no fixed
length) raises PatternError.
"""

from __future__ import annotations

import functools
import re

from conformance.regexes.charsets import EVERY, CharSet
from conformance.regexes.java_parser import parse_java
from conformance.regexes.java_writer import children
from conformance.regexes.regex_tree import (
    Anchor,
    AnchorKind,
    Chain,
    Chars,
    Choice,
    Group,
    Look,
    Node,
    PatternError,
    Reference,
    Repeat,
    without_edge_anchors,
)

# A pattern that is longer than this as its code points say it helps nobody who reads it.
_LONGEST = 40_000

_ANCHORS: dict[AnchorKind, str] = {
    "start": "^",
    "end": "$",
    "last-line": r"(?=(?:\r\n|[\n\r\u0085\u2028\u2029])?$)",
    "last-unix-line": r"(?=\n?$)",
    "word": r"\b",
    "not-word": r"\B",
}
_LOOKS = {(True, True): "?=", (True, False): "?!", (False, True): "?<=", (False, False): "?<!"}
_NAMED = {0x09: r"\t", 0x0A: r"\n", 0x0D: r"\r"}
# What either engine may take for syntax, inside brackets or outside; both allow a backslash before it.
_SYNTAX = frozenset(r"^$\.*+?()[]{}|/")


@functools.lru_cache(maxsize=4096)
def portable(pattern: str) -> str:
    """An anchored expression that decides like AWS's full match of `pattern`; raises PatternError if there is none."""
    try:
        tree = without_edge_anchors(parse_java(pattern))
        numbers = {number: position for position, number in enumerate(_captured(tree), start=1)}
        text = f"^(?:{_written(tree, numbers)})$"
        if len(text) > _LONGEST:
            raise PatternError(pattern, f"takes {len(text)} characters when its sets are spelled out")
        re.compile(text)
    except _NotPortable as problem:
        raise PatternError(pattern, str(problem)) from None
    except (re.error, RecursionError, OverflowError) as problem:
        raise PatternError(pattern, f"not every engine has it: {problem}") from None
    return text


class _NotPortable(Exception):
    """A part of a pattern that the engines have no common spelling of."""


def _captured(tree: Node) -> list[int]:
    # Only groups that are referred to are captured, and so they are numbered anew.
    wanted: set[int] = set()
    order: list[int] = []

    def visit(node: Node) -> None:
        if isinstance(node, Reference):
            wanted.add(node.number)
        if isinstance(node, Group):
            order.append(node.number)
        for child in children(node):
            visit(child)

    visit(tree)
    return [number for number in order if number in wanted]


def _written(node: Node, numbers: dict[int, int]) -> str:
    if isinstance(node, Chars):
        return _set(node.allowed)
    if isinstance(node, Chain):
        return "".join(_grouped(item, numbers, isinstance(item, Choice)) for item in node.items)
    if isinstance(node, Choice):
        return "|".join(_written(option, numbers) for option in node.options)
    if isinstance(node, Repeat):
        return _repeat(node, numbers)
    if isinstance(node, Look):
        return f"({_LOOKS[node.ahead, node.positive]}{_written(node.body, numbers)})"
    if isinstance(node, Anchor):
        if node.kind not in _ANCHORS:
            raise _NotPortable(f"an anchor at a {node.kind}")
        return _ANCHORS[node.kind]
    if isinstance(node, Reference):
        # A digit that follows must not be read as part of the number.
        return f"(?:\\{numbers[node.number]})" if node.number in numbers else "(?!)"
    if node.number == 0:
        raise _NotPortable("an atomic group")
    return f"({_written(node.body, numbers)})" if node.number in numbers else _grouped(node.body, numbers, True)


def _grouped(node: Node, numbers: dict[int, int], needed: bool) -> str:
    text = _written(node, numbers)
    return f"(?:{text})" if needed else text


def _repeat(node: Repeat, numbers: dict[int, int]) -> str:
    if node.greed == "possessive":
        raise _NotPortable("a possessive repetition")
    body = _grouped(node.body, numbers, not isinstance(node.body, Chars | Group))
    high = "" if node.high is None else str(node.high)
    exact = f"{{{node.low}}}" if node.low == node.high else f"{{{node.low},{high}}}"
    short = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}.get((node.low, node.high), exact)
    return body + short + ("?" if node.greed == "lazy" and short else "")


def _set(allowed: CharSet) -> str:
    if not allowed.ranges:
        return "(?!)"
    if allowed.ranges == EVERY.ranges:
        return r"[\s\S]"
    low = allowed.ranges[0][0]
    if allowed.ranges == ((low, low),):
        return _char(low)
    within, without = _spelled(allowed), _spelled(~allowed)
    return f"[{within}]" if len(within) <= len(without) or not without else f"[^{without}]"


def _spelled(allowed: CharSet) -> str:
    parts = []
    for low, high in allowed.ranges:
        between = "-" if high > low + 1 else ""
        parts.append(_char(low, "-") + (between + _char(high, "-") if high > low else ""))
    return "".join(parts)


def _char(code: int, also: str = "") -> str:
    char = chr(code)
    if code in _NAMED:
        return _NAMED[code]
    if char in _SYNTAX or char in also:
        return "\\" + char
    if char.isascii() and char.isprintable():
        return char
    # Beyond the first plane the engines spell escapes differently: the character itself is common to both.
    return f"\\u{code:04X}" if code <= 0xFFFF else char
