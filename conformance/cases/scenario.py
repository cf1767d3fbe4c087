"""A scenario: several calls in an order that the answers decide, played to see what operations do to resources.

    Scenario -- setup: what must be there before
             -- script: yields Act or Together, is sent Reply back; judges nothing
             -- clauses: what the whole story is to be held against

Scripts are generators and mute: what the answers mean for a clause is decided by whoever reads the story of a scenario
that was played.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from conformance.cases.case import Call, Creation
from conformance.specs.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Reply:
    """What a script learns of an answer: the outcome class, the output where it was accepted, the error code."""

    kind: str
    output: Mapping[str, Any] | None = None
    code: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the call was accepted."""
        return self.kind == "accepted"


@dataclass(frozen=True, slots=True)
class Send:
    """One call. `label` is the name under which judges find it.

    What it `makes` is removed when the scenario ends, unless a later act that `removes` the resource of that name was
    accepted. With `wait` one polling interval is slept before it is sent.
    """

    label: str
    call: Call
    makes: Creation | None = None
    removes: str | None = None
    wait: bool = False


@dataclass(frozen=True, slots=True)
class SendTogether:
    """Calls that as many clients send at the same time; replies come as a tuple, in the order of the calls."""

    label: str
    calls: tuple[Call, ...]
    makes: Creation | None = None


class Pace(Protocol):
    """How long a script may wait for what takes its time."""

    def deadline(self) -> Callable[[], bool]:
        """Start a clock; what is returned says whether the time that a change of state may take is over."""

    def window(self) -> Callable[[], bool]:
        """Start a clock; what is returned says whether reads may no longer lag behind what was written."""


Script: TypeAlias = Generator["Send | SendTogether", Any, None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Calls in order, their purpose and their surroundings.

    `operation` owns the scenario: what comes of it is told of that operation. `kind` names the law that judges the
    story, `about` holds what the law needs beside the story.
    """

    id: str
    service: str
    operation: str
    kind: str
    title: str
    clauses: tuple[str, ...]
    script: Callable[[Pace], Script]
    setup: tuple[Creation, ...] = ()
    resource: Resource | None = None
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
