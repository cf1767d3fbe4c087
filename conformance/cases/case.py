"""A case: one request built to put clauses to the test, with what must be there before it.

Cases are frozen and mute. Everything in them is decided before anything is sent: names, prerequisites and what
removes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from conformance.specs.overlay import Readiness, Rule
from conformance.specs.paths import Edit, Path

Intent: TypeAlias = Literal["valid", "boundary", "invalid", "probe", "recorded"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make: valid params, and the edits that are made on their wire form.

    `broken_body` asks for a body that does not parse, in place of the params.
    """

    operation: str
    params: Mapping[str, Any]
    edits: tuple[Edit, ...] = ()
    broken_body: bool = False


@dataclass(frozen=True, slots=True)
class Creation:
    """A prerequisite: the call that makes it, how to tell that it is ready, and the call that removes it."""

    resource: str
    call: Call
    undo: Call | None = None
    ready: Readiness | None = None
    read: Call | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """The one constraint that an invalid case breaks, by clause name and place.

    `place` is the path as clause ids write it, `path` the very spot in the request.
    """

    constraint: str
    place: str
    path: Path
    how: str


@dataclass(frozen=True, slots=True)
class Case:
    """A request, its purpose and its surroundings.

    `clauses` are those that the case was built for; an answer may say something of others too.
    `base` is the id of the valid case that this one differs from by its fault alone: without its acceptance,
    the answer to this one says nothing.
    """

    id: str
    service: str
    operation: str
    intent: Intent
    title: str
    clauses: tuple[str, ...]
    call: Call
    setup: tuple[Creation, ...] = ()
    undo: Call | None = None
    fault: Fault | None = None
    base: str | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Omitted:
    """A clause that no case could be built for, and why."""

    clause: str
    reason: str
