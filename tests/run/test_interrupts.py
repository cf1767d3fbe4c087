"""Ctrl-C and kill: what is known is told, what was made is removed, and no line is half-written."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from conformance.exchanges.accounts import account_for
from conformance.record.reader import read
from doubles.command_line import HOSTING, MODELS, Row, conformance, of_type, rows_of, sent, spawn, verdicts
from doubles.small_sagemaker import Models, serving_models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("clean_aws")]

SEED = 77
PATIENCE = 60


def started(folder: Path, target: str, *, lines: int = 60, services: str = MODELS) -> subprocess.Popen[str]:
    """A run that has got as far as `lines` lines of its record."""
    process = spawn(
        "run", services, "--target", target, "--seed", str(SEED), "--max-examples", "50", "--out", str(folder)
    )
    record, until = folder / "record.jsonl", time.monotonic() + PATIENCE
    while not record.exists() or record.read_bytes().count(b"\n") < lines:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in out + err
    return process.returncode, out, err


def listed(url: str, account: str) -> set[str]:
    """The names of everything in an account."""
    found: set[str] = set()
    for plural, singular in (("Endpoints", "Endpoint"), ("EndpointConfigs", "EndpointConfig"), ("Models", "Model")):
        headers = {
            "X-Amz-Target": f"SageMaker.List{plural}",
            "Content-Type": "application/x-amz-json-1.1",
            "x-moto-account-id": account,
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, "
            "SignedHeaders=host, Signature=0",
        }
        with urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=10) as answer:
            found |= {each[f"{singular}Arn"].rpartition("/")[2] for each in json.load(answer)[plural]}
    return found


def names_sent(rows: list[Row]) -> set[str]:
    values = (value for step in sent(rows) for key, value in step["params"].items() if key.endswith("Name"))
    return {value for value in values if isinstance(value, str)}


@pytest.mark.parametrize("over_http", [False, True], ids=["embedded", "server"])
def test_ctrl_c_ends_the_run_in_order(over_http: bool, tmp_path: Path, moto_server: str) -> None:
    process = started(tmp_path, moto_server if over_http else "moto", services=HOSTING)
    process.send_signal(signal.SIGINT)
    status, out, _ = ended(process)
    assert status == 130
    rows = rows_of(tmp_path)
    assert rows[-1]["ended"] == "interrupted"
    assert not read(tmp_path / "record.jsonl").truncated
    assert "unreached" in verdicts(rows).values()
    assert "interrupted" in out
    assert (tmp_path / "report.html").exists()
    if over_http:
        assert names_sent(rows)
        for number in range(100):
            assert not names_sent(rows) & listed(moto_server, account_for(SEED, number))


def test_what_the_interrupted_case_made_is_removed(tmp_path: Path) -> None:
    for lines in (20, 27):
        models = Models()
        with serving_models(models) as server:
            process = started(tmp_path / str(lines), server.url, lines=lines)
            process.send_signal(signal.SIGINT)
            assert ended(process)[0] == 130
        assert models.created
        assert models.stored == {}


def test_a_second_ctrl_c_leaves_no_half_line(tmp_path: Path, moto_server: str) -> None:
    for number, gap in enumerate((0.001, 0.02)):
        process = started(tmp_path / str(number), moto_server)
        process.send_signal(signal.SIGINT)
        time.sleep(gap)
        process.send_signal(signal.SIGINT)
        status, _, err = ended(process)
        assert status in (130, -signal.SIGINT), err
        rows = rows_of(tmp_path / str(number))
        assert len(of_type(rows, "case")) > 10
        assert conformance("report", str(tmp_path / str(number) / "record.jsonl"), "--format", "json").status == 0


@pytest.mark.parametrize(
    ("over_http", "says"),
    [
        (False, {"html": "did not finish", "json": '"ended": "truncated"'}),
        (True, {"markdown": "did not finish", "junit": "<error"}),
    ],
    ids=["embedded", "server"],
)
def test_a_killed_run_leaves_a_record_that_says_so(
    over_http: bool, says: dict[str, str], tmp_path: Path, moto_server: str
) -> None:
    process = started(tmp_path, moto_server if over_http else "moto")
    process.kill()
    assert ended(process)[0] == -signal.SIGKILL
    assert read(tmp_path / "record.jsonl").truncated
    for name, words in says.items():
        result = conformance("report", str(tmp_path / "record.jsonl"), "--format", name)
        assert (result.status, result.err) == (0, "")
        assert words in result.out


def test_ctrl_c_before_the_first_answer(tmp_path: Path) -> None:
    from doubles.faulty_servers import silent

    with silent() as server:
        process = spawn("run", MODELS, "--target", server.url, "--out", str(tmp_path / "out"))
        until = time.monotonic() + PATIENCE
        while len(server.requests) < 1 and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        status, _, err = ended(process)
    assert status == 130
    assert err.strip() == "error: interrupted"
