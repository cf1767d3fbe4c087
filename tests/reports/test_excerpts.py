"""The part of a body that a finding is about is found, in every form, and shown with what is around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.record.bodies import stored
from conformance.record.steps import RecordedResponse
from conformance.reports.excerpts import excerpt, line_at
from conformance.values.paths import format_path, leaves

BODY = {
    "Name": "n",
    "Variants": [{"Model": "a", "Count": 1}, {"Model": "b", "Count": 2, "Deep": {"Kms": "inner"}}],
    "Sizes": list(range(40)),
    "Kms": "outer",
}
XML = (
    "<DescribeResponse><requestId>r</requestId><vpcSet><item><vpcId>one</vpcId><tagSet/></item>"
    "<item><state>available</state><vpcId>two</vpcId></item></vpcSet></DescribeResponse>"
)
FORM = "&".join(
    ["Action=Create", *(f"Tag.{number}.Key=k{number}&Tag.{number}.Value=v{number}" for number in range(1, 20))]
)


def shown(body: str, place: str, value: str = "", lines: int = 9) -> tuple[list[str], list[str]]:
    """The lines that are shown, and those that are marked as the place."""
    found = excerpt(RecordedResponse(200, body=body), place, value, lines=lines, characters=2000)
    return [line.text for line in found], [line.text.strip() for line in found if line.kind == "match"]


@pytest.mark.parametrize(
    ("body", "place", "marked"),
    [
        (json.dumps(BODY), "Variants[1].Count", '"Count": 2,'),
        (json.dumps(BODY), "Kms", '"Kms": "outer"'),
        (json.dumps({"Wrapped": BODY}), "Kms", '"Kms": "outer"'),
        (json.dumps({"Wrapped": BODY, "RequestId": "r"}), "Variants[1].Deep.Kms", '"Kms": "inner"'),
        (json.dumps(BODY), "Sizes[33]", "33,"),
        (json.dumps(BODY), "Variants[1].Missing", "{"),
        (json.dumps({"variants": BODY["Variants"]}), "Variants[0].Model", '"Model": "a",'),
        (XML, "VpcSet[1].VpcId", "<vpcId>two</vpcId>"),
        (FORM, "Tag[11].Value", "&Tag.12.Value=v12"),
    ],
)
def test_the_place_is_marked(body: str, place: str, marked: str) -> None:
    lines, places = shown(body, place)
    assert places == [marked]
    assert len(lines) <= 9 + 5


@pytest.mark.parametrize("place", ["Missing", "the next page", "SortBy=Name, SortOrder=Ascending", "", "Deep", "Count"])
def test_what_is_not_there_is_not_pointed_at(place: str) -> None:
    lines, places = shown(json.dumps(BODY), place)
    assert places == []
    assert lines[0] == "{"
    assert lines[-1].startswith("... and ")


def test_an_equal_name_at_another_path_is_not_the_match() -> None:
    lost = {name: value for name, value in BODY.items() if name != "Kms"}
    assert shown(json.dumps(lost), "Kms")[1] == []


def test_a_state_is_found_by_its_value() -> None:
    assert shown(json.dumps({**BODY, "Status": "Creating"}), "DescribeThing", "Creating")[1] == ['"Status": "Creating"']
    assert shown(XML, "DescribeVpcs", "available")[1] == ["<state>available</state>"]


def test_what_is_left_out_is_counted() -> None:
    lines, _ = shown(json.dumps(BODY), "Sizes[33]")
    left = sum(int(line.split()[-2 if "more" not in line else -3]) for line in lines if line.startswith("... "))
    kept = sum(not line.startswith("... ") for line in lines)
    assert left + kept == json.dumps(BODY, indent=2).count("\n") + 1


def test_no_body_has_no_lines() -> None:
    assert excerpt(RecordedResponse(200), "Name", lines=5, characters=100) == ()


names = st.text("abcdXYZ", min_size=1, max_size=4)
values = st.recursive(
    st.integers(0, 9) | st.just("x"),
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(names, inner, min_size=1, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(names, values, min_size=1, max_size=4), st.data())
def test_any_place_of_any_json_is_found_or_not_pointed_at(tree: Any, data: st.DataObject) -> None:
    path, value = data.draw(st.sampled_from(list(leaves(tree))))
    rows = json.dumps(tree, indent=2).splitlines()
    found = line_at(rows, format_path(path))
    assert found is not None
    folded = [str(segment).lower() for segment in path if isinstance(segment, str)]
    alike = [other for other, _ in leaves(tree) if [str(s).lower() for s in other if isinstance(s, str)] == folded]
    if len(alike) == 1:
        assert rows[found].strip().rstrip(",").endswith(json.dumps(value))


@given(st.binary(max_size=600), st.text(max_size=20), st.integers(1, 20))
def test_any_body_and_any_place_are_bounded(body: bytes, place: str, lines: int) -> None:
    found = excerpt(RecordedResponse(200, **stored(body)), place, lines=lines, characters=200)
    assert len(found) <= 2 * lines + 20
