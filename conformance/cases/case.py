"""A case: one request that puts clauses to the test, with the setup that it needs and its cleanup.

    Case -- setup: Creation, Creation ...   calls that create what the request refers to
         -- call: Call                      the request itself
         '- undo: Call                      the call that removes what the request creates

Cases are frozen. Everything in them is decided before anything is sent, except the values of bindings, which only the
answers of the target have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.specs.overlay.entries import Rule
from conformance.specs.resources.resource import Resource, Source
from conformance.values.paths import Edit, Path
from conformance.values.text import with_detail
from conformance.values.vocabulary import Intent


@dataclass(frozen=True, slots=True)
class Binding:
    """A place in params whose value is known only when the resource that it refers to was created.

    `resource` is the name of a creation of the same case, or of what the case itself creates; `source` says where the
    value is in the creating request or its answer.
    """

    path: Path
    resource: str
    source: Source


@dataclass(frozen=True, slots=True)
class Call:
    """One request to send: valid params, and the edits of their wire form.

    Until the call is sent, the places of the `bindings` hold sample values. With `broken_body` a body that does not
    parse takes the place of the params, with `body` these bytes.
    """

    operation: str
    params: Mapping[str, Any]
    edits: tuple[Edit, ...] = ()
    broken_body: bool = False
    bindings: tuple[Binding, ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Creation:
    """A resource that a call creates, the call that removes it (`undo`), and the one that describes it (`read`).

    `resource` is the name by which the bindings of a case refer to it: that of `what`, unless the case creates several.
    `service` is botocore's name of the service that is called, None for the case's own.
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

    `place` is the path as clause ids write it, `path` the path in this request.
    """

    constraint: str
    place: str
    path: Path
    how: str


@dataclass(frozen=True, slots=True)
class Case:
    """A request, its intent, its setup and its cleanup.

    `clauses` are those that the case was built for; its answer may decide others as well. `base` is the id of the valid
    case from which this one differs by its fault alone: unless the base was accepted, the answer to this case proves
    nothing. A case that changes nothing has a `shared_setup`: cases with the same value can share one setup.
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
    """A clause that no case could be built for.

    `why` is a sentence that others have in common, `detail` what is in the way of this case.
    """

    clause: str
    why: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """Both in one line."""
        return with_detail(self.why, self.detail)
