"""Strings that break one constraint and nothing else: the pattern, or the length.

A near miss is the smallest edit of a valid example that the matcher refuses, within the allowed length. The first
ones are wrong in every dialect of regular expressions (a forbidden ASCII character); what only a careful
implementation refuses (a line break, a control character) is used where nothing plainer breaks the pattern.

    typical(...) --edits, plainest first--> candidate --length kept, matcher refuses--> NearMiss
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from conformance.regexes import lengths as of
from conformance.regexes.examples import CAP, examples, shortest, typical
from conformance.regexes.lengths import ENDLESS
from conformance.regexes.matching import compile_pattern, pattern_drawing

_WRONG = "! #*%<$@/:,;|~^{}()[]=+&?'\"`\\>"
_WRONG_START = "-_.1/"
_WRONG_END = "-_./"
_LONGEST = 100_000  # a string outside of the length is never longer than this
_LETTERS = "x0A"
_PLACES = 40  # at most, of a long example


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A string that is wrong in one way; `how` says which, in words for a report."""

    text: str
    how: str


@lru_cache(maxsize=8192)
def near_misses(pattern: str | None, minimum: int | None = None, maximum: int | None = None) -> tuple[NearMiss, ...]:
    """Strings of `minimum` to `maximum` characters that do not match, the most obviously wrong first.

    Empty if there is no pattern, or if it matches every candidate of an allowed length.
    Raises `Unsatisfiable` and `PatternError` as `typical` does.
    """
    if pattern is None:
        return ()
    matches = compile_pattern(pattern).fullmatch
    low, high = minimum or 0, ENDLESS if maximum is None else maximum
    bases = tuple(dict.fromkeys((typical(pattern, minimum, maximum), shortest(pattern, minimum, maximum))))
    for edits in (_plain, _odd):
        found: dict[str, NearMiss] = {}
        for kind, text, how in chain.from_iterable(map(edits, bases)):
            if kind not in found and low <= len(text) <= high and not matches(text):
                found[kind] = NearMiss(text, how)
        if found:
            return tuple({miss.text: miss for miss in reversed(found.values())}.values())[::-1]
    return ()


Edit = tuple[str, str, str]  # the kind, of which one is enough; the text; how it is wrong


def _plain(base: str) -> Iterator[Edit]:
    middle = len(base) // 2
    if base:
        yield from _replaced(base, "middle", (middle,), _WRONG, "in the middle")
        yield from _replaced(base, "start", (0,), _WRONG_START + _WRONG, "at the start")
        yield from _replaced(base, "end", (len(base) - 1,), _WRONG_END + _WRONG, "at the end")
        yield from _replaced(base, "middle", range(len(base)), _WRONG, "inside")
        yield from _replaced(base, "other", range(len(base)), _LETTERS, "inside")
        yield "shorter", base[:-1], "without the last character"
        yield "headless", base[1:], "without the first character"
    for char in _LETTERS + _WRONG_END + _WRONG:
        yield "longer", base + char, f"with {char!r} after the end"
        yield "earlier", char + base, f"with {char!r} before the start"
    yield "upper", base.upper(), "in upper case"
    yield "lower", base.lower(), "in lower case"
    yield "doubled", base + base, "twice in a row"
    yield "empty", "", "empty"
    for repeated in ("!!!", "---", "   ", "x" * len(base), "0" * len(base)):
        yield "other", repeated, f"{repeated[:3]!r} only"


def _odd(base: str) -> Iterator[Edit]:
    """Edits that not every dialect or encoding sees alike."""
    places = tuple(dict.fromkeys((len(base) // 2, 0)))
    for kind, char, name in (
        ("letter", "\u00e9", "a letter beyond ASCII"),
        ("ideograph", "\u4e2d", "a character beyond Latin"),
        ("astral", "\U0001f600", "a character beyond the basic plane"),
        ("tab", "\t", "a tab"),
        ("line", "\n", "a line break"),
        ("control", "\x01", "a control character"),
        ("null", "\x00", "a null character"),
    ):
        for place in places:
            yield kind, base[:place] + char + base[place + 1 :], f"with {name} inside"
            yield kind, base[:place] + char + base[place:], f"with {name} inside"


def _replaced(base: str, kind: str, places: Iterable[int], chars: str, where: str) -> Iterator[Edit]:
    spread = tuple(places)
    for place in spread[:: len(spread) // _PLACES + 1]:
        for char in chars:
            yield kind, base[:place] + char + base[place + 1 :], f"with {char!r} {where}"


@lru_cache(maxsize=4096)
def too_long(pattern: str | None, maximum: int | None) -> str | None:
    """A string that matches and is longer than `maximum`, by as little as possible.

    None where there is no bound, no such string, or none of a sendable size (100,000 characters).
    """
    if maximum is None or maximum >= _LONGEST:
        return None
    own = ((0, ENDLESS),) if pattern is None else pattern_drawing(pattern).lengths
    wanted = of.clipped(own, maximum + 1, max(maximum + CAP, 2 * maximum))
    return next(examples(pattern, wanted, "shortest"), None) if wanted else None


@lru_cache(maxsize=4096)
def too_short(pattern: str | None, minimum: int | None) -> str | None:
    """A string that matches and is shorter than `minimum`, by as little as possible; None where there is none."""
    if not minimum or minimum > _LONGEST:
        return None
    own = ((0, ENDLESS),) if pattern is None else pattern_drawing(pattern).lengths
    wanted = of.clipped(own, 0, minimum - 1)
    return next(examples(pattern, wanted, "longest"), None) if wanted else None
