"""The end of a run as a person at a terminal wants to read it; also when it is piped into a file.

    Record --end_of_run--> rich renderables: warnings, operations, what is not implemented, findings worst first

Everything is built from `Text`, never from markup, and every text of the record loses its control characters: a
target's answer cannot colour, move or hide what is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from conformance.record.file import Record
from conformance.record.rows import LEVELS
from conformance.reports.report_options import DEFAULT, Options
from conformance.reports.summary import OperationSummary, Summary, summarize
from conformance.reports.terminal_findings import SEVERITY_STYLE, finding_blocks, more_line, visible_text
from conformance.values.text import one_line, visible

_VERDICT_STYLE = {"passed": "green", "failed": "red", "errored": "magenta", "unreached": "yellow", "skipped": "dim"}
_OUTCOME_SHORT = {"rejected-validation": "rejected", "rejected-state": "state", "rejected-auth": "auth"}

MAX_FINDINGS = 10
"""Findings shown before the rest is only counted."""
MAX_OPERATIONS = 60
"""Operations shown in the table."""
MAX_REASONS = 5
"""Reasons shown for clauses that were not judged."""

# What the levels stand for, in few words.
_LEVEL_LEGEND = "levels: L0 routed, L1 parsed, L2 shape, L3 echo, L4 rejects, L5 state, L6 as AWS"


def terminal_report(record: Record, options: Options = DEFAULT, *, limit: int = MAX_FINDINGS) -> RenderableType:
    """All that is printed after a run: at most `limit` findings, the rest counted with a pointer to the report.

    Print it with `console.print(..., crop=False)`: lines that reproduce a finding are to be copied whole, so they
    are longer than the console is wide.
    """
    view = summarize(record)
    parts: list[RenderableType] = [_warning(text) for text in view.warnings]
    if view.operations:
        parts += [operations_table(view, options), Text()]
    parts += list(_not_implemented(view))
    parts += list(finding_blocks(record, view, options, limit=limit))
    parts += list(_reasons(view, options))
    parts.append(totals(record, view))
    return Group(*parts)


def operations_table(view: Summary, options: Options = DEFAULT) -> RenderableType:
    """One row an operation that the target has: level reached of reachable, failed clauses, answers by outcome."""
    lines = [line for line in view.operations if line.implemented]
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
    left = (more_line(len(lines) - MAX_OPERATIONS, options),) if len(lines) > MAX_OPERATIONS else ()
    return Group(table, *left, Text(_LEVEL_LEGEND, style="dim"))


class _WrappedName:
    """The name of an operation, broken between its words where it is too long for its column."""

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


def totals(record: Record, view: Summary) -> Text:
    """The last line: verdicts and findings counted, time and requests."""
    text = Text()
    _counts(text, view.verdicts, _VERDICT_STYLE, "clauses")
    text.append("\n")
    _counts(text, view.findings, SEVERITY_STYLE, "findings")
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


def _level(line: OperationSummary) -> Text:
    """`L2 of L5` and a bar of the same, which says at a glance how much is left."""
    reached, reachable = line.row.level, line.row.reachable
    have = LEVELS.index(reached) + 1 if reached in LEVELS else 0
    could = LEVELS.index(reachable) + 1 if reachable in LEVELS else 0
    text = Text(f"{visible(reached or '-'):>2} of {visible(reachable or '-'):<2} ")
    text.append("#" * have, style="green")
    return text.append("." * max(0, could - have), style="dim")


def _failed(line: OperationSummary) -> Text:
    failed = line.verdicts.get("failed", 0)
    return Text(f"{failed}/{sum(line.verdicts.values())}", style="red" if failed else "")


def _outcomes(line: OperationSummary) -> Text:
    counts = (line.row.outcomes or {}).items()
    words = [f"{count} {_OUTCOME_SHORT.get(outcome, outcome)}" for outcome, count in counts if count]
    return visible_text(", ".join(words))


def _not_implemented(view: Summary) -> Iterator[RenderableType]:
    names = view.not_implemented
    if names:
        text = Text(f"not implemented ({len(names)}): ", style="yellow")
        yield text.append(", ".join(_shortened(names)), style="default")
        yield Text()


def _reasons(view: Summary, options: Options) -> Iterator[RenderableType]:
    """Why clauses were not judged: what a target has to do first to be tested further."""
    if not view.reasons:
        return
    text = Text("not judged:")
    for verdict, reason, count in view.reasons[:MAX_REASONS]:
        text.append(f"\n- {count:,} {visible(verdict)}: ", style=_VERDICT_STYLE.get(verdict, ""))
        text.append(one_line(reason, 150))
    if len(view.reasons) > MAX_REASONS:
        text.append("\n")
        text.append_text(more_line(len(view.reasons) - MAX_REASONS, options))
    yield text
    yield Text()


def _shortened(names: Iterable[str], most: int = 60) -> Iterator[str]:
    listed = [one_line(name) for name in names]
    yield from listed[:most]
    if len(listed) > most:
        yield f"... and {len(listed) - most} more"


def _warning(text: str) -> Text:
    return Text(f"! {visible(text)}", style="bold yellow")
