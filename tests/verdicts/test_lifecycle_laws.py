"""The life of a thing as a faithful workshop lives it, and as workshops do that each have one fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import duplicates, lifecycle, references, removal
from conformance.specs.overlay.behaviour import Behaviour
from conformance.specs.overlay.entries import Expectation, Overlay, Rule
from conformance.verdicts.check_results import Contradiction
from conformance.verdicts.laws import notes_of
from doubles import lifecycle_service
from doubles.lifecycle_service import MODEL, LifecycleService
from doubles.offline_player import Clock, play, result, scenarios_in

MODULES = (lifecycle, duplicates, removal, references)


def scenarios(known: Overlay | None = None) -> Mapping[str, Scenario]:
    """Every scenario about the workshop, by the last parts of its id."""
    builder = lifecycle_service.builder(known)
    found: dict[str, Scenario] = {}
    for operation in MODEL.operations.values():
        for module in MODULES:
            for item in scenarios_in(module, builder, operation):
                assert isinstance(item, Scenario), item
                found[item.id.removeprefix("things:")] = item
    return found


def judged(name: str, *faults: str, known: Overlay | None = None, **more: Any) -> dict[str, str]:
    """What the law says of each clause of a scenario, as a workshop with those faults plays it."""
    known = known or lifecycle_service.overlay()
    scenario = scenarios(known)[name]
    implementation = LifecycleService(frozenset(faults), **more)
    timeline = play(scenario, implementation, service=MODEL, overlay=known, clock=Clock())
    assert timeline.blocked is None
    return result(list(notes_of(timeline)))


FAITHFUL = {
    "CreateThing/scenario/creation/Thing": {"created": "held", "listed": "held", "Creating->Ready": "held"},
    "CreateThing/scenario/duplicate/Thing": {"duplicate": "held"},
    "CreateThing/scenario/one-winner/Thing": {"one-winner": "held"},
    "UpdateThing/scenario/update/Thing": {"Updating->Ready": "held", "update-in-progress": "held"},
    "DeleteThing/scenario/removal/Thing": {
        "gone-after-delete": "held", "delete-twice": "held", "unlisted-after-delete": "held", "Deleting->gone": "held",
    },
    "DeleteThing/scenario/taken-while-deleting/Thing": {"taken-while-deleting": "held"},
    "DescribeThing/scenario/not-found/Thing": {"not-found": "held"},
    "DescribeThing/scenario/steady/Thing": {"steady": "held"},
    "UpdateThing/scenario/missing/Name": {"not-found": "held"},
    "DeleteThing/scenario/missing/Name": {"not-found": "held"},
    "CreatePart/scenario/missing/ThingName": {"not-found": "held"},
    "ListParts/scenario/missing/ThingName": {"not-found": "held"},
    "CreatePart/scenario/creation/Part": {"created": "held"},
    "DescribeParts/scenario/not-found/Part": {"not-found": "held"},
    "DeletePart/scenario/removal/Part": {"gone-after-delete": "held", "delete-twice": "unreached"},
    "DeletePart/scenario/missing/PartId": {"not-found": "unreached"},
}  # fmt: skip


def test_these_are_the_scenarios() -> None:
    assert set(scenarios()) == set(FAITHFUL)


@pytest.mark.parametrize("reads", [1, 2, 5])
@pytest.mark.parametrize("name", FAITHFUL)
def test_the_faithful_workshop_is_not_blamed(name: str, reads: int) -> None:
    assert judged(name, reads=reads) == FAITHFUL[name]


@pytest.mark.parametrize("name", FAITHFUL)
def test_reads_that_lag_are_not_blamed(name: str) -> None:
    assert judged(name, lag=2) == FAITHFUL[name]


GONE_BUT_TOLD = {"gone-after-delete": "held", "unlisted-after-delete": "unreached"}

CAUGHT = [
    ("CreateThing/scenario/creation", "at once", {"Creating->Ready": "skips-state"}),
    ("CreateThing/scenario/creation", "Creating for ever", {"Creating->Ready": "stalls"}),
    ("CreateThing/scenario/creation", "fails", {"Creating->Ready": "ends-failed"}),
    ("CreateThing/scenario/creation", "another status", {"Creating->Ready": "ends-elsewhere"}),
    ("CreateThing/scenario/creation", "list empty", {"listed": "unlisted"}),
    ("CreateThing/scenario/creation", "DescribeThing crashes", {"created": "unreached"}),
    ("CreateThing/scenario/creation", "ListThings crashes", {"listed": "unreached"}),
    ("CreateThing/scenario/duplicate", "made twice", {"duplicate": "accepts-duplicate"}),
    ("CreateThing/scenario/one-winner", "made twice", {"one-winner": "unreached"}),
    ("CreateThing/scenario/one-winner", "slow to see", {"one-winner": "several-winners"}),
    ("CreateThing/scenario/creation", "goes by itself", {"Creating->Ready": "wrong-transition"}),
    ("UpdateThing/scenario/update", "change at once", {"Updating->Ready": "skips-state"}),
    ("UpdateThing/scenario/update", "Updating for ever", {"Updating->Ready": "stalls"}),
    ("UpdateThing/scenario/update", "changed while busy", {"update-in-progress": "changes-busy"}),
    ("DeleteThing/scenario/removal", "delete does nothing", {"gone-after-delete": "survives-delete"}),
    ("DeleteThing/scenario/removal", "Deleting for ever", {"gone-after-delete": "stalls", "Deleting->gone": "stalls"}),
    ("DeleteThing/scenario/removal", "removed at once", {"Deleting->gone": "skips-state", "gone-after-delete": "held"}),
    ("DeleteThing/scenario/removal", "kept as Odd", {"gone-after-delete": "unreached"}),
    ("DeleteThing/scenario/removal", "kept as ", {"gone-after-delete": "unreached"}),
    (
        "DeleteThing/scenario/removal",
        "kept as Gone",
        {"gone-after-delete": "held", "unlisted-after-delete": "unreached"},
    ),
    ("DeleteThing/scenario/removal", "still listed", {"unlisted-after-delete": "listed-after-delete"}),
    ("DeleteThing/scenario/removal", "deletes anything", {"delete-twice": "accepts-missing"}),
    ("DeleteThing/scenario/removal", "DeleteThing crashes", {"gone-after-delete": "crash"}),
    ("DeleteThing/scenario/taken-while-deleting", "name free", {"taken-while-deleting": "accepts-taken"}),
    ("DeleteThing/scenario/taken-while-deleting", "removed at once", {"taken-while-deleting": "unreached"}),
    ("DescribeThing/scenario/not-found", "anything found", {"not-found": "accepts-missing"}),
    ("DescribeThing/scenario/not-found", "DescribeThing crashes", {"not-found": "crash"}),
    ("DescribeThing/scenario/steady", "falls back", {"steady": "regresses"}),
    ("DescribeThing/scenario/steady", "vanishes", {"steady": "vanishes"}),
    ("DeleteThing/scenario/missing/Name", "deletes anything", {"not-found": "accepts-missing"}),
    ("DeleteThing/scenario/missing/Name", "DeleteThing crashes", {"not-found": "crash"}),
    ("CreatePart/scenario/missing/ThingName", "orphans", {"not-found": "accepts-missing"}),
    ("ListParts/scenario/missing/ThingName", "lists for anything", {"not-found": "accepts-missing"}),
    ("DescribeParts/scenario/not-found/Part", "all parts", {"not-found": "accepts-missing"}),
    ("DescribeParts/scenario/not-found/Part", "strict parts", {"not-found": "held"}),
]


@pytest.mark.parametrize(("name", "fault", "expected"), CAUGHT)
def test_a_fault_is_told(name: str, fault: str, expected: Mapping[str, str]) -> None:
    full = name if name.count("/") == 3 else f"{name}/Thing"
    words = judged(full, fault)
    assert {clause: words[clause] for clause in expected} == expected


def test_the_same_request_again_may_be_the_same_thing() -> None:
    assert judged("CreateThing/scenario/duplicate/Thing", "same again") == {"duplicate": "held"}


def test_what_is_never_found_is_lost() -> None:
    assert judged("CreateThing/scenario/creation/Thing", lag=99)["created"] == "lost"


def test_a_history_is_told_with_its_time() -> None:
    known = lifecycle_service.overlay()
    scenario = scenarios(known)["CreateThing/scenario/creation/Thing"]
    timeline = play(scenario, LifecycleService(frozenset({"Creating for ever"}), lag=2), service=MODEL, overlay=known)
    found = [note for note in notes_of(timeline) if isinstance(note, Contradiction)]
    assert [note.got for note in found] == ["not found x2 -> Creating x9 within 10.0 s"]


def test_nobody_is_blamed_for_what_could_not_be_made() -> None:
    words = judged("CreateThing/scenario/creation/Thing", "CreateThing crashes")
    assert set(words.values()) == {"unreached"}


RULE = Rule(
    "TH-1", ("CreateThing",), "a name is taken once", "somewhere", "RECORDED", refines=("Thing/lifecycle#duplicate",),
    expect=Expectation("rejected-state", ("ValidationException",), "already existing"),
)  # fmt: skip


def test_a_rule_says_with_which_code_a_duplicate_is_refused() -> None:
    known = lifecycle_service.overlay(rules=(RULE,))
    name = "CreateThing/scenario/duplicate/Thing"
    codes = {"ThingExists": "ValidationException"}
    assert judged(name, known=known)["duplicate"] == "wrong-state-code"
    assert judged(name, known=known, codes=codes)["duplicate"] == "wrong-error-message"
    assert judged(name, "same again", known=known)["duplicate"] == "accepts-duplicate"


TAKEN = "taken-while-deleting"

UNDECLARED = [
    ("CreateThing/scenario/duplicate/Thing", "made twice", {"duplicate": "accepts-duplicate-undeclared"}),
    ("UpdateThing/scenario/update/Thing", "changed while busy", {"update-in-progress": "changes-busy-undeclared"}),
    (
        "DeleteThing/scenario/taken-while-deleting/Thing",
        "name free",
        {"taken-while-deleting": "accepts-taken-undeclared"},
    ),
    ("ListParts/scenario/missing/ThingName", "lists for anything", {"not-found": "unreached"}),  # the list is empty
    ("CreatePart/scenario/missing/ThingName", "orphans", {"not-found": "accepts-missing-undeclared"}),
    ("DeleteThing/scenario/missing/Name", "deletes anything", {"not-found": "unreached"}),
]


@pytest.mark.parametrize(("name", "fault", "expected"), UNDECLARED)
def test_without_a_declared_error_an_acceptance_weighs_less(name: str, fault: str, expected: Mapping[str, str]) -> None:
    bare = {each.name: replace(each, errors=()) for each in MODEL.operations.values()}
    model = replace(MODEL, operations=bare)
    timeline = play(
        scenarios()[name], LifecycleService(frozenset({fault})), service=model, overlay=lifecycle_service.overlay()
    )
    words = result(list(notes_of(timeline)))
    assert {clause: words[clause] for clause in expected} == expected


SUCCEEDS = Behaviour(missing={"DeleteThing": "its documentation"}, empty={"List*": "its documentation"})
AGAIN = Behaviour(repeats={"DeleteThing": "its documentation"})

BY_DOCUMENTATION = [
    ("DeleteThing/scenario/removal/Thing", "deletes anything", SUCCEEDS, {"delete-twice": "held"}),
    ("DeleteThing/scenario/removal/Thing", "deletes anything", AGAIN, {"delete-twice": "held"}),
    ("DeleteThing/scenario/removal/Thing", "", SUCCEEDS, {"delete-twice": "refuses-missing"}),
    ("DeleteThing/scenario/missing/Name", "deletes anything", SUCCEEDS, {"not-found": "held"}),
    ("DeleteThing/scenario/missing/Name", "deletes anything", AGAIN, {"not-found": "unreached"}),
    ("DeleteThing/scenario/missing/Name", "DeleteThing crashes", SUCCEEDS, {"not-found": "crash"}),
    ("ListParts/scenario/missing/ThingName", "lists for anything", SUCCEEDS, {"not-found": "held"}),
    ("ListParts/scenario/missing/ThingName", "lists for anything", AGAIN, {"not-found": "accepts-missing"}),
    ("CreatePart/scenario/missing/ThingName", "orphans", SUCCEEDS, {"not-found": "accepts-missing"}),
]


@pytest.mark.parametrize(("name", "fault", "behaviour", "expected"), BY_DOCUMENTATION)
def test_documentation_says_what_happens_without_a_thing(
    name: str, fault: str, behaviour: Behaviour, expected: Mapping[str, str]
) -> None:
    known = replace(lifecycle_service.overlay(), behaviour=behaviour)
    words = judged(name, fault, known=known)
    assert {clause: words[clause] for clause in expected} == expected


def test_a_rule_says_more_than_documentation() -> None:
    rule = Rule(
        "TH-2", ("DeleteThing",), "it is refused", "there", "RECORDED", refines=("Thing/lifecycle#delete-twice",)
    )
    known = replace(lifecycle_service.overlay(rules=(rule,)), behaviour=SUCCEEDS)
    assert judged("DeleteThing/scenario/removal/Thing", "deletes anything", known=known)["delete-twice"] != "held"
