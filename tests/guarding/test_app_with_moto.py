"""An application tested on moto, with guard and contract at once: no test changes, and all that is found is true.

Each finding was looked up: what moto answers is not what AWS answers. Where a newer moto answers otherwise, it goes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.record.reader import read
from conformance.record.rows import Record

pytestmark = pytest.mark.slow

APP = Path(__file__).parent.parent / "downstream" / "app_with_moto"
FEWEST_TESTS, FEWEST_SERVICES = 150, 10

# As in tests/conftest.py: collections that walk all models and all of moto take a third of the time, and free nothing.
PYTEST = "import gc, sys, pytest; gc.set_threshold(100_000, 20, 100); sys.exit(pytest.main())"

# The operations that may have findings, and what is wrong with their answers in moto 5.2.5.
TRUE = {
    # Recordings of AWS have 202 for the first and 200 for the other two; moto answers 201.
    ("lambda:CreateEventSourceMapping", "other-success-status"),
    ("lambda:GetAlias", "other-success-status"),
    ("lambda:UpdateAlias", "other-success-status"),
    # An endpoint without data capture has no DataCaptureConfig; moto answers an empty one.
    ("sagemaker:DescribeEndpoint", "missing-member"),
    ("sagemaker:DescribeEndpointConfig", "missing-member"),
}


@dataclass(frozen=True)
class Outcome:
    """What the tests print, what the guard recorded, and the contract."""

    output: str
    record: Record
    contract: Any


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    out = tmp_path_factory.mktemp("guard")
    options = ["--conformance-guard=report", f"--conformance-out={out}", f"--conformance-contract={out}/contract.json"]
    command = [sys.executable, "-c", PYTEST, "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ran = subprocess.run(
        command, cwd=APP, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    contract = json.loads((out / "contract.json").read_text("utf-8"))
    return Outcome(ran.stdout, read(out / "guard.jsonl"), contract)


def test_every_test_passes_as_without_the_guard(outcome: Outcome) -> None:
    passed = re.search(r"(\d+) passed in", outcome.output)
    assert passed is not None
    assert int(passed[1]) >= FEWEST_TESTS
    assert "not be judged" not in outcome.output


def test_all_that_is_found_is_true(outcome: Outcome) -> None:
    found = {
        (f"{each.service}:{each.operation}", each.code) for each in outcome.record.findings if each.severity != "info"
    }
    assert found <= TRUE
    assert all(
        re.match(r"tests/test_\w+\.py:\d+ \(tests/", place) for each in outcome.record.findings for place in each.places
    )


def test_the_record_is_of_what_was_called(outcome: Outcome) -> None:
    services = {each.service for each in outcome.record.operations}
    assert len(services) >= FEWEST_SERVICES
    assert len(outcome.record.operations) > 100
    assert all(row.verdict in ("passed", "failed") for row in outcome.record.verdicts)
    assert outcome.record.footer is not None
    assert outcome.record.footer.requests > 1000
    assert outcome.contract["services"].keys() == services
