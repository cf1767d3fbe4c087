"""Which lengths a part of a pattern can have, as sorted ranges, and the arithmetic that splits a length among parts.

A string of a pattern must also keep within `min` and `max` of its shape. Drawing first and measuring afterwards
fails for most patterns with a tight length, so every part knows its lengths and leaves room for the parts after
it. The sets may be infinite (`ENDLESS`) and are cut, never widened, where they would grow too long.
"""

from __future__ import annotations

from functools import lru_cache

Lengths = tuple[tuple[int, int], ...]

ENDLESS = 1 << 60
ZERO: Lengths = ((0, 0),)
ONE: Lengths = ((1, 1),)
NONE: Lengths = ()

_MOST = 256  # ranges in one set
_ROUNDS = 64  # repetitions looked at one by one, where the lengths of one have gaps


def union(*sets: Lengths) -> Lengths:
    """Every length of any of the sets."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(span for lengths in sets for span in lengths):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged[:_MOST])


@lru_cache(maxsize=1 << 16)
def intersection(left: Lengths, right: Lengths) -> Lengths:
    """The lengths that are in both sets."""
    return tuple(
        (max(low, first), min(high, last))
        for low, high in left
        for first, last in right
        if max(low, first) <= min(high, last)
    )


@lru_cache(maxsize=1 << 16)
def sums(left: Lengths, right: Lengths) -> Lengths:
    """The lengths of one string of each kind, one after the other."""
    return union(tuple((low + first, min(high + last, ENDLESS)) for low, high in left for first, last in right))


@lru_cache(maxsize=1 << 16)
def differences(total: Lengths, rest: Lengths) -> Lengths:
    """The lengths that, with some length of `rest` added, are a length of `total`."""
    return union(
        tuple(
            (max(low - last, 0), ENDLESS if high >= ENDLESS else high - first)
            for low, high in total
            for first, last in rest
            if high >= first
        )
    )


@lru_cache(maxsize=1 << 16)
def multiples(body: Lengths, low: int, high: int | None) -> Lengths:
    """The lengths of `low` to `high` strings of one kind, one after the other."""
    if not body:
        return ZERO if low == 0 else NONE
    found = now = _exactly(body, low)
    rounds = _ROUNDS if len(body) > 1 else _MOST
    for _ in range(low, low + rounds if high is None else min(high, low + rounds)):
        if _joined(body, now):
            last = ENDLESS if high is None else min(body[-1][1] * high, ENDLESS)
            return union(found, ((now[0][0], last),))
        now = sums(now, body)
        wider = union(found, now)
        if wider == found:
            break
        found = union(wider, ((wider[-1][0], ENDLESS),)) if high is None and _closed(body, wider) else wider
    return found


def _joined(body: Lengths, now: Lengths) -> bool:
    """Whether every further repetition only prolongs the one range there is, without a gap."""
    (low, high), (first, last) = body[0], now[0]
    return len(body) == len(now) == 1 and low <= last - first + 1 and high > 0


def _closed(body: Lengths, found: Lengths) -> bool:
    """Whether the last range is so wide that one more repetition, again and again, leaves no gap after it."""
    step = min(low or 1 for low, high in body if high > 0)
    return found[-1][1] - found[-1][0] + 1 >= step


def _exactly(body: Lengths, count: int) -> Lengths:
    found, power = ZERO, body
    while count:
        if count & 1:
            found = sums(found, power)
        count >>= 1
        if count:
            power = sums(power, power)
    return found


def shifted(lengths: Lengths, used: int) -> Lengths:
    """What is left of the lengths after `used` characters."""
    return tuple(
        (max(low - used, 0), high if high >= ENDLESS else high - used) for low, high in lengths if high >= used
    )


def contains_length(lengths: Lengths, length: int) -> bool:
    """Whether `length` is in the set."""
    return any(low <= length <= high for low, high in lengths)


def clipped(lengths: Lengths, low: int, high: int | None) -> Lengths:
    """The lengths from `low` to `high`, None for no upper bound."""
    return intersection(lengths, ((low, ENDLESS if high is None else high),))
