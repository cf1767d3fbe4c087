"""Requests with more in them, values that differ, reads that ask for all, tags as requests write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.case import Call
from conformance.cases.constraints import violations
from conformance.cases.fixtures.changed_values import changed_value, without_defaults
from conformance.cases.fixtures.full_reads import full_read
from conformance.cases.fixtures.fuller_requests import Attempts, Part, Parts, fuller_request
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Sampler
from conformance.specs.model import Member, Operation, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.places import is_given
from conformance.specs.resources.resource import Reading
from conformance.specs.resources.tag_values import (
    is_taggable,
    tag_keys_for_request,
    tag_members,
    tags_at,
    tags_for_request,
)
from conformance.values.paths import EACH
from doubles.handmade_shapes import members, service, spec_of, structure
from doubles.roundtrip_service import BOX, MODEL, builder

# ---------------------------------------------------------------- parts


def given_in_turn(names: tuple[str, ...], bad: set[str], most: int) -> tuple[set[str], int]:
    """What was accepted in all, and how many requests that took, where requests with a bad name are refused."""
    parts, accepted, sent = Parts(names), set[str](), 0
    while (part := parts.take()) is not None and sent < most:
        sent += 1
        if bad.isdisjoint(part.names):
            accepted.update(part.names)
        else:
            parts.refused(part)
    return accepted, sent


@given(st.sets(st.sampled_from("abcdefgh")), st.integers(1, 40))
def test_whatever_is_refused_the_rest_is_given(bad: set[str], most: int) -> None:
    accepted, sent = given_in_turn(tuple("abcdefgh"), bad, most)
    assert sent <= most
    assert accepted.isdisjoint(bad)
    if most == 40:
        assert accepted == set("abcdefgh") - bad


def test_one_request_is_enough_where_nothing_is_refused() -> None:
    assert given_in_turn(tuple("abcdefgh"), set(), 10) == (set("abcdefgh"), 1)


def test_a_member_that_is_refused_is_tried_as_small_as_it_can_be() -> None:
    parts = Parts(("a",))
    first = parts.take()
    assert first == Part(("a",))
    parts.refused(first)
    assert [parts.take(), parts.take(), parts.take()] == [Part(()), Part(("a",), "small"), None]


def test_richer_requests_have_what_comes_back_and_nothing_else() -> None:
    build = fuller_request(builder(), MODEL.operations["CreateBox"], BOX, {})
    assert {"Label", "Parts", "Limits"} <= build.full.keys()
    assert {"Password", "Secret", "ClientToken", "Tags"}.isdisjoint(build.full)
    params = build.params({"Name": "x"}, Part(("Label", "Limits")))
    assert params is not None
    assert set(params) == {"Name", "Label", "Limits"}
    assert set(params["Limits"]) == {"Low", "Deep"}
    small = build.params({"Name": "x"}, Part(("Limits",), "small"))
    assert small == {"Name": "x", "Limits": {}}


def test_what_excludes_each_other_is_given_in_one_request_after_the_other() -> None:
    choice = Shape("Choice", "structure", members=members(Left="Name", Right="Count"), union=True)
    model = service(
        "json", structure("Make", (), Choice="Choice", Name="Name"), structure("Told", (), Choice="Choice"), choice,
        operations=(Operation("CreateOne", input="Make"), Operation("DescribeOne", output="Told")),
    )  # fmt: skip
    one = replace(BOX, name="One", create="CreateOne", handles=(), read=Reading("DescribeOne"), tagging=None)
    attempts = Attempts(
        fuller_request(RequestBuilder(spec_of(model), EMPTY_OVERLAY, 0), model.operations["CreateOne"], one, {}), {}, 10
    )
    first = attempts.take()
    assert first is not None
    attempts.accepted(first)
    second = attempts.take()
    assert {*first["Choice"], *(second or {})["Choice"]} == {"Left", "Right"}
    assert attempts.take() is None


@pytest.mark.parametrize(
    ("place", "expected"),
    [(("A",), True), (("A", "[]", "B"), True), (("A", "[]", "C"), False), (("M", "{}"), True), (("X", "Y"), False)],
)
def test_places_that_are_given(place: tuple[str, ...], expected: bool) -> None:
    assert is_given({"A": [{}, {"B": 0}], "M": {"k": ""}}, place) is expected


# ---------------------------------------------------------------- other values


@pytest.mark.parametrize("index", [0, 1])
def test_varied_values_are_valid_and_differ(index: int) -> None:
    shape = MODEL.shapes["UpdateBoxInput"]
    sampler = Sampler(MODEL, full=True)
    value = sampler.element(shape, index)
    changed = changed_value(MODEL, shape, value, value)
    assert not list(violations(MODEL, shape, changed))
    assert all(changed[name] != value[name] for name in ("Label", "Size", "Kind", "Open", "Parts", "Limits", "Names"))


def test_switches_that_last_stay_off() -> None:
    shape = structure("S", (), DeletionProtection="Flag", Open="Flag")
    assert changed_value(service(), shape, {"DeletionProtection": False, "Open": False}, {}) == {
        "DeletionProtection": False, "Open": True,
    }  # fmt: skip


def test_switches_are_on_once_the_rest_was_accepted() -> None:
    attempts = Attempts(fuller_request(builder(), MODEL.operations["CreateBox"], BOX, {}), {"Name": "x"}, 10)
    first = attempts.take()
    assert first is not None
    assert first["Open"] is False
    attempts.accepted(first)
    assert attempts.take() == {"Name": "x", "Open": True}
    assert attempts.take() is None


@pytest.mark.parametrize(("there", "expected"), [(1, 2), (None, 1), (2, 1)])
def test_numbers_stay_in_bounds(there: Any, expected: int) -> None:
    assert changed_value(service(), Shape("N", "integer", minimum=1, maximum=2), 1, there) == expected


def test_what_cannot_differ_stays() -> None:
    assert changed_value(service(), Shape("E", "string", enum=("ONE",)), "ONE", "ONE") == "ONE"
    assert changed_value(service(), Shape("N", "integer", minimum=1, maximum=1), 1, 1) == 1


# ---------------------------------------------------------------- reads that ask for all


def test_reads_ask_for_all_there_is() -> None:
    model = service(
        "json",
        structure("Read", ("Name",), Name="Name", include="Includes", AttributeNames="Attributes", ShowDetails="Flag",
                  IncludeDeleted="Flag", Filter="Kind", Others="Includes"),
        Shape("Includes", "list", element=Member("Kind"), maximum=1),
        Shape("Attributes", "list", element=Member("Attribute")),
        Shape("Attribute", "string", enum=("All", "Size")),
        operations=(Operation("Read", input="Read"),),
    )  # fmt: skip
    assert full_read(model, Call("Read", {"Name": "x"})).params == {
        "Name": "x", "include": ["SMALL"], "AttributeNames": ["All"], "ShowDetails": True,
    }  # fmt: skip
    plain = Call("DescribeBox", {"Name": "x"})
    assert full_read(MODEL, plain) is plain


# ---------------------------------------------------------------- tags

TEXTS = st.dictionaries(st.text(min_size=1), st.text())
LISTED = Shape("TagList", "list", element=Member("LowerTag"))
MODEL_OF_TAGS = service("json", LISTED, structure("LowerTag", (), key="Name", value="Name"),
                        Shape("TagMap", "map", key=Member("Name"), value=Member("Name")))  # fmt: skip


@given(TEXTS)
def test_tags_are_read_as_they_are_written(tags: dict[str, str]) -> None:
    for shape in (LISTED, MODEL_OF_TAGS.shapes["TagMap"]):
        assert is_taggable(MODEL_OF_TAGS, shape)
        value = tags_for_request(MODEL_OF_TAGS, shape, tags)
        assert tags_at({"Tags": value}, ("Tags",)) == tags
        assert tags_at({"Of": [{"Tags": value}]}, ("Of", EACH, "Tags")) == tags


@pytest.mark.parametrize(
    "output", [{}, {"Tags": None}, {"Tags": "x"}, {"Tags": [1, "x"]}, None, {"Tags": [{"Other": 1}]}]
)
def test_answers_without_tags(output: Any) -> None:
    assert tags_at(output, ("Tags",)) == {}


def test_keys_are_written_as_text_or_in_structures() -> None:
    words = Shape("Words", "list", element=Member("Name"))
    assert tag_keys_for_request(MODEL_OF_TAGS, words, ("a",)) == ["a"]
    assert tag_keys_for_request(MODEL_OF_TAGS, LISTED, ("a",)) == [{"key": "a"}]
    assert tag_members(["TagKey", "TagValue", "Other"]) == ("TagKey", "TagValue")
    assert tag_members(["Key", "Size"]) is None
    assert not is_taggable(MODEL_OF_TAGS, words)


def test_maps_are_not_given_the_key_that_asks_for_all() -> None:
    shape = Shape("Bag", "map", key=Member("Attribute"), value=Member("Name"))
    model = service("json", shape, Shape("Attribute", "string", enum=("All", "Size")))
    assert without_defaults(model, shape, {"All": "x"}) == {"Size": "x"}
    assert without_defaults(model, shape, {"Size": "x"}) == {"Size": "x"}


def test_documents_are_left_as_they_are() -> None:
    document = Shape("Document", "structure", document=True)
    assert without_defaults(service(), document, {"sample": 1}) == {"sample": 1}
    assert changed_value(service(), document, {"sample": 1}, None) == {"sample": 1}
