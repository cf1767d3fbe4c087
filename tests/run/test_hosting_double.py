"""The project's own measure: nothing is found in a faithful SageMaker hosting, and every fault of a broken one is.

faithful        all operations     no finding at all, at 20 seeds and different speeds
with one fault  those it touches   a finding on a clause that names the fault, and on no other

The double is called in process, which takes less time; one test compares that with HTTP, another runs the command.

What was measured is printed below the tests (`doubles.score_summary`).
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.exchanges.connection import Connection
from conformance.exchanges.target import resolve
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import parse_selection
from conformance.run import run
from conformance.specs.clauses.catalog import operation_clauses
from doubles.command_line import Row, conformance, lines_of, of_type, rows_of, verdicts
from doubles.hosting import OPERATIONS, SWITCHES, Switch, hosting, service_of
from doubles.hosting.in_process import connection_to
from doubles.hosting.server import Hosting
from doubles.score_summary import FAITHFUL, FAULTS, measured

pytestmark = pytest.mark.usefixtures("clean_aws")

# The double's model, whatever botocore is installed.
MODEL = "1.44.5"

ALL = f"sagemaker:{','.join(OPERATIONS)}"

SEEDS = range(20)
QUICK_SEEDS = 2

# What a run over this double cannot reach: updates that nobody asks for, tags that fill a page, inference components.
NEVER = frozenset(
    {
        "sagemaker:Endpoint/lifecycle#SystemUpdating->InService",
        "sagemaker:Endpoint/lifecycle#RollingBack->InService",
        "sagemaker:DeleteEndpoint/rule#ST-12b",
        "sagemaker:ListTags/pagination#complete",
        "sagemaker:ListTags/pagination#no-repeats",
        "sagemaker:ListTags/pagination#page-size",
    }
)

Record = Callable[[str, object], None]


@functools.lru_cache(maxsize=1)
def everything() -> Plan:
    """The plan of all operations: its spec and overlay are read once."""
    return plan_of(parse_selection([ALL]), source=MODEL, poll_interval=0)


def rows_over(connection: Connection, operations: Sequence[str] = OPERATIONS, **options: Any) -> list[Row]:
    """The record of a run over some operations, with the default budget."""
    whole = everything()
    service = whole.services[0]
    chosen = tuple(operation for operation in service.operations if operation.name in operations)
    plan = replace(whole, services=(replace(service, operations=chosen),), **options)
    with connection:
        return lines_of(run(plan, connection))


def over_http(url: str, seed: int) -> Connection:
    return resolve(None, endpoint_url=url, seed=seed, timeout=10).open()


def findings(service: Hosting, operations: Sequence[str] = OPERATIONS, *, seed: int = 1, **options: Any) -> list[Row]:
    """What a run over some operations finds in a double that is called in process."""
    return of_type(rows_over(connection_to(service, seed), operations, seed=seed, **options), "finding")


def outcomes(rows: list[Row]) -> list[tuple[str, str, list[int]]]:
    """The cases of a record: ids, outcomes and the status of every step."""
    cases = of_type(rows, "case")
    return [(row["id"], row["outcome"], [step["response"]["status"] for step in row["steps"]]) for row in cases]


def blames(found: Iterable[Row]) -> list[str]:
    return [f"{row['severity']} {row['code']} {row['clause']}: {row['got']}" for row in found]


# ---------------------------------------------------------------------------------------------- the faithful one
def test_doubles_faithful_one_conforms(tmp_path: Path) -> None:
    with hosting() as url:
        result = conformance(
            "run", ALL, "--target", url, "--seed", "1", "--poll-interval", "0", "--spec", MODEL,
            "--fail-on", "warning", "--out", str(tmp_path),
        )  # fmt: skip
    assert (result.status, result.err) == (0, "")
    rows = rows_of(tmp_path)
    assert blames(of_type(rows, "finding")) == []
    levels = {row["operation"]: (row["level"], row["reachable"]) for row in of_type(rows, "operation")}
    assert {name for name, (level, reachable) in levels.items() if level != reachable} <= {"ListTags", "UpdateEndpoint"}
    words = verdicts(rows)
    inputs = Counter(word for clause, word in words.items() if "/input" in clause)
    assert inputs["passed"] > 0.94 * inputs.total()
    sections = ("/rule#", "/lifecycle#", "/state", "/tags#", "/pagination#", "/filter/", "/sort#")
    states = {clause: word for clause, word in words.items() if any(section in clause for section in sections)}
    assert {clause for clause, word in states.items() if word != "passed"} == NEVER


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed < QUICK_SEEDS else pytest.mark.slow) for seed in SEEDS]
)
def test_doubles_faithful_one_is_not_blamed(seed: int, record_property: Record) -> None:
    service = service_of(creating=1 + seed % 3, updating=1 + seed // 2 % 3, deleting=1 + seed // 4 % 3, lag=seed % 4)
    found = blames(findings(service, seed=seed))
    measured(record_property, FAITHFUL, len(found))
    assert found == []


def test_doubles_answer_in_process_as_over_http() -> None:
    # Compared without bodies: the double's clock is in them.
    operations = ("CreateModel", "DescribeModel", "DeleteModel")
    with hosting(lag=1) as url:
        served = rows_over(over_http(url, 3), operations, seed=3)
    called = rows_over(connection_to(service_of(lag=1), 3), operations, seed=3)
    assert outcomes(called) == outcomes(served)
    assert verdicts(called) == verdicts(served)


# ---------------------------------------------------------------------------------------------- the broken ones
def groups() -> dict[str, list[str]]:
    """Switches that one run can tell apart: rules of one operation that are not enforced. All others stand alone."""
    found: dict[str, list[str]] = {}
    for name, switch in SWITCHES.items():
        together = f"{','.join(switch.operations)}-rules" if name.endswith("_not_enforced") else name
        found.setdefault(together, []).append(name)
    return found


@pytest.mark.parametrize("group", groups())
def test_doubles_faults_are_found(group: str, record_property: Record) -> None:
    switches = {name: SWITCHES[name] for name in groups()[group]}
    operations = next(iter(switches.values())).operations
    found = findings(service_of(**dict.fromkeys(switches, True)), operations, poll_timeout=0.5, poll_interval=0.02)
    named = [name for name, switch in switches.items() if any(switch.names(row["clause"]) for row in found)]
    measured(record_property, FAULTS, len(named), len(switches))
    assert [f"{name}: {SWITCHES[name].breaks}" for name in switches if name not in named] == [], blames(found)
    others = [row for row in found if not any(switch.allows(row["clause"]) for switch in switches.values())]
    assert blames(others) == []


def test_doubles_rules_are_found_one_at_a_time() -> None:
    # A rule that is not enforced shows by itself, too: not only beside others.
    name = "cfg_02_not_enforced"
    found = findings(service_of(**{name: True}), SWITCHES[name].operations)
    assert {row["clause"] for row in found} == {"sagemaker:CreateEndpointConfig/rule#CFG-02"}


def test_doubles_have_at_least_sixty_switches() -> None:
    assert len(SWITCHES) >= 60
    assert {name for switch in SWITCHES.values() for name in switch.operations} <= set(OPERATIONS)
    assert all(switch.clauses and switch.breaks for switch in SWITCHES.values())


def test_doubles_clauses_of_switches_are_those_of_the_operations() -> None:
    for name, switch in SWITCHES.items():
        assert any(map(switch.names, clauses_of(switch))), f"{name}: {switch.clauses[0]} is no clause"


def clauses_of(switch: Switch) -> list[str]:
    service = everything().services[0]
    chosen = (operation for operation in service.operations if operation.name in switch.operations)
    return [clause for operation in chosen for clause in operation_clauses(service.spec, operation, service.overlay)]
