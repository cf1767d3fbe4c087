"""The record and the report of a session, and the parts that its processes write of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.exceptions import BadFile, Unwritable
from conformance.record.folder_lock import locked
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.record.writer import RecordWriter
from conformance.reports import formats
from conformance.reports.report_options import FailOn, Options


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """Where a record and its HTML report go."""

    record: Path
    report: Path

    def write(self, record: Record, fail_on: FailOn, reasons: Mapping[str, str]) -> None:
        """Write both; `reasons` excuse findings by fingerprint. Raises Unwritable, and InUse if it is taken."""
        with locked(self.record.parent):
            with RecordWriter(self.record) as writer:
                for row in record.rows():
                    writer.write(row)
            options = Options(fail_on, reasons, record_path=str(self.record), report_path=str(self.report))
            page = formats.render("html", record, options)
            try:
                self.report.write_text(page, encoding="utf-8")
            except OSError as problem:
                raise Unwritable(
                    f"cannot write {self.report}: {problem.strerror or problem}", hint="name another folder"
                ) from problem

    def __str__(self) -> str:
        return f"{self.record}  {self.report}"


def records_in(parts: Path) -> Iterator[Record]:
    """The records of all processes; one that was killed, or met no answer, may have left nothing to be read."""
    for path in sorted(parts.glob("*.jsonl")):
        with contextlib.suppress(BadFile):
            yield read(path)
