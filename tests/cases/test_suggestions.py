"""Error feedback: each kind of rejection leads to the change that its text asks for, and to no other one first."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.feedback.attempt import Rejection
from conformance.cases.feedback.suggestions import SUGGESTIONS, Suggester
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.valid_params import Params
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.resource import Handle, Source
from conformance.values.paths import apply
from doubles.generated_id_service import FLEET, MODEL, OVERLAY
from doubles.handmade_shapes import service, spec_of

THINGS = service()
SMALLEST: Params = {"Name": "ab"}


def suggested(text: str, outcome: str = "rejected-validation", params: Params = SMALLEST) -> list[Adaptation]:
    builder = RequestBuilder(spec_of(THINGS), EMPTY_OVERLAY, 1)
    operation = THINGS.operations["PutThing"]
    return list(Suggester(builder).suggestions(operation, params, Rejection(outcome, "ValidationError", text)))


@pytest.mark.parametrize(
    ("text", "why", "member"),
    [
        ("The parameter 'Count' is missing", "with Count", "Count"),
        ("flag is required", "with Flag", "Flag"),
        ("Ratio must be given", "with Ratio", "Ratio"),
    ],
)
def test_a_member_that_the_text_names_is_added_first(text: str, why: str, member: str) -> None:
    first = suggested(text)[0]
    assert first.why == why
    assert member in apply(SMALLEST, first.hints.edits)


def test_a_member_that_the_request_has_is_not_added() -> None:
    assert "with Name" not in [each.why for each in suggested("The parameter 'Name' is invalid")]


def test_an_allowed_value_goes_to_the_member_that_is_blamed() -> None:
    params = {"Name": "ab", "Kind": "SMALL", "Count": 1}
    found = [each for each in suggested("Name must be one of [xy, zz]", params=params) if " as " in each.why]
    assert [each.why for each in found] == ["with 'xy' as Name", "with 'zz' as Name"]
    assert apply(params, found[0].hints.edits)["Name"] == "xy"


def test_a_value_that_the_shape_excludes_is_not_tried() -> None:
    assert not [each for each in suggested("Name must be one of [UPPER, 12]") if " as " in each.why]


def test_what_was_learned_before_is_kept() -> None:
    builder = RequestBuilder(spec_of(THINGS), EMPTY_OVERLAY, 1)
    operation = THINGS.operations["PutThing"]
    first = next(Suggester(builder).suggestions(operation, SMALLEST, Rejection("rejected-validation", "", "'Count'")))
    builder.adapt("PutThing", first)
    params = builder.smallest(operation)
    second = next(Suggester(builder).suggestions(operation, params, Rejection("rejected-validation", "", "'Flag'")))
    assert params == {"Name": params["Name"], "Count": 1}
    assert second.why == "with Count, with Flag"
    assert second.hints.edits[:1] == first.hints.edits


def test_an_outcome_that_no_request_can_change_has_no_suggestions() -> None:
    assert suggested("The parameter 'Count' is missing", outcome="throttled") == []
    assert "throttled" not in SUGGESTIONS


def test_every_outcome_ends_with_every_optional_member() -> None:
    for outcome in SUGGESTIONS:
        assert suggested("something is wrong", outcome)[-1].why == "with every optional member"


def test_a_resource_that_does_not_exist_is_created_and_referred_to() -> None:
    nameless = replace(FLEET, handles=(Handle("id", Source("answer", ("Fleet", "Id"))),))
    overlay = replace(OVERLAY, resources=MappingProxyType({"Fleet": nameless}))
    builder = RequestBuilder(spec_of(MODEL), overlay, 1)
    operation = MODEL.operations["GetFleet"]
    params = builder.smallest(operation)
    assert builder.prerequisites(operation, params, "ctoken") == ()
    rejection = Rejection("rejected-state", "NotFound", f"The fleet '{params['FleetId']}' does not exist")
    found = [each for each in Suggester(builder).suggestions(operation, params, rejection) if each.resources]
    builder.adapt("GetFleet", found[0])
    assert [each.resource for each in builder.prerequisites(operation, params, "ctoken")] == ["Fleet"]
