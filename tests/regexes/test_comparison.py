"""Patterns that change: what the older one takes and the newer one does not is found, and nothing is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.regexes.comparison import lost_example
from conformance.regexes.matching import compile_pattern


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"(\$LATEST(\.PUBLISHED)?|[0-9]+)", r"(\$LATEST|[0-9]+)"),
        ("[a-z]+", "[a-y]+"),
        ("[a-z]{1,8}", "[a-z]{1,7}"),
        ("[a-z]*", "[a-z]+"),
        (r"[\s\S]*", ".*"),
        (r"[\w ]+", r"\w+"),
        (r"(a|b|c)-\d+", r"(a|b)-\d+"),
        (r"(?!aws:).+", r"(?!aws:|x).+"),
    ],
)
def test_what_is_lost_is_found(before: str, after: str) -> None:
    lost = lost_example(before, after)
    assert lost is not None
    assert compile_pattern(before).fullmatch(lost)
    assert not compile_pattern(after).fullmatch(lost)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"(\$LATEST|[0-9]+)", r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"),
        (r"([a-z]{2}(-gov)?-[a-z]+-\d{1})?", r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?"),
        (r"[\w-]{1,20}", "[a-zA-Z0-9_-]{1,20}"),
        (".*", r"[\s\S]*"),
        (r"(?!aws:)[a-z]+", "[a-z]+"),
    ],
)
def test_nothing_is_lost_where_the_newer_pattern_takes_more(before: str, after: str) -> None:
    assert lost_example(before, after) is None


@given(st.from_regex(r"\A[a-e]{1,3}\Z"), st.from_regex(r"\A[a-e]{1,3}\Z"))
def test_of_two_sets_of_letters(before: str, after: str) -> None:
    lost = lost_example(f"[{before}]", f"[{after}]")
    assert (lost is None) == (set(before) <= set(after))
