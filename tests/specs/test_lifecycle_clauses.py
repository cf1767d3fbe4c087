"""Which clauses about the life of resources a model gives, and which operation owns each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from conformance.specs.clauses import lifecycle, references
from conformance.specs.clauses.clause import Clause
from conformance.specs.clauses.state import state_clauses
from conformance.specs.model import Operation
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource
from doubles.handmade_shapes import service, spec_of, structure
from doubles.lifecycle_service import MODEL, PART, THING, overlay


def names(clauses: Iterable[Clause]) -> set[str]:
    """The ids without the service."""
    return {clause.id.removeprefix("things:") for clause in clauses}


def owned(operation: str, known: Overlay | None = None) -> set[str]:
    clauses = state_clauses(spec_of(MODEL), MODEL.operations[operation], known or overlay())
    return names(clause for clause in clauses if clause.section == lifecycle.SECTION)


def referring(operation: str, known: Overlay | None = None) -> set[str]:
    clauses = references.references_clauses(spec_of(MODEL), MODEL.operations[operation], known or overlay())
    return names(clause for clause in clauses if clause.section == references.SECTION)


def test_each_operation_owns_what_it_is_about() -> None:
    life = "Thing/lifecycle#"
    assert owned("CreateThing") == {
        f"{life}{name}" for name in ("created", "listed", "duplicate", "one-winner", "Creating->Ready")
    }
    assert owned("UpdateThing") == {f"{life}Updating->Ready", f"{life}update-in-progress"}
    assert owned("DeleteThing") == {
        f"{life}{name}"
        for name in (
            "gone-after-delete",
            "delete-twice",
            "unlisted-after-delete",
            "taken-while-deleting",
            "Deleting->gone",
        )
    }
    assert owned("DescribeThing") == {f"{life}not-found", f"{life}steady"}
    assert owned("ListThings") == set()


def test_nothing_is_stated_that_makes_no_sense() -> None:
    assert owned("CreatePart") == {"Part/lifecycle#created"}
    assert owned("DeletePart") == {"Part/lifecycle#gone-after-delete", "Part/lifecycle#delete-twice"}


BARE = [
    (replace(THING, status=None), "CreateThing", "Creating->Ready"),
    (replace(THING, status=None), "DescribeThing", "steady"),
    (replace(THING, read=None), "CreateThing", "created"),
    (replace(THING, read=None), "DeleteThing", "gone-after-delete"),
    (replace(THING, listing=None), "CreateThing", "listed"),
    (replace(THING, listing=None), "DeleteThing", "unlisted-after-delete"),
]


@pytest.mark.parametrize(("resource", "operation", "name"), BARE)
def test_what_is_not_known_is_not_stated(resource: Resource, operation: str, name: str) -> None:
    assert f"Thing/lifecycle#{name}" not in owned(operation, overlay(resource))
    assert f"Thing/lifecycle#{name}" in owned(operation)


@pytest.mark.parametrize("create", ["PutThing", "RegisterThing", "SetThing"])
def test_what_replaces_has_no_duplicates(create: str) -> None:
    assert not lifecycle.is_unique(replace(THING, create=create))
    assert lifecycle.is_unique(THING)


def test_what_is_named_by_the_service_has_no_duplicates() -> None:
    assert not lifecycle.is_unique(PART)


def test_every_reference_that_is_required_has_a_clause() -> None:
    assert referring("ListParts") == {"ListParts/state/ThingName#not-found"}
    assert referring("CreatePart") == {"CreatePart/state/ThingName#not-found"}
    assert referring("UpdateThing") == {"UpdateThing/state/Name#not-found"}


def test_neither_the_maker_nor_the_own_read_refers_to_what_is_not_there() -> None:
    assert referring("CreateThing") == set()
    assert referring("DescribeThing") == set()
    assert referring("DescribeParts") == set()


def test_the_own_family_may_refer_by_an_optional_member() -> None:
    part = replace(PART, read=None)
    assert referring("DescribeParts", overlay(THING, part)) == {"DescribeParts/state/PartIds[]#not-found"}
    stranger = replace(part, operations=())
    assert referring("DescribeParts", overlay(THING, stranger)) == set()


def _restore(name: str, member: str) -> set[str]:
    shape = structure("Restore", (member,), **{member: "Name"})
    model = service("json", shape, operations=(Operation(name, input="Restore"),))
    thing = replace(THING, handles=(replace(THING.handle, members=(member,)),))
    return names(references.references_clauses(spec_of(model), model.operations[name], overlay(thing)))


def test_what_is_restored_or_imported_may_be_new() -> None:
    assert _restore("RestoreThing", "ThingName") == set()
    assert _restore("ImportThing", "ThingName") == set()
    assert _restore("CreateThingReplica", "ThingName") == set()
    assert _restore("ListParts", "ThingNamePrefix") == set()
    assert _restore("CopyThing", "SourceThingName") == {"CopyThing/state/SourceThingName#not-found"}
    assert _restore("ImportantThing", "ThingName") == {"ImportantThing/state/ThingName#not-found"}
