"""`conformance compare`: prints the verdicts that differ between two records."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from conformance.compare.records import CHANGES, Difference, compare
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.values.text import counted

MOST_SHOWN = 200

HEADINGS = {
    "worse": "fails now",
    "better": "passes now",
    "other": "differs",
    "new": "only in the second record",
    "gone": "only in the first record",
}


@click.command(short_help="Compare two records.")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(before: Path, after: Path, format_: str) -> int:
    """Print the verdicts that differ between the records BEFORE and AFTER.

    The exit status is 1 if a clause fails in AFTER that did not fail in BEFORE.
    """
    old, new = read(before), read(after)
    found = compare(_verdicts(old), _verdicts(new))
    if format_ == "json":
        click.echo(json.dumps([_as_json(each) for each in found], indent=1))
    else:
        _print(found, old, new)
    return 1 if any(each.change == "worse" for each in found) else 0


def _verdicts(record: Record) -> dict[str, str]:
    return {verdict.clause: verdict.verdict for verdict in record.verdicts}


def _as_json(difference: Difference) -> dict[str, str | None]:
    return {
        "clause": difference.clause,
        "change": difference.change,
        "before": difference.before,
        "after": difference.after,
    }


def _print(found: tuple[Difference, ...], old: Record, new: Record) -> None:
    for name, record in (("before", old), ("after", new)):
        cut = ", truncated" if record.truncated else ""
        click.echo(f"{name}: {record.header.target.identity}, {counted(len(record.verdicts), 'clause')}{cut}")
    counts = Counter(each.change for each in found)
    for change in CHANGES:
        of_kind = [each for each in found if each.change == change]
        if not of_kind:
            continue
        click.echo(f"\n{HEADINGS[change]}: {counts[change]:,}")
        for each in of_kind[:MOST_SHOWN]:
            click.echo(f"  {each.clause}  {each.before or '-'} -> {each.after or '-'}")
        if len(of_kind) > MOST_SHOWN:
            click.echo(f"  ... and {len(of_kind) - MOST_SHOWN:,} more (see --format json)")
    if not found:
        click.echo("\nno verdict differs")
