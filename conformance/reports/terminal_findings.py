"""Findings in the terminal report: one block a root cause.

title                 severity, operation, location, code, count
  scenario            its steps, a line each, the decisive ones marked with `>`
  request, response   the decisive exchanges; of a long body the part that the finding is about
  expected, got, clause
  conformance replay ...
  further findings with the same cause, or shown by the same exchange
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.record.bodies import Message
from conformance.record.rows import CaseRow, Finding, Record
from conformance.record.steps import RecordedResponse
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
from conformance.values.text import counted, one_line, visible

SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "info": "cyan"}

MAX_FOLDED = 8
"""Findings listed below the one that stands for them."""
MAX_STEPS = 9
"""Steps of a scenario."""
MAX_BODY_LINES = 12
"""Lines of a body."""
MAX_BODY_CHARACTERS = 1200
"""Characters of a body."""


def finding_blocks(
    record: Record, summary: Summary, options: Options = DEFAULT, *, limit: int
) -> Iterator[RenderableType]:
    """Groups of findings, most severe first; known findings are only counted."""
    fresh = grouped_by_exchange(
        record, (group for group in summary.groups if group.finding.fingerprint not in options.known)
    )
    for group in fresh[:limit]:
        yield from _finding_block(record, group, options)
        yield Text()
    if len(fresh) > limit:
        yield more_line(len(fresh) - limit, options)
        yield Text()
    known = sum(row.fingerprint in options.known for row in record.findings)
    if known:
        verb = "is" if known == 1 else "are"
        yield Text(f"{counted(known, 'known finding')} (baseline) {verb} not shown.", style="dim")


def _finding_block(record: Record, group: FindingGroup, options: Options) -> Iterator[RenderableType]:
    row = group.finding
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
    yield from _folded(group, options)


def _title(row: Finding) -> Text:
    title = Text()
    title.append(f"{visible(row.severity)} ", style=SEVERITY_STYLE.get(row.severity, "bold"))
    title.append(f"{one_line(row.service)}:{one_line(row.operation)}", style="bold")
    if row.where and row.where != row.operation:
        title.append(f" {one_line(row.where)}")
    title.append(f" {one_line(row.code)}")
    if row.count > 1:
        title.append(f" ({row.count} times)", style="dim")
    return title


def _details(record: Record, row: Finding) -> Iterator[tuple[str, RenderableType]]:
    case = record.cases.get(row.case)
    deciding = decisive_exchanges(case, row)
    if case is not None and is_scenario(case):
        yield "scenario", visible_text(case.title)
        yield "", _step_table(case, deciding)
    for each in deciding:
        prefix = f"{one_line(each.label, 12)} " if each.label else ""
        if each.request:
            yield f"{prefix}request", _request_text(each, row.where)
        if each.answer:
            yield "response" if each.request else f"{prefix}response", _response_text(each, row.where)
    yield "expected", visible_text(row.expected)
    yield "got", visible_text(row.got)
    yield "clause", _clause(row)


def _step_table(case: CaseRow, deciding: tuple[DecisiveExchange, ...]) -> RenderableType:
    """The steps of a scenario, a line each; the decisive ones are marked."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for _ in range(3):
        table.add_column(overflow="fold")
    for line in shortened(step_lines(case, deciding), MAX_STEPS):
        if isinstance(line, int):
            table.add_row("", Text(f"... {counted(line, 'more step')}", style="dim"), "")
            continue
        style = "bold" if line.decides else "dim"
        name = f"{'> ' if line.decides else '  '}{one_line(line.name, 40)}"
        cells = (name, one_line(line.operation, 80), one_line(line.outcome, 160))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    return table


def _clause(row: Finding) -> Text:
    text = visible_text(row.clause)
    if row.statement:
        text.append(f"\n{visible(row.statement)}")
    if row.source:
        text.append(f" ({visible(row.source)})", style="dim")
    return text


def _request_text(each: DecisiveExchange, place: str) -> Text:
    request = each.step.request
    query = "&".join(f"{name}={value}" for name, value in request.query)
    path = request.path + (f"?{query}" if query else "")
    text = Text(one_line(f"{request.method} {path} {each.step.operation}", 160))
    return _with_body(text, request, place)


def _response_text(each: DecisiveExchange, place: str) -> Text:
    response = each.step.response
    if response is None:
        return Text(one_line(f"no response: {each.step.failure or 'cause unknown'}"))
    text = Text(one_line(f"{response.status} {_content_type(response)}"))
    return _with_body(text, response, place, observed_state(each.step))


def _content_type(response: RecordedResponse) -> str:
    return next((value for name, value in response.headers.items() if name.lower() == "content-type"), "")


_LINE_STYLE: Mapping[str, str] = {"text": "", "match": "bold underline", "gap": "dim"}


def _with_body(text: Text, message: Message, place: str, value: str = "") -> Text:
    lines = excerpt(message, place, value, lines=MAX_BODY_LINES, characters=MAX_BODY_CHARACTERS)
    if not lines:
        return text.append("\n(no body)", style="dim")
    for line in lines:
        shown = visible(line.text)
        text.append("\n" + shown[: len(shown) - len(shown.lstrip())])
        text.append(shown.lstrip(), style=_LINE_STYLE[line.kind])
    return text


def _folded(group: FindingGroup, options: Options) -> Iterator[RenderableType]:
    if not group.folded:
        return
    where = "with" if group.shared != SAME_EXCHANGE else "shown by"
    yield Text(f"  {where} {group.shared}, {len(group.folded):,} more:", style="dim")
    items = Table.grid(padding=(0, 1, 0, 0))
    items.add_column(style="dim", no_wrap=True)
    items.add_column(style="dim", overflow="fold")
    for row in group.folded[:MAX_FOLDED]:
        # The title of the group names service and operation.
        clause = row.clause.partition("/")[2] or row.clause
        claim = f": expected {row.expected}, got {row.got}" if group.shared == SAME_EXCHANGE else ""
        items.add_row("-", Text(one_line(f"{row.where or clause}{claim}" if claim else clause, 150)))
    yield Padding(items, (0, 0, 0, 2))
    if len(group.folded) > MAX_FOLDED:
        yield Padding(more_line(len(group.folded) - MAX_FOLDED, options), (0, 0, 0, 2))


def more_line(count: int, options: Options) -> Text:
    """A line with the number of entries that are not shown, and the report that has them."""
    return Text(f"... and {count:,} more (see {visible(options.report_path)})", style="dim")


def visible_text(text: str) -> Text:
    """Text of a record with its control characters escaped."""
    return Text(visible(text))
