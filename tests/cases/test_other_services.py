"""What requests refer to in other services: created there, bound here."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from conformance.cases.case import Binding, Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.planning.service_specs import load_service
from conformance.specs.resources.other_services import member_patterns, other_service_reference
from conformance.specs.resources.resource import Handle, Resource, Source
from doubles.generated_id_service import MODEL, OVERLAY
from doubles.handmade_shapes import spec_of

FLEET_ARN = Source("answer", ("Fleet", "Id"))
FLEET_OF_OTHER_SERVICE = Resource(
    "fleets:Fleet", "CreateFleet", (Handle("id", FLEET_ARN, ("FleetId",)),), service="fleets"
)
SHIP_ID = Source("answer", ("ShipId",))
SHIP_OF_OTHER_SERVICE = Resource("fleets:Ship", "CreateShip", (Handle("id", SHIP_ID, ("ShipId",)),), service="fleets")


def builder(*resources: Resource) -> RequestBuilder:
    here = replace(OVERLAY, resources=MappingProxyType({each.name: each for each in resources}))
    there = RequestBuilder(spec_of(MODEL), OVERLAY, 1)
    return RequestBuilder(spec_of(MODEL), here, 1, other_service={"fleets": there}.get)


def smallest(request_builder: RequestBuilder, operation: str) -> Case:
    case = next(iter(deterministic_cases(request_builder, MODEL.operations[operation])))
    assert isinstance(case, Case)
    return case


def test_a_resource_of_another_service_is_created_there() -> None:
    case = smallest(builder(FLEET_OF_OTHER_SERVICE), "GetFleet")
    (creation,) = case.setup
    assert (creation.resource, creation.service, creation.call.operation) == ("fleets:Fleet", "fleets", "CreateFleet")
    assert creation.undo is not None
    assert creation.undo.bindings == (Binding(("FleetId",), "fleets:Fleet", FLEET_ARN),)
    assert case.call.bindings == (Binding(("FleetId",), "fleets:Fleet", FLEET_ARN),)


def test_what_it_needs_there_is_created_before_it() -> None:
    case = smallest(builder(SHIP_OF_OTHER_SERVICE), "SinkShip")
    assert [(each.resource, each.service) for each in case.setup] == [
        ("fleets:Fleet", "fleets"),
        ("fleets:Ship", "fleets"),
    ]
    assert case.setup[1].call.bindings == (Binding(("FleetId",), "fleets:Fleet", FLEET_ARN),)
    assert [binding.resource for binding in case.call.bindings] == ["fleets:Ship"]


def test_a_service_of_which_nothing_is_known_leaves_a_sample_value() -> None:
    unknown = replace(FLEET_OF_OTHER_SERVICE, service="nowhere")
    case = smallest(builder(unknown), "GetFleet")
    assert (case.setup, case.call.bindings) == ((), ())


@pytest.mark.parametrize(
    ("member", "create"),
    [
        ("Role", "CreateRole"), ("ExecutionRoleArn", "CreateRole"), ("roleArn", "CreateRole"),
        ("KmsKeyId", "CreateKey"),
        ("SubnetIds", "CreateSubnet"), ("VpcId", "CreateVpc"), ("S3BucketName", "CreateBucket"), ("Name", None),
        ("Controller", None), ("Key", None),
    ],
)  # fmt: skip
def test_names_that_tell_of_other_services(member: str, create: str | None) -> None:
    found = other_service_reference(member)
    assert (found.create if found else None) == create


def test_the_table_names_what_can_be_made_and_referred_to() -> None:
    for _, what in member_patterns():
        overlay = load_service(what.service).overlay
        made = overlay.created_by(what.create)
        assert made is not None, what
        assert what.handle in {handle.kind for handle in made.handles}, what


def test_a_second_resource_of_another_service_is_created_there() -> None:
    first, second = siblings(builder(SHIP_OF_OTHER_SERVICE), SHIP_OF_OTHER_SERVICE, ("one", "two"))
    assert [(each.resource, each.service) for each in (first, second)] == [
        ("fleets:Ship", "fleets"),
        ("fleets:Ship#2", "fleets"),
    ]
    assert second.call.bindings == first.call.bindings == (Binding(("FleetId",), "fleets:Fleet", FLEET_ARN),)
    assert second.undo is not None
    assert [each.resource for each in second.undo.bindings] == ["fleets:Fleet", "fleets:Ship#2"]


def test_a_resource_of_an_unknown_service_has_no_creation() -> None:
    unknown = replace(SHIP_OF_OTHER_SERVICE, service="nowhere")
    with pytest.raises(Unbuildable, match="nothing is known of how nowhere creates"):
        builder(unknown).creation_of(unknown, "one")
