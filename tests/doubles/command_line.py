"""The product as its user meets it: a command line with an exit status, two streams and a folder of results."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from conformance.cli import main
from conformance.record.writer import as_line
from conformance.run import Event, OperationStarted

Row: TypeAlias = "dict[str, Any]"

HOSTING = (
    "sagemaker:CreateModel,CreateEndpointConfig,CreateEndpoint,DescribeEndpoint,UpdateEndpoint,"
    "UpdateEndpointWeightsAndCapacities,DeleteEndpoint,ListEndpoints,DescribeEndpointConfig,DeleteEndpointConfig"
)
MODELS = "sagemaker:CreateModel,DescribeModel,DeleteModel,ListModels"

# The note of `cases` on what a format cannot express and leaves out.
UNWRITTEN = re.compile(r"note: \d+ cases? cannot be written as [\w-]+ \(")

# What belongs to one moment rather than to the run: ids of requests, and times in any form that versions of moto write.
_REQUEST_ID = re.compile(r"(<RequestI[dD]>)[^<]*")
_MOMENT = re.compile(r"\b1[789]\d{8}(?:\.\d+)?\b|\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")


@dataclass(frozen=True)
class CommandResult:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def error_lines(self) -> list[str]:
        return self.err.strip().splitlines()


def conformance(*arguments: str) -> CommandResult:
    """The command, in this process; what a library warns of would reach the terminal, so it is part of `err`."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("always")
        status = main(arguments)
    return CommandResult(status, out.getvalue(), err.getvalue())


def spawn(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own, which minds a hang-up also where these tests outlive their terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=functools.partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),
    )


def rows_of(folder: Path) -> list[Row]:
    """The lines of a record; a half-written line fails."""
    content = (folder / "record.jsonl").read_text("utf-8")
    assert content.endswith("\n")
    return [json.loads(line) for line in content.split("\n")[:-1]]


def lines_of(events: Iterable[Event]) -> list[Row]:
    """The lines of a record that the events of a run come to."""
    return [as_line(event) for event in events if not isinstance(event, OperationStarted)]


def of_type(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row["type"] == kind]


def verdicts(rows: list[Row]) -> dict[str, str]:
    return {row["clause"]: row["verdict"] for row in of_type(rows, "verdict")}


def passed(rows: list[Row], *sections: str) -> list[str]:
    """The clauses that passed, of some sections or of all."""
    found = [clause for clause, word in verdicts(rows).items() if word == "passed"]
    return [clause for clause in found if not sections or clause.split("/")[1].split("#")[0] in sections]


def codes(rows: list[Row]) -> set[tuple[str, str]]:
    """The findings, as (code, clause)."""
    return {(row["code"], row["clause"]) for row in of_type(rows, "finding")}


def sent(rows: list[Row], role: str | None = None) -> Iterator[Row]:
    """The steps of all cases."""
    for case in of_type(rows, "case"):
        yield from (step for step in case["steps"] if role in (None, step["role"]))


def timeless(rows: list[Row]) -> list[Row]:
    """The lines without what differs between two runs for no reason of the target's: its own name, times, ids."""
    found = []
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in ("started", "duration")}
        if row["type"] == "header":
            kept["target"] = row["target"]["fingerprint"]
        if row["type"] == "case":
            kept["steps"] = [_timeless_step(step) for step in row["steps"]]
        found.append(json.loads(_MOMENT.sub("0", json.dumps(kept))))
    return found


def _timeless_step(step: Mapping[str, Any]) -> Row:
    kept = {name: value for name, value in step.items() if name != "elapsed"}
    if step["response"] is not None:
        # A checksum of the body changes with the id in it.
        headers = {k: v for k, v in step["response"]["headers"].items() if not k.endswith(("requestid", "x-amz-crc32"))}
        kept["response"] = {**step["response"], "headers": headers}
        if "body" in step["response"]:
            kept["response"]["body"] = _REQUEST_ID.sub(r"\1", step["response"]["body"])
    return kept
