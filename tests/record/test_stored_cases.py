"""Cases that are read from the file when they are asked for are those that were written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.record.json_form import parsed
from conformance.record.reader import read
from conformance.record.rows import CaseRow, Record
from conformance.record.stored_cases import StoredCases
from doubles.handmade_records import write_lines

Lines = list[dict[str, Any]]


def stored(path: Path, kept: int) -> StoredCases:
    with path.open("rb") as file:
        cases = StoredCases(file, lambda line: parsed(CaseRow, json.loads(line)), kept=kept)
        offset = 0
        for line in file:
            if json.loads(line)["type"] == "case":
                cases.add(parsed(CaseRow, json.loads(line)), offset, len(line))
            offset += len(line)
    return cases


@pytest.mark.parametrize("kept", [0, 1_000, 10**9])
def test_they_are_the_same_wherever_they_lie(tmp_path: Path, record: Record, lines: Lines, kept: int) -> None:
    path = write_lines(tmp_path / "record.jsonl", lines)
    cases = stored(path, kept)
    path.unlink()
    assert dict(cases) == dict(record.cases)
    assert list(cases) == list(record.cases)
    assert len(cases) == len(record.cases)
    assert "no such case" not in cases
    with pytest.raises(KeyError):
        cases["no such case"]


def test_the_last_line_of_an_id_counts(tmp_path: Path, lines: Lines) -> None:
    case = next(line for line in lines if line["type"] == "case")
    path = write_lines(tmp_path / "record.jsonl", [lines[0], case, {**case, "operation": "Another"}])
    for kept in (0, 10**9):
        assert [row.operation for row in stored(path, kept).values()] == ["Another"]


def test_a_record_that_another_one_replaces_stays_readable(tmp_path: Path, lines: Lines) -> None:
    path = write_lines(tmp_path / "record.jsonl", lines)
    cases = stored(path, 0)
    before = dict(cases)
    write_lines(tmp_path / "other", lines[:1]).replace(path)
    assert dict(cases) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_record_is_read_from_a_pipe(tmp_path: Path, record: Record, lines: Lines) -> None:
    pipe, path = tmp_path / "pipe", write_lines(tmp_path / "record.jsonl", lines)
    os.mkfifo(pipe)
    copy = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), open(sys.argv[2], 'wb'))"
    with subprocess.Popen([sys.executable, "-c", copy, path, pipe]) as writer:
        found = read(pipe)
        assert writer.wait() == 0
    assert dict(found.cases) == dict(record.cases)
    assert found.verdicts == record.verdicts
