"""`conformance run --resume RECORD`: what was selected, the seed and the target are those of the record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.exceptions import UsageError
from conformance.record.reader import read
from conformance.record.rows import HeaderRow
from conformance.run.continuation.recorded_plan import recorded_plan
from conformance.run.continuation.resumption import Resumption

# What the record says, and nobody else.
_OF_THE_RECORD = ("services", "only", "skip", "max_examples", "seed", "protocol")

_HINT = "as in 'conformance run --resume reports/record.jsonl'"


def resumed(context: click.Context, path: Path, source: str) -> Resumption:
    """The run of a record. Raises UsageError for arguments that contradict it, and what reading and planning raise."""
    for name in _OF_THE_RECORD:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            told = "a SELECTION" if name == "services" else f"--{name.replace('_', '-')}"
            raise UsageError(f"{told} and --resume are given: it is that of the record", hint=_HINT)
    record = read(path)
    if record.header.target.kind == "recording":
        raise UsageError(f"{path} judges a recording: there is nothing to go on with", hint="judge the recording again")
    return Resumption(record, recorded_plan(record.header, source=source))


def target_of(header: HeaderRow, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the target of the record, where they name none."""
    if options["target"] or options["endpoint_url"]:
        return dict(options)
    known = header.target
    if known.kind == "aws":  # what stood in for a region does so again
        return {**options, "target": f"aws:{known.region}", "endpoint_url": known.url, "region": None}
    return {**options, "target": known.url or known.kind, "region": options["region"] or known.region}


def place_of(context: click.Context, path: Path, out: Path) -> Path:
    """The record to write: the one that is resumed, unless another folder is named."""
    named = context.get_parameter_source("out") is ParameterSource.COMMANDLINE
    return out / path.name if named else path
