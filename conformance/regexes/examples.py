"""Fixed example strings: the shortest, the longest and a readable one that match a pattern and keep a length.

The same arguments give the same string on every machine. The choices follow a rule; where look-arounds and the like
make the rule's string wrong, seeded random draws search a matching one, length by length.

    drawing + lengths --draw(rule)--> candidate --matcher--> example
                    `--draw(seeded)--> candidate --matcher--^
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice
from typing import Literal

from conformance.regexes import lengths as of
from conformance.regexes.charsets import CharSet, alphabet
from conformance.regexes.draw import Chooser, DeadEnd, draw_string
from conformance.regexes.drawing_plans import Drawing
from conformance.regexes.lengths import ENDLESS, Lengths
from conformance.regexes.matching import Unsatisfiable, compile_pattern, pattern_drawing

CAP = 1024
Size = Literal["typical", "shortest", "longest"]

_WORDS = (
    "example-name", "example", "Example", "ExampleName", "example_name", "example.com", "https://example.com/path",
    "/example/path", "example@example.com", "123456789012", "10", "1", "1.0", "us-east-1", "2024-01-31",
    "2024-01-31T12:00:00Z", "192.0.2.1", "192.0.2.0/24", "0123456789abcdef0", "0123abcd-4567-89ab-cdef-0123456789ab",
)  # fmt: skip
_RUNS = ("example", "Example", "EXAMPLE", "1234567890", "abcdef", "ABCDEF")
_USUAL = 7  # characters of a run in a readable example
_READABLE = 64  # readable examples are at most so long, unless they must be longer
_LENGTHS_TRIED = 96
_TRIES = 24
_CHEAP = 256  # longer strings are tried fewer times


@lru_cache(maxsize=8192)
def shortest(pattern: str | None, minimum: int | None = None, maximum: int | None = None) -> str:
    """The shortest string that matches and has `minimum` to `maximum` characters.

    Where look-arounds decide, the shortest that a bounded search finds. Raises `Unsatisfiable`, `PatternError`.
    """
    found = _first(pattern, minimum, maximum, "shortest", CAP)
    if pattern is None or pattern_drawing(pattern).exact:
        return found
    return _reduced(pattern, min(found, typical(pattern, minimum, maximum), key=len), minimum or 0)


@lru_cache(maxsize=8192)
def longest(pattern: str | None, minimum: int | None = None, maximum: int | None = None, *, cap: int = CAP) -> str:
    """The longest string that matches and has `minimum` to `maximum` characters, but at most `cap`.

    A `minimum` above `cap` is kept all the same. Raises `Unsatisfiable`, `PatternError`.
    """
    return _first(pattern, minimum, maximum, "longest", cap)


@lru_cache(maxsize=8192)
def typical(pattern: str | None, minimum: int | None = None, maximum: int | None = None) -> str:
    """A readable string that matches and has `minimum` to `maximum` characters.

    Raises `Unsatisfiable`, `PatternError`.
    """
    return _first(pattern, minimum, maximum, "typical", CAP)


def allowed_lengths(pattern: str | None, minimum: int | None, maximum: int | None) -> Lengths:
    """The lengths that a string may have; raises `Unsatisfiable` where none is left."""
    own = ((0, ENDLESS),) if pattern is None else pattern_drawing(pattern).lengths
    found = of.clipped(own, minimum or 0, maximum)
    if not found:
        raise Unsatisfiable(pattern, minimum, maximum, _impossible(minimum, maximum))
    return found


def _impossible(minimum: int | None, maximum: int | None) -> str:
    bounds = f"{minimum or 0} or more" if maximum is None else f"{minimum or 0} to {maximum}"
    return f"no string of {bounds} characters matches"


def examples(pattern: str | None, wanted: Lengths, size: Size) -> Iterator[str]:
    """Strings that match and have a wanted length, best first; the search is bounded and may find none."""
    if pattern is None:
        yield from _plain(wanted, size)
        return
    matches, plan = compile_pattern(pattern).fullmatch, pattern_drawing(pattern)
    for candidate in _candidates(plan, wanted, size):
        if matches(candidate):
            yield candidate


def _first(pattern: str | None, minimum: int | None, maximum: int | None, size: Size, cap: int) -> str:
    wanted = allowed_lengths(pattern, minimum, maximum)
    if size == "longest":
        wanted = of.clipped(wanted, 0, cap) or ((wanted[0][0], wanted[0][0]),)
    found = next(chain(_words(pattern, wanted, size), examples(pattern, wanted, size)), None)
    if found is None and size != "typical":
        found = typical(pattern, minimum, maximum)
    if found is None:
        raise Unsatisfiable(pattern, minimum, maximum, "no string was found that matches")
    return found


def _reduced(pattern: str, text: str, minimum: int) -> str:
    """The text without the characters that are not needed for a match."""
    matches = compile_pattern(pattern).fullmatch
    at = len(text)
    while at > 0 and len(text) > minimum:
        at -= 1
        without = text[:at] + text[at + 1 :]
        if matches(without):
            text = without
    return text


def _words(pattern: str | None, wanted: Lengths, size: Size) -> Iterator[str]:
    if pattern is not None and size == "typical":
        matches = compile_pattern(pattern).fullmatch
        yield from (word for word in _WORDS if of.contains_length(wanted, len(word)) and matches(word))


def _plain(wanted: Lengths, size: Size) -> Iterator[str]:
    low, high = wanted[0][0], wanted[-1][1]
    length = {"shortest": low, "longest": high, "typical": max(low, min(high, len(_WORDS[0])))}[size]
    yield (_WORDS[0] + "-") * (length // (len(_WORDS[0]) + 1)) + (_WORDS[0] + "s")[: length % (len(_WORDS[0]) + 1)]


def _candidates(plan: Drawing, wanted: Lengths, size: Size) -> Iterator[str]:
    for target in _targets(wanted, size):
        yield from _draws(plan, target, size)


def _targets(wanted: Lengths, size: Size) -> Iterator[Lengths]:
    """Sets of lengths to aim at, one after the other."""
    if size == "typical":
        readable = of.clipped(wanted, 1, max(wanted[0][0], _READABLE))
        yield from (target for target in (readable, wanted) if target)
        wanted = of.clipped(wanted, 0, max(wanted[0][0], CAP))
    single = _downwards(wanted) if size == "longest" else (n for low, high in wanted for n in range(low, high + 1))
    yield from (((n, n),) for n in islice(single, _LENGTHS_TRIED))


def _downwards(wanted: Lengths) -> Iterator[int]:
    """The lengths from the highest on: some one by one, then in halves."""
    step, length = 1, wanted[-1][1]
    for count in range(_LENGTHS_TRIED):
        if of.contains_length(wanted, length):
            yield length
        step = step if count < _LENGTHS_TRIED // 2 else max(1, (length - wanted[0][0]) // 8)
        length -= step


def _draws(plan: Drawing, target: Lengths, size: Size) -> Iterator[str]:
    tries = 0 if plan.exact else _TRIES if target[0][0] <= _CHEAP else _TRIES // 6
    for chooser in _choosers(size, tries):
        with suppress(DeadEnd):
            yield draw_string(plan.plan, target, chooser)
    for other in plan.others:
        fit = of.intersection(target, other.lengths)
        if fit:
            for chooser in _choosers(size, tries):
                with suppress(DeadEnd):
                    yield draw_string(other, fit, chooser)


def _choosers(size: Size, tries: int) -> Iterator[Chooser]:
    for eager in (size == "longest", size != "longest"):
        yield RuleChooser(size, eager)
    for seed in range(tries):
        yield SeededChooser(seed)


class RuleChooser:
    """Chooses by rule: the first option, runs of readable words; `eager` repeats and takes what may be left out."""

    def __init__(self, size: Size, eager: bool) -> None:
        self.size = size
        self.eager = eager
        self.letters = 0

    def pick(self, count: int) -> int:
        return 0

    def more(self) -> bool:
        return self.eager

    def text(self, allowed: CharSet, low: int, high: int) -> str:
        wanted = {"shortest": low, "longest": high, "typical": max(low, min(high, _USUAL))}[self.size]
        letters = alphabet(allowed, True)
        if len(letters) == 1:
            self.letters = 0
            return letters * (wanted if self.size != "typical" or high == 1 else low)
        text = _readable(letters, self.letters, wanted)
        self.letters += wanted
        return text


class SeededChooser:
    """Chooses at random, the same every time for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- repeatable, not secret

    def pick(self, count: int) -> int:
        return self.random.randrange(count)

    def more(self) -> bool:
        return self.random.random() < 0.6

    def text(self, allowed: CharSet, low: int, high: int) -> str:
        size = self.random.randint(low, min(high, low + _USUAL))
        return "".join(self.random.choices(alphabet(allowed, True), k=size))


def _readable(letters: str, start: int, size: int) -> str:
    """`size` characters out of `letters`, which continue a readable word where possible."""
    known = frozenset(letters)
    for word in _RUNS:
        at = start % len(word)
        text = (word * ((at + size) // len(word) + 1))[at : at + size]
        if known.issuperset(text):
            return text
    return (letters * (size // len(letters) + 1))[:size]
