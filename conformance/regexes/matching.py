"""Compiles AWS patterns: whether a text matches, and everything needed to draw texts that do.

pattern --java_parser--> tree --java_writer--> Matcher
                              `--drawing_plans-> Drawing
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

import regex

from conformance.regexes.charsets import CharSet, set_of_ranges
from conformance.regexes.drawing_plans import Drawing, drawing
from conformance.regexes.java_parser import parse_java
from conformance.regexes.java_writer import children, write_java
from conformance.regexes.regex_tree import Chars, Node, PatternError, without_edge_anchors


class Unsatisfiable(PatternError):
    """A pattern without a string of the allowed lengths; `minimum` and `maximum` count characters, None is no bound."""

    def __init__(self, pattern: str | None, minimum: int | None, maximum: int | None, reason: str) -> None:
        super().__init__(pattern or "", reason)
        self.minimum = minimum
        self.maximum = maximum


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled AWS pattern; `source` is what the `regex` library was given."""

    pattern: str
    source: str
    compiled: regex.Pattern[str]

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text matches, as Java's `Matcher.matches` decides."""
        return self.compiled.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def compile_pattern(pattern: str) -> Matcher:
    """The matcher of an AWS pattern, a Java regular expression that is matched against the whole text.

    Raises `PatternError` where Java would refuse the pattern, or where it uses what has no translation.
    """
    source = write_java(_tree(pattern))
    try:
        return Matcher(pattern, source, regex.compile(source, regex.V1))
    except regex.error as error:
        raise PatternError(pattern, f"cannot be translated: {error}") from None


@lru_cache(maxsize=8192)
def pattern_drawing(pattern: str) -> Drawing:
    """How to draw strings that match; raises `PatternError` as `compile_pattern` does."""
    return drawing(_tree(pattern))


@lru_cache(maxsize=8192)
def possible_characters(pattern: str) -> CharSet:
    """All characters that matches may contain, and perhaps some more; raises `PatternError`."""
    return _characters(_tree(pattern))


def _characters(node: Node) -> CharSet:
    if isinstance(node, Chars):
        return node.allowed
    return reduce(or_, map(_characters, children(node)), set_of_ranges(()))


@lru_cache(maxsize=1024)
def _tree(pattern: str) -> Node:
    try:
        return without_edge_anchors(parse_java(pattern))
    except RecursionError:
        raise PatternError(pattern, "is nested too deeply") from None
