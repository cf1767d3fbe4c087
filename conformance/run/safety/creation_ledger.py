"""What a run makes, in a file that outlives the run: JSON lines, each on the disk before the run goes on.

    {"type": "ledger", ...}    the run, its target and account
    {"type": "creating", ...}  before a request that makes something is sent
    {"type": "created", ...}   after its answer, with what it takes to remove the thing
    {"type": "gone", ...}      it was not made after all, or is removed

Things that were made and are not gone are what `conformance cleanup` removes. A last line that was cut off is not read.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from conformance.exceptions import BadFile, Unwritable
from conformance.record.bodies import encoded_bytes
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall

FORMAT = 1


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The run that a ledger is of: its id, and where it made what it made. No credentials."""

    run_id: str
    region: str
    url: str | None = None
    account: str | None = None


@dataclass(slots=True)
class CreationLedger:
    """Writes a ledger; a `CreationObserver`. The file is made with the first thing.

    What is announced is written when `commit` is called: a request that is then not sent leaves no line.
    """

    path: Path
    head: LedgerHead
    _file: TextIO | None = None
    _announced: dict[int, CreatedThing] = field(default_factory=dict)
    _written: set[int] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def creating(self, thing: CreatedThing) -> None:
        """Keep what this thread's next request makes."""
        with self._lock:
            self._announced[threading.get_ident()] = thing

    def commit(self) -> None:
        """Write down what this thread's request makes, before it is sent; raises Unwritable."""
        with self._lock:
            thing = self._announced.pop(threading.get_ident(), None)
            if thing is not None and thing.number not in self._written:
                self._written.add(thing.number)
                self._write("creating", _thing_row(thing))

    def created(self, thing: CreatedThing) -> None:
        """Write down how something is removed."""
        with self._lock:
            self._written.add(thing.number)
            self._write("created", _thing_row(thing))

    def not_created(self, thing: CreatedThing) -> None:
        """Write down that something was not made, where it was written down that it would be."""
        with self._lock:
            self._announced.pop(threading.get_ident(), None)
            if thing.number in self._written:
                self._write("gone", {"number": thing.number})

    def removed(self, thing: CreatedThing) -> None:
        """Write down that something is removed."""
        with self._lock:
            self._write("gone", {"number": thing.number})

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, kind: str, row: Mapping[str, Any]) -> None:
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.write(json.dumps({"type": kind, **row}, default=encoded_bytes) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as problem:
            raise Unwritable(f"cannot write {self.path}: {problem.strerror or problem}") from problem

    def _opened(self) -> TextIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists() or not self.path.stat().st_size
        file = self.path.open("a", encoding="utf-8")
        if is_new:
            head = {
                "type": "ledger",
                "format": FORMAT,
                "run": self.head.run_id,
                "region": self.head.region,
                "url": self.head.url,
                "account": self.head.account,
            }
            file.write(json.dumps(head) + "\n")
        return file


def read_ledger(path: Path) -> tuple[LedgerHead, tuple[CreatedThing, ...]]:
    """The run of a ledger, and what it made and has not removed, in the order of creation; raises BadFile."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(path, f"cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
    rows = [_parsed(path, line, is_last=line is lines[-1]) for line in lines if line.strip()]
    known = [row for row in rows if row is not None]
    if not known or known[0].get("type") != "ledger" or known[0].get("format") != FORMAT:
        raise BadFile(
            path, "is no ledger of a run", hint="a run with --allow-writes writes ledger-RUN.jsonl into --out"
        )
    try:
        head = LedgerHead(known[0]["run"], known[0]["region"], known[0].get("url"), known[0].get("account"))
        things: dict[int, CreatedThing] = {}
        for row in known[1:]:
            if row["type"] == "gone":
                things.pop(row["number"], None)
            else:
                things[row["number"]] = _thing(row)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise BadFile(path, f"is no ledger of a run: {problem!r}") from problem
    return head, tuple(thing for _, thing in sorted(things.items()))


def _parsed(path: Path, line: str, *, is_last: bool) -> Any:
    try:
        row = json.loads(line, object_hook=_with_bytes)
    except (ValueError, RecursionError) as problem:
        if is_last:
            return None
        raise BadFile(path, "has a line that is no JSON") from problem
    if not isinstance(row, dict):
        raise BadFile(path, "has a line that is no object")
    return row


def _with_bytes(value: dict[str, Any]) -> Any:
    text = value.get("$base64") if len(value) == 1 else None
    return base64.b64decode(text) if isinstance(text, str) else value


def _thing_row(thing: CreatedThing) -> dict[str, Any]:
    return {
        "number": thing.number,
        "service": thing.service,
        "region": thing.region,
        "account": thing.account,
        "resource": thing.resource,
        "operation": thing.operation,
        "params": dict(thing.params),
        "identifiers": dict(thing.identifiers),
        "names": sorted(thing.names),
        "removals": [{"operation": each.operation, "params": dict(each.params)} for each in thing.removals],
        "parents": [list(each) for each in sorted(thing.parents)],
        "removed_by": thing.removed_by,
        "part": thing.is_part,
        "kept": thing.is_kept,
        "listed": thing.is_listed,
        "outcome": thing.outcome,
    }


def _thing(row: Mapping[str, Any]) -> CreatedThing:
    return CreatedThing(
        number=row["number"],
        service=row["service"],
        region=row["region"],
        account=row["account"],
        resource=row["resource"],
        operation=row["operation"],
        params=row["params"],
        identifiers=row["identifiers"],
        names=frozenset(row["names"]),
        removals=tuple(RemovalCall(each["operation"], each["params"]) for each in row["removals"]),
        parents=frozenset((name, value) for name, value in row["parents"]),
        removed_by=row.get("removed_by"),
        is_part=row["part"],
        is_kept=row.get("kept", False),
        is_listed=row.get("listed", False),
        outcome=row["outcome"],
    )
