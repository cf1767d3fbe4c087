"""A resource: what an operation creates, how requests refer to it, and what reads, lists, changes and removes it.

    create --request or answer--> Handle --input member--> read, update, delete, whatever else refers to it
                                              |
                                              '--> status, description, an item of a list

A resource is inferred from the names and shapes of a model (`inference/`), or written in an overlay; the overlay wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from conformance.specs.resources.status_words import Phase, phase_of
from conformance.values.paths import Path

HandleKind: TypeAlias = Literal["name", "id", "arn", "url", "other"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: the creating request (its client chose the value), or the answer to it."""

    side: Literal["request", "answer"]
    path: Path


@dataclass(frozen=True, slots=True)
class Handle:
    """A value by which requests refer to a resource.

    `members` are the input members that hold it in every operation, `operation_members` those that hold it only in the
    resource's own `operations` (`Name`, `Id`, `Arn`). A list of handles has the plural of such a name.
    """

    kind: HandleKind
    source: Source
    members: tuple[str, ...] = ()
    operation_members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An operation that describes one resource, and where in its answer the description is.

    The path ends in `[*]` if the answer has a list; the description is then the item with a handle of the resource.
    """

    operation: str
    at: Path = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists resources: where the items are, and where in an item the (first) handle is.

    `handle` is empty if the items are the handles themselves.
    """

    operation: str
    items: Path
    handle: Path


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a resource, as its description has it.

    `path` starts at the description. `settled` are the values of a usable resource, `failed` those of one that will
    never be usable, `gone` those that a removed one may have. `creating`, `updating` and `deleting` are transitions,
    `moving` all other values that pass by themselves. `waiting` are those that only another operation ends, like one
    that accepts. All are empty if the model lists no values. `delay` is the time
    between two reads, in seconds.
    """

    path: Path
    values: tuple[str, ...]
    settled: tuple[str, ...]
    failed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    creating: tuple[str, ...] = ()
    updating: tuple[str, ...] = ()
    deleting: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    delay: float | None = None
    waiting: tuple[str, ...] = ()

    @property
    def passing(self) -> tuple[str, ...]:
        """The known values that pass by themselves."""
        return (*self.creating, *self.updating, *self.deleting, *self.moving)

    def phase(self, value: str | None) -> Phase | None:
        """The phase of a value; for a value that the model does not list, by its words. None if it is not known."""
        if value is None:
            return None
        known: tuple[tuple[Phase, tuple[str, ...]], ...] = (
            ("settled", self.settled), ("failed", self.failed), ("gone", self.gone), ("creating", self.creating),
            ("updating", self.updating), ("deleting", self.deleting), ("moving", self.moving),
            ("waiting", self.waiting),
        )  # fmt: skip
        listed = next((phase for phase, values in known if value in values), None)
        return listed if listed is not None or value in self.values else phase_of(value)

    def passes(self, value: str | None) -> bool:
        """Whether a value passes by itself."""
        return self.phase(value) in ("creating", "updating", "deleting", "moving")


@dataclass(frozen=True, slots=True)
class Tagging:
    """How a resource is tagged: `given` is the member of the creating input, the others are operations.

    `form` says how tags are written: `list` of structures with `key` and `value` members, or a `map`. The paths lead to
    the tags in the input of `add`, the keys in that of `remove`, the tags in the answer of `read`.
    """

    given: str | None
    form: Literal["list", "map"]
    key: str = "Key"
    value: str = "Value"
    read: str | None = None
    read_at: Path = ()
    add: str | None = None
    add_at: Path = ()
    remove: str | None = None
    remove_at: Path = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """What the operation `create` creates. The first handle is the best one to refer to it.

    `labels` are members of the creating request that name it for people: no request refers to it by them, and it is not
    known whether two resources may have the same.
    `operations` act on it. In the inputs of the operations `unrelated_in`, members with the names of its handles mean
    something else. `unclear` has a sentence for everything that could not be inferred. `service` is the service
    that creates it, if requests of another service refer to it.
    """

    name: str
    create: str
    handles: tuple[Handle, ...]
    delete: str | None = None
    read: Reading | None = None
    update: str | None = None
    listing: Listing | None = None
    status: Status | None = None
    tagging: Tagging | None = None
    operations: tuple[str, ...] = ()
    unrelated_in: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    labels: tuple[Path, ...] = ()
    service: str | None = None

    @property
    def one(self) -> str:
        """The name with its article, for texts: a Model, an Endpoint."""
        return f"{'an' if self.name[:1] in 'AEIO' else 'a'} {self.name}"

    @property
    def handle(self) -> Handle:
        """The best handle to refer to it."""
        return self.handles[0]

    @property
    def chosen(self) -> Handle | None:
        """The handle that the client chooses, if it has one."""
        return next((each for each in self.handles if each.source.side == "request"), None)


def merged(written: Resource, inferred: Resource) -> Resource:
    """The resource of an overlay, completed by what was inferred."""
    known = {each.source for each in written.handles}
    return replace(
        written,
        handles=(*written.handles, *(each for each in inferred.handles if each.source not in known)),
        delete=written.delete or inferred.delete,
        read=written.read or inferred.read,
        update=written.update or inferred.update,
        listing=written.listing or inferred.listing,
        status=written.status or inferred.status,
        tagging=written.tagging or inferred.tagging,
        operations=tuple(dict.fromkeys((*written.operations, *inferred.operations))),
        unrelated_in=tuple(dict.fromkeys((*written.unrelated_in, *inferred.unrelated_in))),
        unclear=inferred.unclear,
        labels=written.labels or inferred.labels,
    )
