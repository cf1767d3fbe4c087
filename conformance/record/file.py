"""The record of a run: the interchange between running and everything that tells about it.

    run --lines--> RecordWriter --record.jsonl--> read --Record--> html, junit, markdown, terminal, compare, trend

JSON lines, UTF-8, `type` first, a line written whole and at once: a run that is killed leaves a record that can be
read up to its last line and is known as truncated, because its footer is missing. `record.schema.json` beside this
module says the same for other people's tools.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.errors import BadFile, Unwritable
from conformance.record.bodies import encoded_bytes
from conformance.record.redaction import redacted
from conformance.record.rows import (
    SEVERITIES,
    VERDICTS,
    BadRow,
    FindingRow,
    OperationRow,
    VerdictRow,
    as_line,
    checked_case,
    checked_footer,
    checked_header,
    finding_row,
    operation_row,
    verdict_row,
)

FORMAT = 1

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "header": ("format", "tool", "botocore", "target", "services", "seed", "started", "selection"),
    "case": ("id", "service", "operation", "intent", "title", "clauses", "fault", "steps", "outcome"),
    "finding": (
        "clause", "code", "severity", "service", "operation", "where", "expected", "got", "statement", "source",
        "case", "count", "fingerprint", "folds", "folded_into",
    ),
    "verdict": ("clause", "verdict", "reason", "cases"),
    "operation": ("service", "operation", "level", "reachable", "outcomes"),
    "footer": ("verdicts", "findings", "duration", "requests", "ended"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read. `cases` are by id, in the order of the run; `truncated` says that the end is missing."""

    header: Mapping[str, Any]
    cases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    findings: tuple[FindingRow, ...] = ()
    verdicts: tuple[VerdictRow, ...] = ()
    operations: tuple[OperationRow, ...] = ()
    footer: Mapping[str, Any] | None = None
    truncated: bool = False


class RecordWriter:
    """Writes a record line by line to its final place; a context manager that closes it.

    Directories on the way are made. Raises Unwritable where the file cannot be made or a line not be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.verdicts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self._end = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb", buffering=0)
        except OSError as problem:
            raise _unwritable(self.path, problem) from problem

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was written stays. Closing twice is harmless."""
        self._file.close()

    def write(self, line: Mapping[str, Any] | FindingRow | VerdictRow | OperationRow) -> None:
        """Write one line, without credentials. Raises ValueError for a line without `type`."""
        plain = as_line(line) if isinstance(line, (FindingRow, VerdictRow, OperationRow)) else line
        if not isinstance(plain.get("type"), str):
            raise ValueError("a line of a record needs a 'type'")
        self._append(_encoded(redacted(plain)))
        if plain["type"] == "verdict":
            self.verdicts[str(plain.get("verdict"))] += 1
        elif plain["type"] == "finding":
            self.findings[str(plain.get("severity"))] += 1

    def finish(self, *, duration: float, requests: int, ended: str = "complete") -> None:
        """Write the footer: totals of what was written, `duration` in seconds, `requests` sent, how the run ended."""
        totals = {
            "verdicts": {name: self.verdicts[name] for name in VERDICTS},
            "findings": {name: self.findings[name] for name in SEVERITIES},
        }
        self.write({"type": "footer", **totals, "duration": duration, "requests": requests, "ended": ended})

    def _append(self, content: bytes) -> None:
        """All of `content` or nothing, also when a signal comes in the middle: half a line may only be the last."""
        try:
            done = 0
            while done < len(content):
                done += self._file.write(content[done:]) or 0
        except BaseException as problem:
            with contextlib.suppress(OSError):  # a pipe cannot be taken back
                self._file.truncate(self._end)
                self._file.seek(self._end)
            if isinstance(problem, OSError):
                raise _unwritable(self.path, problem) from problem
            raise
        self._end += len(content)


def read(path: str | os.PathLike[str]) -> Record:
    """The record in a file. Raises BadFile where there is none, where it is foreign, or newer than this version."""
    place = Path(path)
    content = _content(place)
    lines = [(number, line) for number, line in enumerate(content.split(b"\n"), 1) if line.strip()]
    if not lines:
        raise BadFile(place, "is empty", hint="a record is written by 'conformance run'")
    header = _header(place, lines[0])
    parts: dict[str, list[Any]] = {"case": [], "finding": [], "verdict": [], "operation": [], "footer": []}
    whole = True
    for number, line in lines[1:]:
        value = _json(line)
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            if number != lines[-1][0]:
                raise BadFile(place, f"line {number} is not a line of a record", hint="the file is damaged there")
            whole = False
            break
        if value["type"] == "header":
            raise BadFile(place, f"line {number} is a second header", hint="give the records one by one")
        if value["type"] in parts:
            parts[value["type"]].append(_row(place, number, value))
    footer = parts["footer"][-1] if parts["footer"] else None
    return Record(
        header=header,
        cases={case["id"]: case for case in parts["case"]},
        findings=tuple(parts["finding"]),
        verdicts=tuple(parts["verdict"]),
        operations=tuple(parts["operation"]),
        footer=footer,
        truncated=footer is None or not whole,
    )


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of a record."""
    text = resources.files(__package__).joinpath("record.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


_ROWS = {
    "case": checked_case,
    "finding": finding_row,
    "verdict": verdict_row,
    "operation": operation_row,
    "footer": checked_footer,
}


def _row(place: Path, number: int, value: dict[str, Any]) -> Any:
    try:
        return _ROWS[value["type"]](value)
    except BadRow as problem:
        raise BadFile(place, f"line {number}, {value['type']}: {problem}") from problem


def _content(place: Path) -> bytes:
    try:
        return place.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except FileNotFoundError as problem:
        raise BadFile(place, "no such file", hint="a record is written by 'conformance run'") from problem
    except IsADirectoryError as problem:
        hint = f"did you mean {place / 'record.jsonl'}?" if (place / "record.jsonl").is_file() else None
        raise BadFile(place, "is a directory, not a record", hint=hint) from problem
    except OSError as problem:
        raise BadFile(place, problem.strerror or str(problem)) from problem


def _header(place: Path, first: tuple[int, bytes]) -> Mapping[str, Any]:
    value = _json(first[1])
    foreign = "a record is JSON lines, the first of type 'header'"
    if value is None:
        raise BadFile(place, "is not a record: not JSON lines", hint=foreign)
    if not isinstance(value, dict) or value.get("type") != "header" or not isinstance(value.get("format"), int):
        raise BadFile(place, "is not a record: the first line is no header", hint=foreign)
    if value["format"] != FORMAT:
        problem = f"is a record of format {value['format']}; this version reads format {FORMAT}"
        raise BadFile(place, problem, hint="a newer aws-conformance wrote it" if value["format"] > FORMAT else None)
    try:
        return checked_header(value)
    except BadRow as bad:
        raise BadFile(place, f"line {first[0]}, header: {bad}") from bad


def _json(line: bytes) -> Any:
    """The value that `line` writes; None where it is not JSON in UTF-8."""
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _encoded(line: Mapping[str, Any]) -> bytes:
    kind = line["type"]
    known = [name for name in _FIELDS.get(kind, ()) if name in line]
    rest = sorted(name for name in line if name != "type" and name not in known)
    ordered = {name: line[name] for name in ["type", *known, *rest]}
    try:
        text = json.dumps(ordered, ensure_ascii=False, allow_nan=False, default=encoded_bytes)
    except ValueError:
        text = json.dumps(_finite(ordered), ensure_ascii=False, allow_nan=False, default=encoded_bytes)
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        # Lone surrogates have no UTF-8; as JSON escapes they survive.
        return json.dumps(json.loads(text)).encode("ascii") + b"\n"


def _finite(value: Any) -> Any:
    """`value` with NaN and infinities as the text that AWS's JSON protocols use for them."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _unwritable(path: Path, problem: OSError) -> Unwritable:
    return Unwritable(f"cannot write {path}: {problem.strerror or problem}", hint="name another place to write to")


def as_lines(record: Record) -> Iterator[Mapping[str, Any]]:
    """The lines that write `record` down again, in the order of a run."""
    yield record.header
    yield from record.cases.values()
    for rows in (record.findings, record.verdicts, record.operations):
        yield from map(as_line, rows)
    if record.footer is not None:
        yield record.footer
