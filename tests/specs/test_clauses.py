"""Clauses: what is stated, under which id, from which source."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from conformance.planning.service_specs import load_service
from conformance.specs import ingest
from conformance.specs.clauses.catalog import clauses_of, constraints, operation_clauses, protocol_clauses
from conformance.specs.clauses.clause import Section, clause_id
from conformance.specs.clauses.clauses_on_demand import ClausesOnDemand
from conformance.specs.model import Member, Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Rule
from conformance.specs.places import places
from doubles.handmade_shapes import service, spec_of, structure

THINGS = service()
SPEC = spec_of(THINGS)


def names(spec: Spec = SPEC) -> list[str]:
    found = operation_clauses(spec, spec.service.operations["PutThing"])
    return [clause.removeprefix("things:PutThing/") for clause in found]


def test_the_parts_of_an_operation_come_in_order() -> None:
    sections = [clause.section for clause in operation_clauses(SPEC, THINGS.operations["PutThing"]).values()]
    assert list(dict.fromkeys(sections)) == ["protocol", "input", "output", "errors"]


CONSTRAINTS = {
    "Name": ["required", "type", "min", "max", "pattern"],
    "Count": ["type", "min", "max"],
    "Kind": ["type", "enum"],
    "Parts": ["type", "min", "max"],
    "Parts[]": ["type"],
    "Parts[]/Size": ["required", "type", "min", "max"],
    "Tags": ["type", "min", "max"],
    "Tags{key}": ["min", "max", "pattern"],
    "Tags{}": ["type", "min", "max"],
    "Choice": ["type", "union"],
    "Data": ["type", "min", "max"],
    "When": ["type"],
    "Flag": ["type"],
    "Free": ["type"],
}


@pytest.mark.parametrize("path", CONSTRAINTS)
def test_every_constraint_of_a_place_is_a_clause(path: str) -> None:
    place = next(each for each in places(THINGS, THINGS.shapes["PutRequest"]) if each.path == path)
    assert [name for name, _ in constraints(place)] == CONSTRAINTS[path]
    assert {f"input/{path}#{name}" for name in CONSTRAINTS[path]} <= set(names())


def test_a_minimum_that_nothing_can_undercut_is_not_stated() -> None:
    def stated(shape: Shape) -> set[str]:
        model = service("json", shape, structure("PutRequest", (), Only="S"))
        return {name for name in names(spec_of(model)) if name.endswith("#min") and "input" in name}

    assert stated(Shape("S", "string", minimum=0)) == set()
    assert "input/Only#min" not in stated(Shape("S", "list", element=Member("Name"), minimum=0))
    assert stated(Shape("S", "integer", minimum=0)) == {"input/Only#min"}


def test_inputs_outputs_and_errors_have_statements_of_their_own() -> None:
    found = names()
    assert {"input#accepted", "input#validated", "output#members"} <= set(found)
    assert {"errors#envelope", "errors#status", "errors#declared", "errors/Taken#shape"} <= set(found)


@pytest.mark.parametrize(
    ("protocol", "spoken"),
    [
        ("json", {"malformed-body", "unknown-members"}),
        ("rest-json", {"malformed-body", "unknown-members"}),
        ("smithy-rpc-v2-cbor", {"envelope", "malformed-body", "unknown-members"}),
        ("rest-xml", {"malformed-body"}),
        ("query", {"envelope"}),
        ("ec2", {"envelope"}),
    ],
)
def test_each_protocol_is_held_to_what_it_says(protocol: str, spoken: set[str]) -> None:
    model = service(protocol)
    found = set(protocol_clauses(model, model.operations["PutThing"]))
    assert found - spoken == {"implemented", "body", "content-type", "headers", "status", "request-id"}
    assert spoken <= found


def rest(**traits: object) -> Service:
    fields = {"Id": Member("Name", location="uri"), "Body": Member("Data" if traits.get("blob") else "Part")}
    if traits.get("bare"):
        del fields["Body"]
    payload = None if traits.get("bare") else "Body"
    return service("rest-json", Shape("PutRequest", "structure", members=fields, payload=payload))


def test_a_request_without_a_document_has_none_to_break() -> None:
    assert "malformed-body" in set(protocol_clauses(rest(), rest().operations["PutThing"]))
    for model in (rest(blob=True), rest(bare=True)):
        assert "malformed-body" not in set(protocol_clauses(model, model.operations["PutThing"]))


def test_rules_keep_the_id_that_they_have_and_say_where_they_are_from() -> None:
    recorded = Rule("R-1", ("PutThing",), "s", "docs page", "RECORDED", evidence="an answer")
    documented = Rule("R-2", ("PutThing",), "s", "docs page", "DOC-ERROR", until="0.9")
    found = operation_clauses(SPEC, THINGS.operations["PutThing"], replace(EMPTY_OVERLAY, rules=(recorded, documented)))
    assert found["things:PutThing/rule#R-1"].source == "observed: an answer"
    assert "things:PutThing/rule#R-2" not in found
    lasting = replace(EMPTY_OVERLAY, rules=(replace(documented, until=None),))
    found = operation_clauses(SPEC, THINGS.operations["PutThing"], lasting)
    assert found["things:PutThing/rule#R-2"].source == "docs: docs page"


def test_every_clause_says_where_it_is_from() -> None:
    assert {clause.source.partition(":")[0] for clause in clauses_of(SPEC).values()} == {"model", "protocol"}


def test_ids_are_put_together_the_one_way() -> None:
    assert clause_id("s", "Op", "input", "A[]/B", "min") == "s:Op/input/A[]/B#min"
    assert clause_id("s", "Op", "protocol", "", "body") == "s:Op/protocol#body"


SECTIONS = "|".join(get_args(Section))
# The name of a change of state is that of the states: #Creating->InService.
ID = re.compile(rf"[a-z0-9-]+:[A-Za-z0-9_]+/({SECTIONS})(/[^#]+)?#[A-Za-z0-9_-]+(->[A-Za-z0-9_ .-]+)?")


@pytest.mark.parametrize("name", ["sagemaker", "dynamodb", "s3", "iam", "lambda"])
def test_ids_of_a_whole_service_are_well_formed_and_lead_back_to_their_clause(name: str) -> None:
    found = load_service(name)
    clauses = clauses_of(found.loaded.spec, found.overlay)
    assert len(clauses) > 1000
    for identity, clause in clauses.items():
        assert clause.id == identity
        assert ID.fullmatch(identity), identity
        assert clause.statement
        assert clause.source


def test_operations_come_in_the_order_of_their_names() -> None:
    model = service("json", operations=(Operation("Zip"), Operation("Add")))
    subjects = [clause.subject for clause in clauses_of(spec_of(model)).values()]
    assert list(dict.fromkeys(subjects)) == ["Add", "Zip"]


def test_the_clauses_of_the_installed_model_do_not_depend_on_the_order_of_loading() -> None:
    assert list(clauses_of(ingest.installed_spec("sts"))) == list(clauses_of(ingest.installed_spec("sts")))


@pytest.mark.parametrize("name", ["sagemaker", "dynamodb", "s3"])
def test_clauses_on_demand_are_those_of_the_whole_list(name: str) -> None:
    found = load_service(name, resources=False)
    for operation in found.service.operations.values():
        whole = operation_clauses(found.loaded.spec, operation, found.overlay)
        asked = ClausesOnDemand(found.loaded.spec, operation, found.overlay)
        assert {identity: asked[identity] for identity in whole} == whole
        assert list(asked) == list(whole)
        others = [f"{name}:{operation.name}/input/Nothing#type", f"{name}:Other/input#accepted", "", "#", "a/b/c#d"]
        assert not any(identity in asked for identity in others)
        with pytest.raises(KeyError):
            asked["nothing"]
