"""A scenario: several calls whose order depends on the answers, to see what operations do to resources.

    Scenario -- setup:   what must exist before the first step
             -- script:  yields Send or SendTogether, receives Reply; judges nothing
             -- clauses: what the recorded timeline is judged against

A script is a generator that decides only which call comes next. What the answers mean for a clause is decided
later, by the laws that read the timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from conformance.cases.case import Call, Creation
from conformance.cases.families import KindName, Label
from conformance.specs.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Reply:
    """What a script learns of an answer: the outcome class, the output of an accepted call, the error code."""

    kind: str
    output: Mapping[str, Any] | None = None
    code: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the call was accepted."""
        return self.kind == "accepted"


@dataclass(frozen=True, slots=True)
class Send:
    """A step of one call; laws find it by its `label`.

    What the call `creates` is removed when the scenario ends, unless a later step that `removes` the resource of that
    name was accepted. With `wait` the step is sent one polling interval later. `service` is botocore's name of the
    service that is called where the step creates nothing, None for the scenario's own.
    """

    label: Label
    call: Call
    creates: Creation | None = None
    removes: str | None = None
    wait: bool = False
    service: str | None = None


@dataclass(frozen=True, slots=True)
class SendTogether:
    """A step of several calls that as many clients send at once.

    The replies are a tuple, the accepted ones first.
    """

    label: Label
    calls: tuple[Call, ...]
    creates: Creation | None = None


class Pace(Protocol):
    """How long a script may wait."""

    def deadline(self) -> Callable[[], bool]:
        """Start a clock; the function that is returned says whether the time for a change of state is over."""

    def window(self) -> Callable[[], bool]:
        """Start a clock; the function that is returned says whether the consistency window is over."""


Script: TypeAlias = Generator["Send | SendTogether", Any, None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script, its setup and the clauses that it puts to the test.

    `operation` owns the scenario: contradictions are findings of that operation. `kind` selects the law that judges
    the timeline; `about` has what the law needs beside the timeline.
    """

    id: str
    service: str
    operation: str
    kind: KindName
    title: str
    clauses: tuple[str, ...]
    script: Callable[[Pace], Script]
    setup: tuple[Creation, ...] = ()
    resource: Resource | None = None
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
