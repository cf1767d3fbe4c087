"""How fast requests are sent."""

from __future__ import annotations

from conformance.run.safety.rate_limiter import LONGEST_GAP, RateLimiter


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def limiter(self, rate: float | None = None) -> RateLimiter:
        return RateLimiter(rate, self.sleep, lambda: self.now)


def test_a_rate_is_kept() -> None:
    clock = Clock()
    limiter = clock.limiter(2)
    for _ in range(11):
        limiter.wait()
    assert clock.now == 5


def test_without_a_rate_nothing_waits() -> None:
    clock = Clock()
    limiter = clock.limiter()
    for _ in range(10):
        limiter.wait()
        limiter.answered()
    assert clock.now == 0


def test_each_throttling_doubles_the_pause_up_to_a_limit() -> None:
    clock = Clock()
    limiter = clock.limiter()
    gaps = []
    for _ in range(12):
        limiter.throttled()
        gaps.append(limiter.gap)
    assert gaps[1] == 2 * gaps[0]
    assert gaps[-1] == LONGEST_GAP


def test_advice_to_wait_is_heeded() -> None:
    clock = Clock()
    limiter = clock.limiter()
    limiter.throttled(30)
    limiter.wait()
    assert clock.now == 30


def test_a_given_rate_is_not_exceeded_after_throttling() -> None:
    clock = Clock()
    limiter = clock.limiter(1)
    limiter.throttled()
    for _ in range(100):
        limiter.answered()
    assert limiter.gap == 1
