"""Scenarios about lists: things beside each other with one thing to lie on, walks that end, values to ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from conformance.cases.case import Call, Omitted
from conformance.cases.families import Lists
from conformance.cases.fixtures.joined_resources import joined_creation
from conformance.cases.fixtures.page_walk import MOST_PAGES, walk_pages
from conformance.cases.fixtures.siblings import siblings
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import filters, pagination
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.listings import paging_of
from doubles.handmade_shapes import service, spec_of, structure
from doubles.offline_player import Clock, Player, play
from doubles.paged_list_service import BOOK, OVERLAY, PagedListService, model


def builder(**more: Any) -> RequestBuilder:
    return RequestBuilder(spec_of(model()), OVERLAY, 0, **more)


def planned(of: RequestBuilder) -> dict[str, Scenario]:
    operation = of.service.operations["ListBooks"]
    items = [*pagination.pagination_scenarios(of, operation), *filters.filters_scenarios(of, operation)]
    return {each.kind: each for each in items if isinstance(each, Scenario) and each.id.count("/") == 2}


def test_siblings_share_what_they_need_and_nothing_else() -> None:
    first, second, third = siblings(builder(), BOOK, ("caaaaaaa", "cbbbbbbb", "cccccccc"))
    assert [each.resource for each in (first, second, third)] == ["Book", "Book#2", "Book#3"]
    names = [each.call.params["BookName"] for each in (first, second, third)]
    assert [name[-8:] for name in names] == ["caaaaaaa", "cbbbbbbb", "cccccccc"]
    assert {each.call.bindings for each in (first, second, third)} == {first.call.bindings}
    assert first.call.bindings[0].resource == "Shelf"
    assert second.undo is not None
    assert second.undo.params["BookName"] == names[1]
    assert {each.resource for each in second.undo.bindings} == {"Shelf"}


def test_ids_that_an_answer_tells_are_bound_to_each_sibling() -> None:
    shelf = OVERLAY.resources["Shelf"]
    first, second = siblings(builder(), shelf, ("caaaaaaa", "cbbbbbbb"))
    assert first.undo is not None
    assert second.undo is not None
    assert [each.undo.bindings[0].resource for each in (first, second) if each.undo] == ["Shelf", "Shelf#2"]


def test_everything_lies_on_one_shelf() -> None:
    shelves = PagedListService()
    timeline = play(planned(builder())["pages"], shelves, service=model(), overlay=OVERLAY)
    assert len(shelves.shelves) == 1
    assert len(timeline.every(Lists.CREATE_ITEM)) == 3


def test_names_in_order_of_creation_are_in_no_order() -> None:
    timeline = play(planned(builder())["sort"], PagedListService(), service=model(), overlay=OVERLAY)
    names = [each.exchange.call.params["BookName"] for each in timeline.every(Lists.CREATE_ITEM)]
    assert names != sorted(names)
    assert names != sorted(names, reverse=True)


def test_things_to_be_ordered_are_made_apart_in_time() -> None:
    timeline = play(planned(builder())["sort"], PagedListService(), service=model(), overlay=OVERLAY)
    times = [each.at for each in timeline.every(Lists.CREATE_ITEM)]
    assert len(set(times)) == 3


def test_the_same_seed_makes_the_same_names_and_another_seed_others() -> None:
    def names(seed: int) -> list[str]:
        scenario = planned(RequestBuilder(spec_of(model()), OVERLAY, seed))["pages"]
        timeline = play(scenario, PagedListService(), service=model(), overlay=OVERLAY)
        return [each.exchange.call.params["BookName"] for each in timeline.every(Lists.CREATE_ITEM)]

    assert names(0) == names(0)
    assert not set(names(0)) & set(names(1))


def test_no_two_scenarios_share_a_name() -> None:
    names = [
        each.exchange.call.params["BookName"]
        for scenario in planned(builder()).values()
        for each in play(scenario, PagedListService(), service=model(), overlay=OVERLAY).every(Lists.CREATE_ITEM)
    ]
    assert len(names) == len(set(names)) == 3 + 2 + 3


def test_only_what_is_wanted_is_planned() -> None:
    wanted = planned(builder(includes=lambda clause: clause.endswith("/StatusEquals#matches")))
    assert list(wanted) == ["filters"]
    assert wanted["filters"].clauses == ("things:ListBooks/filter/StatusEquals#matches",)
    timeline = play(wanted["filters"], PagedListService(others=2), service=model(), overlay=OVERLAY)
    assert {each.label for each in timeline.events} == {
        "create-item",
        "whole",
        "filter/StatusEquals/0",
        "filter/StatusEquals/1",
    }


def test_without_a_resource_nothing_is_made() -> None:
    operation = model().operations["ListShelves"]
    found = list(pagination.pagination_scenarios(RequestBuilder(spec_of(model()), EMPTY_OVERLAY, 0), operation))
    assert [each.kind for each in found if isinstance(each, Scenario)] == ["pages"]
    assert all(not each.setup and each.resource is None for each in found if isinstance(each, Scenario))


def test_a_list_that_cannot_be_asked_for_is_left_out_with_the_reason() -> None:
    made = model()
    broken = replace(made.shapes["Id"], pattern="(?!x)x")
    impossible = replace(made, shapes=MappingProxyType({**made.shapes, "Id": broken}))
    found = list(
        pagination.pagination_scenarios(
            RequestBuilder(spec_of(impossible), EMPTY_OVERLAY, 0), impossible.operations["ListBooks"]
        )
    )
    assert found
    assert all(isinstance(each, Omitted) and "cannot be read" in each.reason for each in found)


@pytest.mark.parametrize(
    ("fault", "pages_asked", "ended"),
    [
        ("", 4, True),
        ("always-another-token", MOST_PAGES, False),
        ("ignores-token", 2, False),
        ("ignores-limit", 1, True),
    ],
)
def test_a_walk_always_ends(fault: str, pages_asked: int, ended: bool) -> None:
    shelves = PagedListService(fault, others=4)
    shelf = shelves("CreateShelf", {})["ShelfId"]
    paging = paging_of(model(), model().operations["ListBooks"])
    walk = walk_pages(Lists.WHOLE, Call("ListBooks", {"ShelfId": shelf, "MaxResults": 1}), paging)
    player = Player(shelves, model(), Clock())
    step = next(walk)
    try:
        while True:
            step = walk.send(player._step(step))
    except StopIteration as stop:
        found = stop.value
    assert (len(found.outputs), found.ended) == (pages_asked, ended)


def test_the_values_of_a_filter_are_those_of_what_was_made() -> None:
    shelves = PagedListService(others=2)
    timeline = play(planned(builder())["filters"], shelves, service=model(), overlay=OVERLAY)
    listed = timeline.events[2].exchange.answer
    assert listed is not None
    first = listed.output["Books"][0]["BookName"]
    asked = {
        str(each.label): value
        for each in timeline.events
        for name, value in each.exchange.call.params.items()
        if each.label.startswith(f"filter/{name}/")
    }
    assert asked["filter/NameContains/0"] == first[-8:]
    assert asked["filter/NamePrefix/0"] == first[:-1]
    assert (asked["filter/StatusEquals/0"], asked["filter/StatusEquals/1"]) == ("Free", "Lost")
    assert asked["filter/CreationTimeAfter/1"] - asked["filter/CreationTimeAfter/0"] == timedelta(days=2)


def test_what_joins_other_things_is_told_apart_by_one_member() -> None:
    made = assignments()
    found = joined_creation(
        RequestBuilder(spec_of(made), EMPTY_OVERLAY, 0), made.operations["ListAssignments"], ("caaaaaaa", "cbbbbbbb")
    )
    assert [each.resource for each in found] == ["Assignment", "Assignment#2"]
    people = [each.call.params["Person"] for each in found]
    assert len(set(people)) == 2
    assert all(person.isdigit() and len(person) == 12 for person in people)
    assert {each.call.params["Account"] for each in found} == {found[0].call.params["Account"]}
    assert [each.undo.params["Person"] for each in found if each.undo is not None] == people


@pytest.mark.parametrize("lacking", ["Person", "Account"])
def test_what_cannot_be_told_apart_is_not_made(lacking: str) -> None:
    made = assignments(**{lacking: "Kind"})
    found = joined_creation(
        RequestBuilder(spec_of(made), EMPTY_OVERLAY, 0), made.operations["ListAssignments"], ("caaaaaaa", "cbbbbbbb")
    )
    assert bool(found) is (lacking == "Account")


def assignments(**shapes: str) -> Service:
    members = {"Account": "Name", "Person": "Number", **shapes}
    return service(
        "json",
        Shape("Number", "string", minimum=12, maximum=12, pattern="[0-9]+"),
        structure("Assignment", (), **members),
        Shape("Assignments", "list", element=Member("Assignment")),
        structure("CreateRequest", ("Account", "Person"), **members),
        structure("ListRequest", ("Account",), Account="Name", NextToken="Name"),
        structure("ListAnswer", (), Assignments="Assignments", NextToken="Name"),
        operations=(
            Operation("CreateAssignment", input="CreateRequest"),
            Operation("DeleteAssignment", input="CreateRequest"),
            Operation("ListAssignments", input="ListRequest", output="ListAnswer"),
        ),
    )
