"""A finding as a person at a terminal wants to read it.

title
  story                 of a scenario: its calls, a line each, those that decide marked
  sent, came back       what decides in full, as far as it shows the place that the finding is about
  expected, got, clause
conformance replay ...
  what has the same cause, or is shown by the same exchange
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.record.file import Record
from conformance.record.rows import FindingRow
from conformance.reports.excerpts import excerpt
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.scenario_view import (
    DecisiveExchange,
    decisive_exchanges,
    is_scenario,
    observed_state,
    shortened,
    step_lines,
)
from conformance.reports.summary import SAME_EXCHANGE, FindingGroup, Summary, grouped_by_exchange
from conformance.values.text import one_line, visible

SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "info": "cyan"}

MAX_FOLDED = 8
"""Folded findings shown below a headline."""
MAX_STEPS = 9
"""Lines of a scenario's calls."""
MAX_BODY_LINES = 12
MAX_BODY_CHARACTERS = 1200
"""Characters of a body."""


def finding_blocks(
    record: Record, view: Summary, options: Options = DEFAULT, *, limit: int
) -> Iterator[RenderableType]:
    """Findings worst first, headlines with what is folded below them; known ones are only counted."""
    fresh = grouped_by_exchange(
        record, (line for line in view.headlines if line.finding.fingerprint not in options.known)
    )
    for line in fresh[:limit]:
        yield from _finding_block(record, line, options)
        yield Text()
    if len(fresh) > limit:
        yield more_line(len(fresh) - limit, options)
    known = sum(row.fingerprint in options.known for row in record.findings)
    if known:
        yield Text(f"{known} known findings of the baseline are not shown.", style="dim")


def _finding_block(record: Record, line: FindingGroup, options: Options) -> Iterator[RenderableType]:
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
    title.append(f"{visible(row.severity)} ", style=SEVERITY_STYLE.get(row.severity, "bold"))
    title.append(f"{one_line(row.service)}:{one_line(row.operation)}", style="bold")
    if row.where and row.where != row.operation:
        title.append(f" {one_line(row.where)}")
    title.append(f" {one_line(row.code)}")
    if row.count > 1:
        title.append(f" ({row.count} times)", style="dim")
    return title


def _details(record: Record, row: FindingRow) -> Iterator[tuple[str, RenderableType]]:
    case = record.cases.get(row.case)
    deciding = decisive_exchanges(case, row)
    if case is not None and is_scenario(case):
        yield "scenario", visible_text(str(case.get("title", "")))
        yield "", _step_table(case, deciding)
    for each in deciding:
        if each.request:
            yield one_line(each.label or "sent", 20), _request_text(each, row.where)
        if each.answer:
            name = "came back" if each.request or not each.label else f"{one_line(each.label, 12)} told"
            yield name, _response_text(each, row.where)
    yield "expected", visible_text(row.expected)
    yield "got", visible_text(row.got)
    yield "clause", _clause(row)


def _step_table(case: Mapping[str, Any], deciding: tuple[DecisiveExchange, ...]) -> RenderableType:
    """The calls, a line each."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for _ in range(3):
        table.add_column(overflow="fold")
    for line in shortened(step_lines(case, deciding), MAX_STEPS):
        if isinstance(line, int):
            table.add_row("", Text(f"... {line} other call{'s' * (line > 1)}", style="dim"), "")
            continue
        style = "bold" if line.decides else "dim"
        name = f"{'> ' if line.decides else '  '}{one_line(line.name, 40)}"
        cells = (name, one_line(line.operation, 80), one_line(line.outcome, 160))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    return table


def _clause(row: FindingRow) -> Text:
    text = visible_text(row.clause)
    if row.statement:
        text.append(f"\n{visible(row.statement)}")
    if row.source:
        text.append(f" ({visible(row.source)})", style="dim")
    return text


def _request_text(each: DecisiveExchange, place: str) -> Text:
    request = each.step.get("request") or {}
    query = "&".join(f"{name}={value}" for name, value in request.get("query", []))
    path = request.get("path", "/") + (f"?{query}" if query else "")
    text = Text(one_line(f"{request.get('method', '')} {path} {each.step.get('operation', '')}", 160))
    return _with_body(text, request, place)


def _response_text(each: DecisiveExchange, place: str) -> Text:
    response = each.step.get("response")
    if response is None:
        return Text(one_line(f"no answer: {each.step.get('failure') or 'unknown why'}"))
    text = Text(one_line(f"{response.get('status', '?')} {_content_type(response)}"))
    return _with_body(text, response, place, observed_state(each.step))


def _content_type(response: Mapping[str, Any]) -> str:
    headers = response.get("headers", {})
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")


_LINE_STYLE: Mapping[str, str] = {"text": "", "place": "bold underline", "gap": "dim"}


def _with_body(text: Text, message: Mapping[str, Any], place: str, value: str = "") -> Text:
    lines = excerpt(message, place, value, lines=MAX_BODY_LINES, characters=MAX_BODY_CHARACTERS)
    if not lines:
        return text.append("\n(no body)", style="dim")
    for line in lines:
        shown = visible(line.text)
        text.append("\n" + shown[: len(shown) - len(shown.lstrip())])
        text.append(shown.lstrip(), style=_LINE_STYLE[line.kind])
    return text


def _folded(line: FindingGroup, options: Options) -> Iterator[RenderableType]:
    if not line.folded:
        return
    where = "with" if line.why != SAME_EXCHANGE else "shown by"
    text = Text(f"{where} {line.why}, {len(line.folded)} more:", style="dim")
    for row in line.folded[:MAX_FOLDED]:
        # The headline has named service and operation already.
        place = row.clause.partition("/")[2] or row.clause
        claim = f": expected {row.expected}, got {row.got}" if line.why == SAME_EXCHANGE else ""
        text.append(f"\n- {one_line(f'{row.where or place}{claim}' if claim else place, 150)}")
    if len(line.folded) > MAX_FOLDED:
        text.append("\n")
        text.append_text(more_line(len(line.folded) - MAX_FOLDED, options))
    yield Padding(text, (0, 0, 0, 2))


def more_line(count: int, options: Options) -> Text:
    """A line that says how many are not shown, and where they are."""
    return Text(f"... and {count:,} more (see {visible(options.report_path)})", style="dim")


def visible_text(text: str) -> Text:
    """Text of a record, harmless."""
    return Text(visible(text))
