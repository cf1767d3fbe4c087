"""Puts a token into a matching string, so that names of one run differ from those of any other.

Where the token fits is found once for a pattern and a length of token, and remembered as the text around it; another
token of that length then costs one match.

    examples of growing length --replace a piece by the token, from the end on--> matches? --> (before, after)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice

from conformance.regexes import lengths as of
from conformance.regexes.examples import CAP, Size, allowed_lengths, examples, longest, typical
from conformance.regexes.lengths import Lengths
from conformance.regexes.matching import Unsatisfiable, compile_pattern, possible_characters

_LENGTHS_TRIED = 40
_PLACES_TRIED = 2000


def with_token(
    pattern: str | None,
    minimum: int | None,
    maximum: int | None,
    token: str,
    length: Size = "typical",
) -> str | None:
    """A string of the wanted kind of length that matches and contains `token`, at its end if that can be.

    `token` is made of lower-case letters and digits. None where the pattern or the length has no room for it.
    Raises `PatternError` where the pattern cannot be used at all.
    """
    if pattern is not None and not all(char in possible_characters(pattern) for char in token):
        return None  # what no search finds takes the longest
    for probe in (_shape(token), token):
        around = _around(pattern, minimum, maximum, probe, length)
        text = None if around is None else around[0] + token + around[1]
        if text is not None and (pattern is None or compile_pattern(pattern).fullmatch(text)):
            return text
    return None


def _shape(token: str) -> str:
    """A token of the same length that stands for all of its kind: letters stay letters, digits stay digits."""
    return "".join("7" if char.isdigit() else "q" for char in token)


@lru_cache(maxsize=8192)
def _around(
    pattern: str | None, minimum: int | None, maximum: int | None, token: str, length: Size
) -> tuple[str, str] | None:
    try:
        wanted = of.clipped(allowed_lengths(pattern, minimum, maximum), len(token), None)
    except Unsatisfiable:
        return None
    places = (place for base in _bases(pattern, wanted, token, length) for place in _places(base, token))
    for before, after in chain(_appended(pattern, wanted, token, length), islice(places, _PLACES_TRIED)):
        if pattern is None or compile_pattern(pattern).fullmatch(before + token + after):
            return before, after
    return None


def _appended(pattern: str | None, wanted: Lengths, token: str, length: Size) -> Iterator[tuple[str, str]]:
    """The token put after a readable example, where the length allows that."""
    if length == "typical" and wanted:
        base = typical(pattern)
        fitting = (before for before in (base + "-", base) if of.contains_length(wanted, len(before + token)))
        yield from ((before, "") for before in fitting)


def _bases(pattern: str | None, wanted: Lengths, token: str, length: Size) -> Iterator[str]:
    """Valid strings with room for the token, those of the wanted kind of length first."""
    if not wanted:
        return
    low, high = wanted[0][0], min(wanted[-1][1], max(CAP, wanted[0][0]))
    sizes = range(low, high + 1)
    if length == "longest":
        sizes = range(low, min(high, len(longest(pattern, low, wanted[-1][1]))) + 1)[::-1]
    if length == "typical":
        usual = len(next(examples(pattern, wanted, "typical"), ""))
        sizes = sizes[max(0, min(usual + len(token) + 1, high) - low) :]
    kind: Size = "shortest" if length == "shortest" else "typical"
    fitting = (size for size in sizes if of.contains_length(wanted, size))
    for size in islice(fitting, _LENGTHS_TRIED):
        yield from islice(examples(pattern, ((size, size),), kind), 2)
    if length == "typical":
        yield from islice(examples(pattern, wanted, "typical"), 2)


def _places(base: str, token: str) -> Iterator[tuple[str, str]]:
    for start in range(len(base) - len(token), -1, -1):
        before, after = base[:start], base[start + len(token) :]
        if before[-1:].isalnum():
            yield before[:-1] + "-", after
        yield before, after
