"""The end of a run as a person at a terminal wants to read it; also when it is piped into a file.

    Record --end_of_run--> rich renderables: warnings, operations, what is not implemented, findings worst first

Everything is built from `Text`, never from markup, and every text of the record loses its control characters: a
target's answer cannot colour, move or hide what is printed.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.reports.bodies import content, readable
from conformance.reports.options import DEFAULT, Options
from conformance.reports.record import Record
from conformance.reports.rows import LEVELS, FindingRow
from conformance.reports.summary import Headline, OperationLine, Overview, decisive_step, overview
from conformance.reports.text import one_line, visible

_SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_VERDICT_STYLE = {"passed": "green", "failed": "red", "errored": "magenta", "unreached": "yellow", "skipped": "dim"}
_OUTCOME_SHORT = {"rejected-validation": "rejected", "rejected-state": "state", "rejected-auth": "auth"}

FINDINGS = 10
"""Findings shown before the rest is only counted."""
FOLDED = 8
"""Folded findings shown below a headline."""
OPERATIONS = 60
"""Operations shown in the table."""
BODY_LINES = 12
REASONS = 5
"""Reasons shown for clauses that were not judged."""


def end_of_run(record: Record, options: Options = DEFAULT, *, limit: int = FINDINGS) -> RenderableType:
    """All that is printed after a run: at most `limit` findings, the rest counted with a pointer to the report.

    Print it with `console.print(..., crop=False)`: lines that reproduce a finding are to be copied whole, so they
    are longer than the console is wide.
    """
    view = overview(record)
    parts: list[RenderableType] = [_warning(text) for text in view.warnings]
    if view.operations:
        parts += [operations_table(view, options), Text()]
    parts += list(_not_implemented(view))
    parts += list(findings(record, view, options, limit=limit))
    parts += list(_reasons(view, options))
    parts.append(closing(record, view))
    return Group(*parts)


def operations_table(view: Overview, options: Options = DEFAULT) -> RenderableType:
    """One row an operation that the target has: level reached of reachable, failed clauses, answers by outcome."""
    lines = [line for line in view.operations if line.implemented]
    lines.sort(key=lambda line: (-line.verdicts.get("failed", 0), line.row.name))
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("operation", overflow="fold", ratio=3, min_width=20)
    table.add_column("level", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("answers", overflow="fold", ratio=3)
    for line in lines[:OPERATIONS]:
        table.add_row(_safe(line.row.name), _level(line), _failed(line), _outcomes(line))
    if len(lines) <= OPERATIONS:
        return table
    return Group(table, _more(len(lines) - OPERATIONS, options))


def findings(record: Record, view: Overview, options: Options = DEFAULT, *, limit: int) -> Iterator[RenderableType]:
    """Findings worst first, headlines with what is folded below them; known ones are only counted."""
    fresh = [line for line in view.headlines if line.finding.fingerprint not in options.known]
    for line in fresh[:limit]:
        yield from _headline(record, line, options)
        yield Text()
    if len(fresh) > limit:
        yield _more(len(fresh) - limit, options)
    known = sum(row.fingerprint in options.known for row in record.findings)
    if known:
        yield Text(f"{known} known findings of the baseline are not shown.", style="dim")


def closing(record: Record, view: Overview) -> Text:
    """The last line: verdicts and findings counted, time and requests."""
    text = Text()
    _counts(text, view.verdicts, _VERDICT_STYLE, "clauses")
    text.append("\n")
    _counts(text, view.findings, _SEVERITY_STYLE, "findings")
    folded = sum(row.folded_into is not None for row in record.findings)
    if folded:
        told = len(record.findings) - folded
        text.append(f", told as {told:,} because {folded:,} of them share their cause with others", style="dim")
    footer = record.footer or {}
    if "duration" in footer:
        text.append(f"\n{footer.get('requests', 0):,} requests in {footer['duration']:.1f} s", style="dim")
    return text


def _counts(text: Text, counts: Mapping[str, int], styles: Mapping[str, str], noun: str) -> None:
    total = sum(counts.values())
    text.append(f"{total:,} {noun.removesuffix('s') if total == 1 else noun}")
    mark = ": "
    for name, count in counts.items():
        if count:
            text.append(mark)
            text.append(f"{count:,} {visible(name)}", style=styles.get(name, ""))
            mark = ", "


def _headline(record: Record, line: Headline, options: Options) -> Iterator[RenderableType]:
    row = line.finding
    yield _title(row)
    details = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    details.add_column(style="dim", no_wrap=True)
    details.add_column(overflow="fold", ratio=1)
    for name, value in _details(record, row):
        details.add_row(name, value)
    yield Padding(details, (0, 0, 0, 2))
    if row.case:
        command = f"conformance replay {shlex.quote(options.record_path)} {shlex.quote(row.case)}"
        yield Text(f"  {visible(command)}", style="bold", no_wrap=True, overflow="ignore")
    yield from _folded(line, options)


def _title(row: FindingRow) -> Text:
    title = Text()
    title.append(f"{visible(row.severity)} ", style=_SEVERITY_STYLE.get(row.severity, "bold"))
    title.append(f"{one_line(row.service)}:{one_line(row.operation)}", style="bold")
    if row.where:
        title.append(f" {one_line(row.where)}")
    title.append(f" {one_line(row.code)}")
    if row.count > 1:
        title.append(f" ({row.count} times)", style="dim")
    return title


def _details(record: Record, row: FindingRow) -> Iterator[tuple[str, Text]]:
    step = decisive_step(record.cases.get(row.case))
    if step is not None:
        yield "sent", _sent(step)
        yield "came back", _answer(step)
    yield "expected", _safe(row.expected)
    yield "got", _safe(row.got)
    yield "clause", _clause(row)


def _clause(row: FindingRow) -> Text:
    text = _safe(row.clause)
    if row.statement:
        text.append(f"\n{visible(row.statement)}")
    if row.source:
        text.append(f" ({visible(row.source)})", style="dim")
    return text


def _sent(step: Mapping[str, Any]) -> Text:
    request = step.get("request") or {}
    query = "&".join(f"{name}={value}" for name, value in request.get("query", []))
    path = request.get("path", "/") + (f"?{query}" if query else "")
    text = Text(one_line(f"{request.get('method', '')} {path} {step.get('operation', '')}", 160))
    return _with_body(text, request)


def _answer(step: Mapping[str, Any]) -> Text:
    response = step.get("response")
    if response is None:
        return Text(one_line(f"no answer: {step.get('failure') or 'unknown why'}"))
    text = Text(one_line(f"{response.get('status', '?')} {_content_type(response)}"))
    return _with_body(text, response)


def _content_type(response: Mapping[str, Any]) -> str:
    headers = response.get("headers", {})
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")


def _with_body(text: Text, message: Mapping[str, Any]) -> Text:
    if content(message) == b"":
        return text.append("\n(no body)", style="dim")
    lines = visible(readable(message, limit=1200)).splitlines()
    for line in lines[:BODY_LINES]:
        text.append(f"\n{line}")
    if len(lines) > BODY_LINES:
        text.append(f"\n... and {len(lines) - BODY_LINES} more lines", style="dim")
    return text


def _folded(line: Headline, options: Options) -> Iterator[RenderableType]:
    if not line.folded:
        return
    text = Text(f"with the same cause, {len(line.folded)} more:", style="dim")
    for row in line.folded[:FOLDED]:
        # The headline has named service and operation already.
        place = row.clause.partition("/")[2] or row.clause
        text.append(f"\n- {one_line(place, 150)}")
    if len(line.folded) > FOLDED:
        text.append("\n")
        text.append_text(_more(len(line.folded) - FOLDED, options))
    yield Padding(text, (0, 0, 0, 2))


def _level(line: OperationLine) -> Text:
    """`L2 of L5` and a bar of the same, which says at a glance how much is left."""
    reached, reachable = line.row.level, line.row.reachable
    have = LEVELS.index(reached) + 1 if reached in LEVELS else 0
    could = LEVELS.index(reachable) + 1 if reachable in LEVELS else 0
    text = Text(f"{visible(reached or '-'):>2} of {visible(reachable or '-'):<2} ")
    text.append("#" * have, style="green")
    return text.append("." * max(0, could - have), style="dim")


def _failed(line: OperationLine) -> Text:
    failed = line.verdicts.get("failed", 0)
    return Text(f"{failed}/{sum(line.verdicts.values())}", style="red" if failed else "")


def _outcomes(line: OperationLine) -> Text:
    counts = (line.row.outcomes or {}).items()
    words = [f"{count} {_OUTCOME_SHORT.get(outcome, outcome)}" for outcome, count in counts if count]
    return _safe(", ".join(words))


def _not_implemented(view: Overview) -> Iterator[RenderableType]:
    names = view.not_implemented
    if names:
        text = Text(f"not implemented ({len(names)}): ", style="yellow")
        yield text.append(", ".join(_shortened(names)), style="default")
        yield Text()


def _reasons(view: Overview, options: Options) -> Iterator[RenderableType]:
    """Why clauses were not judged: what a target has to do first to be tested further."""
    if not view.reasons:
        return
    text = Text("not judged:")
    for verdict, reason, count in view.reasons[:REASONS]:
        text.append(f"\n- {count:,} {visible(verdict)}: ", style=_VERDICT_STYLE.get(verdict, ""))
        text.append(one_line(reason, 150))
    if len(view.reasons) > REASONS:
        text.append("\n")
        text.append_text(_more(len(view.reasons) - REASONS, options))
    yield text
    yield Text()


def _shortened(names: Iterable[str], most: int = 60) -> Iterator[str]:
    listed = [one_line(name) for name in names]
    yield from listed[:most]
    if len(listed) > most:
        yield f"... and {len(listed) - most} more"


def _warning(text: str) -> Text:
    return Text(f"! {visible(text)}", style="bold yellow")


def _more(count: int, options: Options) -> Text:
    return Text(f"... and {count:,} more (see {visible(options.report_path)})", style="dim")


def _safe(text: str) -> Text:
    return Text(visible(text))
