"""Same seed, same record: in process, again in process, and over HTTP."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doubles.command_line import Row, conformance, of_type, rows_of, spawn, timeless

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("clean_aws")]

SELECTED = (
    "sagemaker:CreateModel,CreateEndpointConfig,DescribeModel,ListModels", "--only", "*/ModelName#*",
    "--only", "*/VariantName#*", "--only", "*#accepted", "--only", "*/output/*", "--only", "*/errors#*",
    "--max-examples", "4",
)  # fmt: skip


_EXCEPTION = re.compile(r"(?<=^HTTP 500) from .*", re.DOTALL)


def run(folder: Path, target: str, seed: int) -> list[Row]:
    """A run in this process, where pytest and much else are loaded."""
    result = conformance("run", *SELECTED, "--target", target, "--seed", str(seed), "--out", str(folder))
    assert (result.status, result.err) == (1, "")
    return rows_of(folder)


def run_apart(folder: Path, target: str, seed: int) -> list[Row]:
    """A run in a process of its own, as users start it."""
    process = spawn("run", *SELECTED, "--target", target, "--seed", str(seed), "--out", str(folder))
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "")
    return rows_of(folder)


def names(rows: list[Row]) -> set[str]:
    return {
        step["params"]["ModelName"]
        for case in of_type(rows, "case")
        for step in case["steps"]
        if step["operation"] == "CreateModel" and case["intent"] == "valid" and "ModelName" in step["params"]
    }


def from_outside(rows: list[Row]) -> list[Row]:
    """The lines without what only the process that an exception ends can tell of it."""
    found = []
    for row in rows:
        kept = {**row, "got": _EXCEPTION.sub("", row["got"])} if row["type"] == "finding" else dict(row)
        if row["type"] == "case":
            kept["steps"] = [{**step, "crash": None} for step in row["steps"]]
        found.append(kept)
    return found


def test_the_same_seed_makes_the_same_record_wherever_it_runs(tmp_path: Path, moto_server: str) -> None:
    first = run_apart(tmp_path / "a", "moto", 1)
    for name, target in (("b", "moto"), ("c", moto_server), ("d", "moto")):
        again = run(tmp_path / name, target, 1)
        assert len(again) == len(first)
        seen = from_outside if target == moto_server else list
        for one, other in zip(seen(timeless(first)), seen(timeless(again)), strict=True):
            assert one == other


def test_another_seed_uses_other_names(tmp_path: Path) -> None:
    first, second = (run(tmp_path / str(seed), "moto", seed) for seed in (1, 2))
    assert names(first)
    assert not names(first) & names(second)
