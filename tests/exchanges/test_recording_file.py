"""A recording is read line by line and operation by operation; what is none is refused with the number of the line."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import BadFile
from conformance.exchanges.recordings.recording_file import read_recording

LINE = {"service": "things", "operation": "PutThing", "http_status": 200, "error": None, "output": {"Id": "abc"}}
CASE = {"type": "case", "id": "x", "service": "things", "operation": "PutThing"}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_the_answers_of_an_operation_are_found(tmp_path: Path) -> None:
    lines = [{**LINE, "operation": name, "output": {"Id": str(number)}} for number, name in enumerate("ABABC")]
    found = read_recording(written(tmp_path, *lines))
    assert found.operations() == {("things", name) for name in "ABC"}
    assert [(each.where, each.output) for each in found.answers_of("things", "B")] == [
        ("line 2", {"Id": "1"}),
        ("line 4", {"Id": "3"}),
    ]
    assert list(found.answers_of("things", "D")) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({**LINE, "error": "text"}, "'error' is not an object"),
        ({**LINE, "headers": [1]}, "'headers' is not an object"),
        ({**LINE, "http_status": float("nan")}, "HTTP status"),
        ({**LINE, "http_status": 1e20}, "HTTP status"),
        ({**LINE, "http_status": True}, "HTTP status"),
        ({**LINE, "service": None}, "'service' is not text"),
        ("[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ("[" * 200_000, "nested too deeply"),
        ({**CASE, "steps": 5}, "'steps' is not a list"),
        ({**CASE, "steps": [{"role": "case", "response": {"status": "x"}}]}, "response.status"),
        ({**CASE, "steps": [{"role": "case", "response": {"status": 200, "body_base64": "a"}}]}, "base64"),
        ({**CASE, "steps": [{"role": "case", "response": {"status": 200}, "params": 5}]}, "'params' is not an object"),
    ],
    ids=str,
)
def test_a_line_that_is_none_is_named(line: Any, problem: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="line 2") as refused:
        read_recording(written(tmp_path, LINE, line))
    assert problem in str(refused.value)


def test_the_memory_does_not_grow_with_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    text = json.dumps({**LINE, "output": {"Id": "a" * 1_000}}) + "\n"
    path.write_text(text * 3_000, encoding="utf-8")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_recording(path).answers_of("things", "PutThing"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 3_000
    assert peak < path.stat().st_size / 4
