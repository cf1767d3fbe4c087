"""What is known of operations beyond their models, and what documentation says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.specs import ingest
from conformance.specs.model import Member, Operation, Provenance, Shape, Spec
from conformance.specs.overlay import behaviour
from conformance.specs.overlay.behaviour import Behaviour, behaviour_of, with_narrowed_enums
from doubles import lifecycle_service
from quality.documented_behaviour import behaviour_in


def operation(text: str) -> dict[str, Any]:
    return {"documentation": f"<p>Deletes it. {text} It is fast.</p>"}


SUCCEEDS = [
    "If the thing does not exist or has already been deleted, the call succeeds.",
    "This operation is idempotent, so deleting a <code>Thing</code> that does not exist does not result in an error.",
    "If the thing is not found, no exception is thrown.",
    "This operation returns successfully even if a thing with the name does not exist.",
]

FAILS = [
    "It fails with a <code>NotFound</code> error if the thing does not exist.",
    "If the thing does not exist, the call fails.",
    "You should ensure that your application is idempotent.",
    "Running it multiple times does not result in an error response, unless you specify a revision.",
]


@pytest.mark.parametrize("text", SUCCEEDS)
def test_documentation_says_that_a_removal_succeeds(text: str) -> None:
    assert behaviour_in({"operations": {"DeleteThing": operation(text)}, "shapes": {}})["missing"] == ["DeleteThing"]


@pytest.mark.parametrize("text", FAILS)
def test_other_sentences_do_not(text: str) -> None:
    assert behaviour_in({"operations": {"DeleteThing": operation(text)}, "shapes": {}}) == {}


def test_calls_that_may_be_repeated_are_told_from_those_for_what_never_was() -> None:
    found = behaviour_in({"operations": {"DeleteThing": operation("This operation is idempotent.")}, "shapes": {}})
    assert found == {"repeats": ["DeleteThing"]}


def model(text: str, *, uses: int = 2) -> dict[str, Any]:
    members = {f"M{number}": {"shape": "Word"} for number in range(uses)}
    members["M0"]["documentation"] = f"<p>A word. {text}</p>"
    return {
        "operations": {"PutThing": {"input": {"shape": "PutThingInput"}}},
        "shapes": {
            "PutThingInput": {"type": "structure", "members": members},
            "Word": {"type": "string", "enum": ["NONE", "ALL", "ALL_OLD"]},
        },
    }


def test_a_member_takes_the_values_that_its_documentation_names() -> None:
    found = behaviour_in(model("The valid values are: <code>NONE</code> and <code>ALL_OLD</code>."))
    assert found == {"values": {"PutThingInput/M0": ["NONE", "ALL_OLD"]}}


@pytest.mark.parametrize(
    "found",
    [
        behaviour_in(model("The valid values are NONE and ALL_OLD.", uses=1)),  # the enum is its own
        behaviour_in(model("Use NONE and ALL_OLD.")),
        behaviour_in(model("The valid values are: NONE. And ALL. And ALL_OLD.")),
        behaviour_in(model("Valid values are case sensitive.")),
    ],
)
def test_other_members_take_every_value(found: dict[str, Any]) -> None:
    assert found == {}


CONDITIONAL = [
    "This parameter is only valid when you create a global table.",
    "If you are adding an index, the definitions must include its keys.",
    "Required if the permissions model is SELF.",
    "You cannot specify it together with the other one.",
    "Conditional: needed for a stack.",
]

ALWAYS_VALID = [
    "A name.",
    "If you don't specify it, the default must be used.",
    "It can be up to 5 long.",
    "Only text.",
]


@pytest.mark.parametrize("text", [*CONDITIONAL, *ALWAYS_VALID])
def test_documentation_says_when_a_member_is_valid(text: str) -> None:
    assert ("conditional" in behaviour_in(model(text))) is (text in CONDITIONAL)


def test_required_members_and_those_of_reads_are_always_valid() -> None:
    document = model(CONDITIONAL[0])
    document["shapes"]["PutThingInput"]["required"] = ["M0"]
    assert behaviour_in(document) == {}
    reading = model(CONDITIONAL[0])
    reading["operations"] = {"GetThing": reading["operations"]["PutThing"]}
    assert behaviour_in(reading) == {}


def test_a_narrowed_enum_is_that_of_one_member_only(monkeypatch: pytest.MonkeyPatch) -> None:
    service = lifecycle_service.MODEL
    enum = Shape("Word", "string", enum=("A", "B", "C"))
    structure = Shape("PutInput", "structure", {"One": Member("Word"), "Two": Member("Word")})
    service = replace(
        service,
        shapes={**service.shapes, "Word": enum, "PutInput": structure},
        operations={**service.operations, "Put": Operation("Put", input="PutInput")},
    )
    known = Behaviour(values={"PutInput/One": ("C", "A", "Z"), "PutInput/Two": ("Z",), "Gone/One": ("A",)})
    monkeypatch.setattr(behaviour, "behaviour_of", lambda _: known)
    narrowed = with_narrowed_enums(Spec(service, Provenance("1", "", ""))).service
    members = narrowed.shapes["PutInput"].members
    assert narrowed.target(members["One"]).enum == ("A", "C")
    assert narrowed.target(members["Two"]).enum == ("A", "B", "C")


def test_every_entry_names_an_operation_of_its_service() -> None:
    for service in ("cloudformation", "elbv2", "events", "iam", "lambda", "s3", "sns"):
        known, operations = behaviour_of(service), ingest.installed_spec(service).service.operations
        assert {*known.missing, *known.repeats} <= set(operations)
        assert all(known.lists_nothing(name) is None or name.startswith("List") for name in operations)


def test_shared_codes_are_globs() -> None:
    known = behaviour_of("s3")
    assert known.may_answer("NoSuchBucket")
    assert known.may_answer("InvalidArgument")
    assert not known.may_answer("ThingNotFoundException")
    assert not behaviour_of("nothing").may_answer("NoSuchBucket")
