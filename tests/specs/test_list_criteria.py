"""Which members of a list's input are understood as filters and orders, and which names are left alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conformance.specs.clauses import filters, pagination
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.list_criteria import criteria_of, ordering_of
from doubles.handmade_shapes import service, spec_of, structure
from doubles.paged_list_service import OVERLAY, model
from doubles.stored_specs import stored_service

ITEM = {
    "ThingName": "Name",
    "ThingArn": "Arn",
    "ThingStatus": "Kind",
    "CreationTime": "When",
    "LastModifiedTime": "When",
    "Path": "Name",
}


def listing(given: Mapping[str, str], item: Mapping[str, str] = ITEM) -> Service:
    return service(
        "json",
        Shape("Arn", "string"),
        Shape("Order", "string", enum=("Ascending", "Descending")),
        Shape("By", "string", enum=("Name", "CreationTime", "Status")),
        structure("Thing", (), **item),
        Shape("Things", "list", element=Member("Thing")),
        structure("Request", (), **{"NextToken": "Name", **given}),
        structure("Answer", (), NextToken="Name", Things="Things"),
        operations=(Operation("ListThings", input="Request", output="Answer"),),
    )


def read(given: Mapping[str, str], item: Mapping[str, str] = ITEM) -> list[tuple[str, str, tuple[object, ...]]]:
    made = listing(given, item)
    return [
        (each.member, each.kind, each.item) for each in criteria_of(made, made.operations["ListThings"], EMPTY_OVERLAY)
    ]


@pytest.mark.parametrize(
    ("member", "shape", "kind", "item"),
    [
        ("NameContains", "Name", "contains", "ThingName"),
        ("NamePrefix", "Name", "prefix", "ThingName"),
        ("Prefix", "Name", "prefix", "ThingName"),
        ("ThingNamePrefix", "Name", "prefix", "ThingName"),
        ("PathPrefix", "Name", "prefix", "Path"),
        ("StatusEquals", "Kind", "equals", "ThingStatus"),
        ("ThingStatusEquals", "Kind", "equals", "ThingStatus"),
        ("ThingStatus", "Kind", "equals", "ThingStatus"),
        ("ThingArn", "Arn", "equals", "ThingArn"),
        ("CreationTimeAfter", "When", "after", "CreationTime"),
        ("CreatedBefore", "When", "before", "CreationTime"),
        ("ByCreatedBefore", "When", "before", "CreationTime"),
        ("BeforeCreationTime", "When", "before", "CreationTime"),
        ("LastModifiedTimeAfter", "When", "after", "LastModifiedTime"),
        ("ModifiedTimeAfter", "When", "after", "LastModifiedTime"),
    ],
)
def test_members_whose_meaning_is_certain(member: str, shape: str, kind: str, item: str) -> None:
    assert read({member: shape}) == [(member, kind, (item,))]


@pytest.mark.parametrize(
    ("member", "shape"),
    [
        ("Path", "Name"),  # what it means is not certain
        ("ThingArn", "Name"),  # another shape
        ("OwnerContains", "Name"),  # no such member in the items
        ("StartedAfter", "When"),
        ("NameContains", "Count"),
        ("AfterCommit", "Name"),
        ("NextToken", "Name"),
        ("SortBy", "By"),
    ],
)
def test_members_that_are_left_alone(member: str, shape: str) -> None:
    assert read({member: shape}) == []


def test_of_two_members_that_may_be_meant_none_is() -> None:
    assert read({"CreatedAfter": "When"}, {"CreationTime": "When", "CreatedAt": "When"}) == []
    assert read({"StatusEquals": "Kind"}, {"InStatus": "Kind", "OutStatus": "Kind"}) == []


def test_the_names_themselves_may_be_the_items() -> None:
    made = service(
        "json",
        Shape("Names", "list", element=Member("Name")),
        structure("Request", (), NextToken="Name", NamePrefix="Name"),
        structure("Answer", (), NextToken="Name", Names="Names"),
        operations=(Operation("ListThings", input="Request", output="Answer"),),
    )
    found = criteria_of(made, made.operations["ListThings"], EMPTY_OVERLAY)
    assert [(each.member, each.item) for each in found] == [("NamePrefix", ())]
    assert found[0].matches("abc", "ab") is True


def test_an_order_needs_both_members() -> None:
    made = listing({"SortBy": "By", "SortOrder": "Order"})
    ordering = ordering_of(made, made.operations["ListThings"], EMPTY_OVERLAY)
    assert ordering is not None
    assert (ordering.ascending, ordering.descending) == ("Ascending", "Descending")
    assert ordering.keys == (("Name", ("ThingName",)), ("CreationTime", ("CreationTime",)))
    for given in ({"SortBy": "By"}, {"SortOrder": "Order"}, {"SortBy": "By", "SortOrder": "Name"}):
        alone = listing(given)
        assert ordering_of(alone, alone.operations["ListThings"], EMPTY_OVERLAY) is None


def test_every_list_of_endpoints_is_understood() -> None:
    sagemaker = stored_service("sagemaker")
    found = criteria_of(sagemaker, sagemaker.operations["ListEndpoints"], EMPTY_OVERLAY)
    assert {each.member for each in found} == {
        "NameContains", "StatusEquals", "CreationTimeAfter", "CreationTimeBefore", "LastModifiedTimeAfter",
        "LastModifiedTimeBefore",
    }  # fmt: skip


def test_the_clauses_of_a_list() -> None:
    spec = spec_of(model())
    operation = spec.service.operations["ListBooks"]
    found = [
        *pagination.pagination_clauses(spec, operation, OVERLAY),
        *filters.filters_clauses(spec, operation, OVERLAY),
    ]
    assert [each.id.removeprefix("things:ListBooks/") for each in found] == [
        "pagination#complete",
        "pagination#no-repeats",
        "pagination#page-size",
        "pagination#last-page",
        "pagination#foreign-token",
        "filter/NameContains#matches",
        "filter/NamePrefix#matches",
        "filter/StatusEquals#matches",
        "filter/CreationTimeAfter#matches",
        "filter/CreationTimeBefore#matches",
        "sort#order",
    ]
    assert {each.source for each in found} == {"model: botocore 1.0.0"}


def test_what_makes_things_has_no_pages() -> None:
    spec = spec_of(model())
    for name in ("CreateBook", "CreateShelf"):
        operation = spec.service.operations[name]
        assert not [
            *pagination.pagination_clauses(spec, operation, OVERLAY),
            *filters.filters_clauses(spec, operation, OVERLAY),
        ]
