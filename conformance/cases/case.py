"""A case: one request built to put clauses to the test, with what must be there before it.

Cases are frozen and mute. Everything in them is decided before anything is sent: names, prerequisites and what
removes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.record.vocabulary import Intent
from conformance.specs.overlay.entries import Rule
from conformance.specs.resources.resource import Resource, Source
from conformance.values.paths import Edit, Path


@dataclass(frozen=True, slots=True)
class Binding:
    """A place in params whose value is known only when what it refers to was made.

    `resource` is the name of a creation of the same case, or what the case itself makes; `source` says where in the
    creating call the value is.
    """

    path: Path
    resource: str
    source: Source


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make: valid params, and the edits that are made on their wire form.

    Until the call is made there are samples in the places of the `bindings`. `broken_body` asks for a body that does
    not parse, in place of the params.
    """

    operation: str
    params: Mapping[str, Any]
    edits: tuple[Edit, ...] = ()
    broken_body: bool = False
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Creation:
    """Something that a call makes, the call that removes it, and the one that describes it.

    `resource` is the name under which the calls of a case know it: that of `what`, unless there are several. The calls
    are of the `service` of that name, where it is not the case's own.
    """

    resource: str
    call: Call
    what: Resource
    undo: Call | None = None
    read: Call | None = None
    service: str | None = None


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
    the answer to this one says nothing. A case that is to change nothing has a `shared_setup`: cases that have the
    same can do with one setup.
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
    shared_setup: str | None = None


@dataclass(frozen=True, slots=True)
class Omitted:
    """A clause that no case could be built for, and why."""

    clause: str
    reason: str
