"""Which members of an input a description repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.roundtrip import echoes_of, times_in
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.resources.descriptions import find_description
from conformance.specs.resources.echoes import described_shape, echoes
from conformance.specs.resources.resource import Reading
from conformance.values.paths import EACH
from doubles.handmade_shapes import service, spec_of, structure
from doubles.roundtrip_service import BOX, MODEL, overlay


def paths(given: Shape, told: Shape, *shapes: Shape) -> list[str]:
    """The places with clauses."""
    model = service("json", given, told, *shapes)
    return [echo.path for echo in echoes(model, given, told) if echo.has_clause]


def shape(name: str, **fields: str) -> Shape:
    return structure(name, (), **fields)


def test_names_are_compared_in_their_own_letters_first() -> None:
    given = shape("G", Size="Count", size="Name")
    told = shape("T", SIZE="Count", size="Name")
    model = service("json", given, told)
    found = {echo.given: echo.described for echo in echoes(model, given, told)}
    assert found == {("Size",): ("SIZE",), ("size",): ("size",)}


def test_shapes_of_other_names_are_entered() -> None:
    part, seen = (
        shape("GivenPart", Size="Count", Secretary="Name", Own="Name"),
        shape("ToldPart", Size="Count", Secretary="Name"),
    )
    lists = (Shape("Gs", "list", element=Member("GivenPart")), Shape("Ts", "list", element=Member("ToldPart")))
    maps = (Shape("Gm", "map", key=Member("Name"), value=Member("GivenPart")),
            Shape("Tm", "map", key=Member("Name"), value=Member("ToldPart")))  # fmt: skip
    given, told = shape("G", One="GivenPart", Many="Gs", Named="Gm"), shape("T", One="ToldPart", Many="Ts", Named="Tm")
    assert paths(given, told, part, seen, *lists, *maps) == [
        "One", "One/Size", "One/Secretary", "Many", "Many[]/Size", "Many[]/Secretary",
        "Named", "Named{}/Size", "Named{}/Secretary",
    ]  # fmt: skip


def test_lists_of_scalars_are_one_place() -> None:
    words = Shape("Words", "list", element=Member("Name"))
    assert paths(shape("G", Words="Words"), shape("T", Words="Words"), words) == ["Words"]


ALIKE: Mapping[str, tuple[str, str, bool]] = {
    "one shape": ("Name", "Name", True),
    "two kinds of number": ("Count", "Ratio", True),
    "enum and text": ("Kind", "Name", True),
    "enums with something in common": ("Kind", "Kinds", True),
    "enums with nothing in common": ("Kind", "Colour", False),
    "text and number": ("Name", "Count", False),
    "text and structure": ("Name", "Part", False),
    "list of text and list of structures": ("Words", "Parts", False),
    "time and text": ("When", "Name", False),
    "hidden text": ("Hidden", "Hidden", False),
}


@pytest.mark.parametrize("name", ALIKE)
def test_only_what_can_say_the_same_is_compared(name: str) -> None:
    given, told, expected = ALIKE[name]
    more = (
        Shape("Kinds", "string", enum=("BIG", "HUGE")),
        Shape("Colour", "string", enum=("RED",)),
        Shape("Words", "list", element=Member("Name")),
        Shape("Hidden", "string", sensitive=True),
    )
    assert bool(paths(shape("G", X=given), shape("T", X=told), *more)) is expected


@pytest.mark.parametrize(
    "name", ["Password", "MasterUserPassword", "ClientSecret", "PrivateKey", "AuthToken", "SecretString"]
)
def test_secrets_do_not_come_back(name: str) -> None:
    assert paths(shape("G", **{name: "Name"}), shape("T", **{name: "Name"})) == []


@pytest.mark.parametrize("name", ["SecretArn", "SecretId", "PasswordPolicy", "TokenType", "KeyName"])
def test_what_is_about_secrets_does(name: str) -> None:
    assert paths(shape("G", **{name: "Name"}), shape("T", **{name: "Name"})) == [name]


def test_tokens_do_not_come_back() -> None:
    given = Shape("G", "structure", members={"ClientToken": Member("Name", idempotency_token=True)})
    assert paths(given, shape("T", ClientToken="Name")) == []


def test_recursive_shapes_end() -> None:
    tree = Shape("Tree", "structure", members={"Name": Member("Name"), "Below": Member("Tree")})
    assert paths(shape("G", Root="Tree"), shape("T", Root="Tree"), tree) == ["Root", "Root/Name"]


# ---------------------------------------------------------------- of resources


def test_tags_are_left_to_their_own_laws() -> None:
    found = [echo.path for echo in echoes_of(MODEL, BOX, "CreateBox")]
    assert "Tags" not in found
    assert {"Name", "Parts[]/Weight", "Limits/Deep/Note"} <= set(found)
    untagged = replace(BOX, tagging=None)
    assert "Tags" in [echo.path for echo in echoes_of(MODEL, untagged, "CreateBox")]


@pytest.mark.parametrize(
    ("reading", "name"),
    [
        (Reading("DescribeBox", ("Box",)), "Box"),
        (Reading("ListBoxes", ("Boxes", EACH)), "BoxSummary"),
        (Reading("DescribeBox", ("Box", "Name")), None),
        (Reading("DescribeBox", ("Nowhere",)), None),
        (Reading("NoSuchOperation"), None),
        (None, None),
    ],
)
def test_the_shape_of_a_description(reading: Reading | None, name: str | None) -> None:
    found = described_shape(MODEL, replace(BOX, read=reading))
    assert (found.name if found else None) == name


def test_of_several_descriptions_that_name_a_thing_the_one_that_says_most_of_it_is_meant() -> None:
    known = {"box-1", "arn:box-1"}
    about, own = {"Of": "box-1", "Name": "copy-of-box-1"}, {"Name": "box-1", "Arn": "arn:box-1"}
    reading = Reading("ListBoxes", ("Boxes", EACH))
    for boxes in ([about, own], [own, about]):
        assert find_description(reading, {"Boxes": boxes}, known) == own
    assert find_description(reading, {"Boxes": [{"Name": "box-2"}]}, known) is None


def test_members_that_tell_times() -> None:
    assert times_in(MODEL, BOX) == (("CreationTime",), ("LastModifiedTime",))


def clauses(model: Service, operation: str) -> set[str]:
    known = operation_clauses(spec_of(model), model.operations[operation], overlay())
    sections = ("roundtrip", "tags", "state", "idempotency")
    return {name.partition(":")[2] for name, clause in known.items() if clause.section in sections}


def test_who_owns_what() -> None:
    assert clauses(MODEL, "CreateBox") == {
        "Box/tags#given",
        "CreateBox/idempotency/ClientToken#same-result",
        "CreateBox/idempotency/ClientToken#other-input",
    }
    assert {"Box/roundtrip#stable", "Box/roundtrip#times", "Box/roundtrip/Limits/Low#echo"} <= clauses(
        MODEL, "DescribeBox"
    )
    assert {"Box/roundtrip/Limits/Low#updated", "Box/roundtrip/Open#updated"} <= clauses(MODEL, "UpdateBox")
    assert "ListBoxes/state#unchanged" in clauses(MODEL, "ListBoxes")
    assert "DescribeBox/state#unchanged" not in clauses(MODEL, "DescribeBox")
    assert {"TagBox/tags#added", "TagBox/tags#overwritten"} <= clauses(MODEL, "TagBox")
    assert "UntagBox/tags#removed" in clauses(MODEL, "UntagBox")


@pytest.mark.parametrize("name", ["ResolvedValue", "UsePreviousValue"])
def test_what_the_service_makes_of_something_else_is_no_echo(name: str) -> None:
    assert paths(shape("G", **{name: "Name"}), shape("T", **{name: "Name"})) == []


def test_the_version_that_an_update_changes_is_no_echo() -> None:
    shapes = {**MODEL.shapes, **{each.name: each for each in (shape("Change", BoxVersion="Name", Name="Name"),)}}
    told = shape("Told", BoxVersion="Name", Name="Name")
    operations = {
        **MODEL.operations,
        "ChangeBox": Operation("ChangeBox", input="Change"),
        "SeeBox": Operation("SeeBox", output="Told"),
    }
    model = replace(MODEL, shapes={**shapes, "Told": told}, operations=operations)
    box = replace(BOX, read=Reading("SeeBox"), update="ChangeBox", tagging=None)
    assert [echo.path for echo in echoes_of(model, box, "ChangeBox")] == ["Name"]
