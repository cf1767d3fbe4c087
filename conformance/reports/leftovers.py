"""What a run created and could not remove: a line for each thing, with the AWS CLI command that removes it.

LeftoverRow --> "s3 Bucket (Bucket=one)", why it is still there, "aws s3api delete-bucket --region ..."
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Final

from botocore import xform_name

from conformance.record.rows import HeaderRow, LeftoverRow, Record, RemovalStep
from conformance.reports.reproduce.script_context import context_of
from conformance.specs.cli_names import cli_name
from conformance.values.text import one_line, with_detail
from conformance.values.vocabulary import LeftoverReason

_REASONS: Final[Mapping[LeftoverReason, str]] = {
    "refused": "its removal was refused",
    "failed": "its removal failed",
    "not-answered": "its removal was not answered",
    "not-tried": "its removal was not tried",
    "no-removal": "no operation is known that removes it",
    "kept": "no operation removes it, the service keeps it for a time",
    "unidentified": "nothing says by what to refer to it",
}


@dataclass(frozen=True, slots=True)
class LeftoverLine:
    """One thing that is still there: what it is, why, and the commands that remove it (none where none is known)."""

    name: str
    why: str
    commands: tuple[str, ...] = ()


def leftover_lines(record: Record) -> tuple[LeftoverLine, ...]:
    """The leftovers of a run, in the order in which they were created."""
    return tuple(
        LeftoverLine(_name(row), _why(row), tuple(_command(record.header, row, each) for each in row.removals))
        for row in record.leftovers
    )


def leftovers_text(rows: Iterable[LeftoverRow], region: str, endpoint_url: str | None) -> str:
    """What is left, line by line, with the commands that remove it; empty where nothing is."""
    lines = [
        f"- {_name(row)}: {_why(row)}"
        + "".join(f"\n  {_spelled(row, each, region, endpoint_url)}" for each in row.removals)
        for row in rows
    ]
    return "\n".join((leftovers_title(len(lines)), *lines)) if lines else ""


def leftovers_title(count: int) -> str:
    """`3 things that this run created are still there`."""
    return f"{count:,} thing{' that this run created is' if count == 1 else 's that this run created are'} still there"


def _name(row: LeftoverRow) -> str:
    named = ", ".join(f"{name}={one_line(value, 120)}" for name, value in list(row.identifiers.items())[:4])
    where = f" in account {row.account}" if row.account else ""
    created = "" if row.resource == row.operation else f" of {row.operation}"
    return one_line(f"{row.service} {row.resource}{created}{f' ({named})' if named else ''}{where}", 500)


def _why(row: LeftoverRow) -> str:
    return one_line(with_detail(_REASONS[row.reason], row.detail), 300)


def _command(header: HeaderRow, row: LeftoverRow, removal: RemovalStep) -> str:
    """The AWS CLI command of a removing call."""
    context = context_of(header, row.service)
    return _spelled(row, removal, context.region, context.endpoint_url)


def _spelled(row: LeftoverRow, removal: RemovalStep, region: str, endpoint_url: str | None) -> str:
    words = ["aws", cli_name(row.service), xform_name(removal.operation, "-"), "--region", row.region or region]
    words += ["--endpoint-url", endpoint_url] if endpoint_url else []
    words += ["--cli-input-json", json.dumps(removal.params)] if removal.params else []
    return " ".join(quote(word) for word in words)


def shortened_leftovers(lines: Iterable[LeftoverLine], most: int) -> tuple[tuple[LeftoverLine, ...], int]:
    """The first lines, and how many are left out."""
    every = tuple(lines)
    return every[:most], max(0, len(every) - most)
