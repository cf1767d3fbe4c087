"""What `cases` prints can be run, and sends what a run sends: as curl lines, a boto3 script and AWS CLI lines."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from doubles import faulty_servers
from doubles.command_line import UNWRITTEN, Row, conformance, of_type, rows_of
from doubles.faulty_servers import Received

pytestmark = pytest.mark.usefixtures("clean_aws")

OPERATION = "sagemaker:CreateEndpoint"
SEED = ("--seed", "21")
ANYWHERE = "http://127.0.0.1:1"


def printed(format_: str, url: str, *options: str) -> str:
    result = conformance("cases", OPERATION, *SEED, "--format", format_, "--endpoint-url", url, *options)
    assert result.status == 0
    assert [line for line in result.error_lines if not UNWRITTEN.match(line)] == []
    return result.out


def lines(*options: str) -> dict[str, Row]:
    """Cases as lines of a record, by id."""
    rows = [json.loads(line) for line in printed("jsonl", ANYWHERE, *options).splitlines()]
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="module")
def known() -> dict[str, Row]:
    """Every case of the operation."""
    return lines()


def executed(format_: str, command: list[str], known: dict[str, Row], *options: str) -> list[tuple[Received, Row]]:
    """Every request that printed lines send, beside the one that the same case has as a line of a record."""
    with faulty_servers.yes_to_everything() as server:
        script = printed(format_, server.url, *options)
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert "rror" not in done.stderr, done.stderr
        received = [request for request in server.requests if request.method == "POST"]
    cases = [line[2:] for line in script.splitlines() if line.startswith(f"# {OPERATION}/")]
    assert cases
    expected = [step["request"] for case in cases for step in known[case]["steps"]]
    assert len(received) == len(expected)
    return list(zip(received, expected, strict=True))


def check(pairs: list[tuple[Received, Row]], *, exactly: bool) -> None:
    for received, expected in pairs:
        assert (received.method, received.target) == (expected["method"], expected["path"])
        assert received.headers["x-amz-target"] == expected["headers"]["X-Amz-Target"]
        assert received.headers["content-type"] == expected["headers"]["Content-Type"]
        assert "Credential=" in received.headers["authorization"]
        if exactly:
            assert received.body == expected["body"].encode()
        else:
            assert _value(received.body) == _value(expected["body"])


def _value(body: str | bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body if isinstance(body, bytes) else body.encode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize("intent", ["valid", "boundary", "invalid"])
def test_curl_lines(intent: str, known: dict[str, Row]) -> None:
    check(executed("curl", ["bash", "-s"], known, "--intent", intent, "-n", "2"), exactly=True)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("boto3") is None, reason="no boto3")
def test_boto3_script(known: dict[str, Row]) -> None:
    check(executed("boto3", [sys.executable, "-"], known, "--intent", "invalid", "-n", "4"), exactly=False)


def aws_cli_works() -> bool:
    found = shutil.which("aws")
    return found is not None and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("intent", ["valid", "invalid"])
def test_aws_cli_lines(intent: str, known: dict[str, Row]) -> None:
    if not aws_cli_works():
        pytest.skip("no AWS CLI")
    check(executed("aws-cli", ["bash", "-s"], known, "--intent", intent, "-n", "1"), exactly=False)


def test_lines_are_what_a_run_of_the_same_seed_sends(known: dict[str, Row], tmp_path: Path) -> None:
    with faulty_servers.yes_to_everything() as server:
        options = ("--target", server.url, "--only", "*/EndpointName#*", "--only", "*#accepted", "--poll-timeout", "0")
        conformance("run", OPERATION, *SEED, *options, "--max-examples", "3", "--out", str(tmp_path))
    both = [(row, known[row["id"]]) for row in of_type(rows_of(tmp_path), "case") if row["id"] in known]
    assert {row["intent"] for row, _ in both} == {"valid", "boundary", "invalid"}
    for run, line in both:
        sent = [step for step in run["steps"] if step["role"] in ("setup", "case")]
        assert [step["request"] for step in line["steps"]][: len(sent)] == [step["request"] for step in sent]


def test_the_number_asked_for_is_filled_up_with_random_valid_ones() -> None:
    found = lines("--intent", "valid", "-n", "7")
    assert len(found) == 7
    assert {row["intent"] for row in found.values()} == {"valid"}


def test_the_same_seed_prints_the_same_and_another_one_other_names() -> None:
    first = lines("-n", "5")
    assert first == lines("-n", "5")
    other = conformance("cases", OPERATION, "--seed", "22", "-n", "5")
    names = {line["steps"][-1]["params"]["EndpointName"] for line in first.values()}
    assert names
    assert not any(name in other.out for name in names)


def test_what_answers_tell_is_named() -> None:
    result = conformance("cases", "ec2:CreateSubnet", *SEED, "--intent", "valid", "-n", "1")
    made, asked = json.loads(result.out)["steps"]
    assert (made["operation"], made["makes"]) == ("CreateVpc", "Vpc")
    assert asked["bound"] == [{"path": "VpcId", "resource": "Vpc", "side": "answer", "source": "Vpc.VpcId"}]


def test_scenarios_are_listed_with_their_first_call() -> None:
    result = conformance("cases", "sagemaker:DeleteEndpoint", *SEED, "--intent", "scenario")
    assert (result.status, result.err) == (0, "")
    rows = {row["id"]: row for row in map(json.loads, result.out.splitlines())}
    row = rows["sagemaker:DeleteEndpoint/scenario/removal/Endpoint"]
    assert "sagemaker:Endpoint/lifecycle#gone-after-delete" in row["clauses"]
    assert [step["operation"] for step in row["steps"]] == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert (row["steps"][-1]["label"], row["steps"][-1]["makes"]) == ("create", "Endpoint")
    assert {row["intent"] for row in rows.values()} == {"scenario"}
    few = conformance("cases", "sagemaker:DeleteEndpoint", *SEED, "--intent", "scenario", "-n", "1")
    assert few.out == f"{result.out.splitlines()[0]}\n"


@pytest.mark.parametrize("format_", ["boto3", "aws-cli", "curl"])
def test_no_script_of_a_scenario_that_was_not_played(format_: str) -> None:
    result = conformance("cases", OPERATION, "--intent", "scenario", "--format", format_)
    assert result.status == 2
    assert "depends on earlier answers" in result.error_lines[0]
    assert "conformance run" in result.error_lines[1]
