"""Typed rows, written to a file line by line.

    run --rows--> redacted --> one line of JSON --> record.jsonl

JSON lines, UTF-8, `type` first, a line written whole and at once: a run that is killed leaves a record that can be
read up to its last line and is known as truncated, because its footer is missing.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.exceptions import Unwritable
from conformance.record.bodies import encoded_bytes
from conformance.record.folder_lock import lock_file
from conformance.record.json_form import plain
from conformance.record.redaction import redacted
from conformance.record.rows import Row


class RecordWriter:
    """Writes a record line by line to its final place; a context manager that closes it.

    Creates missing directories. With `replacing`, what is there stays until `settle` puts the new record in its place.

    Raises Unwritable where the file cannot be created or a line cannot be written,
    and InUse where another writer is at it.
    """

    def __init__(self, path: str | os.PathLike[str], *, replacing: bool = False) -> None:
        self._final = Path(path)
        self.path = self._final.with_name(f"{self._final.name}.part") if replacing else self._final
        self._end = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666), "wb", buffering=0)
        except OSError as problem:
            raise _unwritable(self.path, problem) from problem
        try:
            lock_file(self._file.fileno(), self.path)
            with contextlib.suppress(OSError):  # a pipe is empty anyhow
                self._file.truncate(0)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was written stays. Closing twice is harmless."""
        self._file.close()

    def settle(self) -> None:
        """Put the record in its final place; what is written next is written there."""
        if self.path != self._final:
            try:
                self.path.replace(self._final)
            except OSError as problem:
                raise _unwritable(self._final, problem) from problem
            self.path = self._final

    def write(self, row: Row) -> None:
        """Write one line, without credentials."""
        self._append(line_of(row))

    def write_last(self, row: Row) -> None:
        """Write a line after the last whole one, in place of what is half written.

        For a signal handler that ends the process: what was interrupted must not go on.
        """
        with contextlib.suppress(OSError):  # a pipe cannot be taken back
            self._file.truncate(self._end)
            self._file.seek(self._end)
        self.write(row)

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


def line_of(row: Row) -> bytes:
    """The line that writes a row down, without credentials and with its end."""
    return _encoded(as_line(redacted(row)))


def as_line(row: Row) -> dict[str, Any]:
    """The object of the line that writes a row down, `type` first."""
    return {"type": row.type, **plain(row)}


def _encoded(line: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, default=encoded_bytes)
    except ValueError:
        text = json.dumps(_finite(line), ensure_ascii=False, allow_nan=False, default=encoded_bytes)
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
