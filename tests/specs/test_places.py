"""The walk over every place of a structure, and where a path leads."""

from __future__ import annotations

import pytest

from conformance.specs import ingest
from conformance.specs.model import Member, Shape
from conformance.specs.places import Place, place_at, places, shape_at, write_steps
from conformance.values.paths import Key, Path
from doubles.handmade_shapes import service, structure

THINGS = service()


def paths_of(root: str, *more: Shape) -> list[str]:
    model = service("json", *more)
    return [place.path for place in places(model, model.shapes[root])]


def test_every_place_comes_once_parents_first_in_the_order_of_the_model() -> None:
    assert paths_of("PutRequest") == [
        "Name", "Count", "Ratio", "Kind", "Parts", "Parts[]", "Parts[]/Size", "Parts[]/Label", "Tags", "Tags{key}",
        "Tags{}", "Choice", "Choice/Left", "Choice/Right", "Data", "When", "Flag", "Free",
    ]  # fmt: skip


def test_recursive_shapes_are_entered_once_along_any_path() -> None:
    nodes = Shape("Nodes", "list", element=Member("Node"))
    assert paths_of("Node", structure("Node", (), Left="Node", Kids="Nodes", Size="Count"), nodes) == [
        "Left", "Kids", "Kids[]", "Size",
    ]  # fmt: skip


def test_a_shape_that_is_used_twice_is_walked_twice() -> None:
    assert paths_of("Pair", structure("Pair", (), One="Part", Two="Part")) == [
        "One", "One/Size", "One/Label", "Two", "Two/Size", "Two/Label",
    ]  # fmt: skip


def test_a_place_knows_whether_it_is_required_and_what_it_is_called() -> None:
    found = {place.path: place for place in places(THINGS, THINGS.shapes["PutRequest"])}
    assert [path for path, place in found.items() if place.required] == ["Name", "Parts[]/Size"]
    assert (found["Parts[]"].name, found["Tags{key}"].name, found["Parts[]/Size"].name) == ("Parts", "Tags", "Size")
    assert Place((), Member("Name"), THINGS.shapes["Name"], False).name == ""


def test_lists_of_lists_of_maps_are_written_one_after_the_other() -> None:
    assert write_steps(("A", "[]", "[]", "{}", "B", "{key}")) == "A[][]{}/B{key}"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ((), "PutRequest"),
        (("Parts", 5, "Size"), "Count"),
        (("Tags", Key("ab")), "Count"),
        (("Choice", "Left"), "Name"),
        (("Stranger",), None),
        (("Parts", "Size"), None),
        (("Name", 0), None),
        (("Parts", Key("x")), None),
    ],
)
def test_where_a_path_leads(path: Path, shape: str | None) -> None:
    found = shape_at(THINGS, THINGS.shapes["PutRequest"], path)
    assert (found[0].name if found else None) == shape
    assert found is None or not path or found[1] is not None


@pytest.mark.parametrize("name", ["sagemaker", "s3", "dynamodb", "wafv2"])
def test_the_walk_of_every_operation_ends_and_repeats_nothing(name: str) -> None:
    model = ingest.installed_spec(name).service
    for operation in model.operations.values():
        for root in (model.input_of(operation), model.output_of(operation)):
            found = {place.path: place for place in places(model, root)}
            assert len(found) == sum(1 for _ in places(model, root))
            assert {path: place_at(model, root, path) for path in found} == found


@pytest.mark.parametrize("path", ["", "Nothing", "Name[]", "Name/Size", "Parts/Size", "Name{}", "[]", "Parts[][]"])
def test_there_is_no_place_that_is_not_listed(path: str) -> None:
    assert place_at(THINGS, THINGS.shapes["PutRequest"], path) is None
