"""What is learned of an operation from how a target answered its requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.specs.overlay.entries import RequestHints
from conformance.specs.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Adaptation:
    """Hints and resources, of the same kind as an overlay has them; they hold for one operation and one target.

    `hints.why` names the change in words that go on after "the smallest valid request", as in "with CidrBlock".
    """

    hints: RequestHints = field(default_factory=RequestHints)
    resources: tuple[Resource, ...] = ()

    @property
    def why(self) -> str:
        """The change in words."""
        return self.hints.why
