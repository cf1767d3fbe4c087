"""What a read shows of a resource: nothing, something, or something in a state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from conformance.specs.descriptions import described, status_in
from conformance.specs.resource import Resource

SightWord: TypeAlias = Literal["there", "absent", "unread"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one read shows: the thing is there, it is not, or the answer does not tell."""

    word: SightWord
    status: str | None = None

    @property
    def shown(self) -> str:
        """The state as histories write it."""
        return self.status or {"there": "there", "absent": "not found", "unread": "no answer"}[self.word]


def sight_of(resource: Resource, kind: str, output: Any, known: Collection[str]) -> Sight:
    """What an answer of the resource's read shows; `kind` is its outcome class, `known` what the thing is known by."""
    if kind == "rejected-state":
        return Sight("absent")
    if kind != "accepted" or resource.read is None:
        return Sight("unread")
    description = described(resource.read, output, known)
    return Sight("absent") if description is None else Sight("there", status_in(resource, description))


def is_passing(resource: Resource, sight: Sight) -> bool:
    """Whether what a read shows will pass by itself."""
    return resource.status is not None and resource.status.passes(sight.status)
