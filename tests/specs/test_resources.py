"""Resources read off the names of a model: what is understood, and what is left alone."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from conformance.specs.model import Operation, Service, Shape
from conformance.specs.overlay import EMPTY, Overlay, Resource
from conformance.specs.resources import READING, inferred, listed_by, with_inferred
from doubles.shapes import service, structure

NAME = Shape("Text", "string")


def family(*operations: tuple[str, str]) -> Service:
    """A service of operations with the input shapes named; those are `Named`, `Bare`, `More` and `Nothing`."""
    return service(
        "json",
        NAME,
        structure("Named", ("ThingName",), ThingName="Text"),
        structure("Bare", ("Name",), Name="Text"),
        structure("More", ("ThingName", "Reason"), ThingName="Text", Reason="Text"),
        structure("Nothing"),
        operations=tuple(Operation(name, input=shape) for name, shape in operations),
    )


def test_a_family_is_understood_by_its_names() -> None:
    model = family(("CreateThing", "More"), ("DescribeThing", "Named"), ("DeleteThing", "Named"))
    assert list(inferred(model)) == [Resource("Thing", "ThingName", "CreateThing", "DeleteThing", "DescribeThing")]


def test_what_needs_more_than_the_name_cannot_remove_or_read() -> None:
    (thing,) = inferred(family(("CreateThing", "Named"), ("GetThing", "More"), ("DeleteThing", "More")))
    assert (thing.read, thing.delete) == (None, None)


def test_a_thing_whose_name_the_service_chooses_is_left_alone() -> None:
    assert list(inferred(family(("CreateThing", "Nothing"), ("Created", "Named")))) == []


def test_a_bare_name_means_the_thing_in_its_own_family_only() -> None:
    model = family(("CreateThing", "Bare"), ("DeleteThing", "Bare"), ("CreateOther", "Nothing"), ("ListAll", "Bare"))
    overlay = with_inferred(model, EMPTY)
    named = overlay.named_by("Name", "DeleteThing")
    assert named is not None
    assert named.name == "Thing"
    assert overlay.named_by("Name", "ListAll") is None


def test_the_overlay_comes_first() -> None:
    known = Resource("Mine", "ThingName", "CreateThing")
    overlay = Overlay("things", MappingProxyType({"Mine": known}), EMPTY.requests, (), EMPTY.unchecked)
    found = with_inferred(family(("CreateThing", "Named"), ("DeleteThing", "Named")), overlay)
    assert dict(found.resources) == {"Mine": known}


@pytest.mark.parametrize(
    ("operation", "noun"),
    [("ListThings", "Thing"), ("DescribeBoxes", "Box"), ("ListPolicies", "Policy")],
)
def test_a_list_is_known_by_the_plural(operation: str, noun: str) -> None:
    resource = Resource(noun, f"{noun}Name", f"Create{noun}")
    overlay = Overlay("things", MappingProxyType({noun: resource}), EMPTY.requests, (), EMPTY.unchecked)
    assert listed_by(Operation(operation), overlay) == resource
    assert listed_by(Operation(f"Delete{noun}s"), overlay) is None
    assert listed_by(Operation("ListElephants"), overlay) is None


@pytest.mark.parametrize(
    ("name", "reads"), [("ListThings", True), ("GetThing", True), ("Gettysburg", False), ("PutThing", False)]
)
def test_reads_are_known_by_their_verb(name: str, reads: bool) -> None:
    assert bool(READING.match(name)) is reads
