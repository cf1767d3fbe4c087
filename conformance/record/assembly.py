"""Rows of this process, put together to the record that is read where they were written.

rows --redacted, cases through JSON--> Record
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from conformance.record.reader import assembled, row_of
from conformance.record.redaction import redacted
from conformance.record.rows import ROWS, CaseRow, HeaderRow, Record, Row
from conformance.record.writer import line_of


def record_of(rows: Iterable[Row]) -> Record:
    """The record that rows make, as it is read where they were written, and without credentials like that."""
    kept: dict[type, list[Any]] = {row: [] for row in ROWS.values()}
    for row in rows:
        # Values of any type are in cases only.
        kept[type(row)].append(row_of(json.loads(line_of(row))) if isinstance(row, CaseRow) else redacted(row))
    (header,) = kept[HeaderRow]
    return assembled(header, {row.id: row for row in kept[CaseRow]}, kept)
