"""Values that AWS writes otherwise, and values that are others."""

from __future__ import annotations

import datetime
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.verdicts.evidence.differences import differences
from conformance.verdicts.evidence.equivalence import equivalence, is_empty

UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 1, 1, 12, tzinfo=UTC)
POLICY = '{"Version": "2012-10-17", "Statement": []}'


@pytest.mark.parametrize(
    ("given", "told", "expected"),
    [
        ("a", "a", "same"),
        ("a", "b", "other"),
        ("Name", "name", "other-case"),
        ("a", " a\n", "same"),
        ("example.com", "example.com.", "same"),
        ("example.com", "example.org.", "other"),
        (1, 1.0, "same"),
        (1, "1", "same"),
        (1, 2, "other"),
        (0.1, 0.1 + 1e-12, "same"),
        (True, True, "same"),
        (True, False, "other"),
        (True, "true", "same"),
        (True, 2, "other"),
        (b"a", b"a", "same"),
        (b"a", b"b", "other"),
        (NOON, NOON.replace(microsecond=999), "same"),
        (NOON, NOON + datetime.timedelta(seconds=1), "other"),
        (NOON, "2024-01-01", "same"),
        (NOON, NOON.replace(tzinfo=None), "same"),
        (POLICY, POLICY.replace(" ", ""), "same"),
        (POLICY, quote(POLICY), "same"),
        (POLICY, POLICY.replace('"', '\\"'), "same"),
        (POLICY, POLICY.replace("2012", "2008"), "other"),
        ("key-1", "arn:aws:kms:eu-west-1:1:key/key-1", "same"),
        ("family:1", "arn:aws:ecs:eu-west-1:1:task-definition/family:1", "same"),
        ("family", "arn:aws:ecs:eu-west-1:1:task-definition/family:1", "same"),
        ("key-1", "arn:aws:kms:eu-west-1:1:key/key-2", "other"),
        ("key", "arn:aws:kms:eu-west-1:1:thing/monkey", "other"),
        ("arn:aws:kms:eu-west-1:1:key/key-1", "key-1", "same"),
        ("13", "13.7", "same"),
        ("13.7", "13", "other"),
    ],
)  # fmt: skip
def test_likeness(given: Any, told: Any, expected: str) -> None:
    assert equivalence(given, told) == expected


scalars = st.one_of(
    st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.binary()
)


@given(scalars)
def test_everything_is_like_itself(value: Any) -> None:
    assert equivalence(value, value) == "same"


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.booleans()), min_size=1))
def test_documents_are_compared_by_what_they_say(document: dict[str, Any]) -> None:
    written = json.dumps(document)
    assert equivalence(written, json.dumps(dict(reversed(document.items())), indent=3)) == "same"
    assert equivalence(written, json.dumps({**document, "one more": 1})) == (
        "same" if document.get("one more") == 1 else "other"
    )


@given(scalars, scalars)
def test_any_two_values_can_be_compared(one: Any, other: Any) -> None:
    assert equivalence(one, other) in ("same", "other-case", "other")


@pytest.mark.parametrize("value", [None, False, "", b"", [], {}, {"a": None, "b": {"c": False}}])
def test_what_says_nothing(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [True, 0, "a", [None], {"a": 0}, {"a": {"b": "c"}}])
def test_what_says_something(value: Any) -> None:
    assert not is_empty(value)


# ---------------------------------------------------------------- descriptions against each other

values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3))
)


@given(values)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, value) == {}


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ({"A": 1}, {"A": 2}, ["A"]),
        ({"A": {"B": 1}}, {"A": {}}, ["A/B"]),
        ({"A": [1, 2]}, {"A": [2, 1]}, []),
        ({"A": [{"B": 1}]}, {"A": [{"B": 2}]}, ["A[]/B"]),
        ({"A": [1]}, {"A": [1, 1]}, ["A"]),
        ({"A": [{"B": 1, "LastSeen": 1}]}, {"A": [{"B": 1, "LastSeen": 2}]}, []),
        ({"Status": "A", "Uptime": 1, "Token": "x"}, {"Status": "B", "Uptime": 2, "Token": "y"}, []),
        ({"Arn": "a"}, {"Arn": "b"}, ["Arn"]),
    ],
)
def test_differences(one: Any, other: Any, places: list[str]) -> None:
    assert list(differences(one, other)) == places
    assert list(differences(other, one)) == places
