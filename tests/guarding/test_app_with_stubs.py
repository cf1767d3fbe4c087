"""The guard in an application's own tests: it finds every mock that lies, with test and line, and blames no other.

The application is `tests/downstream/app_with_stubs`; its comments say which lines lie, and how.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.record.reader import read

APP = Path(__file__).parent.parent / "downstream" / "app_with_stubs"
LIES = APP / "tests" / "test_lies.py"
FEWEST_LIES, FEWEST_HONEST = 25, 60


@dataclass(frozen=True)
class Outcome:
    """What the application's tests print with the guard, and the record."""

    lines: list[str]
    record: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    out = tmp_path_factory.mktemp("guard")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-q", "--conformance-guard=fail"]
    ran = subprocess.run(
        [*command, f"--conformance-out={out}"], cwd=APP, capture_output=True, text=True, check=False, timeout=600
    )
    assert "not be judged" not in ran.stdout, ran.stdout[-3000:]
    return Outcome(ran.stdout.splitlines(), out / "guard.jsonl")


def lies() -> dict[int, tuple[str, str]]:
    """The test and the code of each lie, by its line."""
    found, test = {}, ""
    for number, line in enumerate(LIES.read_text("utf-8").splitlines(), start=1):
        test = match[1] if (match := re.match(r"def (test_\w+)", line)) else test
        if match := re.search(r"# lie: (\S+)$", line):
            found[number] = test, match[1]
    return found


def test_every_lie_is_found_at_its_line(outcome: Outcome) -> None:
    told = {
        (int(match[1]), match[2])
        for line in outcome.lines
        if (match := re.match(r"tests/test_lies\.py:(\d+): \w+: \S+ \((\S+)\)", line))
    }
    assert len(lies()) >= FEWEST_LIES
    assert {(line, code) for line, (_, code) in lies().items()} == told


def test_the_tests_that_lie_fail_and_no_others(outcome: Outcome) -> None:
    failed = {match[1] for line in outcome.lines if (match := re.match(r"FAILED tests/(\S+)", line))}
    passed = [line for line in outcome.lines if line.startswith("PASSED ")]
    assert failed == {f"test_lies.py::{test}" for test, _ in lies().values()}
    assert len(passed) >= FEWEST_HONEST
    assert not [line for line in outcome.lines if line.startswith("ERROR")]


def test_the_record_names_the_places(outcome: Outcome) -> None:
    record = read(outcome.record)
    assert record.header.target.kind == "guard"
    places = [each.places for each in record.findings if each.severity != "info"]
    assert all(places)
    assert all("test_lies.py::" in place for each in places for place in each)
    assert {each.case for each in record.findings} <= set(record.cases)


def test_the_honest_mocks_are_of_ten_services() -> None:
    recorded = json.loads((APP / "tests" / "recorded_answers.json").read_text("utf-8"))
    assert recorded["source"]
    assert len({each["service"] for each in recorded["answers"]}) >= 10


def test_the_finding_in_the_readme_is_one_of_them(outcome: Outcome) -> None:
    readme = (APP.parent.parent.parent / "README.md").read_text("utf-8")
    shown = re.findall(r"^tests/test_lies\.py:.*$", readme, flags=re.MULTILINE)
    assert len(shown) == 1
    assert set(shown) <= set(outcome.lines)
