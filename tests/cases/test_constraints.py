"""Each constraint has a value that breaks it alone, and one at its edge that does not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.cases.constraints import abbreviated, violations
from conformance.specs.model import Member, Service, Shape
from doubles.handmade_shapes import service, structure

THINGS = service()
NOW = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def broken(params: Mapping[str, Any], model: Service = THINGS, shape: str = "PutRequest") -> list[tuple[str, str]]:
    return [(each.name, each.place) for each in violations(model, model.shapes[shape], params)]


# Constraint, place, a value that breaks it, a value at its edge that does not.
TABLE: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("required", "Name", {"Name": None}, {"Name": "ab"}),
    ("type", "Name", {"Name": 5}, {"Name": "five"}),
    ("min", "Name", {"Name": "a"}, {"Name": "aa"}),
    ("max", "Name", {"Name": "a" * 9}, {"Name": "a" * 8}),
    ("pattern", "Name", {"Name": "abc1"}, {"Name": "abc"}),
    ("pattern", "Name", {"Name": "abc\n"}, {"Name": "abcd"}),
    ("type", "Count", {"Count": "5"}, {"Count": 5}),
    ("type", "Count", {"Count": 5.0}, {"Count": 5}),
    ("type", "Count", {"Count": True}, {"Count": 1}),
    ("min", "Count", {"Count": 0}, {"Count": 1}),
    ("max", "Count", {"Count": 11}, {"Count": 10}),
    ("type", "Ratio", {"Ratio": "1.5"}, {"Ratio": 1.5}),
    ("type", "Ratio", {"Ratio": False}, {"Ratio": 1}),
    ("min", "Ratio", {"Ratio": 0.49}, {"Ratio": 0.5}),
    ("max", "Ratio", {"Ratio": 2.51}, {"Ratio": 2.5}),
    ("enum", "Kind", {"Kind": "small"}, {"Kind": "SMALL"}),
    ("type", "Parts", {"Parts": {}}, {"Parts": [{"Size": 1}]}),
    ("min", "Parts", {"Parts": []}, {"Parts": [{"Size": 1}]}),
    ("max", "Parts", {"Parts": [{"Size": 1}] * 4}, {"Parts": [{"Size": 1}] * 3}),
    ("type", "Parts[]", {"Parts": ["text"]}, {"Parts": [None, {"Size": 1}]}),
    ("required", "Parts[]/Size", {"Parts": [{}]}, {"Parts": [{"Size": 1}]}),
    ("max", "Parts[]/Size", {"Parts": [{"Size": 1}, {"Size": 11}]}, {"Parts": [{"Size": 1}, {"Size": 10}]}),
    ("type", "Tags", {"Tags": []}, {"Tags": {"ab": 1}}),
    ("min", "Tags", {"Tags": {}}, {"Tags": {"ab": 1}}),
    ("max", "Tags", {"Tags": {"ab": 1, "ac": 1, "ad": 1}}, {"Tags": {"ab": 1, "ac": 1}}),
    ("min", "Tags{key}", {"Tags": {"a": 1}}, {"Tags": {"aa": 1}}),
    ("pattern", "Tags{key}", {"Tags": {"AB": 1}}, {"Tags": {"ab": 1}}),
    ("max", "Tags{}", {"Tags": {"ab": 11}}, {"Tags": {"ab": 10}}),
    ("union", "Choice", {"Choice": {}}, {"Choice": {"Left": "ab"}}),
    ("union", "Choice", {"Choice": {"Left": "ab", "Right": 1}}, {"Choice": {"Left": None, "Right": 1}}),
    ("min", "Choice/Right", {"Choice": {"Right": 0}}, {"Choice": {"Right": 1}}),
    ("type", "Data", {"Data": "text"}, {"Data": b"data"}),
    ("min", "Data", {"Data": b"1"}, {"Data": b"12"}),
    ("max", "Data", {"Data": b"12345"}, {"Data": b"1234"}),
    ("type", "When", {"When": 1704067200}, {"When": NOW}),
    ("type", "Flag", {"Flag": 1}, {"Flag": False}),
)


@pytest.mark.parametrize(("name", "place", "bad", "good"), TABLE)
def test_each_constraint_is_broken_alone_and_kept_at_its_edge(
    name: str, place: str, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    assert broken({"Name": "ab", **bad}) == [(name, place)]
    assert broken({"Name": "ab", **good}) == []


def test_a_violation_tells_the_very_spot_and_what_was_there() -> None:
    (found,) = violations(THINGS, THINGS.shapes["PutRequest"], {"Name": "ab", "Parts": [{"Size": 1}, {"Size": 12}]})
    assert found.path == ("Parts", 1, "Size")
    assert (found.expected, found.got) == ("at most 10", "12")
    (missing,) = violations(THINGS, THINGS.shapes["PutRequest"], {})
    (null,) = violations(THINGS, THINGS.shapes["PutRequest"], {"Name": None})
    assert (missing.got, null.got) == ("nothing", "null")


def test_every_broken_constraint_is_told_at_once() -> None:
    assert broken({"Name": "A", "Count": 0}) == [("min", "Name"), ("pattern", "Name"), ("min", "Count")]


def test_nothing_is_said_of_what_lies_below_a_wrong_type() -> None:
    assert broken({"Name": "ab", "Parts": "text", "Choice": []}) == [("type", "Parts"), ("type", "Choice")]


@pytest.mark.parametrize("value", [None, "text", 5, [], {"any": {"thing": []}}])
def test_a_document_may_be_anything(value: Any) -> None:
    assert broken({"Name": "ab", "Free": value}) == []


@pytest.mark.parametrize(("value", "right"), [("NaN", True), ("Infinity", True), ("-Infinity", True), ("nan", False)])
def test_what_json_has_no_number_for_is_written_as_text(value: str, right: bool) -> None:
    assert (broken({"Name": "ab", "Ratio": value}) == []) is right


def test_members_that_the_model_lacks_are_none_of_its_business() -> None:
    assert broken({"Name": "ab", "Unknown": object()}) == []


def test_lengths_count_characters_not_bytes() -> None:
    model = service("json", Shape("Name", "string", minimum=2, maximum=3))
    assert broken({"Name": "\U0001f600" * 3}, model) == []
    assert broken({"Name": "\U0001f600"}, model) == [("min", "Name")]


def test_a_pattern_that_nobody_can_read_is_held_against_nobody() -> None:
    assert broken({"Name": "ab"}, service("json", Shape("Name", "string", pattern="(unclosed"))) == []


def test_the_values_of_an_enum_say_all_that_a_length_could_say() -> None:
    assert broken({"Name": "ab", "Kind": "SMALL"}) == []  # five characters, where at most three are allowed


def test_recursive_values_are_followed_to_their_end() -> None:
    model = service("json", structure("Node", (), Next="Node", Size="Count"))
    found = list(violations(model, model.shapes["Node"], {"Next": {"Next": {"Size": 0}}}))
    assert [(each.name, each.place, each.path) for each in found] == [
        ("min", "Next/Next/Size", ("Next", "Next", "Size"))
    ]


def test_lists_of_lists_are_told_apart_in_places() -> None:
    rows = Shape("Rows", "list", element=Member("Row"))
    model = service("json", structure("Grid", (), Rows="Rows"), rows, Shape("Row", "list", element=Member("Count")))
    assert broken({"Rows": [[1], [0, 5]]}, model, "Grid") == [("min", "Rows[][]")]


@pytest.mark.parametrize(
    ("value", "text"),
    [("ab", "'ab'"), ("'a' is", "\"'a' is\""), (5, "5"), (None, "None"), ("x" * 100, f"'{'x' * 77}...'")],
)
def test_values_are_shown_in_few_characters(value: Any, text: str) -> None:
    assert abbreviated(value) == text
