"""When to poll again, and when to stop waiting.

Three waits are known: for a resource to become ready, for a change of its state in a scenario, and for reads to catch
up with what was written (the consistency window). A wait that times out again and again is cut short.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.specs.resources.resource import Resource

# Seconds between two polls where no waiter of the service gives a delay.
DEFAULT_DELAY = 1.0

# Polls of a consistency window, where the timeout allows as many.
WINDOW_POLLS = 10

# After the first polls the delay grows by this factor with each, but not so far that a timeout holds fewer than these.
DELAY_GROWTH = 1.2
FEWEST_POLLS = 60

# A wait that timed out so often is one poll long from then on.
TIMEOUTS_ALLOWED = 3

# Tells whether a time is over.
IsOver = Callable[[], bool]


@dataclass(slots=True)
class Polling:
    """Delays and deadlines of one run. `interval` is a factor on a waiter's delay, `timeout` is in seconds."""

    interval: float = 0.01
    timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _timeouts: Counter[str] = field(default_factory=Counter)

    def deadline(self, seconds: float) -> IsOver:
        """Start a clock; what is returned says whether so many seconds are over."""
        end = self.clock() + seconds
        return lambda: self.clock() >= end

    def consistency_window(self) -> IsOver:
        """Start a clock; what is returned says whether reads may no longer lag behind what was written.

        It is to be asked once a poll: a window is never shorter than its polls, however fast they are.
        """
        over = self.deadline(min(self.timeout, WINDOW_POLLS * self.interval * DEFAULT_DELAY))
        polls = itertools.count(1)
        return lambda: next(polls) >= WINDOW_POLLS and over()

    def delay(self, resource: Resource | None, polls: int = 0) -> float:
        """Seconds to the next poll of a resource: its waiter's delay, scaled; longer after many `polls`."""
        status = resource.status if resource is not None else None
        first = self.interval * (status.delay if status is not None and status.delay else DEFAULT_DELAY)
        slowest = max(first, self.timeout / FEWEST_POLLS)
        return min(first * DELAY_GROWTH ** max(polls - WINDOW_POLLS, 0), slowest) if first else 0

    def allowance(self, name: str) -> float:
        """Seconds that a wait of that name may take: none where it timed out too often before."""
        return self.timeout if self._timeouts[name] < TIMEOUTS_ALLOWED else 0

    def count_timeout(self, name: str) -> None:
        """Take note that a wait of that name has timed out."""
        self._timeouts[name] += 1
