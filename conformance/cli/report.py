"""`conformance report`: a record as HTML, Markdown, JUnit or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.output import check_output, write_output
from conformance.record.reader import read
from conformance.reports import baselines, formats
from conformance.reports.report_options import Options
from conformance.run.continuation.rejudging import completed


@click.command(short_help="Write a report from a record.")
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--format", "format_", required=True, metavar="FORMAT", help=f"One of {', '.join(formats.FORMATS)}.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write. [default: standard output]")
@click.option("--baseline", type=click.Path(path_type=Path), help="Findings that are known.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
    help="The mildest finding that JUnit counts as a failure.",
)  # fmt: skip
def command(record: Path, format_: str, output: Path | None, baseline: Path | None, fail_on: Any) -> int:
    """Write the report of a RECORD.

    Of a record that was cut off, the exchanges that no verdict tells of are judged again, where the specs are the same.
    """
    formats.writer(format_)
    check_output(output, [record] if baseline is None else [record, baseline])
    found = completed(read(record))
    reasons = baselines.match_findings(found.findings, baselines.load(baseline)).reasons if baseline is not None else {}
    text = formats.render(format_, found, Options(fail_on=fail_on, known=reasons, record_path=str(record)))
    write_output(text, output)
    return 0
