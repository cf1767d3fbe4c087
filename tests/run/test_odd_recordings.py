"""What a recording holds beside outputs and errors that fit: a finding where it contradicts, told where it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doubles.command_line import CommandResult, conformance, of_type, rows_of

pytestmark = pytest.mark.usefixtures("clean_aws")


def line(operation: str, status: int, service: str = "sqs", error: str | None = None, output: Any = None) -> str:
    shown = None if error is None else {"Code": error, "Message": "x"}
    recorded = {"service": service, "operation": operation, "http_status": status, "error": shown, "output": output}
    return json.dumps(recorded) + "\n"


def judged(folder: Path, *lines: str) -> tuple[CommandResult, set[tuple[str, str, str]], list[str]]:
    """The command, its findings (severity, code, clause), and the notes on the recording."""
    path = folder / "recording.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    result = conformance("run", "sqs", "--target", f"recording:{path}", "--out", str(folder / "out"))
    rows = rows_of(folder / "out")
    found = {(each["severity"], each["code"], each["clause"]) for each in of_type(rows, "finding")}
    return result, found, rows[0]["target"]["fingerprint"].get("notes", [])


RIGHT = line("ListQueues", 200, output={})

ODD = (
    (line("ListQueues", 500, error="KeyError"), "crash", "errors#status"),
    (line("ListQueues", 500), "malformed-error", "errors#envelope"),
    (line("ListQueues", 400, output={}), "malformed-error", "errors#envelope"),
    (line("ListQueues", 200, error="InvalidAddress"), "error-with-success", "errors#status"),
    (line("ListQueues", 200, output=["a"]), "malformed-answer", "protocol#body"),
    (line("ListQueues", 200, output="gone"), "malformed-answer", "protocol#body"),
)


@pytest.mark.parametrize(("odd", "code", "clause"), ODD)
def test_what_no_service_answers_is_a_finding(odd: str, code: str, clause: str, tmp_path: Path) -> None:
    result, found, notes = judged(tmp_path, odd, RIGHT)
    assert found == {("error", code, f"sqs:ListQueues/{clause}")}
    assert (result.status, notes) == (1, [])


def test_what_a_service_may_answer_is_none(tmp_path: Path) -> None:
    lines = (
        line("ListQueues", 500, error="InternalError"),
        line("DeleteQueue", 200),
        line("ListQueues", 200, output="<out>"),
    )
    result, found, notes = judged(tmp_path, RIGHT, *lines)
    assert (result.status, found, notes) == (0, set(), [])
    assert "1 crashed" in result.out


def test_lines_of_what_does_not_exist_are_counted(tmp_path: Path) -> None:
    stranger = line("Anything", 200, service="sqss", output={})
    result, found, notes = judged(
        tmp_path, RIGHT, line("NoSuch", 200, output={}), stranger, stranger, line("ListTopics", 200, "sns")
    )
    assert (result.status, found) == (0, set())
    assert notes == [
        "2 lines are of unknown services: sqss (2)",
        "1 line is of unknown operations: sqs:NoSuch (1)",
    ]
    assert all(note in " ".join(result.out.split()) for note in notes)


def test_an_error_within_a_success_is_no_success_but_of_one_service_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text(line("CopyObject", 200, "s3", error="InternalError"), encoding="utf-8")
    conformance("run", "s3:CopyObject", "--target", f"recording:{path}", "--out", str(tmp_path))
    rows = rows_of(tmp_path)
    assert of_type(rows, "finding") == []
    assert of_type(rows, "operation")[0]["outcomes"] == {"rejected-validation": 1}
