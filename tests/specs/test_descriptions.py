"""Finding things in answers, whatever they are called there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.specs.resources.descriptions import (
    find_description,
    identifying_values,
    is_identified_by,
    is_listed,
    listed_items,
    status_in_answer,
    status_in_description,
)
from conformance.specs.resources.resource import Listing, Reading
from conformance.values.paths import parse_path, value_at
from doubles.lifecycle_service import PART, THING

ARN = "arn:aws:things:::thing/a"


def test_a_thing_is_known_by_its_name_and_by_what_ends_in_it() -> None:
    assert identifying_values(THING, {"Name": "a"}, {"Arn": ARN, "Status": "Creating"}) == {"a", ARN}
    assert identifying_values(PART, {"ThingName": "a"}, {"PartId": "part-1"}) == {"part-1"}
    assert identifying_values(PART, {}, None) == frozenset()


@pytest.mark.parametrize(
    ("path", "output", "found"),
    [
        ("", {"Name": "b"}, {"Name": "b"}),
        ("", {}, {}),
        ("Thing", {"Thing": {"Name": "b"}}, {"Name": "b"}),
        ("Thing", {}, None),
        ("Thing", {"Thing": {}}, None),
        ("Things[*]", {"Things": [{"Name": "b"}, {"Name": "a"}]}, {"Name": "a"}),
        ("Things[*]", {"Things": [{"Name": "b"}]}, None),
        ("Things[*]", {}, None),
        ("Groups[*].Things[*]", {"Groups": [{"Things": []}, {"Things": [{"Arn": ARN}]}]}, {"Arn": ARN}),
    ],
)
def test_a_description_is_found_where_it_is(path: str, output: Any, found: Any) -> None:
    assert find_description(Reading("DescribeThing", parse_path(path)), output, {"a", ARN}) == found


def test_a_state_is_told_by_a_description_only() -> None:
    assert status_in_description(THING, {"Status": "Ready"}) == "Ready"
    assert status_in_description(THING, {"Status": 1}) is None
    assert status_in_description(PART, {"Status": "Ready"}) is None
    assert status_in_answer(THING, {"Status": "Ready"}, {"Name": "a"}) == "Ready"
    assert status_in_answer(THING, None, {"Name": "a"}) is None


@pytest.mark.parametrize("item", ["a", ARN, {"Name": "a"}, {"In": {"Arn": ARN}}, "https://things/1/a"])
def test_an_item_may_call_a_thing_in_many_ways(item: Any) -> None:
    assert is_identified_by(item, {"a"})
    assert is_listed(Listing("ListThings", ("Things",), ()), {"Things": ["b", item]}, {"a"})


def test_a_list_is_told_by_whichever_member_names_the_thing() -> None:
    listing = Listing("ListThings", ("Summaries",), ("Name",))
    assert is_listed(listing, {"Names": ["a"]}, {"a"})
    assert is_listed(listing, {"Names": ["a"], "Summaries": [{"Name": "b"}]}, {"a"})
    assert not is_listed(listing, {"Names": ["b"], "Summaries": []}, {"a"})
    assert not is_listed(listing, {"Next": "a"}, {"a"})
    # What is said in full is said of the thing: a name beside it says no more.
    assert listed_items(listing, {"Names": ["a"], "Summaries": [{"Name": "a", "Status": "Deleting"}]}) == (
        {"Name": "a", "Status": "Deleting"},
    )


@pytest.mark.parametrize("item", ["b", "ab", f"{ARN}b", {"Name": "ba"}, {}, None, 7])
def test_an_item_is_not_taken_for_another(item: Any) -> None:
    assert not is_identified_by(item, {"a"})


@given(
    st.recursive(
        st.none() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
        max_leaves=6,
    )
)
def test_whatever_is_answered_is_looked_through(output: Any) -> None:
    for path in ("", "Things[*]", "a.b", "a[*].b[*]"):
        find_description(Reading("DescribeThing", parse_path(path)), output, {"a"})
        assert value_at(output, parse_path("a.b[0]")) is None or isinstance(output, dict)
