"""The project's own measure: nothing is found in a faithful SageMaker hosting, and every fault of a broken one is.

hosting()           all operations     no finding at all; levels and clauses reached are printed
hosting(fault=...)  those it touches   a finding on a clause that names the fault, and on no other
"""

from __future__ import annotations

import functools
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore
import pytest
from packaging.version import Version
from rich.console import Console
from rich.table import Table

from conformance.exchanges.target import resolve
from conformance.run import Plan, Selection, narrowed, run
from conformance.settings import plan_of, wishes_of
from doubles.hosting import OPERATIONS, SWITCHES, Switch, hosting
from doubles.product import Row, conformance, of_type, rows_of, verdicts

pytestmark = [
    pytest.mark.usefixtures("clean_aws"),
    pytest.mark.skipif(
        Version(botocore.__version__) < Version("1.44.5"),
        reason="the double is today's AWS, as is its model",
    ),
]

ALL = f"sagemaker:{','.join(OPERATIONS)}"

# What no request of one operation can show here: tags are read and written by the ARN of something made before.
BY_ARN = frozenset({"AddTags", "ListTags", "DeleteTags"})

ONE_REQUEST = {name: switch for name, switch in SWITCHES.items() if switch.needs == "one-request"}
SCENARIO = {name: switch for name, switch in SWITCHES.items() if switch.needs == "scenario"}


# ---------------------------------------------------------------------------------------------- the faithful one
def faithful(seed: int, folder: Path, *options: str) -> list[Row]:
    with hosting() as url:
        said = conformance(
            "run", ALL, "--target", url, "--seed", str(seed), "--poll-interval", "0", "--spec", "installed",
            "--fail-on", "warning", "--out", str(folder), *options,
        )  # fmt: skip
    assert (said.status, said.err) == (0, "")
    return rows_of(folder)


def blames(rows: list[Row]) -> list[str]:
    return [f"{row['severity']} {row['code']} {row['clause']}: {row['got']}" for row in of_type(rows, "finding")]


def reach(rows: list[Row]) -> str:
    levels = of_type(rows, "operation")
    reached = sum(row["level"] == row["reachable"] for row in levels)
    words = ", ".join(f"{number} {word}" for word, number in Counter(verdicts(rows).values()).most_common())
    return f"faithful double: {reached} of {len(levels)} operations at their highest level; clauses {words}"


def test_doubles_faithful_one_is_not_blamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = faithful(1, tmp_path)
    assert blames(rows) == []
    behind = {row["operation"] for row in of_type(rows, "operation") if row["level"] != row["reachable"]}
    assert behind <= BY_ARN
    words = {
        clause: word for clause, word in verdicts(rows).items() if clause.split(":")[1].split("/")[0] not in BY_ARN
    }
    inputs = [word for clause, word in words.items() if "/input" in clause]
    assert inputs.count("passed") > 0.94 * len(inputs)
    assert {word for clause, word in words.items() if "/rule#" in clause} == {"passed"}
    with capsys.disabled():
        print(f"\n{reach(rows)}")


def test_doubles_faithful_one_takes_other_valid_requests_too(tmp_path: Path) -> None:
    rows = faithful(2, tmp_path, "--only", "*/input#accepted", "--only", "*/output*", "--only", "*/errors#*")
    assert blames(rows) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_doubles_faithful_one_is_not_blamed_at_any_seed(seed: int, tmp_path: Path) -> None:
    assert blames(faithful(seed, tmp_path)) == []


# ---------------------------------------------------------------------------------------------- the broken ones
@functools.lru_cache(maxsize=1)
def everything() -> Plan:
    """The plan of all operations: its spec and overlay are read once."""
    return plan_of(wishes_of([ALL]), source="installed", seed=1, poll_interval=0, poll_timeout=0.1)


def findings(names: Iterable[str], operations: Sequence[str], *only: str, examples: int = 20) -> list[Row]:
    """What a run over some operations finds where these switches are on."""
    whole = everything()
    service = whole.services[0]
    chosen = tuple(operation for operation in service.operations if operation.name in operations)
    plan = replace(
        whole, services=(replace(service, operations=chosen),), selection=Selection(only), max_examples=examples
    )
    with hosting(**dict.fromkeys(names, True)) as url:
        target = resolve(None, endpoint_url=url, seed=1, timeout=10)
        with target.open() as connection:
            return of_type(list(run(narrowed(plan), connection)), "finding")


def missed(name: str, switch: Switch, found: list[Row]) -> str | None:
    """Why a switch does not count as found, if it does not."""
    named = [row["clause"] for row in found if switch.names(row["clause"])]
    others = [f"{row['code']} {row['clause']}" for row in found if not switch.allows(row["clause"])]
    if not named:
        return f"{name} ({switch.breaks}): not found; instead {others}"
    return f"{name} ({switch.breaks}): blamed as well: {others}" if others else None


def groups() -> dict[tuple[str, ...], list[str]]:
    """Switches that one run can tell apart: rules of one operation that are not enforced. All others stand alone."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, switch in ONE_REQUEST.items():
        alone = not name.endswith("_not_enforced")
        found.setdefault((name,) if alone else switch.operations, []).append(name)
    return found


def quick_only(switch: Switch) -> tuple[str, ...]:
    """The clauses to ask for where time is short: those of the section that the fault is in."""
    if "/rule#" in switch.clauses[0]:
        return ("*/rule#*",)
    return (*switch.clauses, "*/input#accepted", "*/protocol#*", "*/output*")


def test_doubles_broken_ones_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    problems = {}
    for names in groups().values():
        switches = {name: SWITCHES[name] for name in names}
        first = switches[names[0]]
        found = findings(names, first.operations, *quick_only(first), examples=3)
        others = [row for row in found if not any(switch.allows(row["clause"]) for switch in switches.values())]
        for name, switch in switches.items():
            problem = missed(name, switch, [row for row in found if switch.allows(row["clause"])] + others)
            problems.update({} if problem is None else {name: problem})
    with capsys.disabled():
        print(f"\n{score(problems)}")
    assert not problems, "\n".join(problems.values())


def score(problems: Mapping[str, str]) -> str:
    caught = len(ONE_REQUEST) - len(problems)
    return f"broken doubles: {caught} of {len(ONE_REQUEST)} faults found; {len(SCENARIO)} more take scenarios to see"


@pytest.mark.slow
def test_doubles_broken_ones_are_each_found_alone(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("switch", "found", "blamed", "severity", title=f"{len(ONE_REQUEST)} switches, one at a time")
    problems = {}
    for name, switch in ONE_REQUEST.items():
        found = findings([name], switch.operations)
        problem = missed(name, switch, found)
        named = [row for row in found if switch.names(row["clause"])]
        first: dict[str, Any] = named[0] if named else {"clause": "", "severity": ""}
        table.add_row(name, "yes" if problem is None else "no", first["clause"], first["severity"])
        if problem is not None:
            problems[name] = problem
    screen = Console(file=io.StringIO(), width=160)
    screen.print(table)
    with capsys.disabled():
        print(f"\n{screen.file.getvalue()}")  # type: ignore[attr-defined]
        print(score(problems))
    assert not problems, "\n".join(problems.values())


def test_doubles_have_at_least_sixty_switches() -> None:
    assert len(SWITCHES) >= 60
    assert {name for switch in SWITCHES.values() for name in switch.operations} <= set(OPERATIONS)
    assert all(switch.clauses and switch.breaks for switch in SWITCHES.values())
