"""Prerequisites at work: bound to what answers told, removed in reverse, shared by what changes nothing."""

from __future__ import annotations

from typing import Any

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.run.execution.executor import Executor
from conformance.run.execution.polling import Polling
from conformance.run.execution.provisioning import Provisioner
from doubles.generated_id_service import MODEL, OVERLAY, GeneratedIdService, builder


def executor(harbour: GeneratedIdService) -> Executor:
    removed = {each.delete: each for each in OVERLAY.resources.values() if each.delete}
    exchanger: Any = harbour
    return Executor(Provisioner(exchanger, Polling(0, 1, sleep=lambda _: None), removed))


def cases(operation: str, intent: str) -> list[Case]:
    found = (item for item in deterministic_cases(builder(), MODEL.operations[operation]) if isinstance(item, Case))
    return [case for case in found if case.intent == intent]


def test_ids_travel_from_answers_into_requests_and_all_is_removed() -> None:
    harbour = GeneratedIdService()
    execution = executor(harbour).execute(cases("CreateShip", "valid")[0])
    assert execution.outcome == "accepted"
    assert harbour.asked() == ["CreateFleet", "GetFleet", "CreateShip", "DeleteShip", "DeleteFleet"]
    assert (harbour.fleets, harbour.ships) == ({}, {})
    assert {exchange.outcome.kind for exchange in execution.exchanges} == {"accepted"}


def test_what_the_request_itself_removed_is_not_removed_again() -> None:
    harbour = GeneratedIdService()
    executor(harbour).execute(cases("DeleteShip", "valid")[0])
    assert harbour.asked().count("DeleteShip") == 1
    assert (harbour.fleets, harbour.ships) == ({}, {})


def test_what_is_in_the_making_is_waited_for() -> None:
    harbour = GeneratedIdService(polls=3)
    executor(harbour).execute(cases("CreateShip", "valid")[0])
    assert harbour.asked()[:6] == ["CreateFleet", *["GetFleet"] * 4, "CreateShip"]


def test_a_prerequisite_that_cannot_be_made_blocks_and_says_why() -> None:
    harbour = GeneratedIdService(refuses=frozenset({"CreateFleet"}))
    execution = executor(harbour).execute(cases("CreateShip", "valid")[0])
    assert execution.blocked == "CreateFleet for its Fleet was rejected as invalid"
    assert harbour.asked() == ["CreateFleet", "CreateShip"]  # sent all the same: not every target looks


def test_an_answer_without_the_id_blocks_and_says_so() -> None:
    harbour = GeneratedIdService(mute=True)
    execution = executor(harbour).execute(cases("CreateShip", "valid")[0])
    assert execution.blocked == "the answer of CreateFleet does not identify its Fleet"
    assert harbour.asked()[-1] == "CreateShip"  # nothing to remove the fleet by


def test_rejected_requests_share_one_set_of_prerequisites() -> None:
    harbour = GeneratedIdService()
    harbour.refuses = frozenset({"SinkShip"})
    runner = executor(harbour)
    executions = [runner.execute(case) for case in cases("SinkShip", "invalid")]
    assert len(executions) > 3
    assert harbour.asked().count("CreateFleet") == 1
    assert "DeleteFleet" not in harbour.asked()
    assert all(
        execution.exchanges[0].call.operation == "CreateFleet" for execution in executions
    )  # each can be replayed
    runner.release()
    assert (harbour.fleets, harbour.ships) == ({}, {})
    assert [exchange.call.operation for exchange in runner.drain_cleanups()] == ["DeleteShip", "DeleteFleet"]


def test_what_was_not_rejected_spoils_what_is_shared() -> None:
    harbour = GeneratedIdService()
    runner = executor(harbour)
    whole = [case for case in cases("SinkShip", "invalid") if len(case.call.bindings) == 2]
    for number, case in enumerate(whole[:2], start=1):
        assert runner.execute(case).outcome == "accepted"  # the harbour looks at no broken bytes
        assert harbour.asked().count("CreateFleet") == number
        assert (harbour.fleets, harbour.ships) == ({}, {})
    assert runner.drain_cleanups() == []
