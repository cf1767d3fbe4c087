"""The record of a run, written as the run goes.

events of a run --> RecordWriter      operations --> Progress
     '-- 2nd signal: the footer after the last whole line
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.cli.running.progress import RunProgress
from conformance.record.rows import FooterRow
from conformance.record.writer import RecordWriter
from conformance.run import Event, OperationStarted
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.signals import SignalHandling
from conformance.run.run_end import RunEnd
from conformance.run.to_rows import Totals, footer_row


@dataclass(slots=True)
class RecordKeeper:
    """Writes the record of one run to a file.

    With `earlier` it takes the place of the record that the run goes on from, as soon as it has all that is kept of it.
    """

    path: Path
    signals: SignalHandling
    progress: RunProgress
    earlier: Resumption | None = None
    totals: Totals = field(default_factory=Totals)
    started: float = field(default_factory=time.monotonic)
    _kept: int = field(init=False)

    def __post_init__(self) -> None:
        # The header and the rows that are kept come first.
        self._kept = 0 if self.earlier is None else 1 + sum(1 for _ in self.earlier.kept())

    def keep(self, events: Generator[Event, None, None]) -> None:
        """Write the lines of a run as they come, and show how far it is.

        The first line is awaited before the file is made: a target that is not there leaves nothing behind.
        """
        event = next(events)
        replacing = self.earlier is not None
        with RecordWriter(self.path, replacing=replacing) as writer, self.progress as progress:
            while True:
                try:
                    self._write(writer, event)
                    progress.show(event)
                    if isinstance(event, FooterRow):
                        return
                    event = next(events)
                except KeyboardInterrupt:
                    # Between two lines: the run itself has to hear of it, so that it removes what it made.
                    event = events.throw(KeyboardInterrupt())

    def _write(self, writer: RecordWriter, event: Event) -> None:
        if self._kept == 0:
            writer.settle()
        self._kept -= 1
        if isinstance(event, OperationStarted):
            return
        writer.write(event)
        self.totals.count(event)
        if isinstance(event, FooterRow):
            self.signals.last_words = _nothing_left_to_say
        elif self.signals.last_words is None:
            self.signals.last_words = lambda end: self._last_words(writer, end)

    def _last_words(self, writer: RecordWriter, end: RunEnd) -> None:
        spent = time.monotonic() - self.started
        writer.write_last(footer_row(self.totals, spent, self.signals.control.sent, end))


def _nothing_left_to_say(_end: RunEnd) -> None:
    """The record has its footer."""
