"""Generated ids: what a request refers to is created first, and bound when its id is known."""

from __future__ import annotations

from conformance.cases.case import Binding, Case
from conformance.cases.enumeration import deterministic_cases
from conformance.specs.resources.resource import Source
from doubles.generated_id_service import FLEET, MODEL, SHIP, builder

FLEET_ID = Source("answer", ("Fleet", "Id"))
SHIP_ID = Source("answer", ("ShipId",))


def case_of(operation: str, name: str = "valid/smallest") -> Case:
    found = {
        item.id.split("/", 1)[1]: item
        for item in deterministic_cases(builder(), MODEL.operations[operation])
        if isinstance(item, Case)
    }
    return found[name]


def test_what_a_request_refers_to_is_made_before_it_to_any_depth() -> None:
    case = case_of("SinkShip")
    assert [creation.resource for creation in case.setup] == ["Fleet", "Ship"]
    fleet, ship = case.setup
    assert fleet.call.bindings == ()
    assert ship.call.bindings == (Binding(("FleetId",), "Fleet", FLEET_ID),)
    assert set(case.call.bindings) == {Binding(("FleetId",), "Fleet", FLEET_ID), Binding(("ShipId",), "Ship", SHIP_ID)}


def test_what_is_made_is_removed_by_what_its_answer_tells() -> None:
    case = case_of("CreateShip")
    assert case.undo is not None
    assert case.undo.operation == "DeleteShip"
    assert set(case.undo.bindings) == {Binding(("FleetId",), "Fleet", FLEET_ID), Binding(("ShipId",), "Ship", SHIP_ID)}
    assert [creation.undo and creation.undo.operation for creation in case.setup] == ["DeleteFleet"]


def test_params_hold_samples_where_nothing_is_bound_yet() -> None:
    assert {type(value) for value in case_of("SinkShip").call.params.values()} == {str}


def test_a_broken_place_is_not_bound() -> None:
    case = case_of("SinkShip", "invalid/ShipId#min/too-short")
    assert [binding.path for binding in case.call.bindings] == [("FleetId",)]
    assert [creation.resource for creation in case.setup] == ["Fleet", "Ship"]


def test_lists_of_ids_refer_too() -> None:
    call = builder().call_about(SHIP, "ListShips", "ctoken")
    assert call.bindings == (Binding(("ShipIds", 0), "Ship", SHIP_ID),)
    assert len(call.params["ShipIds"]) == 1


def test_the_read_of_a_creation_asks_for_what_was_made() -> None:
    creation = builder().creation_of(FLEET, "ctoken")
    assert creation.read is not None
    assert (creation.read.operation, creation.read.bindings) == (
        "GetFleet",
        (Binding(("FleetId",), "Fleet", FLEET_ID),),
    )


def test_what_is_to_be_rejected_shares_its_prerequisites() -> None:
    cases = [item for item in deterministic_cases(builder(), MODEL.operations["SinkShip"]) if isinstance(item, Case)]
    invalid = [case for case in cases if case.intent == "invalid"]
    assert len(invalid) > 3
    assert {case.shared_setup for case in invalid} == {invalid[0].shared_setup} != {None}
    assert not any(case.shared_setup for case in cases if case.intent == "valid")
