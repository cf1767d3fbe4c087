"""Laws of filters and orders: what is shown was asked for, what was asked for is shown, in the order asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import filters as scripts
from conformance.cases.scenarios import pagination
from conformance.specs.model import Shape
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.resources.list_criteria import Criterion, CriterionKind, criteria_of
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.laws import LAWS
from conformance.verdicts.laws.filters import check_filters, check_sort
from doubles.handmade_shapes import spec_of
from doubles.offline_player import Clock, play
from doubles.paged_list_service import OVERLAY, PagedListService, model

FIELDS = ("BookName", "Status", "CreationTime")
TEXTS: tuple[CriterionKind, ...] = ("contains", "prefix", "equals")
MEMBERS = ("NameContains", "NamePrefix", "StatusEquals", "CreationTimeAfter", "CreationTimeBefore")


def played(kind: str, implementation: PagedListService, overlay: Overlay = OVERLAY, **more: Any) -> Timeline:
    spec = spec_of(model())
    planned = scripts.filters_scenarios(RequestBuilder(spec, overlay, 0), spec.service.operations["ListBooks"])
    scenario = next(each for each in planned if isinstance(each, Scenario) and each.kind == kind)
    return play(scenario, implementation, service=spec.service, overlay=overlay, **more)


def by_member(notes: list[CheckResult]) -> dict[str, set[str]]:
    words: dict[str, set[str]] = {member: set() for member in MEMBERS}
    for note in notes:
        member = note.clause.split("/filter/")[1].removesuffix("#matches")
        words[member].add(
            "held" if isinstance(note, Satisfied) else note.word if isinstance(note, Undecided) else note.code
        )
    return words


def each(word: str, members: Iterable[str] = MEMBERS) -> Mapping[str, set[str]]:
    return {member: {word} for member in members}


def codes(notes: list[CheckResult]) -> set[str]:
    return {note.code for note in notes if isinstance(note, Contradiction)}


@pytest.mark.parametrize("others", [0, 3, 25])
def test_a_faithful_list_keeps_to_every_filter(others: int) -> None:
    notes = list(check_filters(played("filters", PagedListService(others=others))))
    assert by_member(notes) == each("held")


@pytest.mark.parametrize("member", MEMBERS)
def test_a_filter_that_is_ignored_is_named(member: str) -> None:
    words = by_member(list(check_filters(played("filters", PagedListService(f"ignores-{member}", others=3)))))
    assert "filter-ignored" in words.pop(member)
    assert words == each("held", words)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_filter_that_loses_what_it_asks_for_is_named(member: str) -> None:
    words = by_member(list(check_filters(played("filters", PagedListService(f"loses-{member}")))))
    assert "filter-loses" in words.pop(member)
    assert words == each("held", words)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_filter_that_means_the_opposite_is_both(member: str) -> None:
    words = by_member(list(check_filters(played("filters", PagedListService(f"turns-{member}", others=3)))))
    assert {"filter-ignored", "filter-loses"} <= words[member]


def test_a_filter_that_crashes_is_named() -> None:
    assert by_member(list(check_filters(played("filters", PagedListService("crashes-on-StatusEquals")))))[
        "StatusEquals"
    ] == {"crash"}


def test_a_filter_that_is_refused_says_nothing() -> None:
    notes = list(check_filters(played("filters", PagedListService("refuses-StatusEquals"))))
    assert by_member(notes)["StatusEquals"] == {"unreached"}
    assert not codes(notes)


def test_nothing_listed_shows_nothing() -> None:
    notes = list(check_filters(played("filters", PagedListService("cannot-make"))))
    assert by_member(notes) == each("unreached")
    assert "not today" in next(note.reason for note in notes if isinstance(note, Undecided))


def test_a_filter_that_lags_is_asked_again() -> None:
    clock = Clock(window_seconds=4)
    assert not codes(list(check_filters(played("filters", PagedListService(lag=4), clock=clock))))


def test_the_finding_quotes_what_was_asked_for() -> None:
    notes = list(check_filters(played("filters", PagedListService("ignores-StatusEquals", others=2))))
    finding = next(note for note in notes if isinstance(note, Contradiction))
    assert finding.where == "StatusEquals='Free'"
    assert finding.expected == "only items whose Status is 'Free'"
    assert finding.got == "2 of 4 are others: Status 'Lent'"


@pytest.mark.parametrize("others", [0, 4])
def test_a_faithful_list_keeps_to_every_order(others: int) -> None:
    notes = list(check_sort(played("sort", PagedListService(others=others))))
    assert [type(note) for note in notes] == [Satisfied] * 4


@pytest.mark.parametrize("fault", ["ignores-SortBy", "ignores-SortOrder"])
def test_an_order_that_is_ignored_is_named(fault: str) -> None:
    assert codes(list(check_sort(played("sort", PagedListService(fault))))) == {"wrong-order"}


def test_letter_case_is_nobodys_fault() -> None:
    assert not codes(list(check_sort(played("sort", PagedListService("without-case", others=3)))))


def test_times_that_do_not_differ_show_no_order() -> None:
    class Still(PagedListService):
        def _put(self, shelf: str, name: str, status: str) -> None:
            super()._put(shelf, name, status)
            self.shelves[shelf][name]["CreationTime"] = datetime(2026, 1, 1, tzinfo=timezone.utc)

    notes = list(check_sort(played("sort", Still())))
    assert [type(note) for note in notes] == [Satisfied, Satisfied, Undecided, Undecided]


@given(st.text("abAB-", max_size=6), st.text("abAB-", max_size=3))
def test_text_filters_are_blind_to_letter_case(found: str, value: str) -> None:
    expected = {
        "contains": value.lower() in found.lower(),
        "prefix": found.lower().startswith(value.lower()),
        "equals": found.lower() == value.lower(),
    }
    assert {kind: criterion_of(kind, "Name").matches({"Name": found}, value) for kind in TEXTS} == expected


@given(st.integers(-200, 200))
def test_times_close_to_a_bound_are_not_judged(seconds: int) -> None:
    bound = datetime(2026, 1, 1, tzinfo=timezone.utc)
    item = {"CreationTime": bound + timedelta(seconds=seconds)}
    after = criterion_of("after", "CreationTime").matches(item, bound)
    before = criterion_of("before", "CreationTime").matches(item, bound)
    if abs(seconds) < 60:
        assert after is before is None
    else:
        assert after is (seconds > 0)
        assert before is (seconds < 0)


@pytest.mark.parametrize("item", [{}, {"Name": None}, {"Name": 3}, "text"])
def test_an_item_that_does_not_tell_is_not_judged(item: Any) -> None:
    assert criterion_of("equals", "Name").matches(item, "x") is None


def criterion_of(kind: CriterionKind, member: str) -> Criterion:
    return Criterion("Filter", kind, (member,), Shape("Text", "string"))


def test_the_double_has_every_kind_of_filter() -> None:
    found = criteria_of(model(), model().operations["ListBooks"], OVERLAY)
    assert tuple(each.member for each in found) == MEMBERS
    assert {each.kind for each in found} == {"contains", "prefix", "equals", "after", "before"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.datetimes(timezones=st.just(timezone.utc)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", ["pages", "filters", "sort"])
@given(st.lists(st.tuples(ANYTHING, ANYTHING), min_size=1, max_size=4))
@settings(max_examples=40)
def test_no_answer_upsets_scripts_and_laws(kind: str, answers: list[tuple[Any, Any]]) -> None:
    turns = itertools.cycle(answers)

    def anything(operation: str, _params: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation != "ListBooks":
            return {"ShelfId": "one"}
        return dict(zip(("Books", "NextToken"), next(turns), strict=True))

    spec = spec_of(model())
    builder = RequestBuilder(spec, OVERLAY, 0)
    operation = spec.service.operations["ListBooks"]
    planned = [*pagination.pagination_scenarios(builder, operation), *scripts.filters_scenarios(builder, operation)]
    scenario = next(each for each in planned if isinstance(each, Scenario) and each.kind == kind)
    timeline = play(scenario, anything, service=spec.service, overlay=OVERLAY)
    clauses = {note.clause for note in LAWS[kind](timeline)}
    assert clauses <= set(scenario.clauses)


DOCUMENTED = Rule(
    "BOOK-01",
    ("ListBooks",),
    "what comes after a time includes that time",
    "the documentation",
    "DEFAULT",
    refines=("ListBooks/filter/*#matches",),
)


@pytest.mark.parametrize(("fault", "loses"), [("", False), ("shifts-CreationTimeAfter", True)])
def test_a_documented_bound_is_judged_to_the_second(fault: str, loses: bool) -> None:
    for overlay, expected in ((replace(OVERLAY, rules=(DOCUMENTED,)), loses), (OVERLAY, False)):
        notes = list(check_filters(played("filters", PagedListService(fault), overlay=overlay)))
        assert ("filter-loses" in codes(notes)) is expected


def test_a_documented_bound_is_not_before_itself() -> None:
    overlay = replace(OVERLAY, rules=(DOCUMENTED,))
    notes = list(check_filters(played("filters", PagedListService("shifts-CreationTimeBefore"), overlay=overlay)))
    assert codes(notes) == {"filter-ignored"}
