"""Scenarios on a stage: calls bound to what was made, everything removed whatever happens, waits that end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.cases.case import Binding, Call, Creation
from conformance.cases.families import Duplicates, Label, Lifecycle, Removal
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send, SendTogether
from conformance.run.execution.polling import Polling
from conformance.run.execution.provisioning import Provisioner
from conformance.run.scenario_player import PlayedScenario, ScenarioClock, play
from conformance.specs.resources.resource import Source
from doubles.generated_id_service import FLEET, OVERLAY, GeneratedIdService, builder


class Time:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def staged(harbour: GeneratedIdService, script: Any, *, time: Time | None = None, timeout: float = 5) -> PlayedScenario:
    time = time or Time()
    removed = {each.delete: each for each in OVERLAY.resources.values() if each.delete}
    exchanger: Any = harbour
    provisioner = Provisioner(exchanger, Polling(1.0, timeout, time.sleep, lambda: time.now), removed)
    return play(
        provisioner, Scenario("things:X/scenario/x", "things", "GetFleet", "creation", "", (), script, resource=FLEET)
    )


def fleet() -> Creation:
    return builder().creation_of(FLEET, "ctoken")


def get_fleet(label: Label = Lifecycle.READ, *, wait: bool = False) -> Send:
    call = fleet().read
    assert call is not None
    return Send(label, call, wait=wait)


def test_what_a_script_made_is_bound_and_removed() -> None:
    replies: list[Reply] = []

    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        replies.append((yield get_fleet()))

    harbour = GeneratedIdService()
    played = staged(harbour, script)
    assert harbour.asked() == ["CreateFleet", "GetFleet", "DeleteFleet"]
    assert [event.label for event in played.events] == ["create", "read"]
    assert {event.step: event.label for event in played.events} == played.labels
    assert [played.exchanges[event.step] for event in played.events] == [event.exchange for event in played.events]
    assert (replies[0].accepted, replies[0].output) == (True, {"Id": "fleet-1", "State": "ACTIVE"})
    assert harbour.fleets == {}


def test_what_a_script_removed_is_not_removed_again() -> None:
    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        undo = fleet().undo
        assert undo is not None
        yield Send(Removal.DELETE, undo, removes="Fleet")
        yield get_fleet(Removal.AFTER)

    harbour = GeneratedIdService()
    played = staged(harbour, script)
    assert harbour.asked() == ["CreateFleet", "DeleteFleet", "GetFleet"]
    assert played.events[-1].exchange.outcome.kind == "rejected-state"


def test_a_script_that_breaks_off_leaves_nothing_behind() -> None:
    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        raise KeyboardInterrupt

    harbour = GeneratedIdService()
    with pytest.raises(KeyboardInterrupt):
        staged(harbour, script)
    assert harbour.fleets == {}


def test_a_prerequisite_that_cannot_be_made_keeps_the_script_from_the_stage() -> None:
    def script(pace: Pace) -> Script:
        raise AssertionError("not played")
        yield

    harbour: Any = GeneratedIdService(refuses=frozenset({"CreateFleet"}))
    scenario = Scenario("s", "things", "GetFleet", "creation", "", (), script, setup=(fleet(),))
    played = play(Provisioner(harbour, Polling(0, 0)), scenario)
    assert played.blocked == "CreateFleet for its Fleet was rejected as invalid"
    assert played.events == []


def test_waits_end_with_the_deadline_and_are_not_begun_again_for_ever() -> None:
    time, waits = Time(), []

    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        over = pace.deadline()
        while not over():
            yield get_fleet(wait=True)

    removed = {each.delete: each for each in OVERLAY.resources.values() if each.delete}
    exchanger: Any = GeneratedIdService()
    provisioner = Provisioner(exchanger, Polling(1.0, 5, time.sleep, lambda: time.now), removed)
    for _ in range(5):
        before = time.now
        play(provisioner, Scenario("s", "things", "GetFleet", "creation", "", (), script, resource=FLEET))
        waits.append(time.now - before)
    assert waits[:3] == [5, 5, 5]
    assert waits[3:] == [0, 0]


def test_reads_may_lag_a_few_polls_even_where_no_time_passes() -> None:
    exchanger: Any = GeneratedIdService()
    over = ScenarioClock(Provisioner(exchanger, Polling(0, 60))).window()
    asked = [over() for _ in range(12)]
    assert not any(asked[:8])
    assert asked[-1]


def test_clients_that_ask_together_all_get_an_answer_and_the_winner_comes_first() -> None:
    taken: list[str] = []

    class Crowded(GeneratedIdService):
        def perform(self, call: Call, role: Any) -> Any:
            if call.operation == "CreateFleet" and taken:
                self.refuses = frozenset({"CreateFleet"})
            taken.append(call.operation)
            return super().perform(call, role)

    def script(pace: Pace) -> Script:
        replies = yield SendTogether(Duplicates.AT_ONCE, (fleet().call,) * 3, creates=fleet())
        assert [reply.accepted for reply in replies] == [True, False, False]

    harbour = Crowded()
    played = staged(harbour, script)
    assert [event.label for event in played.events] == [Duplicates.AT_ONCE] * 3
    assert harbour.fleets == {}


def test_things_of_one_kind_are_told_apart_by_their_names() -> None:
    def second(call: Call | None) -> Call:
        assert call is not None
        bindings = tuple(replace(each, resource="Fleet#2") for each in call.bindings)
        return replace(call, bindings=bindings)

    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        other = replace(fleet(), resource="Fleet#2", undo=second(fleet().undo))
        yield Send(Lifecycle.CREATE, fleet().call, creates=other)
        reply = yield Send(Lifecycle.READ, second(fleet().read))
        assert reply.output["Id"] == "fleet-2"

    harbour = GeneratedIdService()
    staged(harbour, script)
    assert harbour.asked()[-2:] == ["DeleteFleet", "DeleteFleet"]
    assert harbour.fleets == {}


def test_a_step_tells_what_it_was_bound_to() -> None:
    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        yield get_fleet()

    played = staged(GeneratedIdService(), script)
    create, read = (event.exchange for event in played.events)
    assert create.makes == "Fleet"
    assert read.call.bindings == (Binding(("FleetId",), "Fleet", Source("answer", ("Fleet", "Id"))),)
    assert read.call.params == {"FleetId": "fleet-1"}


def test_a_call_that_cannot_be_bound_is_not_sent_and_the_story_is_not_judged() -> None:
    def script(pace: Pace) -> Script:
        yield Send(Lifecycle.CREATE, fleet().call, creates=fleet())
        yield get_fleet()

    harbour = GeneratedIdService(mute=True)
    played = staged(harbour, script)
    assert played.blocked == "the answer of CreateFleet does not identify its Fleet"
    assert "GetFleet" not in harbour.asked()
