"""Looks for the largest request that a target accepts, where it refuses the one with every optional member.

    fullest refused --> the smallest with the first half of the members --accepted--> and the second half ...
                                                          '--refused--> with its halves, down to single members

A member that is refused alone is left out. The search asks at most MOST requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Requests that the search takes at most; thirty members with two that are refused take as many.
MOST = 16


@dataclass(slots=True)
class GrowingRequest:
    """The search: `next` gives params to ask with, `answered` takes whether they were accepted."""

    fullest: Mapping[str, Any]
    accepted: Mapping[str, Any]
    pending: list[tuple[str, ...]]
    asked: tuple[str, ...] = ()
    number: int = 0
    grown: int = 0

    @staticmethod
    def between(smallest: Mapping[str, Any], fullest: Mapping[str, Any]) -> GrowingRequest:
        """The search from params that are accepted to those that are not."""
        names = tuple(name for name in fullest if name not in smallest)
        return GrowingRequest(fullest, smallest, _halves(names))

    def next(self) -> Mapping[str, Any] | None:
        """The next params; None where the search has ended."""
        if not self.pending or self.number == MOST:
            return None
        self.number += 1
        self.asked = self.pending.pop(0)
        return {**self.accepted, **{name: self.fullest[name] for name in self.asked}}

    def answered(self, params: Mapping[str, Any] | None) -> None:
        """Go on, after these params were accepted, or none."""
        if params is not None:
            self.accepted = params
            self.grown += len(self.asked)
        elif len(self.asked) > 1:
            self.pending = [*_halves(self.asked), *self.pending]


def _halves(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    middle = (len(names) + 1) // 2
    return [part for part in (names[:middle], names[middle:]) if part]
