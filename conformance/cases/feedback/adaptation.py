"""What was learned of an operation from how its requests were answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.specs.overlay.entries import RequestHints
from conformance.specs.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Adaptation:
    """Hints and resources, of the same kind as an overlay has them; they hold for one operation and one target.

    `hints.why` says, after "the smallest valid request", what is new about it.
    """

    hints: RequestHints = field(default_factory=RequestHints)
    resources: tuple[Resource, ...] = ()

    @property
    def why(self) -> str:
        """What was learned, for people to read."""
        return self.hints.why
