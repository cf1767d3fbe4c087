"""Settings of a parent are absent before they are put and gone after they are removed."""

from __future__ import annotations

import pytest

from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import data
from conformance.specs.clauses.data import data_clauses
from conformance.specs.resources.parent_settings import setting_put_by
from conformance.verdicts.laws import notes_of
from doubles.handmade_shapes import spec_of
from doubles.offline_player import Clock, play, result
from doubles.parent_settings import ABSENT, MODEL, Shelves, builder, overlay

PUT = "PutShelfLockPolicy"
BEFORE, GONE = (f"shelves:{PUT}/state/GetShelfLockPolicy#{each}" for each in ("absent-before-put", "gone-after-delete"))

# Each fault with what is said before the put and after the removal.
FAULTS = {
    "made with the shelf": ("present-before-put", "held"),
    "nothing is an empty answer": ("present-before-put", "present-after-removal"),
    "empty before the put": ("present-before-put", "held"),
    "always the same": ("present-before-put", "present-after-removal"),
    "reset to a default": ("held", "present-after-removal"),
    "removes another's": ("held", "present-after-removal"),
    "keeps what is removed": ("held", "present-after-removal"),
    "remembers it after removal": ("held", "present-after-removal"),
    "empty after removal": ("held", "present-after-removal"),
}

# What says nothing about the setting leaves the clauses open.
OPEN = {
    "another code": ("unreached", "unreached"),
    "PutShelfLockPolicy refuses": ("held", "unreached"),
    "DeleteShelfLockPolicy refuses": ("held", "unreached"),
    "GetShelfLockPolicy refuses": ("unreached", "unreached"),
    "GetShelfLockPolicy crashes": ("unreached", "unreached"),
    "DeleteShelfLockPolicy crashes": ("held", "unreached"),
    "PutShelfLockPolicy crashes": ("held", "crash"),
}


def words(shelves: Shelves) -> tuple[str, str]:
    items = data.data_scenarios(builder(), MODEL.operations[PUT])
    (scenario,) = (each for each in items if isinstance(each, Scenario) and each.kind == data.SETTING_KIND)
    notes = notes_of(play(scenario, shelves, service=MODEL, overlay=overlay(), clock=Clock()))
    found = result(tuple(notes))
    assert found.keys() == {"absent-before-put", "gone-after-delete"}
    return found["absent-before-put"], found["gone-after-delete"]


def test_a_setting_has_two_clauses() -> None:
    found = {each.id for each in data_clauses(spec_of(MODEL), MODEL.operations[PUT], overlay())}
    assert {BEFORE, GONE} <= found


def test_the_error_names_the_setting_and_not_the_parent() -> None:
    setting = setting_put_by(MODEL, MODEL.operations[PUT])
    assert setting is not None
    assert setting.absent.code == ABSENT


@pytest.mark.parametrize("put", ["PutShelfLight", "PutShelfLabel"])
def test_nothing_is_claimed_where_no_error_names_the_setting(put: str) -> None:
    assert setting_put_by(MODEL, MODEL.operations[put]) is None


@pytest.mark.parametrize("lag", [0, 2])
def test_faithful_shelves_are_not_blamed(lag: int) -> None:
    assert words(Shelves(lag=lag)) == ("held", "held")


@pytest.mark.parametrize(("fault", "expected"), FAULTS.items())
def test_each_fault_is_found_where_it_is(fault: str, expected: tuple[str, str]) -> None:
    assert words(Shelves(fault)) == expected


@pytest.mark.parametrize(("fault", "expected"), OPEN.items())
def test_what_says_nothing_of_the_setting_leaves_it_open(fault: str, expected: tuple[str, str]) -> None:
    assert words(Shelves(fault)) == expected
