"""Markdown that fits a comment on a pull request: at most `MAX_CHARACTERS`, whatever the record holds.

The most severe findings come first; a finding that no longer fits is left out and counted at the end. Text of a record
stands in `<code>` with its punctuation as entities, or in a fence longer than any inside it: it cannot end a table
row, open an element, mention a person or close an issue.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from conformance.record.bodies import Message
from conformance.record.rows import CaseRow, Finding, Record
from conformance.record.steps import Step
from conformance.reports.excerpts import excerpt
from conformance.reports.leftovers import leftover_lines, leftovers_title, shortened_leftovers
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.reproduce.script_context import target_path
from conformance.reports.scenario_view import (
    DecisiveExchange,
    decisive_exchanges,
    is_scenario,
    observed_state,
    shortened,
    step_lines,
)
from conformance.reports.state_histories import state_histories
from conformance.reports.summary import (
    SAME_EXCHANGE,
    FindingGroup,
    OperationSummary,
    Summary,
    grouped_by_exchange,
    summarize,
)
from conformance.values.text import counted, one_line, visible

MAX_CHARACTERS = 64_000
"""Characters. GitHub takes 65,536 in a comment."""
_RESERVED_FOR_TAIL = 1_000

MAX_SERVICES = 20
MAX_OPERATIONS = 40
MAX_FOLDED = 15
MAX_BODY_CHARACTERS = 1_500
MAX_BODY_LINES = 40
MAX_STEPS = 14
MAX_HISTORIES = 20
MAX_LEFTOVERS = 20

_PUNCTUATION = re.compile(r"[&<>*_`~|\\\[\]#@$^]")
_SEVERITY_ICON = {
    "error": "\N{CROSS MARK}",
    "warning": "\N{WARNING SIGN}\ufe0f",
    "info": "\N{INFORMATION SOURCE}\ufe0f",
}


class _Page:
    """Text in pieces that together stay below a limit."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.pieces: list[str] = []

    def add(self, piece: str) -> bool:
        """Append `piece` if it fits; returns whether it did."""
        if len(piece) + 1 > self.left:
            return False
        self.left -= len(piece) + 1
        self.pieces.append(piece)
        return True


def render_markdown(record: Record, options: Options = DEFAULT) -> str:
    """The record as Markdown of less than 65,000 characters."""
    summary = summarize(record)
    page = _Page(MAX_CHARACTERS - _RESERVED_FOR_TAIL)
    page.add(f"## Conformance of {_code(record.header.target.identity)}\n")
    for service in summary.services[:MAX_SERVICES]:
        page.add(f"- {_code(service.name)}: {_text(service.outcome)}")
    page.add("")
    for text in summary.warnings[:10]:
        page.add(f"> **Note:** {_text(text)}\n")
    for piece in (_totals(summary), _run(record)):
        page.add(piece)
    if len(summary.sections) > 1:
        page.add(_sections(summary))
    if summary.reasons:
        page.add("Not tested:\n")
        for verdict, reason, count in summary.reasons[:5]:
            page.add(f"- {count:,} {_text(verdict)}: {_text(reason)}")
        page.add("")
    _leftovers(page, record)
    _operations(page, summary)
    _state_histories(page, record)
    left_out = _findings(page, record, summary, options)
    if left_out:
        page.left += _RESERVED_FOR_TAIL
        page.add(f"\n*... and {left_out:,} more findings (see {_code(options.report_path)}).*")
    return "\n".join(page.pieces).rstrip() + "\n"


def _totals(summary: Summary) -> str:
    names = [*summary.verdicts, *(f"{name} findings" for name in summary.findings)]
    counts = [*summary.verdicts.values(), *summary.findings.values()]
    head = " | ".join(_text(name) for name in names[:20])
    return f"| {head} |\n|{' ---: |' * len(names[:20])}\n| {' | '.join(f'{count:,}' for count in counts[:20])} |\n"


def _run(record: Record) -> str:
    header, footer = record.header, record.footer
    services = [service.service for service in header.services]
    parts = [", ".join(_code(name) for name in services[:20]), f"seed {_code(str(header.seed))}"]
    if footer is not None:
        parts.append(f"{footer.requests:,} requests in {footer.duration:,.1f} s")
    parts.append(f"started {_code(header.started)}")
    return ", ".join(parts) + "\n"


def _leftovers(page: _Page, record: Record) -> None:
    """What the run could not remove, up to an eighth of the comment."""
    lines, more = shortened_leftovers(leftover_lines(record), MAX_LEFTOVERS)
    if not lines:
        return
    least = page.left - MAX_CHARACTERS // 8
    page.add(f"**Left behind:** {leftovers_title(len(record.leftovers))}.\n")
    for number, line in enumerate(lines):
        commands = "; remove it with " + ", ".join(map(_code, line.commands[:3])) if line.commands else ""
        if page.left < least or not page.add(f"- {_code(line.name)}: {_text(line.why)}{commands}"):
            more += len(lines) - number
            break
    if more:
        page.add(f"- ... and {more:,} more")
    page.add("")


def _operations(page: _Page, summary: Summary) -> None:
    lines = [line for line in summary.operations if line.implemented]
    lines.sort(key=lambda line: (-line.verdicts.get("failed", 0), line.row.name))
    if lines and page.add("| Operation | Level | Failed clauses | Answers |\n| --- | --- | ---: | --- |"):
        shown = 0
        for line in lines[:MAX_OPERATIONS]:
            # Findings are more useful than a long table.
            if page.left < MAX_CHARACTERS // 2 or not page.add(_operation(line)):
                break
            shown += 1
        if shown < len(lines):
            page.add(f"| ... and {len(lines) - shown:,} more | | | |")
        page.add("")
    names = summary.not_implemented
    if names:
        operations = counted(len(names), "operation")
        listed = ", ".join(_code(name) for name in names[:100]) + (" ..." if len(names) > 100 else "")
        text = f"<details><summary>Not implemented: {operations}</summary>\n\n{listed}\n\n</details>\n"
        page.add(text if len(text) < MAX_CHARACTERS // 4 else f"Not implemented: {operations}\n")


def _operation(line: OperationSummary) -> str:
    counts = line.row.outcomes.items()
    answers = ", ".join(f"{count:,} {_text(outcome)}" for outcome, count in counts if count)
    failed = f"{line.verdicts.get('failed', 0)} / {sum(line.verdicts.values())}"
    level = f"{_text(line.row.level or 'none')} of {_text(line.row.reachable or 'none')}"
    return f"| {_code(line.row.name)} | {level} | {failed} | {answers} |"


def _findings(page: _Page, record: Record, summary: Summary, options: Options) -> int:
    """Add the findings that fit; returns how many do not, folded ones of left-out groups included."""
    fresh = grouped_by_exchange(
        record, (group for group in summary.groups if group.finding.fingerprint not in options.known)
    )
    if fresh:
        page.add("### Findings\n")
    left_out = 0
    for group in fresh:
        if left_out or not (page.add(_finding(record, group, options)) or page.add(_finding_title_line(group))):
            left_out += 1 + len(group.folded)
    known = sum(row.fingerprint in options.known for row in record.findings)
    if known:
        page.add(f"\n{counted(known, 'known finding')} (baseline) {'is' if known == 1 else 'are'} not shown.")
    return left_out


def _finding(record: Record, group: FindingGroup, options: Options) -> str:
    row = group.finding
    lines = [f"<details><summary>{_title(row)}</summary>\n", *_claims(row)]
    case = record.cases.get(row.case)
    deciding = decisive_exchanges(case, row)
    if case is not None and is_scenario(case):
        lines += [f"\n{_text(case.title)}:\n", _fence("\n".join(_step_lines(case, deciding)))]
    for each in deciding:
        name = f" ({_text(each.label)})" if each.label else ""
        lines += [f"\nRequest{name}:\n", _fence(_request_text(each.step, row.where))] if each.request else []
        lines += [f"\nResponse{name}:\n", _fence(_response_text(each.step, row.where))] if each.answer else []
    if row.case:
        command = f"conformance replay {shlex.quote(options.record_path)} {shlex.quote(row.case)}"
        lines += ["\nReplay:\n", _fence(command)]
    lines += list(_folded(group))
    return "\n".join([*lines, "\n</details>\n"])


def _finding_title_line(group: FindingGroup) -> str:
    return f"- {_title(group.finding)}"


def _title(row: Finding) -> str:
    icon = _SEVERITY_ICON.get(row.severity, "")
    times = f" ({row.count:,} times)" if row.count > 1 else ""
    place = _code(f"{row.service}:{row.operation} {row.where}".strip())
    return f"{icon} {_text(row.severity)} {place} {_text(row.code)}{times}".strip()


def _claims(row: Finding) -> Iterator[str]:
    yield f"- expected: {_code(row.expected)}"
    yield f"- got: {_code(row.got)}"
    yield f"- clause: {_code(row.clause)}"
    if row.statement:
        yield f"- statement: {_code(row.statement)}"
    if row.source:
        yield f"- source: {_code(row.source)}"


def _sections(summary: Summary) -> str:
    """Passed and failed clauses by the section of the clause."""
    rows = ["| section | passed | failed | not tested |", "|---|---:|---:|---:|"]
    for name, counts in list(summary.sections.items())[:20]:
        passed, failed = counts.get("passed", 0), counts.get("failed", 0)
        rows.append(f"| {_text(name)} | {passed:,} | {failed:,} | {sum(counts.values()) - passed - failed:,} |")
    return "\n".join([*rows, ""])


def _step_lines(case: CaseRow, deciding: tuple[DecisiveExchange, ...]) -> Iterator[str]:
    """The steps of a scenario, a line each; the decisive ones are marked."""
    lines = shortened(step_lines(case, deciding), MAX_STEPS)
    named = [line for line in lines if not isinstance(line, int)]
    wide = [max((len(getattr(line, part)) for line in named), default=0) for part in ("name", "operation")]
    for line in lines:
        if isinstance(line, int):
            yield f"  ... {counted(line, 'more step')}"
        else:
            mark = ">" if line.decides else " "
            yield f"{mark} {line.name:<{min(wide[0], 40)}}  {line.operation:<{min(wide[1], 60)}}  {line.outcome}"


def _folded(group: FindingGroup) -> Iterator[str]:
    if group.folded:
        where = "Shown by" if group.shared == SAME_EXCHANGE else "With"
        yield f"\n{where} {group.shared}, {len(group.folded):,} more:\n"
    for row in group.folded[:MAX_FOLDED]:
        claim = f": expected {_code(row.expected)}, got {_code(row.got)}" if group.shared == SAME_EXCHANGE else ""
        yield f"- {_code(row.clause)} {_text(row.code)}{claim}"
    if len(group.folded) > MAX_FOLDED:
        yield f"- ... and {len(group.folded) - MAX_FOLDED:,} more"


def _request_text(step: Step, place: str) -> str:
    request = step.request
    head = f"{request.method} {target_path(request)[:500]} {step.operation}"
    return f"{head}\n{_body(request, place)}"


def _response_text(step: Step, place: str) -> str:
    response = step.response
    if response is None:
        return f"no response: {step.failure or 'cause unknown'}"
    return f"{response.status}\n{_body(response, place, observed_state(step))}"


def _body(message: Message, place: str, value: str = "") -> str:
    return "\n".join(
        line.text for line in excerpt(message, place, value, lines=MAX_BODY_LINES, characters=MAX_BODY_CHARACTERS)
    )


def _state_histories(page: _Page, record: Record) -> None:
    """The observed histories of states, up to an eighth of the comment."""
    found = [line for lines in state_histories(record).values() for line in lines]
    if found:
        rows = [f"- {_code(line.resource)}: {_text(line.text)}" for line in found[:MAX_HISTORIES]]
        rows += [f"- ... and {len(found) - MAX_HISTORIES:,} more"] if len(found) > MAX_HISTORIES else []
        text = "\n".join(["<details><summary>Observed state histories</summary>\n", *rows, "\n</details>\n"])
        if len(text) < MAX_CHARACTERS // 8:
            page.add(text)


def _fence(text: str) -> str:
    """A fence that nothing in it can close."""
    shown = visible(text[: 2 * MAX_BODY_CHARACTERS]).rstrip()
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _text(text: str) -> str:
    """Text on one line in which no character means anything to Markdown or HTML."""
    return _PUNCTUATION.sub(
        lambda match: f"&#{ord(match[0])};" if ord(match[0]) < 128 else match[0], one_line(text, 300)
    )


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
