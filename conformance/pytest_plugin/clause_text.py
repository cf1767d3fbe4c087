"""A contradicted clause as a person reads it: what was sent, what came back, what the clause says, how to reproduce.

ClauseResults --described--> the text of a failure          --headline--> the line of pytest's short summary
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console, Group

from conformance.pytest_plugin.clause_runs import ClauseResults
from conformance.record.rows import Finding
from conformance.reports.report_options import Options
from conformance.reports.summary import summarize
from conformance.reports.terminal_findings import finding_blocks
from conformance.values.text import one_line

WIDEST = 100


def described(results: ClauseResults, findings: Sequence[Finding], record_path: str) -> str:
    """The findings of one clause, as in the report of a run, without colours."""
    alone = tuple(replace(each, folds=(), folded_into=None) for each in findings)
    record = replace(results.record, findings=alone)
    blocks = finding_blocks(record, summarize(record), Options(record_path=record_path), limit=len(alone))
    out = io.StringIO()
    console = Console(file=out, width=min(WIDEST, shutil.get_terminal_size().columns), no_color=True)
    console.print(Group(*blocks), crop=False)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    headlines = {each.fingerprint: each for each in results.record.findings}
    for finding in findings:
        headline = headlines.get(finding.folded_into or "")
        if headline is not None:
            lines.append(f"  the same cause as {headline.clause}: {headline.code}")
    return "\n".join(lines).strip()


def headline(finding: Finding) -> str:
    """One line."""
    return one_line(f"{finding.code}: expected {finding.expected}; got {finding.got}", 300)
