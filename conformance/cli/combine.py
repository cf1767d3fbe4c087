"""`conformance combine`: the records of the parts of a run as one record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from conformance.cli.exit_status import exit_status
from conformance.cli.output import check_output
from conformance.record.combination import GAPS, PartProblemCode, combine, part_problems
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.record.writer import RecordWriter
from conformance.reports import baselines
from conformance.reports.report_options import Options
from conformance.values.text import counted

INCOMPLETE = 3
"""The exit status where a part did not run to its end."""

_TEXTS: Mapping[PartProblemCode, str] = {
    "truncated": "the record is cut off: clauses without a verdict were not tested",
    "interrupted": "the run was interrupted: later clauses were not tested",
    "stopped": "the run ended early: {detail}",
    "target-lost": "the run ended early: {detail}",
    "other-seed": "seed {detail}",
    "other-spec": "another spec of {detail}",
    "repeated": "clauses that an earlier record has, too: {detail}; their findings are counted twice",
}


@click.command(short_help="Combine the records of the parts of a run.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORD...")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The record to write.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Findings that are known and do not fail.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
    help="The mildest finding that makes the exit status 1.",
)  # fmt: skip
def command(records: tuple[Path, ...], output: Path, baseline: Path | None, fail_on: Any) -> int:
    """Combine the RECORDs of one target, such as those of shards, into one.

    Prints where parts repeat each other, differ in seed or spec, or did not run to their end. The exit status is that
    of the whole: 0 where the target conforms, 1 where there are findings, 2 for wrong use, 3 where a part did not run
    to its end, or the target showed nothing at all to work.
    """
    check_output(output, records if baseline is None else [*records, baseline])
    excused = baselines.load(baseline) if baseline is not None else None
    parts = [read(path) for path in records]
    whole = combine(parts)
    problems = part_problems(parts)
    for problem in problems:
        text = _TEXTS[problem.code].format(detail=problem.detail)
        click.echo(f"note: {records[problem.part]}: {text}", err=True)
    with RecordWriter(output) as writer:
        for row in whole.rows():
            writer.write(row)
    clauses, findings = counted(len(whole.verdicts), "clause"), counted(len(whole.findings), "finding")
    click.echo(f"{output}: {clauses}, {findings} of {counted(len(parts), 'record')}")
    if any(problem.code in GAPS for problem in problems):
        return INCOMPLETE
    return exit_status(whole, _options(whole, output, fail_on, excused))


def _options(record: Record, path: Path, fail_on: Any, excused: baselines.Baseline | None) -> Options:
    known = {} if excused is None else baselines.match_findings(record.findings, excused).reasons
    return Options(fail_on=fail_on, known=known, record_path=str(path))
