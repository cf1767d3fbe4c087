"""The scripts that measure the project run: each for a moment, so that none of them rots.

`tox -e quality` and `tox -e benchmarks` run them in full; what they measure is not judged here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("clean_aws")]

TESTS = Path(__file__).resolve().parent


def output_of(script: str, *arguments: str) -> str:
    """What a script prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, TESTS / script, *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("script", "arguments", "prints"),
    [
        ("quality/reach.py", ["sts", "--missing"], "moto has"),
        ("quality/clause_reach.py", ["sts:GetCallerIdentity"], "at L2 or more"),
        ("quality/leftovers.py", ["sts:GetCallerIdentity"], "untold"),
        ("quality/resources_inferred.py", ["sts", "sqs"], "families"),
        ("quality/known_contradictions.py", ["answers/json-error-status"], "1 right, 0 wrong"),
        ("benchmarks/transport.py", ["--seconds", "0.2", "--server", "fast"], "share"),
        ("benchmarks/run_rate.py", ["sts:GetCallerIdentity", "--rounds", "1"], "median ratio"),
        ("benchmarks/generation.py", ["--quick"], "operations"),
        ("benchmarks/pytest_start.py", ["--rounds", "1"], "median ratio"),
        ("benchmarks/guard_cost.py", ["--rounds", "1", "--suites", "0"], "of one without"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_it_runs(script: str, arguments: list[str], prints: str) -> None:
    assert prints in output_of(script, *arguments)


def test_bugs_of_moto_are_looked_for(tmp_path: Path) -> None:
    # Both versions are the installed one, so nothing differs and no bug is found.
    server = Path(sys.executable).parent / ("moto_server.exe" if os.name == "nt" else "moto_server")
    for version in ("1", "2"):
        folder = tmp_path / f"m-{version}" / "bin"
        folder.mkdir(parents=True)
        (folder / "moto_server").symlink_to(server)
    bug = {
        "id": "none",
        "kind": "none",
        "buggy_version": "1",
        "fixed_version": "2",
        "service": "sts",
        "operation": "GetCallerIdentity",
        "where": None,
    }
    bugs = tmp_path / "bugs.json"
    bugs.write_text(json.dumps([bug]), encoding="utf-8")
    assert output_of("quality/moto_bugs.py", str(bugs), str(tmp_path)).splitlines()[-1] == "0 of 1 found"
