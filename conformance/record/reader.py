"""A record as it lies in a file, read into typed rows; what cannot be one is refused with the number of its line.

    record.jsonl --read--> Record     (truncated: the footer is missing, or the last line is half written)

Records of format 1 are read whichever version wrote them: what an older version left out has its default, and what a
newer one added is ignored.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from conformance.exceptions import BadFile
from conformance.record.json_form import BadValue, parsed
from conformance.record.rows import (
    FORMAT,
    ROWS,
    CaseRow,
    Finding,
    FooterRow,
    HeaderRow,
    LeftoverRow,
    OperationRow,
    Record,
    Row,
    Verdict,
)
from conformance.record.stored_cases import StoredCases
from conformance.values.text_formats import NotADocument, json_document

_WRITTEN_BY = "a record is written by 'conformance run'"
_SECOND = "'conformance combine' makes one of several"
_FOREIGN = "a record is JSON lines, the first of type 'header'"


def read(path: str | os.PathLike[str]) -> Record:
    """The record in a file. Raises BadFile where there is none, where it is foreign, or newer than this version."""
    place = Path(path)
    with _opened(place) as file:
        lines = _lines(file)
        header = _header(place, *next(lines, (0, 0, b"")))
        rows: dict[type, list[Any]] = {row: [] for row in ROWS.values()}
        cases = StoredCases(file, lambda line: parsed(CaseRow, _json(line)))
        damaged = 0
        for number, offset, line in lines:
            if damaged:
                raise BadFile(place, f"line {damaged} is not a line of a record", hint="the file is damaged there")
            value = _json(line)
            if not isinstance(value, dict) or not isinstance(value.get("type"), str):
                damaged = number
                continue
            if value["type"] == HeaderRow.type:
                raise BadFile(place, f"line {number} is a second header", hint=_SECOND)
            row = _row(place, number, value)
            if isinstance(row, CaseRow):
                cases.add(row, offset, len(line))
            elif row is not None:
                rows[type(row)].append(row)
    return assembled(header, cases, rows, damaged=bool(damaged))


def assembled(
    header: HeaderRow, cases: Mapping[str, CaseRow], rows: Mapping[type, list[Any]], *, damaged: bool = False
) -> Record:
    """The record of a header, cases, and other rows by their types."""
    footer = rows[FooterRow][-1] if rows[FooterRow] else None
    return Record(
        header=header,
        cases=cases,
        findings=tuple(rows[Finding]),
        verdicts=tuple(rows[Verdict]),
        operations=tuple(rows[OperationRow]),
        leftovers=tuple(rows[LeftoverRow]),
        footer=footer,
        truncated=footer is None or damaged,
    )


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Number, offset and content of the lines that are not blank."""
    offset = 0
    for number, line in enumerate(file, 1):
        content = line.removeprefix(BOM_UTF8) if number == 1 else line
        if content.strip():
            yield number, offset + len(line) - len(content), content
        offset += len(line)


def row_of(line: Mapping[str, Any]) -> Row | None:
    """The row that the object of a line writes; None for a type of line of a later version. Raises BadValue."""
    row = ROWS.get(line["type"])
    return None if row is None else parsed(row, line)


def _row(place: Path, number: int, value: Mapping[str, Any]) -> Row | None:
    try:
        return row_of(value)
    except BadValue as bad:
        raise BadFile(place, f"line {number}, {value['type']}: {bad}") from bad


def _header(place: Path, number: int, _offset: int, first: bytes) -> HeaderRow:
    if not first:
        raise BadFile(place, "is empty", hint=_WRITTEN_BY)
    value = _json(first)
    if value is None:
        raise BadFile(place, "is not a record: not JSON lines", hint=_FOREIGN)
    if not isinstance(value, dict) or value.get("type") != HeaderRow.type or not isinstance(value.get("format"), int):
        raise BadFile(place, "is not a record: the first line is no header", hint=_FOREIGN)
    if value["format"] != FORMAT:
        problem = f"is a record of format {value['format']}; this version reads format {FORMAT}"
        raise BadFile(place, problem, hint="a newer aws-conformance wrote it" if value["format"] > FORMAT else None)
    header = _row(place, number, value)
    assert isinstance(header, HeaderRow)
    return header


@contextlib.contextmanager
def _opened(place: Path) -> Iterator[BinaryIO]:
    try:
        with place.open("rb") as file:
            if file.seekable():
                yield file
            else:  # a pipe can be read once only
                with tempfile.TemporaryFile() as copy:
                    shutil.copyfileobj(file, copy)
                    copy.seek(0)
                    yield copy
    except FileNotFoundError as problem:
        raise BadFile(place, "no such file", hint=_WRITTEN_BY) from problem
    except IsADirectoryError as problem:
        hint = f"did you mean {place / 'record.jsonl'}?" if (place / "record.jsonl").is_file() else None
        raise BadFile(place, "is a directory, not a record", hint=hint) from problem
    except OSError as problem:
        raise BadFile(place, problem.strerror or str(problem)) from problem


def _json(line: bytes) -> Any:
    """The value that `line` writes; None where it is not JSON in UTF-8."""
    try:
        return json_document(line)
    except NotADocument:
        return None
