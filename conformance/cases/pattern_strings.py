"""Hypothesis strategies of strings for AWS patterns and lengths.

Strategies follow the parsed pattern within the allowed lengths; only where it has look-arounds and the like are their
strings checked by the matcher. Fixed examples are in `patterns.py`, which does without Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.cases.leaf_values import leaf_strategy
from conformance.cases.patterns import compile_pattern, shortest, typical
from conformance.regexes import lengths as of
from conformance.regexes.charsets import CharSet, alphabet
from conformance.regexes.draw import DeadEnd, draw_string
from conformance.regexes.drawing_plans import Drawing
from conformance.regexes.examples import allowed_lengths
from conformance.regexes.lengths import ENDLESS, Lengths
from conformance.regexes.matching import Matcher, pattern_drawing

_REACH = 128  # the greatest length of a drawn string, unless the minimum is greater; boundary values test the maximum
_TRIES = 4
_SPREAD = 63  # the most characters of a piece beyond its minimum
_OWN = 4  # how many of the required characters of a piece are drawn
_FEW = 64  # with at most so many letters, one drawn number gives all drawn characters of a piece of fixed size


@lru_cache(maxsize=8192)
def strings(
    pattern: str | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    *,
    ascii_only: bool = False,
) -> SearchStrategy[str]:
    """Strings that match the pattern and have `minimum` to `maximum` characters.

    With `ascii_only` they are printable ASCII wherever the pattern allows that (HTTP headers, host labels). Raises
    `Unsatisfiable` where there is no such string, `PatternError` where the pattern is no Java regular expression.
    """
    wanted = allowed_lengths(pattern, minimum, maximum)
    if pattern is None:
        return _plain(wanted, ascii_only)
    plan = pattern_drawing(pattern)
    wanted = of.clipped(wanted, 0, max(wanted[0][0], _REACH))
    if plan.exact:
        return _drawn(plan, wanted, ascii_only)
    known = tuple(dict.fromkeys(example(pattern, minimum, maximum) for example in (typical, shortest)))
    return _checked(plan, wanted, ascii_only, compile_pattern(pattern), known)


def _plain(wanted: Lengths, ascii_only: bool) -> SearchStrategy[str]:
    (low, high) = wanted[0]
    if ascii_only:
        return st.text(_READABLE, min_size=low, max_size=None if high >= ENDLESS else high)
    bounds: dict[str, Any] = {"minLength": low} if low else {}
    if high < ENDLESS:
        bounds["maxLength"] = high
    found: SearchStrategy[str] = leaf_strategy({"type": "string", **bounds})
    return found


_READABLE = "".join(map(chr, range(0x20, 0x7F)))


@st.composite
def _drawn(draw: st.DrawFn, plan: Drawing, wanted: Lengths, ascii_only: bool) -> str:
    return draw_string(plan.plan, wanted, _Drawn(draw, ascii_only))


@st.composite
def _checked(
    draw: st.DrawFn, plan: Drawing, wanted: Lengths, ascii_only: bool, matcher: Matcher, known: tuple[str, ...]
) -> str:
    chooser = _Drawn(draw, ascii_only)
    for _ in range(_TRIES):
        with suppress(DeadEnd):
            text = draw_string(plan.plan, wanted, chooser)
            if matcher.fullmatch(text):
                return text
    return draw(_one_of(known))


class _Drawn:
    """The choices of a walk through a pattern, drawn by Hypothesis."""

    __slots__ = ("ascii_only", "draw")

    def __init__(self, draw: Callable[[SearchStrategy[Any]], Any], ascii_only: bool) -> None:
        self.draw = draw
        self.ascii_only = ascii_only

    def pick(self, count: int) -> int:
        number: int = self.draw(_index(count))
        return number

    def more(self) -> bool:
        yes: bool = self.draw(_YES)
        return yes

    def text(self, allowed: CharSet, low: int, high: int) -> str:
        letters = alphabet(allowed, self.ascii_only)
        if len(letters) == 1 and low == high:
            return letters * low
        if low == high == 1:
            letter: str = self.draw(_letter(letters))
            return letter
        # Few distinct sizes, so that few strategies are built: the greatest of 0, 1, 3, 7 ... that fits. A long piece
        # repeats its beginning, because each drawn character costs time.
        spread = min((1 << (high - low + 1).bit_length() - 1) - 1, _SPREAD if len(letters) > 1 else 3)
        drawn = min(low, _OWN)
        if spread or len(letters) > _FEW:
            text: str = self.draw(_text(letters, drawn, drawn + spread))
        else:
            text = _spelled(self.draw(_index(len(letters) ** drawn)), letters, drawn)
        size = len(text) + low - drawn
        return text if size == len(text) else (text * (size // len(text) + 1))[:size]


def _spelled(number: int, letters: str, size: int) -> str:
    """A number written with `letters` as digits: one draw gives several characters, and 0 the simplest text."""
    spelled = []
    for _ in range(size):
        number, digit = divmod(number, len(letters))
        spelled.append(letters[digit])
    return "".join(spelled)


_YES = st.booleans()


@lru_cache(maxsize=1024)
def _index(count: int) -> SearchStrategy[int]:
    return st.integers(0, count - 1)


@lru_cache(maxsize=4096)
def _letter(letters: str) -> SearchStrategy[str]:
    return st.sampled_from(letters)


@lru_cache(maxsize=8192)
def _text(letters: str, low: int, high: int) -> SearchStrategy[str]:
    return st.text(letters, min_size=low, max_size=high)


@lru_cache(maxsize=4096)
def _one_of(known: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from(known)
