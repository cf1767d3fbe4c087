"""Matchers and fixed examples for AWS patterns and lengths; with `pattern_strings.py` the only interface to `regexes`.

AWS matches its patterns, Java regular expressions, against the whole string.

    compile_pattern(pattern).fullmatch(text)
    shortest, longest, typical, with_token                  valid examples
    near_misses                                             break the pattern, keep the length
    too_long, too_short                                     break the length, keep the pattern

Lengths count characters (Unicode code points), as AWS does.
"""

from __future__ import annotations

from conformance.regexes.examples import Size, longest, shortest, typical
from conformance.regexes.matching import Matcher, Unsatisfiable, compile_pattern
from conformance.regexes.near_misses import NearMiss, near_misses, too_long, too_short
from conformance.regexes.regex_tree import PatternError
from conformance.regexes.tokens import with_token

__all__ = [
    "Matcher",
    "NearMiss",
    "PatternError",
    "Size",
    "Unsatisfiable",
    "compile_pattern",
    "longest",
    "near_misses",
    "shortest",
    "too_long",
    "too_short",
    "typical",
    "with_token",
]
