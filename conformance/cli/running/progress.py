"""How far a run is, for people: a bar on a terminal; with --verbose a line for each operation instead."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from conformance.record.rows import OperationRow, Verdict
from conformance.run import Event, OperationStarted
from conformance.values.text import one_line
from conformance.values.vocabulary import VERDICTS


@dataclass(slots=True)
class RunProgress:
    """Shows the progress of a run through so many operations, on standard error; a context manager."""

    operations: int
    verbose: bool = False
    quiet: bool = False
    _bar: Progress = field(init=False)
    _task: TaskID = field(init=False)
    _verdicts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._bar = _progress_bar(hidden=self.verbose or self.quiet)
        self._task = self._bar.add_task("", total=self.operations)

    def __enter__(self) -> RunProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, event: Event) -> None:
        """Take note of an event."""
        if isinstance(event, OperationStarted):
            self._bar.update(self._task, description=f"{event.service}:{event.operation}")
        elif isinstance(event, Verdict):
            self._verdicts[event.verdict] += 1
        elif isinstance(event, OperationRow):
            self._bar.advance(self._task)
            if self.verbose:
                click.echo(_line(event, self._verdicts), err=True)
            self._verdicts.clear()


def _line(row: OperationRow, verdicts: Counter[str]) -> str:
    """`sqs:CreateQueue  L4 of L5  40 passed, 3 failed`."""
    counts = ", ".join(f"{verdicts[word]:,} {word}" for word in VERDICTS if verdicts[word])
    return f"{one_line(row.name)}  {row.level or '-'} of {row.reachable or '-'}  {counts}"


def _progress_bar(*, hidden: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=hidden or not sys.stderr.isatty(),
    )
