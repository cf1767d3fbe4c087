"""Sets of characters, with the set algebra that Java's character classes need.

A class is parsed once into a `CharSet`: sorted code point ranges, which say what may be generated, and the same
set spelled for the `regex` library, which says what matches. Both have one source, so that they always
agree. Small sets are spelled from their ranges; big ones (`\\p{L}` has some 680 ranges) keep the name that the
library knows, because that matches in constant time.

    [\\p{L}&&[^a-z]]  ->  CharSet(ranges=..., source="[[\\p{L}]&&[^a-z]]")
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

import regex

Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
_SMALL = 16  # up to so many ranges, a set is spelled range by range


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set of code points; `source` is its spelling between brackets in the `regex` library's version 1 syntax."""

    ranges: Ranges
    source: str = field(compare=False)

    def __contains__(self, char: str) -> bool:
        code = ord(char)
        at = bisect_right(self.ranges, (code, LAST)) - 1
        return at >= 0 and code <= self.ranges[at][1]

    def __or__(self, other: CharSet) -> CharSet:
        if not self.ranges or not other.ranges:
            return self if self.ranges else other
        return _spelled(_merged(self.ranges + other.ranges), self.source + other.source)

    def __and__(self, other: CharSet) -> CharSet:
        return _spelled(_shared(self.ranges, other.ranges), f"[[{self.source}]&&[{other.source}]]")

    def __invert__(self) -> CharSet:
        starts = [0, *(high + 1 for _, high in self.ranges)]
        ends = [*(low - 1 for low, _ in self.ranges), LAST]
        ranges = tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)
        return _spelled(ranges, f"[^{self.source}]")


def set_of_span(first: int, last: int) -> CharSet:
    """The code points from `first` to `last`, both included."""
    return _spelled(((first, last),), "")


def set_of_chars(text: str) -> CharSet:
    """The characters of `text`."""
    return set_of_ranges((ord(char), ord(char)) for char in text)


def set_of_ranges(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """The union of ranges, which may overlap and come in any order."""
    merged = _merged(tuple(ranges))
    return CharSet(merged, _spelling(merged))


@cache
def named_set(source: str) -> CharSet:
    """The set that the `regex` library calls `source`, such as `\\p{L}`; `ValueError` where it knows no such name."""
    try:
        found = regex.compile(f"[{source}]+", regex.V1)
    except regex.error as error:
        raise ValueError(str(error)) from None
    ranges = tuple((match.start(), match.end() - 1) for match in found.finditer(_every_char()))
    return _spelled(ranges, source)


_OF_ARRAYS = f"utf-32-{sys.byteorder[0]}e"


@lru_cache(maxsize=1)
def _every_char() -> str:
    return array("I", range(LAST + 1)).tobytes().decode(_OF_ARRAYS, "surrogatepass")


def _merged(ranges: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _shared(left: Ranges, right: Ranges) -> Ranges:
    shared: list[tuple[int, int]] = []
    one = two = 0
    while one < len(left) and two < len(right):
        low, high = max(left[one][0], right[two][0]), min(left[one][1], right[two][1])
        if low <= high:
            shared.append((low, high))
        if left[one][1] <= right[two][1]:
            one += 1
        else:
            two += 1
    return tuple(shared)


def _spelled(ranges: Ranges, source: str) -> CharSet:
    return CharSet(ranges, _spelling(ranges) if len(ranges) <= _SMALL else source)


def _spelling(ranges: Ranges) -> str:
    return "".join(escaped(low) if low == high else f"{escaped(low)}-{escaped(high)}" for low, high in ranges)


def escaped(code: int) -> str:
    """A code point spelled so that the `regex` library takes it as itself, inside and outside of brackets."""
    char = chr(code)
    return char if char.isascii() and char.isalnum() else f"\\U{code:08X}"


EMPTY = CharSet((), "")
EVERY = set_of_span(0, LAST)
SURROGATES = set_of_span(0xD800, 0xDFFF)
CONTROLS = set_of_ranges([(0x00, 0x1F), (0x7F, 0x9F)])
NONCHARACTERS = set_of_ranges(
    [(0xFDD0, 0xFDEF), *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, LAST, 0x10000))]
)

# What strategies prefer: printable in every encoding that AWS speaks, assigned since Unicode 4 at the latest, and
# never altered by XML, JSON, normalisation or a shell: ASCII, Latin, Greek, Cyrillic, Hebrew, kana, ideographs, Hangul.
READABLE = set_of_ranges(
    [(0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA),
     (0x3041, 0x3096), (0x4E00, 0x4E7F), (0xAC00, 0xAC3F), (0x1D400, 0x1D433), (0x20000, 0x2001F)]
)  # fmt: skip
ASCII_READABLE = set_of_span(0x20, 0x7E)
_ENOUGH = 1024


@lru_cache(maxsize=4096)
def alphabet(allowed: CharSet, ascii_only: bool = False) -> str:
    """The characters of a set to generate from, most readable first; empty where the set holds surrogates only.

    Readable characters where the set has any, else any that is no control character, else what there is.
    """
    preferred = (ASCII_READABLE, READABLE) if ascii_only else (READABLE,)
    for wanted in (*preferred, ~(SURROGATES | CONTROLS | NONCHARACTERS), ~SURROGATES):
        found = _listed((allowed & wanted).ranges)
        if found:
            return "".join(sorted(found, key=_readability))
    return ""


def _listed(ranges: Ranges) -> str:
    found = ""
    for low, high in ranges:
        found += "".join(map(chr, range(low, min(high, low + _ENOUGH) + 1)))
        if len(found) >= _ENOUGH:
            break
    return found[:_ENOUGH]


def _readability(char: str) -> tuple[int, int]:
    code = ord(char)
    if not char.isascii():
        return 4, code
    kinds = (char.islower(), char.isdigit(), char.isupper(), char in "-_.")
    return (kinds.index(True) if True in kinds else 3, code)
