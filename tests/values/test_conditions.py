"""The condition language: what counts as true, what the added functions say, what cannot be told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.values.conditions import BadCondition, compile_condition, holds, reads_of_request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a", True), ("zero", True), ("missing", False), ("empty", False), ("missing > `5`", False),
        ("!(missing > `5`)", True), ("!(a > `5`)", True), ("!(a > `0`)", False), ("a == `1.0`", True),
        ("given(empty)", True), ("given(zero)", True), ("given(missing)", False), ("given(nothing)", False),
        ("lower(name) == 'name'", True), ("matches(name, 'N[a-z]+')", True), ("matches(name, 'N[a-z]')", False),
        ("length(distinct(twice)) == `2`", True), ("length(distinct(things)) == `1`", True),
        ("bytes(name) == `4`", True), ("bytes(umlaut) == `2`", True), ("bytes(empty) == `2`", True),
        ("early < late", True), ("late < early", False), ("early == early", True),
        ("sort([late, early])[0] == early", True),
    ],
)  # fmt: skip
def test_what_is_true(condition: str, expected: bool) -> None:
    early = datetime(2024, 1, 1, tzinfo=timezone.utc)
    document: dict[str, Any] = {
        "a": 1, "zero": 0, "empty": {}, "nothing": None, "name": "Name", "umlaut": "\u00fc", "twice": ["x", "y", "x"],
        "things": [{"a": 1, "b": 2}, {"b": 2, "a": 1}], "early": early, "late": early + timedelta(microseconds=1),
    }  # fmt: skip
    assert holds(condition, document) is expected


def test_times_without_a_zone_are_utc() -> None:
    assert holds("a == b", {"a": datetime(2024, 1, 1), "b": datetime(2024, 1, 1, tzinfo=timezone.utc)})


@pytest.mark.parametrize("text", ["", "a[", "a ===", "nosuch(a", "[?]"])
def test_text_that_is_no_condition(text: str) -> None:
    with pytest.raises(BadCondition):
        compile_condition(text)


@pytest.mark.parametrize("text", ["lower(a)", "matches('a', '(')", "length(missing)", "nosuch(a)", "lower()"])
def test_conditions_that_cannot_be_told(text: str) -> None:
    with pytest.raises(BadCondition):
        holds(text, {"a": 1})


@given(JSON)
def test_given_tells_null_from_everything_else(value: Any) -> None:
    assert holds("given(a)", {"a": value}) is (value is not None)


@given(st.lists(JSON, max_size=5))
def test_distinct_keeps_one_of_each(items: list[Any]) -> None:
    assert holds("length(distinct(a)) <= length(a)", {"a": items})
    assert holds("length(distinct([a, a][])) == length(distinct(a))", {"a": [[item] for item in items]})


@pytest.mark.parametrize(
    ("condition", "members"),
    [
        ("!(request.A > request.B.C)", {"A", "B"}),
        ("length(request.X[?a=='b']) > `0` || given(request.Z)", {"X", "Z"}),
        ("!(request.L[].M | [?x > y])", {"L"}),
        ("request.[A, B.C][][] | [?x > y]", {"A", "B"}),
        ("request.[A, @]", None),
        ("contains(keys(request), 'A')", None),
        ("request.A == region", None),
        ("@", None),
        ("answer.A", None),
        ("[request.A, request.B]", None),
    ],
)
def test_the_members_that_a_condition_reads(condition: str, members: set[str] | None) -> None:
    assert reads_of_request(condition) == members


@pytest.mark.parametrize("document", [{"a": "5", "b": 3}, {"a": 5, "b": "3"}])
def test_text_is_not_compared_with_a_number(document: dict[str, Any]) -> None:
    with pytest.raises(BadCondition, match="a > b"):
        holds("a > b", document)
