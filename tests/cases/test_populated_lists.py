"""Reads are also asked of things that have something to show."""

from __future__ import annotations

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.planning.service_specs import load_service

FOUND = load_service("sagemaker")
PLANNER = RequestBuilder(FOUND.loaded.spec, FOUND.overlay, 3)


def cases(operation: str) -> dict[str, Case]:
    planned = deterministic_cases(PLANNER, FOUND.service.operations[operation])
    return {
        case.id.rpartition("/valid/")[2]: case for case in planned if isinstance(case, Case) and "/valid/" in case.id
    }


def test_a_thing_is_described_with_every_optional_member() -> None:
    found = cases("DescribeEndpointConfig")
    smallest, fullest = (
        {made.resource: made.call.params for made in found[name].setup}["EndpointConfig"]
        for name in ("smallest", "of-the-fullest")
    )
    assert smallest.keys() < fullest.keys()
    assert found["of-the-fullest"].base == found["smallest"].id


def test_a_list_is_asked_with_one_thing_in_it() -> None:
    found = cases("ListModels")
    assert found["smallest"].setup == ()
    assert [made.resource for made in found["with-one-there"].setup] == ["Model"]


def test_what_changes_things_is_not_furnished() -> None:
    assert not {"of-the-fullest", "with-one-there"} & cases("CreateEndpoint").keys()
