"""One HTML file without dependencies: it needs no network and no server; dark, light and print styles.

    Record --_page--> plain values --templates/report.html.j2 (autoescape)--> text

Everything in a record is hostile. The template escapes every value, and clauses travel as JSON without `<`. A content
security policy allows the script and the style sheet of this package by their digests and nothing else, so that text
which escaped all the same neither runs nor loads anything.

Size: the evidence of findings (exchanges, scripts) is shown for the most severe ones until `MAX_EVIDENCE_BYTES` are
spent. The others have their `conformance replay` command, and beyond `MAX_FINDINGS` they are only counted.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from conformance.record.rows import Finding, HeaderRow, Record, ServiceInfo
from conformance.reports.evidence import evidence
from conformance.reports.leftovers import leftover_lines, leftovers_title, shortened_leftovers
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.state_histories import state_histories
from conformance.reports.summary import SAME_EXCHANGE, OperationSummary, Summary, grouped_by_exchange, summarize
from conformance.values.text import one_line, visible, well_formed
from conformance.values.vocabulary import LEVELS

MAX_EVIDENCE_BYTES = 8_000_000
"""Bytes of evidence in one page, approximately."""
MAX_FINDINGS = 3_000
"""Findings in one page, folded ones included."""
MAX_SERVICES = 20
"""Lines about services as a whole."""
MAX_HISTORIES = 12
"""Histories of a resource in one page."""
MAX_LEFTOVERS = 500
"""Things that could not be removed in one page."""


def render_html(record: Record, options: Options = DEFAULT) -> str:
    """The record as one self-contained HTML page; the same record gives the same text."""
    style, script = _asset("report.css"), _asset("report.js")
    text = (
        _environment()
        .get_template("report.html.j2")
        .render(
            **_page(record, summarize(record), options),
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - a file of this package
            style_hash=_digest(style),
            script_hash=_digest(script),
            clauses_data=Markup(_embedded(_clauses(record))),  # noqa: S704 - no '<' is left in it
        )
    )
    return well_formed(text)


def _page(record: Record, summary: Summary, options: Options) -> dict[str, Any]:
    header = record.header
    generator = f"{header.tool.name} {header.tool.version}"
    return {
        "target": header.target.identity,
        "selection": _selection(header),
        "services": [{"name": each.name, "outcome": each.outcome} for each in summary.services[:MAX_SERVICES]],
        "warnings": summary.warnings,
        "facts": list(_facts(record)),
        "verdicts": _count_views(summary.verdicts),
        "shares": list(_shares(summary.verdicts)),
        "severities": _count_views(summary.findings),
        "verdict_filters": _count_views(summary.verdicts),
        "operations": [_operation(line) for line in sorted(summary.operations, key=_failures)],
        "reasons": summary.reasons[:8],
        "sections": [
            {"name": name, "failed": counts.get("failed", 0), "clauses": sum(counts.values())}
            for name, counts in summary.sections.items()
        ],
        "histories": list(_state_histories(record)),
        "leftovers": _leftovers(record),
        "causes": len(summary.groups),
        "groups": list(_findings(record, summary, options)),
        "left_out": max(0, len(record.findings) - MAX_FINDINGS),
        "generator": f"{generator}, botocore {header.botocore}",
    }


def _selection(header: HeaderRow) -> str:
    """What was selected, with spaces at which a line can break."""
    return ", ".join(each.replace(",", ", ") for each in header.selection.services)


def _facts(record: Record) -> Iterator[tuple[str, str, bool]]:
    """Name and value of each fact about the run; True where the value takes the full width."""
    header, footer = record.header, record.footer
    yield "Target", f"{header.target.identity} ({header.target.kind})", False
    if header.target.url:
        yield "URL", header.target.url, False
    yield "Region", header.target.region or "none", False
    yield "Seed", str(header.seed), False
    yield "Started", header.started, False
    if footer is not None:
        yield "Duration", f"{footer.duration:,.1f} s, {footer.requests:,} requests", False
    yield "Ended", "did not finish" if record.truncated or footer is None else footer.ended, False
    for name, globs in (("--only", header.selection.only), ("--skip", header.selection.skip)):
        if globs:
            yield name, ", ".join(globs), False
    specs = [_spec(service) for service in header.services]
    yield "Specs", "; ".join(specs[:30]) + (f"; and {len(specs) - 30} more" if len(specs) > 30 else ""), True


def _spec(service: ServiceInfo) -> str:
    return (
        f"{service.service} {service.api_version} over {service.protocol}, "
        f"from botocore {service.spec.botocore} ({service.spec.origin}, {service.spec.digest[:19]})"
    )


def _count_views(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count, "kind": name} for name, count in counts.items()]


def _shares(counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    total, x = sum(counts.values()), 0.0
    for name, count in counts.items():
        if count:
            width = 1000 * count / total
            yield {"kind": name, "x": f"{x:.2f}", "width": f"{width:.2f}"}
            x += width


def _failures(line: OperationSummary) -> tuple[bool, int, str]:
    return not line.implemented, -line.verdicts.get("failed", 0), line.row.name


def _operation(line: OperationSummary) -> dict[str, Any]:
    reached, reachable = line.row.level, line.row.reachable
    have = LEVELS.index(reached) if reached else -1
    could = LEVELS.index(reachable) if reachable else -1
    outcomes = line.row.outcomes.items()
    return {
        "name": line.row.name,
        "implemented": line.implemented,
        "rank": have,
        "level": reached or "none",
        "reachable": reachable or "none",
        "cells": ["on" if index <= have else "could" if index <= could else "no" for index in range(len(LEVELS))],
        "failed": line.verdicts.get("failed", 0),
        "clauses": sum(line.verdicts.values()),
        "answers": ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes if count),
    }


def _state_histories(record: Record) -> Iterator[dict[str, Any]]:
    """The histories of each resource's states; beyond `HISTORIES` they are counted."""
    for resource, lines in state_histories(record).items():
        rows = [
            {
                "events": [{"text": event.text, "count": event.count, "call": event.is_call} for event in line.events],
                "count": line.count,
                "case": line.case,
                "verdicts": [{"name": name, "kind": name} for name in line.verdicts],
            }
            for line in lines[:MAX_HISTORIES]
        ]
        yield {"name": resource, "rows": rows, "left_out": max(0, len(lines) - MAX_HISTORIES)}


def _leftovers(record: Record) -> dict[str, Any]:
    """What the run could not remove; beyond `MAX_LEFTOVERS` it is counted."""
    lines, more = shortened_leftovers(leftover_lines(record), MAX_LEFTOVERS)
    rows = [{"name": line.name, "why": line.why, "commands": "\n".join(line.commands)} for line in lines]
    return {"title": leftovers_title(len(record.leftovers)), "rows": rows, "left_out": more}


def _findings(record: Record, summary: Summary, options: Options) -> Iterator[dict[str, Any]]:
    spent, keys = 0, set[str]()

    def shown(row: Finding, *, with_evidence: bool = True) -> dict[str, Any]:
        nonlocal spent
        value = _finding(record, row, options)
        value |= {
            "key": _key(row, keys),
            "evidence": None,
            "folded": [],
            "without_evidence": not with_evidence,
            "shared": "",
        }
        case = record.cases.get(row.case)
        if case is not None and with_evidence and spent < MAX_EVIDENCE_BYTES:
            value["evidence"], size = evidence(case, row, record.header, value["replay"])
            spent += size
        return value

    # The first findings of the groups take evidence before folded ones, which show the same thing again.
    leading = [(group, shown(group.finding)) for group in grouped_by_exchange(record, summary.groups)[:MAX_FINDINGS]]
    remaining = MAX_FINDINGS - len(leading)
    for group, value in leading:
        # Findings of the same exchange need it only once.
        value["folded"] = [shown(row, with_evidence=group.shared != SAME_EXCHANGE) for row in group.folded[:remaining]]
        value["shared"] = group.shared
        remaining -= len(value["folded"])
        yield value


def _finding(record: Record, row: Finding, options: Options) -> dict[str, Any]:
    case = record.cases.get(row.case)
    replay = f"conformance replay {shlex.quote(options.record_path)} {shlex.quote(row.case)}"
    return {
        "severity": row.severity,
        "severity_filter": row.severity,
        "kind": row.severity,
        "name": f"{row.service}:{row.operation}",
        "where": row.where,
        "code": row.code,
        "count": row.count,
        "got_line": one_line(row.got, 240),
        "expected": row.expected,
        "got": row.got,
        "clause": row.clause,
        "statement": row.statement,
        "source": row.source,
        "known": options.known.get(row.fingerprint, ""),
        "case": row.case,
        "title": case.title if case else "",
        # What was watched has no target that the request could be sent to again; it has the lines that made the call.
        "replay": replay if case and record.header.target.kind != "guard" else "",
        "places": row.places,
    }


def _key(row: Finding, taken: set[str]) -> str:
    """An anchor that is the same in every run, as far as the fingerprint is fit for one."""
    plain = len(row.fingerprint) <= 64 and row.fingerprint.isalnum() and row.fingerprint.isascii()
    key = f"f-{row.fingerprint}" if plain else "f-x"
    while key in taken:
        key = f"{key}-{len(taken)}"
    taken.add(key)
    return key


def _clauses(record: Record) -> dict[str, Any]:
    """Verdicts as short rows: clause, index of the verdict, index of the reason or -1, first case, number of cases."""
    reasons: dict[str, int] = {}
    verdicts: dict[str, int] = {}
    rows = []
    for row in record.verdicts:
        reason = reasons.setdefault(row.why, len(reasons)) if row.why else -1
        head = row.clause.partition("/")[0]
        first = row.cases[0] if row.cases else ""
        if first.startswith(f"{head}/"):
            first = "~" + first[len(head) :]
        rows.append([row.clause, verdicts.setdefault(row.verdict, len(verdicts)), reason, first, len(row.cases)])
    return {"verdicts": list(verdicts), "reasons": list(reasons), "rows": rows}


def _embedded(value: Any) -> str:
    """JSON for a script element: without `<`, `>` and `&`."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _printable(value: Any) -> Any:
    """A value for the template: text loses its control characters, `Markup` stays unchanged."""
    return visible(value) if type(value) is str else value


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return resources.files("conformance.reports").joinpath(f"templates/{name}").read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
