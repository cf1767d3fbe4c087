"""Limits and how much is printed: a limit is told, and the run judged by what it has shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.record.folder_lock import locked
from conformance.record.reader import read
from doubles.command_line import conformance

pytestmark = pytest.mark.usefixtures("clean_aws")

QUICK = ("run", "sqs:ListQueues", "--max-examples", "0", "--seed", "7")


def test_a_limit_is_told_and_the_rest_is_judged_by_what_was_shown(tmp_path: Path) -> None:
    result = conformance(*QUICK, "--max-requests", "5", "--out", str(tmp_path))
    footer = read(tmp_path / "record.jsonl").footer
    assert footer is not None
    assert (footer.ended, footer.code) == ("stopped", "max-requests")
    assert "ended early: 5 requests" in result.out
    assert result.status == 0
    assert (tmp_path / "junit.xml").exists()


def test_a_limit_before_anything_was_shown_is_no_success(tmp_path: Path) -> None:
    result = conformance(*QUICK, "--max-time", "0.000001", "--out", str(tmp_path))
    assert result.status == 3
    assert "before the run ended" in result.err
    assert read(tmp_path / "record.jsonl").footer is not None


@pytest.mark.parametrize("arguments", [("-x",), ("-x", "1"), ("--max-failures", "1")])
def test_the_first_failure_ends_the_run(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = conformance(*QUICK, *arguments, "--fail-on", "warning", "--out", str(tmp_path))
    footer = read(tmp_path / "record.jsonl").footer
    assert footer is not None
    assert footer.code == "max-failures"
    assert result.status == 1


def test_quiet_and_verbose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quiet = conformance(*QUICK, "--max-requests", "5", "-q")
    assert len(quiet.out.splitlines()) == 4
    assert quiet.err == ""
    verbose = conformance(*QUICK, "--max-requests", "5", "-v")
    assert verbose.err.startswith("sqs:ListQueues  L2 of ")
    assert len(verbose.out.splitlines()) > 10
    both = conformance(*QUICK, "-q", "-v")
    assert (both.status, both.error_lines[0]) == (2, "error: both --quiet and --verbose are given")
    (tmp_path / "conformance.toml").write_text("verbose = true\nmax-requests = 5\nmax-time = 60\nmax-failures = 900\n")
    assert len(conformance(*QUICK, "-q").out.splitlines()) == 4


def test_a_folder_that_another_run_writes_to_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path):
        result = conformance(*QUICK, "--out", str(tmp_path))
    assert result.status == 2
    assert result.error_lines[0] == f"error: another run writes to {tmp_path}"
    assert "--out" in result.err
    assert list(tmp_path.iterdir()) == []
