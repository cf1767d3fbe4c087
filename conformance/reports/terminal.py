"""The terminal report: what `conformance run` prints at the end, readable also when it is piped into a file.

    Record --terminal_report--> rich renderables, in this order:

        service lines     one a service: operations not implemented, clauses that hold, fail, are not tested
        warnings          what limits the whole run, such as a run that did not finish
        findings          a block a root cause, most severe first
        operations        evidence level, failed clauses and answers of each
        left behind       what the run created and could not remove, with the commands that remove it
        totals            verdicts, findings, requests, seed
        hint              where the rest is

All text is built from `Text`, never from markup, and every text of the record loses its control characters: the
answer of a target cannot colour, move or hide what is printed.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from conformance.record.rows import Record
from conformance.reports.leftovers import leftover_lines, leftovers_title, shortened_leftovers
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.summary import OperationSummary, ServiceSummary, Summary, summarize
from conformance.reports.terminal_findings import SEVERITY_STYLE, finding_blocks, more_line, visible_text
from conformance.values.text import counted, one_line, visible
from conformance.values.vocabulary import LEVELS

_VERDICT_STYLE = {"passed": "green", "failed": "red", "errored": "magenta", "unreached": "yellow", "skipped": "dim"}
_OUTCOME_SHORT = {
    "rejected-validation": "rejected", "rejected-state": "rejected (state)", "rejected-auth": "rejected (auth)",
}  # fmt: skip

MAX_SERVICES = 20
"""Service lines."""
MAX_FINDINGS = 10
"""Groups of findings shown in full; the rest is counted."""
MAX_OPERATIONS = 60
"""Rows of the table of operations."""
MAX_LEFTOVERS = 20
"""Things that could not be removed."""
MAX_COMMANDS = 3
"""Commands that remove one thing."""
MAX_REASONS = 5
"""Reasons for clauses that were not tested."""
PIPED_WIDTH = 100
"""Columns of a report that does not go to a terminal, unless `COLUMNS` says otherwise."""

_LEVEL_LEGEND = "levels: L0 routed, L1 parsed, L2 shape, L3 echo, L4 rejects invalid, L5 state, L6 agrees with AWS"


def report_console() -> Console:
    """The console for a report: as wide as the terminal; elsewhere `COLUMNS` or `PIPED_WIDTH` columns."""
    console = Console()
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = PIPED_WIDTH
    return console


def print_report(report: RenderableType) -> None:
    """Print to standard output; what goes to no terminal has no blanks at the ends of its lines."""
    console = report_console()
    if console.is_terminal:
        console.print(report, crop=False)
        return
    with console.capture() as captured:
        console.print(report, crop=False)
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().split("\n")[:-1]))


def terminal_report(record: Record, options: Options = DEFAULT, *, limit: int = MAX_FINDINGS) -> RenderableType:
    """All that is printed after a run: at most `limit` groups of findings, the rest counted.

    Print it with `print_report`: commands that replay a finding are to be copied whole, so they may be longer than
    the console is wide.
    """
    summary = summarize(record)
    parts: list[RenderableType] = [*_service_lines(summary, options)]
    parts += [_warning(text) for text in summary.warnings]
    parts += [Text()] if parts else []
    parts += list(finding_blocks(record, summary, options, limit=limit))
    if summary.operations:
        parts += [operations_table(summary, options), Text()]
    parts += list(_not_implemented(summary))
    parts += list(_reasons(summary, options))
    parts += list(_leftovers(record, options))
    parts += [totals(record, summary), *_hint(summary, options)]
    return Group(*parts)


def brief_report(record: Record) -> Iterator[RenderableType]:
    """What is printed after a run that is to say little: what limits it, and the totals."""
    summary = summarize(record)
    yield from (_warning(text) for text in summary.warnings)
    yield totals(record, summary)


def _service_lines(summary: Summary, options: Options) -> Iterator[Text]:
    """`sagemaker: 1 of 10 operations not implemented, 3 validate no input; 411 clauses hold, 798 fail, ...`."""
    for service in summary.services[:MAX_SERVICES]:
        yield _service_line(service)
    if len(summary.services) > MAX_SERVICES:
        yield more_line(len(summary.services) - MAX_SERVICES, options)


def _service_line(service: ServiceSummary) -> Text:
    text = Text(f"{one_line(service.name, 40)}: ", style="bold")
    return text.append(service.outcome, style="not bold")


def operations_table(summary: Summary, options: Options = DEFAULT) -> RenderableType:
    """A row for each implemented operation: level reached of reachable, failed clauses, answers by outcome."""
    lines = [line for line in summary.operations if line.implemented]
    lines.sort(key=lambda line: (-line.verdicts.get("failed", 0), line.row.name))
    services = {line.row.service for line in lines}
    only = services.pop() if len(services) == 1 else None
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("operation" if only is None else f"operation of {one_line(only, 40)}", ratio=3)
    table.add_column("level", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("answers", overflow="fold", ratio=3)
    for line in lines[:MAX_OPERATIONS]:
        name = line.row.name if only is None else line.row.operation
        table.add_row(_WrappedName(visible(name)), _level(line), _failed(line), _outcomes(line))
    rest = (more_line(len(lines) - MAX_OPERATIONS, options),) if len(lines) > MAX_OPERATIONS else ()
    return Group(table, *rest, Text(_LEVEL_LEGEND, style="dim"))


class _WrappedName:
    """The name of an operation, wrapped between its words where it is too long for its column."""

    _WORD = re.compile(r"[^:A-Z]*:|[A-Z]+(?![a-z])[^A-Z:]*|[A-Z]?[^A-Z:]*")

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = ""
        for word in self._words(max(1, options.max_width - 2)):
            if line.strip() and len(line) + len(word) > options.max_width:
                yield Text(line)
                line = "  "
            line += word
        yield Text(line)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(20, options.max_width), min(len(self.text), options.max_width))

    def _words(self, most: int) -> Iterator[str]:
        for word in self._WORD.findall(self.text):
            yield from (word[start : start + most] for start in range(0, len(word), most))


def totals(record: Record, summary: Summary) -> Text:
    """The last lines: verdicts and findings counted, root causes, requests, time and seed."""
    text = Text()
    _counts(text, summary.verdicts, _VERDICT_STYLE, "clause")
    text.append("\n")
    _counts(text, summary.findings, SEVERITY_STYLE, "finding")
    causes = len(summary.groups)
    if causes < len(record.findings):
        text.append(f"; {counted(causes, 'root cause')}")
    run = []
    if record.footer is not None:
        run.append(f"{counted(record.footer.requests, 'request')} in {record.footer.duration:.1f} s")
    run.append(f"seed {record.header.seed}")
    return text.append("\n" + ", ".join(run), style="dim")


def _hint(summary: Summary, options: Options) -> Iterator[Text]:
    if summary.groups:
        command = f"conformance replay {shlex.quote(options.record_path)} CASE"
        hint = f"hint: {options.report_path} shows all findings; '{command}' sends one again"
        yield Text(visible(hint), style="dim", no_wrap=True, overflow="ignore")


def _counts(text: Text, counts: Mapping[str, int], styles: Mapping[str, str], noun: str) -> None:
    total = sum(counts.values())
    text.append(counted(total, noun))
    separator = ": "
    for name, count in counts.items():
        if count:
            text.append(separator)
            text.append(f"{count:,} {visible(name)}", style=styles.get(name, ""))
            separator = ", "


def _level(line: OperationSummary) -> Text:
    """`L2 of L5` and a bar of the same."""
    reached, reachable = line.row.level, line.row.reachable
    have = LEVELS.index(reached) + 1 if reached else 0
    could = LEVELS.index(reachable) + 1 if reachable else 0
    text = Text(f"{visible(reached or '-'):>2} of {visible(reachable or '-'):<2} ")
    text.append("#" * have, style="green")
    return text.append("." * max(0, could - have), style="dim")


def _failed(line: OperationSummary) -> Text:
    failed = line.verdicts.get("failed", 0)
    return Text(f"{failed}/{sum(line.verdicts.values())}", style="red" if failed else "")


def _outcomes(line: OperationSummary) -> Text:
    counts = line.row.outcomes.items()
    words = [f"{count} {_OUTCOME_SHORT.get(outcome, outcome)}" for outcome, count in counts if count]
    return visible_text(", ".join(words))


def _not_implemented(summary: Summary) -> Iterator[RenderableType]:
    names = summary.not_implemented
    if names:
        text = Text(f"not implemented ({len(names)}): ", style="yellow")
        yield text.append(", ".join(_shortened(names)), style="default")
        yield Text()


def _reasons(summary: Summary, options: Options) -> Iterator[RenderableType]:
    """Why clauses were not tested: what a target has to answer first."""
    if not summary.reasons:
        return
    text = Text("not tested:")
    for verdict, reason, count in summary.reasons[:MAX_REASONS]:
        text.append(f"\n- {count:,} {visible(verdict)}: ", style=_VERDICT_STYLE.get(verdict, ""))
        text.append(one_line(reason, 150))
    if len(summary.reasons) > MAX_REASONS:
        text.append("\n")
        text.append_text(more_line(len(summary.reasons) - MAX_REASONS, options))
    yield text
    yield Text()


def _leftovers(record: Record, options: Options) -> Iterator[RenderableType]:
    """What the run could not remove, with the commands that remove it."""
    lines, more = shortened_leftovers(leftover_lines(record), MAX_LEFTOVERS)
    if not lines:
        return
    yield Text(f"left behind: {leftovers_title(len(record.leftovers))}", style="bold yellow")
    for line in lines:
        yield Text(f"- {visible(line.name)}: ").append(visible(line.why), style="default")
        for command in line.commands[:MAX_COMMANDS]:
            yield Text(f"    {visible(command)}", style="bold", no_wrap=True, overflow="ignore")
    if more:
        yield more_line(more, options)
    yield Text()


def _shortened(names: Iterable[str], most: int = 60) -> Iterator[str]:
    listed = [one_line(name) for name in names]
    yield from listed[:most]
    if len(listed) > most:
        yield f"... and {len(listed) - most} more"


def _warning(text: str) -> Text:
    return Text(f"! {visible(text)}", style="bold yellow")
