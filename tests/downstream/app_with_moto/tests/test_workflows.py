from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from shop.messages import Queue
from shop.workflows import Functions, Machines, Roles, Schedule

SOURCE = "def handle(event, context):\n    return event\n"
TARGET = "arn:aws:sqs:eu-west-1:123456789012:deliveries"


@pytest.fixture
def roles() -> Roles:
    return Roles()


@pytest.fixture
def role(roles: Roles) -> str:
    return roles.ensure("worker")


@pytest.mark.parametrize("actions", [["s3:GetObject"], ["sqs:SendMessage", "sqs:ReceiveMessage"], ["dynamodb:*"]])
def test_a_role_may_do_things(roles: Roles, actions: list[str]) -> None:
    assert roles.ensure("worker", *actions).endswith(":role/shop/worker")
    assert roles.actions("worker") == actions


def test_a_role_is_made_once(roles: Roles) -> None:
    assert roles.ensure("worker") == roles.ensure("worker")
    assert roles.names() == ["worker"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_policy_is_shared(roles: Roles, count: int) -> None:
    names = [f"worker-{number}" for number in range(count)]
    for name in names:
        roles.ensure(name)
    roles.share("logs", *names)
    assert [roles.shared(name) for name in names] == [["logs"]] * count


def test_a_role_is_removed(roles: Roles) -> None:
    roles.ensure("worker", "s3:GetObject")
    roles.share("logs", "worker")
    roles.remove("worker")
    assert roles.names() == []


def test_a_role_in_use_is_not_deleted(roles: Roles) -> None:
    roles.ensure("worker", "s3:GetObject")
    with pytest.raises(ClientError, match="DeleteConflict"):
        roles.iam.delete_role(RoleName="worker")


@pytest.fixture
def functions() -> Functions:
    return Functions()


def test_a_function_is_deployed(functions: Functions, role: str) -> None:
    assert functions.deploy("pack", role, SOURCE, STAGE="test") == "1"
    assert functions.names() == ["pack"]


def test_a_function_gets_new_code(functions: Functions, role: str) -> None:
    versions = [functions.deploy("pack", role, source) for source in (SOURCE, SOURCE + "\n")]
    assert versions == ["1", "2"]


def test_an_alias_moves(functions: Functions, role: str) -> None:
    for source in (SOURCE, SOURCE + "\n"):
        functions.point("pack", "live", functions.deploy("pack", role, source))
    assert functions.version_of("pack", "live") == "2"


@pytest.mark.parametrize(
    "settings", [{"Timeout": 60}, {"MemorySize": 1024}, {"Description": "packs"}, {"Runtime": "python3.13"}]
)
def test_a_function_is_configured(functions: Functions, role: str, settings: dict[str, Any]) -> None:
    functions.deploy("pack", role, SOURCE)
    found = functions.configure("pack", **settings)
    assert {name: found[name] for name in settings} == settings


def test_a_function_is_fed(functions: Functions, role: str) -> None:
    functions.deploy("pack", role, SOURCE)
    queue = Queue("deliveries")
    assert functions.feed("pack", queue.arn_of(queue.url)) == "Enabled"


def test_a_function_is_removed(functions: Functions, role: str) -> None:
    functions.deploy("pack", role, SOURCE)
    functions.remove("pack")
    assert functions.names() == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.remove("pack")


@pytest.fixture
def machines(role: str) -> Machines:
    return Machines(role)


@pytest.mark.parametrize("steps", [["pack"], ["pick", "pack"], ["pick", "pack", "send", "thank"]])
def test_a_machine_has_its_steps(machines: Machines, steps: list[str]) -> None:
    assert machines.steps(machines.create("deliver", *steps)) == steps


def test_an_execution_runs_and_is_stopped(machines: Machines) -> None:
    machine = machines.create("deliver", "pick", "pack")
    execution = machines.start(machine, "order-1001", "1001")
    assert machines.status(execution) == "RUNNING"
    assert machines.running(machine) == ["order-1001"]
    machines.stop(execution)
    assert machines.status(execution) == "ABORTED"
    assert machines.running(machine) == []


def test_an_execution_has_its_name_once(machines: Machines) -> None:
    machine = machines.create("deliver", "pick")
    machines.start(machine, "order-1001", "1001")
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start(machine, "order-1001", "1002")


def test_there_is_no_execution(machines: Machines) -> None:
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        machines.status("arn:aws:states:eu-west-1:123456789012:execution:deliver:order-1001")


@pytest.fixture
def schedule() -> Schedule:
    return Schedule()


@pytest.mark.parametrize("rate", ["rate(5 minutes)", "rate(1 day)", "cron(0 6 * * ? *)"])
def test_a_target_is_called_at_a_rate(schedule: Schedule, rate: str) -> None:
    assert schedule.every("nightly", rate, TARGET).endswith(":rule/nightly")
    assert schedule.targets("nightly") == [TARGET]
    assert schedule.events.describe_rule(Name="nightly")["ScheduleExpression"] == rate


@pytest.mark.parametrize(("kind", "count"), [("placed", 1), ("paid", 0)])
def test_a_target_is_called_for_events(schedule: Schedule, kind: str, count: int) -> None:
    queue = Queue("deliveries")
    schedule.on("placed", "placed", queue.arn_of(queue.url))
    assert schedule.emit(kind, order="1001") == 0
    assert len(queue.receive()) == count


def test_a_rule_rests(schedule: Schedule) -> None:
    schedule.every("nightly", "rate(1 day)", TARGET)
    assert schedule.pause("nightly") == "DISABLED"


def test_a_rule_is_removed(schedule: Schedule) -> None:
    schedule.every("nightly", "rate(1 day)", TARGET)
    schedule.remove("nightly")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        schedule.targets("nightly")
