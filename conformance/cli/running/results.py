"""The results of a run from its record: reports in files, a report on the terminal, the exit status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from rich.console import Group

from conformance.cli.exit_status import exit_status
from conformance.cli.output import show_note
from conformance.exceptions import Unwritable
from conformance.record.reader import read
from conformance.record.rows import Finding, Record
from conformance.reports import baselines, formats
from conformance.reports.report_options import FailOn, Options
from conformance.reports.terminal import MAX_FINDINGS, brief_report, print_report, terminal_report

RECORD, HTML, JUNIT = "record.jsonl", "report.html", "junit.xml"

Verbosity = Literal["quiet", "normal", "verbose"]

# Groups of findings that are shown in full.
_SHOWN: Mapping[Verbosity, int] = {"normal": MAX_FINDINGS, "verbose": 10_000}


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What counts as a failure, what is known, and how much is printed."""

    fail_on: FailOn = "error"
    known: baselines.Baseline | None = None
    verbosity: Verbosity = "normal"

    def is_failure(self, finding: Finding) -> bool:
        """Whether a finding fails the run; where none does, whether it is an error."""
        fail_on: FailOn = "error" if self.fail_on == "never" else self.fail_on
        known = {} if self.known is None else baselines.match_findings((finding,), self.known).reasons
        return Options(fail_on=fail_on, known=known).fails(finding)


def conclude(path: Path, wanted: ResultOptions) -> int:
    """Write the reports of a record beside it, print one, and return the exit status.

    Raises what `exit_status` raises, and Unwritable.
    """
    record, out = read(path), path.parent
    options = _options(record, path, wanted)
    for name, format_ in ((HTML, "html"), (JUNIT, "junit")):
        _write(out / name, formats.render(format_, record, options))
    _show(record, options, path, wanted.verbosity)
    return exit_status(record, options)


def _options(record: Record, path: Path, wanted: ResultOptions) -> Options:
    reasons: dict[str, str] = {}
    if wanted.known is not None:
        judged = (verdict.clause for verdict in record.verdicts)
        split = baselines.match_findings(record.findings, wanted.known, judged=judged)
        reasons = split.reasons
        for entry in split.stale:
            show_note(f"the entry '{entry.fingerprint or entry.clause}' of the baseline matches nothing")
    return Options(fail_on=wanted.fail_on, known=reasons, record_path=str(path), report_path=str(path.with_name(HTML)))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Unwritable(f"cannot write {path}: {problem.strerror or problem}") from problem


def _show(record: Record, options: Options, path: Path, verbosity: Verbosity) -> None:
    if verbosity == "quiet":
        print_report(Group(*brief_report(record)))
        return
    print_report(terminal_report(record, options, limit=_SHOWN[verbosity]))
    click.echo(f"{path}  {path.with_name(HTML)}  {path.with_name(JUNIT)}")
