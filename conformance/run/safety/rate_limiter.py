"""How fast requests are sent: at a given rate at most, and slower for a while after throttling."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Seconds between two requests after the first throttling, and at the most; each further throttling doubles them.
FIRST_GAP = 0.2
LONGEST_GAP = 10.0

# By which an answer that is not throttled shortens what throttling has added.
RECOVERY = 0.9
SHORTEST_GAP = 0.02


@dataclass(slots=True)
class RateLimiter:
    """Waits before requests. `rate` is in requests a second; None: as fast as they are answered."""

    rate: float | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _gap: float = 0.0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def gap(self) -> float:
        """The seconds between two requests now."""
        return max(self._gap, 1 / self.rate if self.rate else 0.0)

    def wait(self) -> None:
        """Wait until the next request may be sent; each of several threads gets a time of its own."""
        with self._lock:
            now = self.clock()
            mine = max(now, self._next)
            self._next = mine + self.gap
        if mine > now:
            self.sleep(mine - now)

    def throttled(self, seconds: float = 0.0) -> None:
        """Slow down: a request was throttled, with the advice to wait so many seconds."""
        with self._lock:
            self._gap = min(max(self._gap * 2, FIRST_GAP), LONGEST_GAP)
            self._next = max(self._next, self.clock() + seconds)

    def answered(self) -> None:
        """Speed up a little: a request was not throttled."""
        with self._lock:
            self._gap = self._gap * RECOVERY if self._gap > SHORTEST_GAP else 0.0
