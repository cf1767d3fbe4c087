"""What is busy when it is to be removed is waited for; what never gets ready is not waited for again and again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.cases.case import Call, Creation
from conformance.exchanges.outcome import Outcome
from conformance.run.execution.created_resources import CreatedResources
from conformance.run.execution.polling import TIMEOUTS_ALLOWED, Polling
from conformance.run.execution.provisioning import Provisioner
from conformance.specs.resources.resource import Reading, Status
from conformance.values.vocabulary import HOW_ANSWERED, OutcomeClass
from doubles.command_line import conformance, rows_of, sent
from doubles.handmade_shapes import resource
from doubles.hosting import hosting


def test_an_endpoint_that_is_still_in_the_making_is_removed_in_the_end(tmp_path: Path) -> None:
    with hosting(creating=2) as url:
        conformance(
            "run", "sagemaker:CreateEndpoint", "--target", url, "--only", "*#required", "--seed", "1",
            "--spec", "installed", "--poll-interval", "0", "--max-examples", "2", "--out", str(tmp_path),
        )  # fmt: skip
    steps = list(sent(rows_of(tmp_path)))
    made = names(steps, "CreateEndpoint", "accepted")
    assert made
    assert made <= names(steps, "DeleteEndpoint", "rejected-state")  # busy at first
    assert made <= names(steps, "DeleteEndpoint", "accepted")


def names(steps: list[Any], operation: str, outcome: str) -> set[str]:
    """The endpoints that an operation was asked for with that outcome."""
    return {
        each["params"]["EndpointName"] for each in steps if (each["operation"], each["outcome"]) == (operation, outcome)
    }


class NeverReady:
    """An exchanger whose polls tell for ever that a thing is in the making."""

    def perform(self, call: Call, role: str) -> Any:
        answer = SimpleNamespace(output={"Status": "Creating"})
        return SimpleNamespace(call=call, role=role, outcome=Outcome("accepted"), answer=answer)


@dataclass
class Polled:
    """An exchanger whose polls are answered so, one after the other: an outcome class, or a status. The last stays."""

    answers: list[str]
    asked: int = 0

    def perform(self, call: Call, role: str) -> Any:
        given = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if given in HOW_ANSWERED:
            return SimpleNamespace(call=call, role=role, outcome=Outcome(cast("OutcomeClass", given)), answer=None)
        answer = SimpleNamespace(output={"Status": given})
        return SimpleNamespace(call=call, role=role, outcome=Outcome("accepted"), answer=answer)


def test_what_never_gets_ready_is_given_up() -> None:
    time = [0.0]
    exchanger: Any = NeverReady()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time[0] += seconds

    provisioner = Provisioner(exchanger, Polling(1.0, 5.0, sleep=sleep, clock=lambda: time[0]))
    status = Status(("Status",), ("Ready", "Creating"), ("Ready",), creating=("Creating",))
    thing = resource("Thing", "Name", create="CreateThing", read=Reading("DescribeThing"), status=status)
    creation = Creation("Thing", Call("CreateThing", {}), thing, None, Call("DescribeThing", {}))
    taken = []
    for _ in range(TIMEOUTS_ALLOWED + 2):
        waits.clear()
        assert provisioner.wait_until_ready(creation, CreatedResources(), []) == "its Thing did not get ready: Creating"
        taken.append(len(waits))
    assert min(taken[:TIMEOUTS_ALLOWED]) >= 5
    assert max(taken[TIMEOUTS_ALLOWED:]) <= 1


@pytest.mark.parametrize(
    ("answers", "problem", "polls"),
    [
        (["crashed"], "its Thing did not get ready: crashed", 2),
        (["malformed"], "its Thing did not get ready: malformed", 2),
        (["crashed", "Creating", "crashed", "Ready"], None, 4),
        (["rejected-validation"], "its Thing did not get ready: rejected-validation", 11),
        (["rejected-state", "Ready"], None, 2),
        (["Creating", "pending-acceptance"], None, 2),
    ],
)
def test_a_wait_ends_where_no_other_answer_will_come(answers: list[str], problem: str | None, polls: int) -> None:
    time = [0.0]
    exchanger: Any = Polled(answers)

    def sleep(seconds: float) -> None:
        time[0] += seconds

    provisioner = Provisioner(exchanger, Polling(1.0, 600.0, sleep=sleep, clock=lambda: time[0]))
    values = ("Ready", "Creating", "pending-acceptance")
    status = Status(("Status",), values, ("Ready",), creating=("Creating",), waiting=("pending-acceptance",))
    thing = resource("Thing", "Name", create="CreateThing", read=Reading("DescribeThing"), status=status)
    creation = Creation("Thing", Call("CreateThing", {}), thing, None, Call("DescribeThing", {}))
    assert provisioner.wait_until_ready(creation, CreatedResources(), []) == problem
    assert exchanger.asked == polls
