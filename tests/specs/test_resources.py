"""Resources read off small models made by hand: what is understood, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from conformance.specs import ingest
from conformance.specs.model import Member, Operation, Service, Shape, Waiter
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.inference import (
    READING,
    inferred_resources,
    input_bindings,
    listed_by,
    unresolved_creators,
    with_inferred,
)
from conformance.specs.resources.inference.name_words import plurals, singulars, suffix_of
from conformance.specs.resources.resource import Handle, Reading, Resource, Source
from conformance.specs.resources.status_words import phase_of
from conformance.values.paths import EACH
from doubles.handmade_shapes import service, structure

TEXT = Shape("Text", "string")
STATE = Shape("State", "string", enum=("CREATING", "ACTIVE", "UPDATING", "DELETING", "DELETED", "CREATE_FAILED", "ODD"))
TAGS = Shape("Tags", "map", key=Member("Text"), value=Member("Text"))
KEYS = Shape("Keys", "list", element=Member("Text"))
COMMON = (
    TEXT,
    STATE,
    TAGS,
    KEYS,
    structure("Nothing"),
    structure("Named", ("ThingName",), ThingName="Text"),
    structure("Bare", ("Name",), Name="Text"),
    structure("ById", ("ThingId",), ThingId="Text"),
    structure("Described", ThingName="Text", ThingId="Text", Status="State"),
    structure("Told", Thing="Described"),
    Shape("Things", "list", element=Member("Described")),
    structure("Page", Things="Things"),
)


def made(*operations: tuple[str, str, str], shapes: tuple[Shape, ...] = ()) -> Service:
    """A service of operations by name, with the names of input and output shapes."""
    return service(
        "json",
        *COMMON,
        *shapes,
        operations=tuple(Operation(name, input=asked, output=told) for name, asked, told in operations),
    )


def only(model: Service, name: str = "Thing") -> Resource:
    return next(each for each in inferred_resources(model) if each.name == name)


def test_a_thing_that_its_client_names() -> None:
    thing = only(
        made(
            ("CreateThing", "Named", "Nothing"), ("DescribeThing", "Named", "Told"), ("DeleteThing", "Named", "Nothing")
        )
    )
    assert thing.handles == (Handle("name", Source("request", ("ThingName",)), ("ThingName",)),)
    assert (thing.create, thing.delete) == ("CreateThing", "DeleteThing")
    assert thing.read == Reading("DescribeThing", ("Thing",))
    assert thing.unclear == ()


def test_a_thing_that_the_service_names() -> None:
    thing = only(
        made(("CreateThing", "Bare", "Told"), ("GetThing", "ById", "Told"), ("DeleteThing", "ById", "Nothing"))
    )
    assert thing.handle == Handle("id", Source("answer", ("Thing", "ThingId")), ("ThingId",))
    assert thing.chosen is None
    assert thing.labels == (("Name",),)


def test_a_bare_id_in_the_answer_is_asked_for_by_the_noun() -> None:
    told = structure("Fresh", id="Text", arn="Text")
    thing = only(made(("CreateThing", "Nothing", "Fresh"), ("DeleteThing", "ById", "Nothing"), shapes=(told,)))
    assert thing.handle == Handle("id", Source("answer", ("id",)), ("ThingId",))


def test_several_are_described_at_once() -> None:
    asked = structure("ByIds", ThingIds="Keys")
    thing = only(made(("CreateThing", "Nothing", "Told"), ("DescribeThings", "ByIds", "Page"), shapes=(asked,)))
    assert thing.read == Reading("DescribeThings", ("Things", EACH))
    assert thing.listing is not None
    assert (thing.listing.items, thing.listing.handle) == (("Things",), ("ThingId",))


def test_a_list_that_cannot_be_told_which_one_is_no_description() -> None:
    thing = only(
        made(
            ("CreateThing", "Nothing", "Told"),
            ("DescribeThings", "Nothing", "Page"),
            ("DeleteThing", "ById", "Nothing"),
        )
    )
    assert thing.read is None
    assert thing.listing is not None
    assert "the input of DescribeThings does not identify a Thing" in thing.unclear


def test_a_part_refers_to_what_it_is_part_of() -> None:
    part = structure("PartOf", ("ThingId", "PartName"), ThingId="Text", PartName="Text")
    model = made(
        ("CreateThing", "Nothing", "Told"), ("DeleteThing", "ById", "Nothing"),
        ("CreatePart", "PartOf", "Nothing"), ("DeletePart", "PartOf", "Nothing"), shapes=(part,),
    )  # fmt: skip
    thing, part_of = only(model), only(model, "Part")
    assert part_of.handles == (Handle("name", Source("request", ("PartName",)), ("PartName",)),)
    known = References((thing, part_of))
    meanings = [
        (each.member, each.meaning, each.resource)
        for each in input_bindings(model, known, part_of, model.operations["DeletePart"])
    ]
    assert meanings == [("ThingId", "other", "Thing"), ("PartName", "own", "Part")]


def test_what_has_no_name_of_its_own_is_known_by_what_it_belongs_to() -> None:
    model = made(
        ("CreateThing", "Nothing", "Told"), ("DeleteThing", "ById", "Nothing"),
        ("CreateProfile", "ById", "Nothing"), ("GetProfile", "ById", "Nothing"), ("DeleteProfile", "ById", "Nothing"),
    )  # fmt: skip
    profile = only(model, "Profile")
    assert profile.handles == (Handle("id", Source("request", ("ThingId",))),) or profile.handle.members == ()
    known = References(inferred_resources(model)).refers("DeleteProfile", "ThingId")
    assert known is not None
    assert known[0].name == "Thing"


def test_a_bare_name_means_the_thing_in_its_own_family_only() -> None:
    model = made(
        ("CreateThing", "Bare", "Nothing"), ("DeleteThing", "Bare", "Nothing"),
        ("AttachThingPolicy", "Bare", "Nothing"), ("CreateOther", "Nothing", "Nothing"), ("ListAll", "Bare", "Nothing"),
    )  # fmt: skip
    known = References(inferred_resources(model))
    for operation in ("CreateThing", "DeleteThing", "AttachThingPolicy"):
        found = known.refers(operation, "Name")
        assert found is not None
        assert found[0].name == "Thing"
    assert known.refers("ListAll", "Name") is None


def test_a_name_of_another_noun_is_not_taken_for_the_things_own() -> None:
    asked = structure("Asked", ("Name",), Name="ThingName")
    model = made(
        ("CreateThing", "Named", "Nothing"), ("DeleteThing", "Named", "Nothing"),
        ("CreateUse", "Asked", "Nothing"), ("DeleteUse", "Asked", "Nothing"),
        shapes=(asked, Shape("ThingName", "string")),
    )  # fmt: skip
    assert all(each.name != "Use" or not each.handle.members for each in inferred_resources(model))


@pytest.mark.parametrize("verbs", [("Run", "Terminate"), ("Register", "Deregister"), ("Start", "Stop")])
def test_other_verbs_make_things_where_something_ends_and_describes_them(verbs: tuple[str, str]) -> None:
    make, end = verbs
    model = made(
        (f"{make}Thing", "Nothing", "Told"), (f"{end}Thing", "ById", "Nothing"), ("DescribeThing", "ById", "Told")
    )
    assert only(model).create == f"{make}Thing"
    assert list(inferred_resources(made((f"{make}Thing", "Nothing", "Told"), ("DescribeThing", "ById", "Told")))) == []


def test_what_only_creates_is_puzzling() -> None:
    model = made(
        ("CreateThing", "Nothing", "Nothing"), ("CreateToken", "Nothing", "Nothing"), ("GetThing", "ById", "Told")
    )
    assert list(inferred_resources(model)) == []
    assert dict(unresolved_creators(model)) == {
        "CreateThing": "the input of GetThing does not identify a Thing",
        "CreateToken": "no operation that reads or removes a Token was found",
    }


# ---------------------------------------------------------------- status


def lively(*waiters: Waiter) -> Service:
    model = made(
        ("CreateThing", "Named", "Told"), ("DescribeThing", "Named", "Told"), ("DeleteThing", "Named", "Nothing")
    )
    return replace(model, waiters=MappingProxyType({each.name: each for each in waiters}))


def test_the_values_of_a_status_are_read_by_their_words() -> None:
    status = only(lively()).status
    assert status is not None
    assert status.path == ("Status",)
    assert (status.creating, status.settled, status.updating) == (("CREATING",), ("ACTIVE",), ("UPDATING",))
    assert (status.deleting, status.gone, status.failed) == (("DELETING",), ("DELETED",), ("CREATE_FAILED",))
    assert "ODD" not in (*status.passing, *status.settled, *status.failed, *status.gone)
    assert status.delay is None


def test_waiters_know_more_than_words() -> None:
    acceptors = tuple(
        {"matcher": "path", "argument": "Thing.Status", "expected": value, "state": state}
        for value, state in (("ACTIVE", "success"), ("ODD", "failure"))
    )
    status = only(lively(Waiter("ThingActive", "DescribeThing", 7, 3, acceptors))).status
    assert status is not None
    assert status.failed == ("CREATE_FAILED", "ODD")
    assert status.delay == 7.0


def test_what_a_client_sets_is_no_state() -> None:
    setting = structure("Set", ("ThingName",), ThingName="Text", Status="State")
    model = made(("CreateThing", "Set", "Told"), ("DescribeThing", "Named", "Told"), shapes=(setting,))
    assert only(model).status is None


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("InService", "settled"), ("in-use", "settled"), ("pending", "creating"), ("CREATE_IN_PROGRESS", "creating"),
        ("UPDATE_ROLLBACK_FAILED", "failed"), ("shutting-down", "deleting"), ("backing-up", "moving"),
        ("PendingDeletion", "deleting"), ("terminated", "gone"), ("RollingBack", "updating"), ("PURPLE", None),
        ("pending-acceptance", "waiting"), ("WAITING_FOR_APPROVAL", "waiting"), ("REQUIRES_ACCEPTANCE", "waiting"),
        ("pending-validation", "creating"), ("ACCEPTED", "creating"),
    ],
)  # fmt: skip
def test_words_of_a_status(value: str, meaning: str | None) -> None:
    assert phase_of(value) == meaning


def test_a_job_that_runs_is_on_the_way() -> None:
    assert phase_of("RUNNING") == "settled"
    assert phase_of("RUNNING", is_job=True) == "moving"


# ---------------------------------------------------------------- tags


def test_tags_of_things_that_have_arns() -> None:
    shapes = (
        structure("Tagged", ("ThingName",), ThingName="Text", Tags="Tags"),
        structure("Fresh", ThingArn="Text"),
        structure("Add", ("ResourceArn", "Tags"), ResourceArn="Text", Tags="Tags"),
        structure("Remove", ("ResourceArn", "TagKeys"), ResourceArn="Text", TagKeys="Keys"),
        structure("Which", ("ResourceArn",), ResourceArn="Text"),
        structure("Shown", Tags="Tags"),
    )
    model = made(
        ("CreateThing", "Tagged", "Fresh"), ("DeleteThing", "Named", "Nothing"), ("TagResource", "Add", "Nothing"),
        ("UntagResource", "Remove", "Nothing"), ("ListTagsForResource", "Which", "Shown"), shapes=shapes,
    )  # fmt: skip
    thing = only(model)
    tagging = thing.tagging
    assert tagging is not None
    assert (tagging.given, tagging.form, tagging.add, tagging.add_at) == ("Tags", "map", "TagResource", ("Tags",))
    assert (tagging.remove, tagging.remove_at) == ("UntagResource", ("TagKeys",))
    assert (tagging.read, tagging.read_at) == ("ListTagsForResource", ("Tags",))
    found = References((thing,)).refers("TagResource", "ResourceArn")
    assert found is not None
    assert found[1].source == Source("answer", ("ThingArn",))


# ---------------------------------------------------------------- beside an overlay


def test_the_overlay_comes_first_and_is_completed() -> None:
    written = Resource(
        "Mine", "CreateThing", (Handle("name", Source("request", ("ThingName",)), ("ThingName", "Alias")),)
    )
    overlay = replace(EMPTY_OVERLAY, resources=MappingProxyType({"Mine": written}))
    model = made(
        ("CreateThing", "Named", "Nothing"), ("DescribeThing", "Named", "Told"), ("DeleteThing", "Named", "Nothing")
    )
    (mine,) = with_inferred(model, overlay).resources.values()
    assert mine.name == "Mine"
    assert mine.handles == written.handles
    assert (mine.delete, mine.read) == ("DeleteThing", Reading("DescribeThing", ("Thing",)))


@pytest.mark.parametrize(
    ("operation", "noun"),
    [("ListThings", "Thing"), ("DescribeBoxes", "Box"), ("ListPolicies", "Policy")],
)
def test_a_list_is_known_by_the_plural(operation: str, noun: str) -> None:
    resource = Resource(noun, f"Create{noun}", (Handle("name", Source("request", (f"{noun}Name",))),))
    overlay = replace(EMPTY_OVERLAY, resources=MappingProxyType({noun: resource}))
    assert listed_by(Operation(operation), overlay) == resource
    assert listed_by(Operation(f"Delete{noun}s"), overlay) is None
    assert listed_by(Operation("ListElephants"), overlay) is None


@pytest.mark.parametrize(
    ("name", "reads"), [("ListThings", True), ("GetThing", True), ("Gettysburg", False), ("PutThing", False)]
)
def test_reads_are_known_by_their_verb(name: str, reads: bool) -> None:
    assert bool(READING.match(name)) is reads


@pytest.mark.parametrize(
    ("plural", "single"),
    [("Names", "Name"), ("Policies", "Policy"), ("Boxes", "Box"), ("Aliases", "Alias"), ("Services", "Service")],
)
def test_plurals_and_singulars(plural: str, single: str) -> None:
    assert plural in plurals(single)
    assert singulars(plural)[0] == single or single in singulars(plural)


@pytest.mark.parametrize(
    ("name", "noun", "suffix"),
    [
        ("restApiId", "RestApi", "Id"),
        ("Bucket", "Bucket", ""),
        ("BucketPolicy", "Bucket", None),
        ("Id", "Bucket", None),
    ],
)
def test_how_a_name_speaks_of_a_noun(name: str, noun: str, suffix: str | None) -> None:
    assert suffix_of(name, noun) == suffix


def test_the_name_of_a_copy_to_be_made_is_no_reference() -> None:
    known = References(inferred_resources(ingest.installed_spec("dynamodb").service))
    assert known.refers("RestoreTableToPointInTime", "TargetTableName", "TableName") is None
    found = known.refers("DescribeTable", "TargetTableName", "TableName")
    assert found is not None
    assert found[0].name == "Table"
