"""Signals that end a run: the first one in order, the second one at once.

    SIGINT, SIGTERM, SIGHUP --1st--> RunControl.stop: the run removes what it made, and concludes
                            --2nd--> last words (the footer of the record), end of the process

A handler only takes note, so that no signal comes between what was made and the note of it. Before there is anything
to conclude, Ctrl-C ends the command as it would end any other.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from conformance.run.control.run_control import RunControl
from conformance.run.run_end import RunEnd
from conformance.values.vocabulary import EndCode

# The signals, by name because not every system has each, and the code of the end that they ask for.
CODES: Mapping[str, EndCode] = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung-up"}

STOPPING = b"stopping: what was made is removed; stop once more to end at once\n"
STOPPED = b"stopped at once: what was made last may be left behind\n"


def status_after(code: EndCode) -> int | None:
    """The exit status after a signal, 128 and its number as shells have it; None for an end without a signal."""
    name = next((name for name, each in CODES.items() if each == code), None)
    return None if name is None else 128 + int(getattr(signal, name))


@dataclass(slots=True)
class SignalHandling:
    """What the signals do to a run. `under_way` is set while there is something to conclude.

    `last_words` are said before the process ends at once.
    """

    control: RunControl
    last_words: Callable[[RunEnd], None] | None = None
    received: int = 0
    _names: dict[int, str] = field(default_factory=dict)

    @property
    def under_way(self) -> bool:
        """Whether there is something to conclude."""
        return self.last_words is not None

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The handler."""
        end = RunEnd(CODES[self._names[number]])
        self.received += 1
        self.control.stop(end)
        if self.received > 1:
            if self.last_words is not None:
                self.last_words(end)
                _say(STOPPED)
            os._exit(128 + number)
        if self.under_way:
            _say(STOPPING)
        elif number == signal.SIGINT:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the signals in a block; outside of the main thread, where that is not possible, do nothing.

        Ctrl-C is handled even if it is ignored, as it is in the background of a shell. A hang-up that is ignored stays
        so: that is what nohup is for.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {}
        for name in CODES:
            number = getattr(signal, name, None)
            if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                continue
            self._names[number] = name
            before[number] = signal.signal(number, self.handle)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _say(text: bytes) -> None:
    # Not by way of the stream, which may be in the middle of writing.
    with contextlib.suppress(OSError):
        os.write(2, text)
