"""The record without its exchanges, as one JSON document: for dashboards and scripts.

    {"format": 1, "header": ..., "totals": ..., "warnings": [...], "operations": [...], "findings": [...],
     "verdicts": [...], "leftovers": [...]}

Findings are in the order of the other reports, most severe first; rows have the fields of the record.
"""

from __future__ import annotations

import json

from conformance.record.json_form import plain
from conformance.record.rows import FORMAT, Record
from conformance.reports.leftovers import leftover_lines
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.summary import summarize


def render_json(record: Record, options: Options = DEFAULT) -> str:
    """The summary as a JSON document."""
    summary = summarize(record)
    findings = [row for group in summary.groups for row in (group.finding, *group.folded)]
    footer = record.footer
    document = {
        "format": FORMAT,
        "header": plain(record.header),
        "totals": {
            "verdicts": summary.verdicts,
            "findings": summary.findings,
            "failing": sum(options.fails(row) for row in findings),
            "known": sum(row.fingerprint in options.known for row in findings),
            "leftovers": len(record.leftovers),
            "not_implemented": len(summary.not_implemented),
            "requests": footer and footer.requests,
            "duration": footer and footer.duration,
        },
        "ended": "truncated" if record.truncated else footer.ended if footer else "complete",
        "warnings": list(summary.warnings),
        "operations": [plain(line.row) for line in summary.operations],
        "findings": [{**plain(row), "known": options.known.get(row.fingerprint)} for row in findings],
        "verdicts": [plain(row) for row in record.verdicts],
        "leftovers": [
            {**plain(row), "commands": list(line.commands)}
            for row, line in zip(record.leftovers, leftover_lines(record), strict=True)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
