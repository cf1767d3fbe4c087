"""What a broken request copies from elsewhere in it refers to the same thing, also where that is called otherwise."""

from __future__ import annotations

import pytest

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.store import loading
from conformance.values.paths import format_path


@pytest.fixture(scope="module")
def builder() -> RequestBuilder:
    loaded = loading.load_spec("sagemaker")
    assert loaded.overlay_path is not None
    return RequestBuilder(loaded.spec, load_overlay(loaded.overlay_path), 1)


def bound(builder: RequestBuilder, operation: str, name: str) -> set[str]:
    """The places of a case that get the name of what was made before."""
    cases = deterministic_cases(builder, builder.service.operations[operation])
    (case,) = (each for each in cases if isinstance(each, Case) and each.id.endswith(name))
    return {format_path(each.path) for each in case.call.bindings}


def test_a_copied_reference_is_bound_like_the_original(builder: RequestBuilder) -> None:
    places = bound(builder, "CreateEndpointConfig", "rule/CFG-02/two-production-variants-beside-a-shadow-variant")
    variants = ("ProductionVariants[0]", "ProductionVariants[1]", "ShadowProductionVariants[0]")
    assert places == {f"{each}.ModelName" for each in variants}


def test_a_reference_to_what_was_never_made_is_not_bound(builder: RequestBuilder) -> None:
    assert bound(builder, "UpdateEndpoint", "rule/REF-01/never-made") == {"EndpointName"}
