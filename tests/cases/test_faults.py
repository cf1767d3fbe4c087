"""Faults break one constraint and nothing else, edges none, and nothing is forgotten silently."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.cases.constraints import violations
from conformance.cases.faults import (
    BrokenConstraint,
    UnbreakableConstraint,
    boundary_values,
    broken_constraints,
    wrong_types,
)
from conformance.cases.samples import Sampler, path_in_sample
from conformance.specs.clauses.catalog import constraints
from conformance.specs.model import Member, Service, Shape, ShapeType
from conformance.specs.places import KEY, Place, places
from conformance.values.paths import Edit, apply, get
from doubles.handmade_shapes import service, structure

THINGS = service()
PLACES = {place.path: place for place in places(THINGS, THINGS.shapes["PutRequest"])}


def place_of(model: Service, root: str, path: str) -> Place:
    return next(place for place in places(model, model.shapes[root]) if place.path == path)


def around(model: Service, root: str, place: Place) -> tuple[Any, Any]:
    """A valid value with the place in it, and the place's path."""
    value = Sampler(model).build(model.shapes[root], place.steps)
    return value, path_in_sample(place.steps, value)


def found_at(model: Service, root: str, path: str) -> dict[str, BrokenConstraint | UnbreakableConstraint]:
    place = place_of(model, root, path)
    value, where = around(model, root, place)
    found = broken_constraints(place, where, get(value, where), Sampler(model))
    return {each.how if isinstance(each, BrokenConstraint) else f"no {each.constraint}": each for each in found}


def broken_by(model: Service, root: str, path: str, how: str) -> list[tuple[str, str]]:
    """What the value breaks after the fault is made."""
    value, _ = around(model, root, place_of(model, root, path))
    fault = found_at(model, root, path)[how]
    assert isinstance(fault, BrokenConstraint)
    changed = apply(value, fault.edits)
    return [(each.name, each.place) for each in violations(model, model.shapes[root], changed)]


@pytest.mark.parametrize("path", PLACES)
def test_every_fault_of_every_place_breaks_its_constraint_alone(path: str) -> None:
    place = PLACES[path]
    value, where = around(THINGS, "PutRequest", place)
    for fault in broken_constraints(place, where, get(value, where), Sampler(THINGS)):
        if isinstance(fault, BrokenConstraint):
            changed = apply(value, fault.edits)
            found = [(each.name, each.place) for each in violations(THINGS, THINGS.shapes["PutRequest"], changed)]
            assert found == [(fault.constraint, path)], fault.how


@pytest.mark.parametrize("path", PLACES)
def test_every_edge_of_every_place_breaks_nothing(path: str) -> None:
    place = PLACES[path]
    value, where = around(THINGS, "PutRequest", place)
    for edge in boundary_values(place, Sampler(THINGS)):
        changed = apply(value, (Edit("set", where, edge.value),))
        assert not list(violations(THINGS, THINGS.shapes["PutRequest"], changed)), edge.how


@pytest.mark.parametrize("path", PLACES)
def test_every_constraint_of_a_place_is_broken_or_said_to_be_unbreakable(path: str) -> None:
    place = PLACES[path]
    value, where = around(THINGS, "PutRequest", place)
    broken = {fault.constraint for fault in broken_constraints(place, where, get(value, where), Sampler(THINGS))}
    assert {name for name, _ in constraints(place)} <= broken


EXPECTED_EDGES = {
    "Name": {"shortest", "longest"},
    "Count": {"minimum", "one-inside-minimum", "one-inside-maximum", "maximum"},
    "Kind": {"first-value", "last-value"},
    "Parts": {"fewest", "full"},
    "Tags": {"fewest", "full"},
    "Data": {"fewest-bytes", "most-bytes"},
    "Tags{key}": set(),
    "When": set(),
}


@pytest.mark.parametrize("path", EXPECTED_EDGES)
def test_the_edges_of_each_kind_of_shape(path: str) -> None:
    assert {edge.how for edge in boundary_values(PLACES[path], Sampler(THINGS))} == EXPECTED_EDGES[path]


EXPECTED_FAULTS = {
    "Name": {"missing", "null", "wrong-type", "too-short", "too-long", "near-miss-1", "near-miss-2"},
    "Count": {"wrong-type", "no-number", "below", "above"},
    "Kind": {"wrong-type", "not-in-enum"},
    "Parts": {"wrong-type", "too-few", "too-many"},
    "Parts[]/Size": {"missing", "null", "wrong-type", "no-number", "below", "above"},
    "Tags": {"wrong-type", "too-few", "too-many"},
    "Tags{key}": {"too-short", "too-long", "near-miss-1", "near-miss-2"},
    "Choice": {"wrong-type", "no-member", "two-members"},
    "Data": {"wrong-type", "too-few-bytes", "too-many-bytes"},
    "When": {"wrong-type", "no-time"},
    "Flag": {"wrong-type"},
    "Free": {"no type"},
}


@pytest.mark.parametrize("path", EXPECTED_FAULTS)
def test_the_faults_of_each_kind_of_shape(path: str) -> None:
    assert set(found_at(THINGS, "PutRequest", path)) == EXPECTED_FAULTS[path]


def test_a_fault_in_a_list_is_made_in_its_first_element() -> None:
    value, where = around(THINGS, "PutRequest", PLACES["Parts[]/Size"])
    assert where == ("Parts", 0, "Size")
    assert get(value, where) == 1


def test_faults_of_the_wire_are_marked_as_such() -> None:
    found = found_at(THINGS, "PutRequest", "Name")
    assert {how for how, each in found.items() if isinstance(each, BrokenConstraint) and each.on_wire} == {
        "null",
        "wrong-type",
    }


def test_a_broken_key_moves_its_entry_and_loses_none() -> None:
    value, where = around(THINGS, "PutRequest", PLACES["Tags{key}"])
    (fault,) = [
        each for each in broken_constraints(PLACES["Tags{key}"], where, 5, Sampler(THINGS)) if "too-short" in str(each)
    ]
    assert isinstance(fault, BrokenConstraint)
    tags = apply(value, fault.edits)["Tags"]
    assert list(tags.values()) == [5]
    assert PLACES["Tags{key}"].steps[-1] == KEY


def alone(shape: Shape, *more: Shape) -> Service:
    return service("json", shape, *more, structure("Root", (), Only=shape.name))


@pytest.mark.parametrize(
    ("shape", "constraint"),
    [
        (Shape("S", "string", pattern="[a-z]{3}", minimum=3), "min"),
        (Shape("S", "string", pattern="[a-z]{3}", maximum=3), "max"),
        (Shape("S", "string", pattern="[\\s\\S]*"), "pattern"),
        (Shape("S", "string", maximum=10_000_000), "max"),
        (Shape("S", "blob", maximum=10_000_000), "max"),
        (Shape("S", "list", element=Member("Name"), maximum=1_000_000), "max"),
        (Shape("S", "map", key=Member("Kind"), value=Member("Name"), maximum=2), "max"),
    ],
    ids=["min-in-pattern", "max-in-pattern", "any-text", "huge-text", "huge-blob", "huge-list", "two-keys-only"],
)
def test_what_cannot_be_broken_alone_is_told_with_a_reason(shape: Shape, constraint: str) -> None:
    found = found_at(alone(shape), "Root", "Only")[f"no {constraint}"]
    assert isinstance(found, UnbreakableConstraint)
    assert found.reason


def test_a_required_member_in_the_query_string_is_not_left_out() -> None:
    fields = {"Id": Member("Name", location="querystring", location_name="id")}
    model = service("rest-json", Shape("Root", "structure", members=fields, required=("Id",)))
    assert isinstance(found_at(model, "Root", "Id")["no required"], UnbreakableConstraint)


@pytest.mark.parametrize("low", [0, 1, -5])
def test_numbers_are_broken_just_outside_of_their_bounds(low: int) -> None:
    model = alone(Shape("S", "integer", minimum=low, maximum=low))
    assert broken_by(model, "Root", "Only", "below") == [("min", "Only")]
    assert broken_by(model, "Root", "Only", "above") == [("max", "Only")]
    assert [edge.value for edge in boundary_values(place_of(model, "Root", "Only"), Sampler(model))] == [low]


def test_an_enum_that_has_the_value_of_ours_is_broken_by_another() -> None:
    model = alone(Shape("S", "string", enum=("NotAValueOfThisEnum",)))
    assert broken_by(model, "Root", "Only", "not-in-enum") == [("enum", "Only")]


def test_a_minimum_size_of_nothing_cannot_be_undercut() -> None:
    for shape in (Shape("S", "string", minimum=0), Shape("S", "blob", minimum=0)):
        assert set(found_at(alone(shape), "Root", "Only")) == {"wrong-type"}


def test_a_wrong_type_is_never_one_that_servers_coerce() -> None:
    scalars: tuple[ShapeType, ...] = ("string", "integer", "boolean", "timestamp", "blob", "double")
    composites: tuple[ShapeType, ...] = ("structure", "list", "map")
    for kind in scalars:
        assert dict(wrong_types(Shape("S", kind)))["wrong-type"] == {"unexpected": "structure"}
    for kind in composites:
        assert dict(wrong_types(Shape("S", kind))) == {"wrong-type": "not-a-structure"}
