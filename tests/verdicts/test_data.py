"""What is written is read: a faithful store, and stores that lose, change or misplace what they are given."""

from __future__ import annotations

import pytest

from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import data
from conformance.specs.clauses.data import data_clauses
from conformance.verdicts.check_results import CheckResult, Contradiction
from conformance.verdicts.laws import notes_of
from doubles.data_stores import KEPT, MODEL, TOLD, Store, builder, overlay
from doubles.handmade_shapes import spec_of
from doubles.offline_player import Clock, play, result, scenarios_in

FLOWS = {"PutNotes": "ListNotes", "SendMessage": "ReceiveMessages", "PutThing": "Scan"}

# What the faults of single members are about.
ABOUT = {
    "PutNotes": ("size", "title", "marks", "limits", "limit"),
    "SendMessage": ("body", "color", "twice"),
    "PutThing": ("attribute", "attributes"),
}


def noted(producer: str, store: Store) -> tuple[CheckResult, ...]:
    (scenario,) = scenarios_in(data, builder(), MODEL.operations[producer])
    assert isinstance(scenario, Scenario), scenario
    return tuple(notes_of(play(scenario, store, service=MODEL, overlay=overlay(), clock=Clock())))


def word(producer: str, store: Store) -> str:
    (found,) = result(noted(producer, store)).values()
    return found


@pytest.mark.parametrize(("producer", "consumer"), FLOWS.items())
def test_there_is_one_clause_for_each_pair(producer: str, consumer: str) -> None:
    (clause,) = data_clauses(spec_of(MODEL), MODEL.operations[producer], overlay())
    assert clause.id == f"shelves:{producer}/state/{consumer}#comes-back"


@pytest.mark.parametrize("producer", FLOWS)
@pytest.mark.parametrize("lag", [0, 2])
def test_a_faithful_store_is_not_blamed(producer: str, lag: int) -> None:
    assert word(producer, Store(lag=lag)) == "held"


@pytest.mark.parametrize("producer", FLOWS)
@pytest.mark.parametrize("fault", KEPT)
def test_what_is_lost_is_told(producer: str, fault: str) -> None:
    assert word(producer, Store(fault)) == "lost"


@pytest.mark.parametrize("fault", TOLD)
@pytest.mark.parametrize("producer", FLOWS)
def test_a_changed_member_is_found_where_it_is_and_nowhere_else(producer: str, fault: str) -> None:
    about = fault.split()[-1] in ABOUT[producer]
    assert (word(producer, Store(fault)) in ("lost-attribute", "changed-value")) is about


@pytest.mark.parametrize(("producer", "consumer"), FLOWS.items())
def test_a_refused_call_leaves_the_clause_open(producer: str, consumer: str) -> None:
    assert word(producer, Store(f"{producer} refuses")) == "unreached"
    assert word(producer, Store(f"{consumer} refuses")) == "unreached"


@pytest.mark.parametrize(("producer", "consumer"), FLOWS.items())
def test_only_a_crash_of_the_writer_is_blamed_on_it(producer: str, consumer: str) -> None:
    assert word(producer, Store(f"{producer} crashes")) == "crash"
    assert word(producer, Store(f"{consumer} crashes")) == "unreached"


def test_the_place_that_differs_is_named() -> None:
    (note,) = noted("PutNotes", Store("another size"))
    assert isinstance(note, Contradiction)
    assert (note.where, note.got) == ("Size", "99")
