"""The arithmetic on sets of lengths, against plain sets of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.regexes import lengths as of
from conformance.regexes.lengths import ENDLESS, Lengths

LIMIT = 60
SETS = st.frozensets(st.integers(0, 12), max_size=5)


def _of(numbers: frozenset[int]) -> Lengths:
    return of.union(tuple((number, number) for number in numbers))


def _numbers(lengths: Lengths) -> set[int]:
    return {number for low, high in lengths for number in range(low, min(high, LIMIT) + 1)}


@given(SETS, SETS)
def test_both_and_union(left: frozenset[int], right: frozenset[int]) -> None:
    assert _numbers(of.intersection(_of(left), _of(right))) == left & right
    assert _numbers(of.union(_of(left), _of(right))) == left | right


@given(SETS, SETS)
def test_plus_and_minus(left: frozenset[int], right: frozenset[int]) -> None:
    assert _numbers(of.sums(_of(left), _of(right))) == {one + two for one in left for two in right}
    assert _numbers(of.differences(_of(left), _of(right))) == {one - two for one in left for two in right if one >= two}


@given(SETS, st.integers(0, 4), st.integers(0, 4))
def test_times(body: frozenset[int], low: int, more: int) -> None:
    expected: set[int] = set()
    sums = {0}
    for count in range(low + more + 1):
        expected |= sums if count >= low else set()
        sums = {one + two for one in sums for two in body if one + two <= LIMIT}
    assert _numbers(of.multiples(_of(body), low, low + more)) == expected


@given(SETS, st.integers(0, 3))
def test_times_without_end(body: frozenset[int], low: int) -> None:
    expected: set[int] = set()
    sums = {0}
    for count in range(low + LIMIT + 1):
        expected |= sums if count >= low else set()
        sums = {one + two for one in sums for two in body if one + two <= LIMIT}
    assert _numbers(of.multiples(_of(body), low, None)) & set(range(LIMIT + 1)) == expected


@given(SETS, st.integers(0, 12))
def test_shifted_holds_and_clipped(numbers: frozenset[int], at: int) -> None:
    lengths = _of(numbers)
    assert _numbers(of.shifted(lengths, at)) == {number - at for number in numbers if number >= at}
    assert of.contains_length(lengths, at) is (at in numbers)
    assert _numbers(of.clipped(lengths, at, None)) == {number for number in numbers if number >= at}
    assert _numbers(of.clipped(lengths, 2, at)) == {number for number in numbers if 2 <= number <= at}


def test_endless_stays_endless() -> None:
    endless = of.multiples(of.ONE, 1, None)
    assert endless == ((1, ENDLESS),)
    assert of.sums(endless, endless) == ((2, ENDLESS),)
    assert of.multiples(endless, 3, 5) == ((3, ENDLESS),)
    assert of.differences(endless, endless) == ((0, ENDLESS),)
    assert of.shifted(endless, 10) == ((0, ENDLESS),)
    assert of.multiples(((4, 4),), 0, None)[:3] == ((0, 0), (4, 4), (8, 8))
    assert of.multiples(((0, 0),), 2, None) == of.ZERO
