"""Looks for the largest request that a target accepts, where it refuses the one with every optional member.

    fullest refused --> the smallest with the first half of the members --accepted--> and the second half ...
                                                          '--refused--> with its halves, down to single members

A member that is refused alone is left out. The search asks at most MOST requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.fixtures.fuller_requests import Part, Parts

# Requests that the search takes at most; thirty members with two that are refused take as many.
MOST = 16


@dataclass(slots=True)
class GrowingRequest:
    """The search: `next` gives params to ask with, `answered` takes whether they were accepted."""

    fullest: Mapping[str, Any]
    accepted: Mapping[str, Any]
    parts: Parts
    asked: Part = field(default_factory=lambda: Part(()))
    number: int = 0
    grown: int = 0

    @staticmethod
    def between(smallest: Mapping[str, Any], fullest: Mapping[str, Any]) -> GrowingRequest:
        """The search from params that are accepted to those that are not."""
        parts = Parts(tuple(name for name in fullest if name not in smallest))
        whole = parts.take()
        if whole is not None:
            parts.refused(whole, bare=False)
        return GrowingRequest(fullest, smallest, parts)

    def next(self) -> Mapping[str, Any] | None:
        """The next params; None where the search has ended."""
        part = self.parts.take() if self.number < MOST else None
        while part is not None and part.how != "full":  # the sampler builds no smaller ones of a member alone
            part = self.parts.take()
        if part is None:
            return None
        self.number, self.asked = self.number + 1, part
        return {**self.accepted, **{name: self.fullest[name] for name in part.names}}

    def answered(self, params: Mapping[str, Any] | None) -> None:
        """Go on, after these params were accepted, or none."""
        if params is not None:
            self.accepted = params
            self.grown += len(self.asked.names)
        else:
            self.parts.refused(self.asked, bare=False)
