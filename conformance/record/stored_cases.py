"""The cases of a record, read from its file when they are asked for.

    line of a case --add--> id -> place in the file --get--> CaseRow
                       '-- rows of the first megabytes are kept as they are

Nearly all of a record are the exchanges of its cases, and a report shows few of them. Records of a night have hundreds
of thousands, which take ten times their size when they are all read into rows.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from conformance.record.rows import CaseRow

KEPT = 16_000_000
"""Bytes of lines whose rows stay in memory."""


class StoredCases(Mapping[str, CaseRow]):
    """The rows of cases by id, in the order of their lines; `parse` reads a line. The last line of an id counts.

    `file` can be closed, and another record may take its place: it stays open here while the mapping lives.
    """

    def __init__(self, file: BinaryIO, parse: Callable[[bytes], CaseRow], *, kept: int = KEPT) -> None:
        self._parse = parse
        self._room = kept
        self._rows: dict[str, CaseRow] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def add(self, row: CaseRow, offset: int, length: int) -> None:
        """Take in the row of the line that lies at `offset` and has `length` bytes."""
        self._rows.pop(row.id, None)
        self._places[row.id] = (offset, length)
        if length <= self._room:
            self._room -= length
            self._rows[row.id] = row

    def __getitem__(self, identity: str) -> CaseRow:
        row = self._rows.get(identity)
        return self._read(*self._places[identity]) if row is None else row

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, identity: object) -> bool:
        return identity in self._places

    def _read(self, offset: int, length: int) -> CaseRow:
        os.lseek(self._file, offset, os.SEEK_SET)
        return self._parse(os.read(self._file, length))
