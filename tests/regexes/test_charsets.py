"""Sets of characters: their algebra, their spelling, and the alphabets made of them."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from conformance.regexes.charsets import (
    EMPTY,
    EVERY,
    SURROGATES,
    CharSet,
    alphabet,
    named_set,
    set_of_chars,
    set_of_ranges,
    set_of_span,
)

POOL = "abcXYZ019-]^[&|\\ \n\u00e9\u0391\u4e2d\U0001f600"
SETS = st.recursive(
    st.one_of(
        st.text(alphabet=POOL, min_size=1, max_size=4).map(set_of_chars),
        st.sampled_from([set_of_span(0x41, 0x5A), EVERY, EMPTY, SURROGATES]),
        st.sampled_from([r"\p{L}", r"\p{P}"]).map(named_set),
    ),
    lambda inner: st.one_of(
        st.builds(CharSet.__or__, inner, inner),
        st.builds(CharSet.__and__, inner, inner),
        st.builds(CharSet.__invert__, inner),
    ),
    max_leaves=5,
)


@given(SETS, SETS)
def test_algebra_means_what_it_says(left: CharSet, right: CharSet) -> None:
    either, both, rest = left | right, left & right, ~left
    for char in POOL:
        assert (char in either) is (char in left or char in right)
        assert (char in both) is (char in left and char in right)
        assert (char in rest) is (char not in left)


@given(SETS)
def test_ranges_and_spelling_agree(found: CharSet) -> None:
    if found.ranges:
        compiled = regex.compile(f"[{found.source}]", regex.V1)
        assert [char for char in POOL if (compiled.fullmatch(char) is not None) is not (char in found)] == []


@given(SETS)
def test_alphabets_belong_to_the_set(found: CharSet) -> None:
    for ascii_only in (False, True):
        letters = alphabet(found, ascii_only)
        assert len(set(letters)) == len(letters)
        assert all(char in found and char not in SURROGATES for char in letters)
        assert bool(letters) is bool((found & ~SURROGATES).ranges)


def test_alphabets_prefer_what_is_readable() -> None:
    assert alphabet(EVERY, True)[:4] == "abcd"
    assert alphabet(set_of_ranges([(0, 0x20)])) == " "
    assert alphabet(set_of_chars("\x01\x02")) == "\x01\x02"
    assert alphabet(set_of_span(0x80, 0xFFFF), True).isprintable()
    assert alphabet(EMPTY) == ""
