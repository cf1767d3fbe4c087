"""The record without its exchanges, as one JSON document: for dashboards and scripts.

    {"format": 1, "header": ..., "totals": ..., "warnings": [...], "operations": [...], "findings": [...],
     "verdicts": [...]}

Findings are worst first; rows have the fields that they have in a record.
"""

from __future__ import annotations

import json
from typing import Any

from conformance.record.file import FORMAT, Record
from conformance.record.rows import FindingRow, OperationRow, VerdictRow, as_line
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.summary import summarize


def render_json(record: Record, options: Options = DEFAULT) -> str:
    """The summary as a JSON document."""
    summary = summarize(record)
    findings = [row for group in summary.groups for row in (group.finding, *group.folded)]
    footer = record.footer or {}
    document = {
        "format": FORMAT,
        "header": {name: value for name, value in record.header.items() if name != "type"},
        "totals": {
            "verdicts": summary.verdicts,
            "findings": summary.findings,
            "failing": sum(options.fails(row) for row in findings),
            "known": sum(row.fingerprint in options.known for row in findings),
            "not_implemented": len(summary.not_implemented),
            "requests": footer.get("requests"),
            "duration": footer.get("duration"),
        },
        "ended": "truncated" if record.truncated else footer.get("ended", "complete"),
        "warnings": list(summary.warnings),
        "operations": [_plain(line.row) for line in summary.operations],
        "findings": [{**_plain(row), "known": options.known.get(row.fingerprint)} for row in findings],
        "verdicts": [_plain(row) for row in record.verdicts],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _plain(row: FindingRow | VerdictRow | OperationRow) -> dict[str, Any]:
    return {name: value for name, value in as_line(row).items() if name != "type"}
