"""Which members of a request AWS may refuse, because what is put there is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.fixtures.doubtful_members import doubtful_members, has_invented_arn
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Sampler
from conformance.specs.model import Member, Operation, Shape
from conformance.specs.overlay.behaviour import Behaviour
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay, Rule
from doubles.handmade_shapes import service, spec_of

SHAPES = (
    Shape("Text", "string"),
    Shape("Kind", "string", enum=("A", "B")),
    Shape("Number", "integer"),
    Shape("Texts", "map", key=Member("Text"), value=Member("Text")),
    Shape("ByKind", "map", key=Member("Kind"), value=Member("Text")),
    Shape("Parameter", "structure", {"ParameterKey": Member("Text"), "ParameterValue": Member("Text")}),
    Shape("Parameters", "list", element=Member("Parameter")),
    Shape("Rule", "structure", {"Name": Member("Text"), "Size": Member("Number")}),
    Shape("Rules", "list", element=Member("Rule")),
    Shape("Inner", "structure", {"Settings": Member("Texts")}),
    Shape(
        "CreateBoxInput",
        "structure",
        {
            "Name": Member("Text"),
            "Attributes": Member("Texts"),
            "Environment": Member("Texts"),
            "Tags": Member("Texts"),
            "ByKind": Member("ByKind"),
            "Parameters": Member("Parameters"),
            "Rules": Member("Rules"),
            "Inner": Member("Inner"),
            "Label": Member("Text"),
            "Needed": Member("Texts"),
        },
        required=("Needed",),
    ),
)
MODEL = service("json", *SHAPES, operations=(Operation("CreateBox", input="CreateBoxInput"),), name="boxes")
CREATE = MODEL.operations["CreateBox"]
FULL: dict[str, Any] = Sampler(MODEL, full=True).build(MODEL.input_of(CREATE))


def doubted(known: Overlay = EMPTY_OVERLAY, base: Mapping[str, Any] | None = None) -> set[str]:
    builder = RequestBuilder(spec_of(MODEL), known, 0)
    return set(doubtful_members(builder, CREATE, FULL, base or {}))


def test_keys_from_a_list_that_the_model_lacks_are_invented() -> None:
    assert doubted() == {"Attributes", "Parameters", "Inner"}


def test_what_every_request_has_is_not_doubted() -> None:
    assert doubted(base={"Attributes": {}}) == {"Parameters", "Inner"}


CONDITIONAL = replace(EMPTY_OVERLAY, behaviour=Behaviour(conditional={"CreateBoxInput": ("Label", "Needed", "Name")}))


def test_documentation_says_what_is_not_always_valid() -> None:
    assert doubted(CONDITIONAL, base={"Name": "x"}) == {"Attributes", "Parameters", "Inner", "Label"}


def test_rules_of_an_overlay_say_it_better() -> None:
    rule = Rule("BOX-1", ("CreateBox",), "a label needs a name", "there", "RECORDED", request="request.Name != null")
    assert doubted(replace(CONDITIONAL, rules=(rule,))) == set()


@pytest.mark.parametrize(
    ("value", "invented"),
    [
        ("arn:aws:sqs:eu-west-1:123456789012:queue", False),
        ("arn:aws-us-gov:iam::123456789012:role/a", False),
        ("arn:aws:s3:::bucket", False),
        ({"In": ["arn::example:example"]}, True),
        ("arn:exam:vpc-lattice:e:1:x", True),
        ("arn:aws:elasticfilesystem:ex-e-1:747817994308:access-point/fsap-1", True),
        ("example-name", False),
        (7, False),
    ],
)
def test_text_that_only_looks_like_an_arn_is_invented(value: Any, invented: bool) -> None:
    assert has_invented_arn(value) is invented
