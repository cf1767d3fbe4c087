"""How lists are paged: paginators of the model, habits where it has none, and what is not a list at all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.specs import ingest
from conformance.specs.model import Member, Operation, Paginator, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.listings import Paging, comparable_text, items_at, paging_of, places_of_items
from conformance.values.paths import EACH
from doubles.handmade_shapes import service, structure
from doubles.paged_list_service import OVERLAY, model
from doubles.stored_specs import stored_service


def listing(given: Mapping[str, str], answered: Mapping[str, str], paginator: Paginator | None = None) -> Service:
    return service(
        "json",
        Shape("Size", "integer", minimum=0, maximum=50),
        Shape("Items", "list", element=Member("Name")),
        structure("Page", (), Items="Items", Next="Name"),
        structure("Request", (), **given),
        structure("Answer", (), **answered),
        operations=(Operation("ListThings", input="Request", output="Answer"),),
        paginators=MappingProxyType({"ListThings": paginator} if paginator else {}),
    )


def paged(given: Mapping[str, str], answered: Mapping[str, str], paginator: Paginator | None = None) -> Paging | None:
    made = listing(given, answered, paginator)
    return paging_of(made, made.operations["ListThings"])


def test_a_paginator_says_how_a_list_is_paged() -> None:
    paginator = Paginator("ListThings", ("Token",), ("Token",), "Limit", ("Items",), "More")
    found = paged({"Token": "Name", "Limit": "Size"}, {"Items": "Items", "Token": "Name", "More": "Flag"}, paginator)
    assert found == Paging((("Token", "Token"),), ("Items",), "Limit", 1, 50, "More")


@pytest.mark.parametrize(
    ("given", "answered", "token", "limit"),
    [
        (
            {"NextToken": "Name", "MaxResults": "Size"},
            {"NextToken": "Name", "Items": "Items"},
            "NextToken",
            "MaxResults",
        ),
        ({"nextToken": "Name", "limit": "Size"}, {"nextToken": "Name", "Items": "Items"}, "nextToken", "limit"),
        ({"Marker": "Name"}, {"NextMarker": "Name", "Items": "Items"}, "Marker", None),
    ],
)
def test_habits_do_where_there_is_no_paginator(
    given: Mapping[str, str], answered: Mapping[str, str], token: str, limit: str | None
) -> None:
    found = paged(given, answered)
    assert found is not None
    assert (found.tokens[0][0], found.limit, found.results) == (token, limit, ("Items",))


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ({}, {"Items": "Items"}),
        ({"NextToken": "Name"}, {"Items": "Items"}),
        ({"NextToken": "Name"}, {"NextToken": "Name"}),
        ({"NextToken": "Name"}, {"NextToken": "Name", "Items": "Items", "Others": "Items"}),
    ],
)
def test_what_is_no_list_in_pages(given: Mapping[str, str], answered: Mapping[str, str]) -> None:
    assert paged(given, answered) is None


def test_a_paginator_whose_token_is_not_in_the_input_is_none() -> None:
    paginator = Paginator("ListThings", ("Token",), ("Token",), None, ("Items",))
    assert paged({}, {"Items": "Items"}, paginator) is None


NESTED = Paging((("Marker", "Page.Next || Page.Items[-1]"),), ("Page.Items",), more="Page.More")


def test_nested_pages_are_read_by_their_expressions() -> None:
    output = {"Page": {"Items": ["a", "b"], "More": True}}
    assert NESTED.next_of(output) == {"Marker": "b"}
    assert NESTED.items_of(output) == (["a", "b"],)
    assert NESTED.next_of({"Page": {"Items": ["a"], "More": False}}) == {}
    assert NESTED.says_more({"Page": {"More": True}})
    assert not NESTED.says_more({"Page": {}})


@pytest.mark.parametrize("token", [None, ""])
def test_a_token_that_is_empty_is_the_end(token: str | None) -> None:
    paging = Paging((("NextToken", "NextToken"),), ("Items",))
    assert paging.next_of({"NextToken": token}) == {}
    assert paging.has_empty_token({"NextToken": token}) is (token == "")


def test_a_limit_that_is_text_is_written_as_text() -> None:
    assert Paging((), (), "maxitems", limit_is_text=True).page_of(3) == {"maxitems": "3"}
    assert Paging((), (), "MaxResults").page_of(3) == {"MaxResults": 3}
    assert Paging((), ()).page_of(3) == {}


@pytest.mark.parametrize(("member", "opaque"), [("NextToken", True), ("nextPageToken", True), ("Marker", False)])
def test_only_tokens_are_opaque(member: str, opaque: bool) -> None:
    assert Paging(((member, member),), ()).is_opaque is opaque


def test_items_of_lists_in_lists() -> None:
    output = {"Groups": [{"Things": [1, 2]}, {}, {"Things": [3]}]}
    assert items_at(output, ("Groups", EACH, "Things")) == [1, 2, 3]
    assert items_at({}, ("Things",)) == []
    assert items_at({"Things": {"a": 1}}, ("Things",)) == [["a", 1]]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_answer_upsets_the_reading_of_pages(output: Any) -> None:
    answer = {"Page": output}
    assert NESTED.items_of(answer) == (items_at(answer, ("Page", "Items")),)
    assert isinstance(NESTED.next_of(answer), dict)


def test_items_that_say_the_same_have_the_same_text() -> None:
    assert comparable_text({"a": 1, "b": [None]}) == comparable_text({"b": [None], "a": 1})
    assert comparable_text({"a": 1}) != comparable_text({"a": "1"})


def test_items_are_where_the_resource_has_them() -> None:
    shelves = model()
    found = list(places_of_items(shelves, shelves.operations["ListBooks"], OVERLAY))
    assert {path for path, _ in found} == {("Books",)}
    assert found[0][1].name == "Book"


def test_every_paginator_of_botocore_is_understood_or_has_nothing_to_page() -> None:
    """Of the services here every paginator is read but those without results."""
    unread = [
        f"{name}:{operation}"
        for name in ("sagemaker", "dynamodb", "s3", "ec2", "iam", "cloudfront", "route53", "logs")
        for service in [ingest.installed_spec(name).service]
        for operation, paginator in service.paginators.items()
        if paging_of(service, service.operations[operation]) is None and paginator.result_key
    ]
    assert unread == []


def test_places_of_items_of_a_real_list() -> None:
    sagemaker = stored_service("sagemaker")
    found = next(places_of_items(sagemaker, sagemaker.operations["ListEndpoints"], EMPTY_OVERLAY))
    assert (found[0], found[1].name) == (("Endpoints",), "EndpointSummary")
