"""Laws of lists in pages: each way to get a page wrong is named, and what AWS may do is not held against anybody."""

from __future__ import annotations

import pytest

from conformance.cases.families import Lists
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import pagination as scripts
from conformance.verdicts.check_results import CheckResult, Contradiction, Undecided
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.laws.pagination import check_pages
from conformance.verdicts.severity import severity_of
from doubles.handmade_shapes import spec_of
from doubles.offline_player import Clock, play, result
from doubles.paged_list_service import OVERLAY, PagedListService, model

LAWS = ("complete", "no-repeats", "page-size", "last-page", "foreign-token")
ALL = dict.fromkeys(LAWS, "held")


AS_IT_IS = "ListShelves/scenario/pages/as-it-is"
UNPREPARED = "ListBooks/scenario/pages/unprepared"


def with_shelves(fault: str) -> PagedListService:
    return PagedListService(fault, shelves={"pine": {}, "oak": {}, "elm": {}})


def played(
    implementation: PagedListService,
    smallest: int = 1,
    ending: str = "ListBooks/scenario/pages",
    more_results: str | None = None,
    clock: Clock | None = None,
) -> Timeline:
    spec = spec_of(model(smallest, more_results))
    planned = scripts.pagination_scenarios(
        RequestBuilder(spec, OVERLAY, 0), spec.service.operations[ending.partition("/")[0]]
    )
    scenario = next(each for each in planned if isinstance(each, Scenario) and each.id.endswith(ending))
    return play(scenario, implementation, service=spec.service, overlay=OVERLAY, clock=clock)


def notes(timeline: Timeline) -> list[CheckResult]:
    assert timeline.blocked is None
    return list(check_pages(timeline))


def contradiction(found: list[CheckResult]) -> Contradiction:
    return next(each for each in found if isinstance(each, Contradiction))


@pytest.mark.parametrize("others", [0, 1, 12, 40])
def test_a_faithful_list_holds_whatever_else_is_in_it(others: int) -> None:
    assert result(notes(played(PagedListService(others=others)))) == ALL


@pytest.mark.parametrize(
    ("fault", "clause", "code"),
    [
        ("loses-item", "complete", "loses-items"),
        ("repeats-item", "no-repeats", "repeats-items"),
        ("ignores-limit", "page-size", "page-too-long"),
        ("one-too-many", "page-size", "page-too-long"),
        ("crashes-on-limit", "page-size", "crash"),
        ("token-for-ever", "last-page", "endless-pages"),
        ("ignores-token", "last-page", "endless-pages"),
        ("empty-token", "last-page", "empty-token"),
        ("refuses-own-token", "complete", "refuses-own-token"),
        ("crashes-on-token", "complete", "crash"),
    ],
)
def test_each_way_to_get_pages_wrong_is_named(fault: str, clause: str, code: str) -> None:
    found = notes(played(PagedListService(fault)))
    assert result(found)[clause] == code
    assert severity_of(code) in ("error", "warning", "info")


@pytest.mark.parametrize(("fault", "word"), [("", "held"), ("says-more", "more-without-token")])
def test_more_that_cannot_be_asked_for_is_named(fault: str, word: str) -> None:
    assert result(notes(played(PagedListService(fault), more_results="HasMore")))["last-page"] == word


@pytest.mark.parametrize("fault", ["loses-item", "repeats-item"])
def test_one_fault_is_not_taken_for_another(fault: str) -> None:
    found = result(notes(played(PagedListService(fault))))
    assert [word for word in found.values() if word != "held"] == [f"{fault.split('-')[0]}-items"]


@pytest.mark.parametrize("fault", ["short-pages", "empty-page-at-the-end"])
def test_short_and_empty_pages_are_nobodys_fault(fault: str) -> None:
    assert result(notes(played(PagedListService(fault)))) == ALL


def test_short_pages_of_more_than_one_are_nobodys_fault() -> None:
    assert result(notes(played(PagedListService("short-pages", others=25)))) == ALL


def test_a_list_that_lags_is_asked_again() -> None:
    clock = Clock(window_seconds=3)
    assert result(notes(played(PagedListService(lag=2), clock=clock)))["complete"] == "held"
    assert 0 < clock.now < 10


def test_a_list_that_never_ends_is_left_in_time_and_told_of() -> None:
    implementation = PagedListService("always-another-token")
    found = notes(played(implementation))
    assert result(found)["last-page"] == "unreached"
    assert not [each for each in found if isinstance(each, Contradiction)]
    assert len(implementation.asked) < 400


def test_a_page_that_is_smaller_than_the_service_has_says_nothing() -> None:
    found = notes(played(PagedListService(smallest=5)))
    assert result(found)["page-size"] == "unreached"
    reasons = {each.clause.rpartition("#")[2]: each.reason for each in found if isinstance(each, Undecided)}
    assert "MaxResults is at least 5" in reasons["page-size"]


def test_a_page_of_five_needs_six_things() -> None:
    timeline = played(PagedListService(), smallest=5)
    assert len(timeline.every(Lists.CREATE_ITEM)) == 6
    assert result(notes(timeline)) == ALL


def test_a_page_of_fifty_is_not_filled() -> None:
    timeline = played(PagedListService(), smallest=50)
    assert len(timeline.every(Lists.CREATE_ITEM)) == 3
    assert result(notes(timeline))["page-size"] == "unreached"
    assert result(notes(timeline))["complete"] == "held"


def test_without_anything_made_the_list_is_judged_as_it_is() -> None:
    found = notes(played(PagedListService("cannot-make", others=4)))
    assert result(found) == {**ALL, "complete": "unreached"}
    assert "not today" in next(each.reason for each in found if isinstance(each, Undecided))


def test_an_empty_list_shows_nothing() -> None:
    words = result(notes(played(PagedListService("cannot-make"))))
    assert words == {**ALL, "complete": "unreached", "no-repeats": "unreached", "page-size": "unreached"}


def test_the_finding_says_what_is_lost() -> None:
    timeline = played(PagedListService("loses-item"))
    found = contradiction(notes(timeline))
    lost = {event.exchange.call.params["BookName"] for event in timeline.every(Lists.CREATE_ITEM)}
    assert found.where == "MaxResults=1"
    assert found.expected == "the pages together list all 3 created items"
    assert any(name in found.got for name in lost)
    assert found.got.startswith("2 of them in 2 pages, without ")


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("", "held"),
        ("ignores-token", "ignores-token"),
        ("empty-for-foreign-token", "accepts-foreign-token"),
        ("crashes-on-foreign-token", "crash"),
    ],
)
def test_a_token_that_no_page_gave_is_refused(fault: str, word: str) -> None:
    assert result(notes(played(PagedListService(fault))))["foreign-token"] == word
    assert result(notes(played(with_shelves(fault), ending=AS_IT_IS)))["foreign-token"] == word


@pytest.mark.parametrize(
    ("fault", "word"), [("", "held"), ("ignores-limit", "page-too-long"), ("crashes-on-limit", "crash")]
)
def test_page_sizes_are_judged_without_anything_made_too(fault: str, word: str) -> None:
    timeline = played(with_shelves(fault), ending=AS_IT_IS)
    assert not timeline.every(Lists.CREATE_ITEM)
    assert result(notes(timeline))["page-size"] == word


@pytest.mark.parametrize("fault", ["ignores-token", "empty-for-foreign-token"])
def test_of_an_empty_list_a_foreign_token_tells_nothing(fault: str) -> None:
    assert result(notes(played(PagedListService(fault), ending=AS_IT_IS)))["foreign-token"] == "unreached"


def test_what_replaces_another_is_not_lost_by_pages() -> None:
    class OneBook(PagedListService):
        def _put(self, shelf: str, name: str, status: str) -> None:
            self.shelves[shelf].clear()
            super()._put(shelf, name, status)

    words = result(notes(played(OneBook())))
    assert words["complete"] == "held"
    assert words["no-repeats"] == words["page-size"] == "unreached"


def test_a_target_without_what_things_need_may_have_the_things() -> None:
    implementation = PagedListService("cannot-make-shelves", careless=True)
    assert played(implementation).blocked is not None
    assert result(notes(played(implementation, ending=UNPREPARED))) == ALL


def test_without_what_things_need_a_strict_target_is_not_blamed() -> None:
    found = notes(played(PagedListService(), ending=UNPREPARED))
    assert result(found) == dict.fromkeys(LAWS, "unreached")


def test_a_list_that_crashes_with_something_in_it_is_not_complete() -> None:
    assert result(notes(played(PagedListService("crashes-when-filled")))) == {
        **dict.fromkeys(LAWS, "unreached"),
        "complete": "crash",
    }
