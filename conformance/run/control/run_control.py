"""The request to end a run in order: who makes it, and where it is heeded.

    signal --------------.
    time, requests,       +--> RunControl.end --checkpoint: in every wait, before every request--> RunStopped
    failures ------------'                                                                            |
                          what was made is removed, verdicts, footer <--------------------------------'

What removes resources is never stopped, and a thread is told once.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.exchanges.exchange import Sender
from conformance.record.rows import Finding
from conformance.run.run_end import RunEnd
from conformance.wire.message import Request, Response

# Seconds after which a wait looks whether the run is to end.
LONGEST_WAIT = 0.1


class RunStopped(KeyboardInterrupt):
    """The run is to end in order. A KeyboardInterrupt, because nothing takes that for a failure of a request."""


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a run may go: seconds, requests, findings that are failures. None: as far as it takes.

    Requests that remove what was made are sent beyond the limits.
    """

    seconds: float | None = None
    requests: int | None = None
    failures: int | None = None
    is_failure: Callable[[Finding], bool] = _is_error


@dataclass(slots=True)
class RunControl:
    """One for a run, or for several that have their limits in common. `end` says why it is to end, None that it is not.

    The time begins when it is made. `sent` counts the requests.
    """

    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    end: RunEnd | None = None
    sent: int = 0
    _started: float = field(init=False)
    _failures: set[str] = field(default_factory=set)
    _told: set[int] = field(default_factory=set)
    _removals: int = 0

    def __post_init__(self) -> None:
        self._started = self.clock()

    def stop(self, end: RunEnd) -> None:
        """Ask for the end of the run; the first reason stays."""
        self.end = self.end or end

    def is_due(self) -> bool:
        """Whether the run is to end now."""
        seconds = self.limits.seconds
        if self.end is None and seconds is not None and self.clock() - self._started >= seconds:
            self.stop(RunEnd("max-time", f"{seconds:g}"))
        return self.end is not None

    def checkpoint(self) -> None:
        """Raise RunStopped where the run is to end, once in a thread, and not in the middle of a removal."""
        if self._removals or not self.is_due():
            return
        here, main = threading.get_ident(), threading.main_thread().ident or 0
        if here not in self._told:
            # What another thread is told reaches the main one with its result.
            self._told |= {here, main}
            raise RunStopped

    @contextlib.contextmanager
    def removing(self) -> Iterator[None]:
        """Let a removal go on to its end: the run is stopped after it."""
        self._removals += 1
        try:
            yield
        finally:
            self._removals -= 1

    def sleep(self, seconds: float) -> None:
        """Wait; raises RunStopped as soon as the run is to end."""
        until = self.clock() + seconds
        self.checkpoint()
        while (left := until - self.clock()) > 0:
            time.sleep(min(left, LONGEST_WAIT))
            self.checkpoint()

    def count_request(self) -> None:
        """Count a request that is about to be sent; raises RunStopped where no more may be sent."""
        most = self.limits.requests
        if most is not None and self.sent >= most:
            self.stop(RunEnd("max-requests", f"{most:,}"))
        self.checkpoint()
        self.sent += 1

    def count_failures(self, findings: Iterable[Finding]) -> None:
        """Count the findings that are failures, each once; headlines stand for findings that were counted before."""
        most = self.limits.failures
        if most is None:
            return
        self._failures |= {each.fingerprint for each in findings if not each.folds and self.limits.is_failure(each)}
        if len(self._failures) >= most:
            self.stop(RunEnd("max-failures", f"{most:,}"))


@dataclass(frozen=True, slots=True)
class ControlledSender:
    """A sender that sends nothing once the run is to end, except what removes resources."""

    sender: Sender
    control: RunControl

    def send(self, request: Request, **options: Any) -> Response:
        """The answer; raises what the sender raises, and RunStopped."""
        self.control.count_request()
        return self.sender.send(request, **options)
