"""What was sent since the target answered last: where the target is lost, the request that may have ended it.

answered, answered, no answer, no answer ... lost        the first one without an answer may have ended the target
answered, answered, refused, refused ... lost            it was gone before the first one: what ended it is not known
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from conformance.exchanges.exchange import Exchange

# Failures of a request that had reached the target.
REACHED = frozenset({"closed", "timeout", "not-http"})


class Attempt(Protocol):
    """A case or a scenario while it is carried out; `is_recorded` when it has its row in the record."""

    exchanges: list[Exchange]
    is_recorded: bool


@dataclass(slots=True)
class Journal:
    """The cases and scenarios since the latest answer, in the order in which they were begun."""

    attempts: list[Attempt] = field(default_factory=list)

    def begin(self, attempt: Attempt) -> None:
        """Take note of a case or scenario before its first request; what was answered is forgotten."""
        latest = [exchange for _, exchange in self._exchanges()]
        if latest and latest[-1].response is not None:
            self.attempts.clear()
        self.attempts.append(attempt)

    def first_unanswered(self) -> tuple[Attempt, Exchange] | None:
        """The first exchange after the latest answer, and what it belongs to; None where there is none."""
        found: tuple[Attempt, Exchange] | None = None
        for attempt, exchange in self._exchanges():
            found = None if exchange.response is not None else found or (attempt, exchange)
        return found

    def _exchanges(self) -> Iterator[tuple[Attempt, Exchange]]:
        return ((attempt, exchange) for attempt in self.attempts for exchange in attempt.exchanges)
