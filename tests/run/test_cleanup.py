"""What is busy when it is to be removed is waited for; what never gets ready is not waited for again and again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from conformance.cases.case import Call, Creation
from conformance.exchanges.outcome import Outcome
from conformance.run.execution.created_resources import CreatedResources
from conformance.run.execution.polling import TIMEOUTS_ALLOWED, Polling
from conformance.run.execution.provisioning import Provisioner
from conformance.specs.resources.resource import Reading, Status
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
