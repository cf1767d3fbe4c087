"""What the scripts of a resource's life send, and how they wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.fixtures.fixture import altered_text
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import duplicates, lifecycle, references, removal
from doubles import lifecycle_service
from doubles.lifecycle_service import MODEL, LifecycleService
from doubles.offline_player import Clock, play, scenarios_in


def scenario(operation: str, kind: str) -> Scenario:
    """The scenario of an operation whose id has that kind in it."""
    builder = lifecycle_service.builder()
    for module in (lifecycle, duplicates, removal, references):
        for item in scenarios_in(module, builder, MODEL.operations[operation]):
            assert isinstance(item, Scenario), item
            if f"/scenario/{kind}" in item.id:
                return item
    raise AssertionError(f"{operation} has no scenario {kind}")


def sent(operation: str, kind: str, implementation: LifecycleService, clock: Clock | None = None) -> list[str]:
    """The labels of what a script sends, in order."""
    timeline = play(scenario(operation, kind), implementation, service=MODEL, clock=clock)
    assert timeline.blocked is None
    return [event.label for event in timeline.events]


def test_a_creation_is_read_until_it_is_settled() -> None:
    assert sent("CreateThing", "creation", LifecycleService(reads=2)) == ["create", "read", "read", "read", "list"]


def test_a_creation_that_never_ends_is_given_up() -> None:
    clock = Clock(deadline_seconds=5)
    assert sent("CreateThing", "creation", LifecycleService(frozenset({"Creating for ever"})), clock)[-1] == "list"
    assert clock.now == 5


def test_reads_that_lag_are_repeated_as_long_as_they_may() -> None:
    clock = Clock(window_seconds=2)
    assert sent("CreateThing", "creation", LifecycleService(lag=99), clock).count("read") == 3
    assert clock.now == 2


def test_a_list_is_read_page_by_page() -> None:
    implementation = LifecycleService()
    implementation("CreateThing", {"Name": "aaa"})
    implementation("CreateThing", {"Name": "bbb"})
    assert sent("CreateThing", "creation", implementation).count("list") == 3


def test_nothing_follows_what_could_not_be_made() -> None:
    implementation = LifecycleService(frozenset({"CreateThing crashes"}))
    assert sent("CreateThing", "creation", implementation) == ["create"]
    assert sent("CreateThing", "duplicate", implementation) == ["create"]
    assert sent("DeleteThing", "removal", implementation) == ["create"]


def test_something_else_is_asked_for_where_the_same_is_taken_twice() -> None:
    labels = sent("CreateThing", "duplicate", LifecycleService(frozenset({"same again"})))
    assert labels == ["create", "again", "other"]


def test_what_never_goes_is_given_up() -> None:
    clock = Clock(deadline_seconds=4, window_seconds=2)
    labels = sent("DeleteThing", "removal", LifecycleService(frozenset({"Deleting for ever"}), reads=0), clock)
    assert labels[:3] == ["create", "before", "before"] or labels[:2] == ["create", "before"]
    assert labels.count("after") == 5


def test_an_id_that_only_the_service_knows_is_that_of_something_made_but_not_quite() -> None:
    implementation = LifecycleService()
    assert sent("DescribeParts", "not-found", implementation) == ["sample", "ask"]
    assert implementation.asked[-1] == ("DescribeParts", {"PartIds": ["part-000ba"]})
    assert implementation.asked[0][0] == "CreateThing"


def test_a_name_that_nobody_has_needs_nothing_else() -> None:
    implementation = LifecycleService()
    assert sent("ListParts", "missing", implementation) == ["ask"]
    assert [name for name, _ in implementation.asked] == ["ListParts"]


@pytest.mark.parametrize(
    ("text", "other"),
    [("part-000af", "part-000ba"), ("vpc-0", "vpc-1"), ("A9", "B0"), ("x/9.", "y/0."), ("", ""), ("--", "--")],
)
def test_altered_text_has_the_same_form(text: str, other: str) -> None:
    assert altered_text(text) == other


@given(st.text(alphabet="0123456789abcdefghijABC-/:", min_size=1, max_size=12), st.integers(1, 5))
def test_altered_text_says_something_else(text: str, number: int) -> None:
    other = altered_text(text, number)
    assert len(other) == len(text)
    assert (other != text) == any(letter.isalnum() for letter in text)
