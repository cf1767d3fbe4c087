"""The cases of an operation: bases first, names that never meet, the same ones for the same seed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.case import Case, Omitted
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.resource_names import bears_token, token_for
from conformance.specs.model import Member, Operation, Paginator, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Expectation, Overlay, RequestHints, Rule, Violation
from conformance.specs.resources.resource import Reading
from conformance.values.paths import Edit
from doubles.handmade_shapes import resource, service, spec_of, structure

VAULT = resource("Vault", "VaultName", create="CreateVault", delete="DeleteVault", read=Reading("GetVault"))
BOX = resource("Box", "BoxName", create="CreateBox", delete="DeleteBox")

OPERATIONS = (
    Operation("CreateVault", input="CreateVaultRequest"),
    Operation("GetVault", input="VaultRequest"),
    Operation("DeleteVault", input="VaultRequest"),
    Operation("CreateBox", input="CreateBoxRequest"),
    Operation("DeleteBox", input="BoxRequest"),
    Operation("PutThing", input="PutThingRequest"),
    Operation("ListThings", input="ListRequest"),
)

NAME = Shape("Name", "string", minimum=1, maximum=40, pattern="[a-zA-Z0-9]([a-zA-Z0-9-])*")


def stocked(protocol: str = "json", **more: Any) -> Service:
    """Things in boxes in vaults."""
    return service(
        protocol,
        NAME,
        structure("CreateVaultRequest", ("VaultName",), VaultName="Name", Count="Count"),
        structure("VaultRequest", ("VaultName",), VaultName="Name"),
        structure("CreateBoxRequest", ("BoxName", "VaultName"), BoxName="Name", VaultName="Name"),
        structure("BoxRequest", ("BoxName",), BoxName="Name"),
        structure(
            "PutThingRequest", ("BoxName",), BoxName="Name", Low="Count", High="Count", Parts="Parts", Kind="Kind"
        ),
        structure("ListRequest", (), Token="Name", Count="Count"),
        operations=OPERATIONS,
        paginators=MappingProxyType({"ListThings": Paginator("ListThings", ("Token",), ("Token",), "Count", ())}),
        **more,
    )


LOW_FIRST = Rule(
    "THING-01",
    ("PutThing",),
    "Low is at most High",
    "the documentation",
    "DOC-ERROR",
    request="!(request.Low > request.High)",
    repair=(Edit("remove", ("High",)),),
    violations=(Violation("upside down", (Edit("set", ("High",), 2),), (Edit("set", ("Low",), 3),)),),
    expect=Expectation(codes=("ValidationException",)),
)
NEEDS_BOX = Rule("THING-02", ("PutThing",), "the box exists", "the documentation", "RECORDED", must_exist="Box")


def overlay(*rules: Rule, **requests: RequestHints) -> Overlay:
    resources = MappingProxyType({"Vault": VAULT, "Box": BOX})
    return Overlay("things", resources, MappingProxyType(requests), rules, MappingProxyType({}))


def builder(laid: Overlay | None = None, seed: int = 7, model: Service | None = None) -> RequestBuilder:
    return RequestBuilder(spec_of(model or stocked()), laid or overlay(), seed)


def all_of(request_builder: RequestBuilder, operation: str) -> list[Case]:
    return [
        each
        for each in deterministic_cases(request_builder, request_builder.service.operations[operation])
        if isinstance(each, Case)
    ]


def omitted(request_builder: RequestBuilder, operation: str) -> list[Omitted]:
    return [
        each
        for each in deterministic_cases(request_builder, request_builder.service.operations[operation])
        if isinstance(each, Omitted)
    ]


def by_id(request_builder: RequestBuilder, operation: str) -> dict[str, Case]:
    return {each.id.partition("/")[2]: each for each in all_of(request_builder, operation)}


def test_the_smallest_valid_request_comes_first() -> None:
    first = all_of(builder(), "PutThing")[0]
    assert (first.id, first.intent) == ("things:PutThing/valid/smallest", "valid")
    assert set(first.call.params) == {"BoxName"}
    assert first.clauses == ("things:PutThing/input#accepted",)


def test_the_fullest_has_every_optional_member() -> None:
    fullest = by_id(builder(), "PutThing")["valid/fullest"]
    assert set(fullest.call.params) == {"BoxName", "Low", "High", "Parts", "Kind"}


def test_what_a_case_needs_is_made_before_it_and_in_the_right_order() -> None:
    case = by_id(builder(), "PutThing")["valid/smallest"]
    assert [creation.call.operation for creation in case.setup] == ["CreateVault", "CreateBox"]
    vault, box = case.setup
    assert box.call.params["VaultName"] == vault.call.params["VaultName"]
    assert case.call.params["BoxName"] == box.call.params["BoxName"]
    assert (vault.read and vault.read.operation) == "GetVault"


def test_everything_that_is_made_can_be_removed_by_the_name_it_was_made_under() -> None:
    case = by_id(builder(), "CreateBox")["valid/smallest"]
    assert case.undo is not None
    assert (case.undo.operation, case.undo.params) == ("DeleteBox", {"BoxName": case.call.params["BoxName"]})
    (vault,) = case.setup
    assert vault.undo is not None
    assert vault.undo.params == {"VaultName": vault.call.params["VaultName"]}


def test_what_a_broken_name_makes_is_removed_under_that_broken_name() -> None:
    case = by_id(builder(), "CreateVault")["invalid/VaultName#pattern/near-miss-1"]
    assert case.undo is not None
    assert case.undo.params == {"VaultName": case.call.params["VaultName"]}
    assert by_id(builder(), "CreateVault")["invalid/VaultName#required/missing"].undo is None


def test_the_same_seed_gives_the_same_cases_and_another_gives_other_names() -> None:
    for name in builder().service.operations:
        assert all_of(builder(seed=1), name) == all_of(builder(seed=1), name)
    one, other = (all_of(builder(seed=seed), "CreateVault") for seed in (1, 2))
    assert [case.id for case in one] == [case.id for case in other]
    assert one[0].call.params != other[0].call.params


def test_a_base_comes_before_what_builds_on_it() -> None:
    for name in builder().service.operations:
        sent: set[str] = set()
        for case in all_of(builder(overlay(LOW_FIRST, NEEDS_BOX)), name):
            assert case.base is None or case.base in sent
            assert case.base is not None or case.intent == "valid"
            sent.add(case.id)


def test_only_what_is_wanted_is_planned() -> None:
    request_builder = RequestBuilder(spec_of(stocked()), overlay(), 7, lambda clause: clause.endswith("Kind#enum"))
    assert {
        clause for case in all_of(request_builder, "PutThing") if case.intent != "valid" for clause in case.clauses
    } == {"things:PutThing/input/Kind#enum"}


def test_a_fault_changes_its_base_in_one_place_alone() -> None:
    cases = by_id(builder(), "PutThing")
    case = cases["invalid/Kind#enum/not-in-enum"]
    assert case.base == "things:PutThing/valid/with/Kind"
    assert case.fault is not None
    assert (case.fault.constraint, case.fault.place, case.fault.path) == ("enum", "Kind", ("Kind",))
    assert set(case.call.params) == set(cases["valid/with/Kind"].call.params)


def test_a_wrong_type_is_made_on_the_wire_and_leaves_the_params_valid() -> None:
    case = by_id(builder(), "PutThing")["invalid/Low#type/wrong-type"]
    assert case.call.params["Low"] == 1
    assert case.call.edits == (Edit("set", ("Low",), {"unexpected": "structure"}),)


def test_a_name_as_long_as_may_be_still_tells_cases_apart() -> None:
    case = by_id(builder(), "CreateVault")["boundary/VaultName#max/longest"]
    assert len(case.call.params["VaultName"]) == 40
    assert token_for(7, case.id) in case.call.params["VaultName"]


def test_a_reference_to_something_else_has_no_edges() -> None:
    assert not any(name.startswith("boundary/VaultName") for name in by_id(builder(), "CreateBox"))


def test_a_page_token_is_made_up_only_to_be_broken() -> None:
    cases = by_id(builder(), "ListThings")
    assert "Token" not in cases["valid/fullest"].call.params
    broken = cases["invalid/Token#max/too-long"]
    assert broken.base == "things:ListThings/valid/smallest"
    assert not any(name.startswith("boundary/Token") for name in cases)


def test_a_rule_is_kept_by_every_valid_case_and_broken_by_its_own() -> None:
    cases = by_id(builder(overlay(LOW_FIRST)), "PutThing")
    for case in cases.values():
        low, high = case.call.params.get("Low", 1), case.call.params.get("High", 10)
        if case.rule is None and isinstance(low, int) and isinstance(high, int) and case.intent != "invalid":
            assert low <= high, case.id
    broken = cases["invalid/rule/THING-01/upside-down"]
    assert (broken.call.params["Low"], broken.call.params["High"]) == (3, 2)
    assert broken.base == "things:PutThing/valid/rule/THING-01/upside-down"
    assert broken.clauses == ("things:PutThing/rule#THING-01",)


def test_a_missing_thing_is_one_whose_name_nobody_ever_made() -> None:
    case = by_id(builder(overlay(NEEDS_BOX)), "PutThing")["invalid/rule/THING-02/never-made"]
    made = {creation.call.params.get("BoxName") for creation in case.setup}
    assert case.call.params["BoxName"] not in made
    assert made != {None}


def test_hints_of_the_overlay_are_taken_but_not_in_place_of_what_is_tested() -> None:
    hints = RequestHints((Edit("set", ("Low",), 4),), "a low that works")
    cases = by_id(builder(overlay(PutThing=hints)), "PutThing")
    assert cases["valid/smallest"].call.params["Low"] == 4
    assert cases["boundary/Low#max/maximum"].call.params["Low"] == 10


def test_an_operation_that_no_request_is_valid_for_is_omitted_with_a_reason() -> None:
    never = replace(LOW_FIRST, request="`false`", repair=(), violations=())
    (only,) = deterministic_cases(builder(overlay(never)), builder().service.operations["PutThing"])
    assert isinstance(only, Omitted)
    assert only.clause == "things:PutThing/input#accepted"
    assert "could be built" in only.reason


def test_prerequisites_that_lead_back_to_themselves_are_made_once() -> None:
    model = stocked()
    mutual = structure("CreateVaultRequest", ("VaultName", "BoxName"), VaultName="Name", BoxName="Name")
    both = replace(model, shapes=MappingProxyType({**model.shapes, "CreateVaultRequest": mutual}))
    case = by_id(builder(model=both), "CreateBox")["valid/smallest"]
    assert [creation.resource for creation in case.setup] == ["Vault"]
    assert case.setup[0].call.params["BoxName"] == case.call.params["BoxName"]


def test_statements_of_the_protocol_are_tested_where_the_protocol_makes_them() -> None:
    document, text = by_id(builder(), "PutThing"), by_id(builder(model=stocked(protocol="query")), "PutThing")
    assert {"boundary/unknown-member", "invalid/malformed-body"} <= document.keys()
    assert not {"boundary/unknown-member", "invalid/malformed-body"} & text.keys()


def test_an_unknown_member_goes_into_the_payload_where_that_is_all_there_is() -> None:
    root = Shape("Root", "structure", members={"Body": Member("Part")}, required=("Body",), payload="Body")
    model = service("rest-json", root, operations=(Operation("Put", "PUT", "/things", input="Root"),))
    case = by_id(builder(EMPTY_OVERLAY, model=model), "Put")["boundary/unknown-member"]
    assert case.call.edits[0].path == ("Body", "ConformanceUnknownMember")


@given(st.integers(0, 2**40), st.text(max_size=30), st.text(max_size=30))
def test_tokens_are_eight_letters_that_follow_from_seed_and_case(seed: int, one: str, other: str) -> None:
    token = token_for(seed, one)
    assert token == token_for(seed, one)
    assert len(token) == 8
    assert token.isascii()
    assert token.isalpha()
    assert token == token.lower()
    assert one == other or token != token_for(seed, other)


@given(st.integers(0, 2**40), st.text(max_size=30), st.sampled_from(["example-name-{}", "example{}", "{}", "eeee{}!"]))
def test_names_that_were_derived_from_a_token_are_known_by_it(seed: int, case: str, form: str) -> None:
    token = token_for(seed, case)
    assert bears_token(form.format(token), {token})
    assert bears_token(form.format(token[::-1]), {token})
    assert not bears_token(form.format(token), {token_for(seed, f"{case} ")})


@pytest.mark.parametrize(
    "name", ["example-name", "conformance", "checkout-service", "e" * 64, "exampl!-name", "10", "", "caaaaaa"]
)
def test_names_of_samples_may_be_those_of_other_people(name: str) -> None:
    assert not bears_token(name, {token_for(1, "one"), "caaaaaaa"})


def test_a_builder_knows_the_tokens_that_it_gave() -> None:
    one = builder(EMPTY_OVERLAY)
    assert not one.tokens
    assert bears_token(f"example-name-{one.token('one')}", one.tokens)
