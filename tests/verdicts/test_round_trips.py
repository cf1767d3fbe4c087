"""Round trips, reads, tags and tokens, as a faithful store of boxes plays them and as stores do that have one fault."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import idempotency, roundtrip, stability, tags, updates
from conformance.specs.overlay.behaviour import Behaviour
from conformance.specs.resources.resource import Resource
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.laws import notes_of
from conformance.verdicts.severity import severity_of
from doubles.offline_player import Clock, Refused, play, scenarios_in
from doubles.roundtrip_service import (
    BOX,
    MODEL,
    NOW,
    STATUS,
    RoundtripService,
    builder,
    changing,
    overlay,
    with_,
    without,
)

FAMILIES = (roundtrip, updates, stability, tags, idempotency)


def scenario(operation: str, kind: str, resource: Resource = BOX) -> Scenario:
    """The scenario of a kind that an operation owns."""
    for family in FAMILIES:
        for item in scenarios_in(family, builder(overlay(resource)), MODEL.operations[operation]):
            if isinstance(item, Scenario) and item.kind == kind:
                return item
    raise LookupError(kind)


def judged(operation: str, kind: str, boxes: Any, resource: Resource = BOX) -> tuple[CheckResult, ...]:
    """What the law says of a store."""
    known = overlay(resource)
    timeline = play(scenario(operation, kind, resource), boxes, service=MODEL, overlay=known, clock=Clock())
    return tuple(notes_of(timeline))


def blamed(notes: tuple[CheckResult, ...]) -> dict[str, str]:
    """The code by clause, without the service, of every contradiction."""
    return {note.clause.partition(":")[2]: note.code for note in notes if isinstance(note, Contradiction)}


def held(notes: tuple[CheckResult, ...]) -> set[str]:
    """The clauses that held and were not contradicted, without the service."""
    names = {note.clause.partition(":")[2] for note in notes if isinstance(note, Satisfied)}
    return names - set(blamed(notes))


def left_open(notes: tuple[CheckResult, ...]) -> dict[str, str]:
    """The reason by clause of what was left open and nothing else was said of."""
    result = held(notes) | set(blamed(notes))
    found = {note.clause.partition(":")[2]: note.reason for note in notes if isinstance(note, Undecided)}
    return {clause: reason for clause, reason in found.items() if clause not in result}


def echo(boxes: Any, resource: Resource = BOX) -> tuple[CheckResult, ...]:
    return judged("DescribeBox", "echo", boxes, resource)


# ---------------------------------------------------------------- what the creator was given


ECHOED = {
    "Name", "Label", "Size", "Ratio", "Kind", "Policy", "Due", "Parts", "Parts[]/Title", "Parts[]/Weight", "Limits",
    "Limits/Low", "Limits/Deep/Note", "Limits/Deep/Mark", "Names", "Labels", "Open",
}  # fmt: skip


def test_a_faithful_store_echoes_everything() -> None:
    notes = echo(RoundtripService())
    assert held(notes) == {f"Box/roundtrip/{path}#echo" for path in ECHOED} | {
        "Box/roundtrip#stable",
        "Box/roundtrip#times",
    }
    assert blamed(notes) == {}
    assert left_open(notes) == {}


def doubtful(operation: str, kind: str, boxes: Any, shape: str, *members: str) -> tuple[CheckResult, ...]:
    """What the law says of a store where documentation says that members are not always valid."""
    known = replace(overlay(), behaviour=Behaviour(conditional={shape: members}))
    found = [
        item
        for family in (roundtrip, updates)
        for item in scenarios_in(family, builder(known), MODEL.operations[operation])
        if isinstance(item, Scenario) and item.kind == kind
    ]
    return tuple(notes_of(play(found[0], boxes, service=MODEL, overlay=known, clock=Clock())))


def test_what_aws_may_refuse_is_no_evidence_against_a_store() -> None:
    loses = RoundtripService(tells=lambda box: without("Label")(without("Size")(box)))
    notes = doubtful("DescribeBox", "echo", loses, "CreateBoxInput", "Label")
    assert blamed(notes) == {"Box/roundtrip/Size#echo": "lost-attribute"}
    assert left_open(notes)["Box/roundtrip/Label#echo"].startswith("AWS may refuse the request: ")


def test_what_aws_may_refuse_is_evidence_for_a_store() -> None:
    notes = doubtful("DescribeBox", "echo", RoundtripService(), "CreateBoxInput", "Label", "Limits")
    assert {f"Box/roundtrip/{path}#echo" for path in ECHOED} <= held(notes)


def test_what_aws_may_refuse_is_no_changed_value_either() -> None:
    notes = doubtful("DescribeBox", "echo", RoundtripService(tells=with_(Size=9)), "CreateBoxInput", "Size")
    assert blamed(notes) == {}


LOSSES: Mapping[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, str]]] = {
    "a text": (without("Label"), {"Label": "lost-attribute"}),
    "a number": (with_(Size=9), {"Size": "changed-value"}),
    "the name itself": (with_(Name="other"), {"Name": "changed-value"}),
    "the case of text": (changing(Label=str.upper), {"Label": "changed-case"}),
    "an enum": (with_(Kind="BIG"), {"Kind": "changed-value"}),
    "a structure": (without("Limits"), {"Limits": "lost-attribute"}),
    "an empty structure": (with_(Limits={}), {"Limits": "lost-attribute"}),
    "a structure below": (
        changing(Limits=lambda limits: {"Low": limits["Low"]}), {"Limits/Deep/Note": "lost-attribute"},
    ),
    "a leaf below": (
        changing(Limits=lambda limits: {**limits, "Deep": {"Note": limits["Deep"]["Note"]}}),
        {"Limits/Deep/Mark": "lost-attribute"},
    ),
    "a list": (with_(Parts=[]), {"Parts": "lost-attribute"}),
    "a member of an element": (
        changing(Parts=lambda parts: [{"Title": part["Title"]} for part in parts]),
        {"Parts[]/Weight": "lost-attribute"},
    ),
    "an item": (with_(Names=["other"]), {"Names": "changed-value"}),
    "an entry": (with_(Labels={"other": "x"}), {"Labels": "changed-value"}),
    "a time": (with_(Due=NOW), {"Due": "changed-value"}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_lost_or_changed_is_found_where_it_is(name: str) -> None:
    tells, expected = LOSSES[name]
    notes = echo(RoundtripService(tells=tells))
    assert blamed(notes) == {f"Box/roundtrip/{path}#echo": code for path, code in expected.items()}


def test_what_is_lost_with_a_structure_is_not_blamed_again() -> None:
    reasons = left_open(echo(RoundtripService(tells=without("Limits"))))
    inner = [f"Box/roundtrip/Limits/{path}#echo" for path in ("Low", "Deep/Note", "Deep/Mark")]
    assert {reasons[clause] for clause in inner} == {"Limits was lost as a whole"}


def test_a_description_without_anything_given_is_blamed_once() -> None:
    notes = echo(RoundtripService(tells=lambda told: {"Arn": told["Arn"], "State": "Ready"}))
    assert len(blamed(notes)) == 1
    reasons = left_open(notes)
    others = {reasons[f"Box/roundtrip/{path}#echo"] for path in ECHOED - {"Name"}}
    assert others == {"the description repeats nothing of what was given"}


OTHERWISE: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "defaults beside it": with_(Extra=1),
    "defaults in a structure": changing(Limits=lambda limits: {**limits, "High": 7}),
    "a number with a point": changing(Size=float),
    "parts of seconds lost": changing(Due=lambda due: due.replace(microsecond=1)),
    "an ARN for a name": changing(Label="arn:aws:box:us-east-1:1:label/{}".format),
    "a list in other order, with more in it": changing(
        Names=lambda names: ["more", *names], Parts=lambda parts: [{"Title": "more"}, *parts]
    ),
    "states of elements": changing(Parts=lambda parts: [{**part, "State": "ok"} for part in parts]),
    "more entries": changing(Labels=lambda labels: {**labels, "aws:x": "y"}),
    "a secret told as stars": with_(Password="****"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_aws_writes_otherwise_is_not_blamed(name: str) -> None:
    assert blamed(echo(RoundtripService(tells=OTHERWISE[name]))) == {}


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_reads_may_lag(lag: int) -> None:
    assert blamed(echo(RoundtripService(lag=lag, tells=without("Label")))) == {
        "Box/roundtrip/Label#echo": "lost-attribute"
    }
    assert "Box/roundtrip/Label#echo" in held(echo(RoundtripService(lag=lag)))


def test_nothing_is_said_of_what_cannot_be_made_or_read() -> None:
    refusing = RoundtripService(refuses=lambda params: True)
    assert not blamed(echo(refusing))
    assert not held(echo(refusing))
    assert "CreateBox was rejected as invalid" in left_open(echo(refusing))["Box/roundtrip/Label#echo"]
    lost = RoundtripService(lag=10**6)
    assert not blamed(echo(lost))
    assert not held(echo(lost))
    assert "DescribeBox was rejected for the state of a resource" in left_open(echo(lost))["Box/roundtrip/Label#echo"]


def test_members_that_exclude_each_other_are_given_in_turn() -> None:
    def excludes(params: Mapping[str, Any]) -> bool:
        return {"Label", "Limits"} <= params.keys() or "Policy" in params

    notes = echo(RoundtripService(refuses=excludes, tells=without("Names")))
    assert {"Box/roundtrip/Label#echo", "Box/roundtrip/Limits/Low#echo"} <= held(notes)
    assert blamed(notes) == {"Box/roundtrip/Names#echo": "lost-attribute"}
    assert "no accepted request gave it" in left_open(notes)["Box/roundtrip/Policy#echo"]


def test_creations_are_bounded_however_much_is_refused() -> None:
    sent = []

    def picky(operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        sent.append(operation)
        raise Refused("ValidationException")

    echo(picky)
    assert len(sent) <= roundtrip.MOST_CREATIONS


# ---------------------------------------------------------------- at rest


def test_descriptions_that_change_with_every_read_are_found() -> None:
    numbers = iter(range(1000))
    notes = echo(RoundtripService(tells=lambda told: {**told, "Arn": f"arn:{next(numbers)}"}))
    assert blamed(notes) == {"Box/roundtrip#stable": "unstable-answer"}


@pytest.mark.parametrize("name", ["LastAccessedTime", "ItemCount", "SizeBytes", "UploadUrlSignature", "State"])
def test_what_changes_by_itself_is_not_blamed(name: str) -> None:
    numbers = iter(range(1000))
    notes = echo(RoundtripService(tells=lambda told: {**told, name: next(numbers)}))
    assert blamed(notes) == {}


def test_one_change_on_the_way_is_not_blamed() -> None:
    numbers = iter([0, 0, 1, 1, 1])
    assert blamed(echo(RoundtripService(tells=lambda told: {**told, "Extra": next(numbers)}))) == {}


def test_a_box_in_the_making_is_waited_for() -> None:
    resource = replace(BOX, status=STATUS)
    notes = echo(
        RoundtripService(making=3, tells=lambda told: told if told["State"] == "Ready" else {"State": "Making"}),
        resource,
    )
    assert blamed(notes) == {}
    assert "Box/roundtrip/Label#echo" in held(notes)
    endless = echo(RoundtripService(making=10**6, tells=without("Label")), resource)
    assert blamed(endless) == {}
    assert left_open(endless)["Box/roundtrip#stable"] == "it did not settle"


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({}, None),
        ({"LastModifiedTime": NOW - datetime.timedelta(seconds=1)}, None),
        ({"LastModifiedTime": NOW + datetime.timedelta(days=1)}, None),
        ({"LastModifiedTime": NOW - datetime.timedelta(minutes=1)}, "times-out-of-order"),
        ({"LastModifiedTime": "2024"}, None),
    ],
)
def test_times_are_in_order(times: dict[str, Any], code: str | None) -> None:
    notes = echo(RoundtripService(tells=with_(**times)))
    assert blamed(notes) == ({"Box/roundtrip#times": code} if code else {})


# ---------------------------------------------------------------- updates


def updated(boxes: Any, resource: Resource = BOX) -> tuple[CheckResult, ...]:
    return judged("UpdateBox", "updated", boxes, resource)


UPDATED = {"Label", "Size", "Kind", "Open", "Parts", "Parts[]/Title", "Parts[]/Weight", "Limits", "Limits/Low",
           "Limits/Deep/Note", "Limits/Deep/Mark", "Names"}  # fmt: skip


def test_a_faithful_store_is_updated() -> None:
    notes = updated(RoundtripService())
    assert blamed(notes) == {}
    assert held(notes) == {f"Box/roundtrip/{path}#updated" for path in UPDATED}


def test_an_update_that_does_nothing_is_found() -> None:
    notes = updated(RoundtripService(update_ignored=True))
    assert set(blamed(notes).values()) == {"update-ignored"}
    assert {"Box/roundtrip/Label#updated", "Box/roundtrip/Kind#updated", "Box/roundtrip/Open#updated"} <= set(
        blamed(notes)
    )


def test_one_member_that_an_update_ignores_is_found() -> None:
    notes = updated(RoundtripService(tells=with_(Size=3)))
    assert blamed(notes) == {"Box/roundtrip/Size#updated": "update-ignored"}


def test_updates_that_wait_or_are_refused_are_not_blamed() -> None:
    waiting = updated(RoundtripService(update_ignored=True, tells=with_(PendingModifiedValues={"Size": 3})))
    assert blamed(waiting) == {}
    refused = updated(RoundtripService(refuses=lambda params: len(params) > 1))
    assert blamed(refused) == {}


def test_members_that_updates_do_not_take_together_are_given_in_turn() -> None:
    def excludes(params: Mapping[str, Any]) -> bool:
        return {"Label", "Limits"} <= params.keys()

    notes = updated(RoundtripService(refuses=excludes))
    assert {"Box/roundtrip/Label#updated", "Box/roundtrip/Limits/Low#updated"} <= held(notes)


# ---------------------------------------------------------------- reads that change nothing


def test_reads_that_change_nothing() -> None:
    clause = "ListBoxes/state#unchanged"
    assert held(judged("ListBoxes", "reading", RoundtripService())) == {clause}
    assert blamed(judged("ListBoxes", "reading", RoundtripService(listing_changes=True))) == {
        clause: "changed-by-reading"
    }


def test_what_changes_anyway_is_not_blamed_on_a_read() -> None:
    numbers = iter(range(1000))
    boxes = RoundtripService(tells=lambda told: {**told, "Extra": next(numbers)})
    assert blamed(judged("ListBoxes", "reading", boxes)) == {}


# ---------------------------------------------------------------- tags


def test_tags_of_a_faithful_store() -> None:
    assert held(judged("CreateBox", "tags-given", RoundtripService())) == {"Box/tags#given"}
    assert held(judged("TagBox", "tags-added", RoundtripService())) == {"TagBox/tags#added", "TagBox/tags#overwritten"}
    assert held(judged("UntagBox", "tags-removed", RoundtripService())) == {"UntagBox/tags#removed"}


TAG_FAULTS: tuple[tuple[str, str, RoundtripService, dict[str, str]], ...] = (
    ("CreateBox", "tags-given", RoundtripService(tags_lost=True), {"Box/tags#given": "lost-tag"}),
    ("TagBox", "tags-added", RoundtripService(tags_lost=True),
     {"TagBox/tags#added": "lost-tag"}),
    ("TagBox", "tags-added", RoundtripService(tags_not_overwritten=True),
     {"TagBox/tags#overwritten": "tag-not-overwritten"}),
    ("TagBox", "tags-added", RoundtripService(tags_replaced=True), {"TagBox/tags#overwritten": "lost-tag"}),
    ("UntagBox", "tags-removed", RoundtripService(tags_kept=True), {"UntagBox/tags#removed": "tag-not-removed"}),
    ("UntagBox", "tags-removed", RoundtripService(tags_cleared=True), {"UntagBox/tags#removed": "lost-tag"}),
)  # fmt: skip


@pytest.mark.parametrize(("operation", "kind", "boxes", "expected"), TAG_FAULTS)
def test_tags_that_are_not_kept_are_found(
    operation: str, kind: str, boxes: RoundtripService, expected: dict[str, str]
) -> None:
    assert expected.items() <= blamed(judged(operation, kind, boxes)).items()


def test_nothing_is_said_of_tags_that_cannot_be_listed() -> None:
    class Deaf(RoundtripService):
        def _listboxtags(self, params: dict[str, Any]) -> Mapping[str, Any]:
            raise Refused("AccessDeniedException")

    notes = judged("TagBox", "tags-added", Deaf())
    assert blamed(notes) == {}
    assert "could not be listed" in left_open(notes)["TagBox/tags#added"]


# ---------------------------------------------------------------- idempotency tokens

SAME, OTHER = (f"CreateBox/idempotency/ClientToken#{name}" for name in ("same-result", "other-input"))


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        (RoundtripService(), {}),
        (RoundtripService(tokens="not-compared"), {OTHER: "token-reused"}),
        (RoundtripService(tokens="ignored"), {SAME: "token-not-honoured", OTHER: "token-reused"}),
        (RoundtripService(tokens="ignored", names_unique=False), {SAME: "not-idempotent", OTHER: "token-reused"}),
    ],
)
def test_tokens(boxes: RoundtripService, expected: dict[str, str]) -> None:
    notes = judged("CreateBox", "idempotency", boxes)
    assert blamed(notes) == expected
    assert held(notes) == {SAME, OTHER} - set(expected)


# ---------------------------------------------------------------- weight


def test_nothing_here_is_an_error() -> None:
    codes = ("lost-attribute", "changed-value", "update-ignored", "unstable-answer", "lost-tag", "not-idempotent")
    assert {severity_of(code) for code in codes} == {"warning"}
    assert {severity_of(code) for code in ("changed-case", "time-off", "token-not-honoured")} == {"info"}
