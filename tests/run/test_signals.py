"""SIGTERM and SIGHUP end a run as Ctrl-C does; the second signal ends it at once, with a footer."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.record.reader import read
from doubles.command_line import MODELS, conformance, rows_of, spawn, verdicts
from doubles.faulty_servers import Conversation, Server, serving
from doubles.small_sagemaker import Models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("clean_aws")]

PATIENCE = 60


@contextmanager
def slow_models(models: Models, slow: str, after: int) -> Iterator[Server]:
    """Models, where an operation is not answered any more after so many requests."""

    def answer(conversation: Conversation) -> None:
        if conversation.number > after and conversation.request.headers.get("x-amz-target", "").endswith(slow):
            conversation.wait()
        conversation.reply(models.answer(conversation.request))

    with serving(answer) as server:
        yield server


def blocked(process: subprocess.Popen[str], server: Server, slow: str, after: int) -> None:
    """Wait until the run waits for an answer that does not come."""
    until = time.monotonic() + PATIENCE
    while not any(each.headers.get("x-amz-target", "").endswith(slow) for each in server.requests[after:]):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(0.2)


def start(folder: Path, server: Server) -> subprocess.Popen[str]:
    return spawn("run", MODELS, "--target", server.url, "--seed", "7", "--max-examples", "0", "--out", str(folder))


def test_a_signal_ends_the_run_in_order_even_while_it_waits(tmp_path: Path) -> None:
    models = Models()
    with slow_models(models, "DescribeModel", 15) as server:
        process = start(tmp_path, server)
        blocked(process, server, "DescribeModel", 15)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in out + err
    rows = rows_of(tmp_path)
    assert rows[-1]["ended"] == "interrupted"
    assert "unreached" in verdicts(rows).values()
    assert "interrupted" in out
    assert (tmp_path / "report.html").exists()
    assert models.created
    assert models.stored == {}


def test_the_second_signal_ends_at_once_with_a_footer(tmp_path: Path) -> None:
    with slow_models(Models(), "Model", 40) as server:  # removals are not answered, either
        process = start(tmp_path, server)
        blocked(process, server, "Model", 40)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        begun = time.monotonic()
        _, err = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - begun < 5
    assert process.returncode == 128 + signal.SIGHUP
    assert "at once" in err
    record = read(tmp_path / "record.jsonl")
    assert not record.truncated
    assert record.footer is not None
    assert (record.footer.ended, record.footer.code) == ("interrupted", "hung-up")
    assert conformance("report", str(tmp_path / "record.jsonl"), "--format", "markdown").status == 0
