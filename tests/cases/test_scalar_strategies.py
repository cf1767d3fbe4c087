"""Values are fit for their place in the request: labels, headers, host names, tokens, JSON as text."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases.constraints import violations
from conformance.cases.samples import Sampler
from conformance.cases.scalar_strategies import scalar_strategy
from conformance.cases.strategies import MAX_OPTIONAL_MEMBERS, ShapeStrategies
from conformance.specs.model import Member, Service, Shape
from doubles.handmade_shapes import service

TEXT = Shape("Text", "string")
DOTS = Shape("Dots", "string", pattern=r"[./a]{0,4}")
TEXTS = Shape("Texts", "list", element=Member("Text"))
PAIRS = Shape("Pairs", "map", key=Member("Text"), value=Member("Text"))
COUNT = Shape("Count", "integer")

MEMBERS = {
    "Label": Member("Dots", location="uri"),
    "Header": Member("Text", location="header"),
    "Headers": Member("Texts", location="header"),
    "Prefixed": Member("Pairs", location="headers", location_name="x-meta-"),
    "Json": Member("Text", location="header", jsonvalue=True),
    "Body": Member("Text", jsonvalue=True),
    "Host": Member("Text", host_label=True),
    "Token": Member("Text", idempotency_token=True),
    "Many": Member("Texts", location="querystring"),
}


def placed(protocol: str = "rest-json") -> tuple[Service, Shape]:
    root = Shape("Root", "structure", members=MEMBERS, required=tuple(MEMBERS))
    return service(protocol, root, TEXT, DOTS, TEXTS, PAIRS, COUNT), root


MODEL, ROOT = placed()


@given(ShapeStrategies(MODEL).of(ROOT))
def test_every_value_suits_its_place(value: dict[str, Any]) -> None:
    assert list(violations(MODEL, ROOT, value)) == []
    assert value["Label"]
    assert {".", ".."}.isdisjoint(value["Label"].split("/"))
    for text in (value["Header"], *value["Headers"], *value["Prefixed"].values()):
        assert re.fullmatch(r"[!-~]([ -~]*[!-~])?", text)
    assert value["Headers"]
    assert all(re.fullmatch(r"[a-z0-9_-]+", name) for name in value["Prefixed"])
    assert isinstance(value["Json"], dict)
    assert isinstance(json.loads(value["Body"]), dict)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", value["Host"])
    assert str(uuid.UUID(value["Token"])) == value["Token"]
    assert value["Many"]


@given(st.data())
def test_where_requests_have_no_places_text_is_any_text(data: st.DataObject) -> None:
    model, root = placed("json")
    value = data.draw(ShapeStrategies(model).of(root))
    assert list(violations(model, root, value)) == []
    assert isinstance(value["Json"], dict)


@pytest.mark.parametrize("full", [False, True])
def test_samples_are_json_where_json_is_asked_for(full: bool) -> None:
    value = Sampler(MODEL, full=full).build(ROOT)
    assert isinstance(value["Json"], dict)
    assert isinstance(json.loads(value["Body"]), dict)
    assert list(violations(MODEL, ROOT, value)) == []


def test_json_in_a_header_is_not_held_to_be_text() -> None:
    shape = Shape("R", "structure", members={"Json": MEMBERS["Json"], "Text": Member("Text")})
    model = service("rest-json", shape, TEXT)
    assert list(violations(model, shape, {"Json": [1]})) == []
    assert [each.name for each in violations(model, shape, {"Text": [1]})] == ["type"]


@given(st.data())
def test_a_token_keeps_the_pattern_of_its_shape(data: st.DataObject) -> None:
    shape = Shape("T", "string", pattern="[A-Z]{3,9}")
    assert re.fullmatch("[A-Z]{3,9}", data.draw(scalar_strategy(shape, Member("T", idempotency_token=True))))


@given(
    st.floats(-1e7, 1e7, allow_nan=False) | st.none(),
    st.floats(0, 1e7, allow_nan=False),
    st.sampled_from(["float", "double"]),
    st.data(),
)
def test_numbers_keep_their_bounds(low: float | None, span: float, kind: Any, data: st.DataObject) -> None:
    if kind == "float" and low is not None:
        low, span = float(int(low)), float(int(span))
    shape = Shape("N", kind, minimum=low, maximum=None if low is None else low + span)
    found = data.draw(scalar_strategy(shape))
    assert low is None or low <= found <= low + span


@settings(max_examples=30)
@given(st.data())
def test_huge_structures_get_some_of_their_members(data: st.DataObject) -> None:
    many = {f"M{number}": Member("Count") for number in range(60)}
    root = Shape("Root", "structure", members=many, required=("M7",))
    value = data.draw(ShapeStrategies(service("json", root, COUNT)).of(root))
    assert "M7" in value
    assert len(value) <= MAX_OPTIONAL_MEMBERS + 1
    assert list(value) == [name for name in many if name in value]


def test_what_cannot_be_made_is_left_out_or_said() -> None:
    never = Shape("Never", "string", pattern="a{5}", maximum=3)
    root = Shape("Root", "structure", members={"Never": Member("Never"), "Count": Member("Count")})
    ShapeStrategies(service("json", root, never, COUNT)).of(root).validate()
    with pytest.raises(ValueError, match="no string of 0 to 3 characters"):
        scalar_strategy(never)


@pytest.mark.parametrize("location", ["header", "uri"])
@given(data=st.data())
def test_long_text_for_a_place_is_found_at_once(location: Any, data: st.DataObject) -> None:
    # Hypothesis complains, with a health check, of filters that let few through.
    long = Shape("Long", "string", minimum=33, maximum=256)
    assert 33 <= len(data.draw(scalar_strategy(long, Member("Long", location=location)))) <= 256


@given(st.data())
def test_bounds_that_no_single_precision_number_has_are_kept(data: st.DataObject) -> None:
    found = data.draw(scalar_strategy(Shape("N", "float", minimum=16777217.0, maximum=16777221.0)))
    assert found in (16777218.0, 16777220.0)
