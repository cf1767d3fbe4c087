"""Rules with steps: the calls are sent in order; the assertion is judged only where everything before was accepted."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.cases.case import Omitted
from conformance.cases.scenario import Reply, Scenario, Send
from conformance.cases.scenarios import sequences
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.overlay.parser import parse_overlay
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.clause_ledger import ClauseLedger
from conformance.verdicts.laws import notes_of
from doubles import lifecycle_service
from doubles.handmade_shapes import spec_of
from doubles.lifecycle_service import MODEL, LifecycleService
from doubles.offline_player import Clock, play

RULE = {"id": "T-01", "operations": ["CreateThing"], "statement": "s", "source": "the docs", "enforcement": "DOC-MUST"}

TAKEN = {**RULE, "steps": [{"call": "CreateThing"}, {"call": "CreateThing", "name": "again"}]}
BUSY = {
    **RULE,
    "operations": ["UpdateThing"],
    "steps": [
        {"call": "CreateThing", "wait_for": "Thing"},
        {"call": "UpdateThing", "name": "first"},
        {"call": "DescribeThing", "wait_for": "Thing"},
        {"call": "UpdateThing", "name": "again"},
        {"call": "UpdateThing", "name": "third"},
    ],
    "assume": "DescribeThing.answer.Status == 'Updating'",
    "expect": {"codes": ["ThingBusy"]},
}
SIZED = {
    **RULE,
    "steps": [
        {"call": "CreateThing", "edits": [{"set": "Size", "to": 3}], "wait_for": "Thing"},
        {"call": "DescribeThing"},
    ],
    "assert": "DescribeThing.answer.Size == CreateThing.request.Size",
}
KEPT = {
    **RULE,
    "steps": [
        {"call": "CreateThing", "edits": [{"set": "Size", "to": 3}], "wait_for": "Thing"},
        {"call": "CreateThing", "name": "again", "edits": [{"set": "Size", "to": 5}], "refused": True},
        {"call": "DescribeThing"},
    ],
    "assert": "DescribeThing.answer.Size == CreateThing.request.Size",
}
MANY = {**RULE, "steps": [{"call": "CreateThing", "repeat": 3}, {"call": "DescribeThing"}], "assert": "`true`"}


def rule_of(document: dict[str, Any]) -> Rule:
    (rule,) = parse_overlay({"service": "things", "rules": [document]}).rules
    return rule


def known(document: dict[str, Any]) -> Overlay:
    return lifecycle_service.overlay(rules=(rule_of(document),))


def scenario_of(document: dict[str, Any]) -> Scenario:
    builder = lifecycle_service.builder(known(document))
    (found,) = sequences.sequences_scenarios(builder, MODEL.operations[document["operations"][0]])
    assert isinstance(found, Scenario)
    return found


def noted(document: dict[str, Any], *faults: str, shop: LifecycleService | None = None, **more: Any) -> CheckResult:
    shop = shop or LifecycleService(frozenset(faults), **more)
    timeline = play(scenario_of(document), shop, service=MODEL, overlay=known(document), clock=Clock())
    (note,) = notes_of(timeline)
    return note


def word(note: CheckResult) -> str:
    return "held" if isinstance(note, Satisfied) else note.word if isinstance(note, Undecided) else note.code


@pytest.mark.parametrize("document", [TAKEN, BUSY, SIZED, MANY, KEPT])
@pytest.mark.parametrize("reads", [1, 3])
def test_the_faithful_workshop_keeps_every_rule(document: dict[str, Any], reads: int) -> None:
    assert word(noted(document, reads=reads)) == "held"


@pytest.mark.parametrize(
    ("document", "fault", "code"),
    [
        (TAKEN, "made twice", "accepts-broken-rule"),
        (SIZED, "fails", "unreached"),
        (SIZED, "Creating for ever", "unreached"),
        (BUSY, "change at once", "unreached"),
        (BUSY, "CreateThing crashes", "unreached"),
        (SIZED, "DescribeThing crashes", "unreached"),
        ({**SIZED, "operations": ["DescribeThing"]}, "DescribeThing crashes", "crash"),
        (BUSY, "changed while busy", "accepts-broken-rule"),
    ],
)
def test_what_a_broken_workshop_shows(document: dict[str, Any], fault: str, code: str) -> None:
    assert word(noted(document, fault)) == code


def test_another_error_than_the_expected_one_is_told() -> None:
    note = noted(BUSY, codes={"ThingBusy": "Other"})
    assert (word(note), isinstance(note, Contradiction) and note.expected) == ("wrong-error-code", "ThingBusy")
    words = {**TAKEN, "expect": {"message": "no such words"}}
    assert word(noted(words)) == "wrong-error-message"


def test_a_story_whose_condition_did_not_come_about_shows_nothing() -> None:
    note = noted({**SIZED, "assume": "DescribeThing.answer.Status == 'Odd'"})
    assert isinstance(note, Undecided)
    assert "assumption is not true" in note.reason
    assert word(noted({**SIZED, "assume": "length(`1`)"})) == "errored"


def test_what_holds_may_speak_of_a_last_call_that_was_refused() -> None:
    gone = {
        **RULE,
        "steps": [{"call": "CreateThing", "wait_for": "Thing"}, {"call": "DeleteThing", "wait_for": "Thing"},
                  {"call": "DescribeThing"}],
        "assert": "DescribeThing.code == 'ThingNotFound'",
    }  # fmt: skip
    assert word(noted(gone)) == "held"
    assert word(noted(gone, codes={"ThingNotFound": "ThingNotFoundAtAll"})) == "breaks-rule"


def test_every_repetition_makes_another_thing() -> None:
    shop = LifecycleService()
    noted(MANY, shop=shop)
    names = [params["Name"] for operation, params in shop.asked if operation == "CreateThing"]
    assert len(set(names)) == len(names) == 3
    read = [params["Name"] for operation, params in shop.asked if operation == "DescribeThing"]
    assert set(read) == {names[0]}


def test_things_of_one_kind_are_told_apart_when_they_are_removed() -> None:
    script = scenario_of(MANY).script(Clock())
    act, names = next(script), []
    while isinstance(act, Send) and act.creates is not None:
        names.append(act.creates.resource)
        act = script.send(Reply("accepted", {}))
    assert names[0] == "Thing"
    assert len(set(names)) == 3


def test_a_story_about_what_there_is_not_is_omitted() -> None:
    nothing = {**RULE, "steps": [{"call": "CreateNothing"}]}
    (found,) = sequences.sequences_scenarios(lifecycle_service.builder(known(nothing)), MODEL.operations["CreateThing"])
    assert isinstance(found, Omitted)
    assert "CreateNothing" in found.reason


@pytest.mark.parametrize(
    ("code", "enforcement", "severity"),
    [
        ("accepts-duplicate", "RECORDED", "error"),
        ("accepts-duplicate", "DOC-MUST", "warning"),
        ("accepts-duplicate-undeclared", "DOC-ERROR", "error"),
        ("accepts-duplicate", "ADVICE", "info"),
        ("stalls", "RECORDED", "warning"),
        ("wrong-error-message", "RECORDED", "info"),
        ("crash", "ADVICE", "error"),
    ],
)
def test_a_rule_says_how_much_a_law_weighs(code: str, enforcement: str, severity: str) -> None:
    ruled = known(
        {**RULE, "enforcement": enforcement, "evidence": "it was seen", "refines": ["Thing/lifecycle#dup*", "Other#x"]}
    )
    clauses = operation_clauses(spec_of(MODEL), MODEL.operations["CreateThing"], ruled)
    ledger = ClauseLedger(clauses, ruled)
    for clause in ("things:Thing/lifecycle#duplicate", "things:CreateThing/rule#T-01"):
        assert ledger.severity(Contradiction(clause, code, "", "", "")) == severity
    source = "observed: it was seen" if enforcement == "RECORDED" else "docs: the docs"
    assert {clauses[each].source for each in ("things:Thing/lifecycle#duplicate", "things:CreateThing/rule#T-01")} == {
        source
    }
    assert clauses["things:Thing/lifecycle#created"].source.startswith("model: ")


def test_where_a_call_that_is_meant_to_be_refused_is_accepted_the_next_ones_prove_nothing() -> None:
    note = noted(KEPT, "made twice")
    assert isinstance(note, Undecided)
    assert "was not refused" in note.reason
