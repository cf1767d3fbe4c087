"""What a run has created, as the register, the remover, ledgers and reports know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.values.vocabulary import OutcomeClass


@dataclass(frozen=True, slots=True)
class RemovalCall:
    """A call that removes something, with all its values known."""

    operation: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreatedThing:
    """Something that a request of the run created, or may have created where its answer did not come.

    `number` counts the things of a run from 1, in the order of their requests. `service` is botocore's name, `resource`
    the family of the thing; for a part, which has no life of its own (a policy, a target, a setting), the `operation`
    that added it. `identifiers` are the values by which requests refer to it, by member; `names` every value that
    identifies it in answers. `removals` are the calls that remove it, empty where none is known. `parents` are the
    resources that it is in, as pairs of family and value. `removed_by` is the operation that removes such things, also
    where no call of it can be made for this one; what `is_kept` no operation removes; what `is_listed` a list has
    shown, so that it is there whatever else is answered. `outcome` is the class of the answer, None before it came.
    """

    number: int
    service: str
    region: str
    account: str | None
    resource: str
    operation: str
    params: Mapping[str, Any]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    removals: tuple[RemovalCall, ...] = ()
    parents: frozenset[tuple[str, str]] = frozenset()
    removed_by: str | None = None
    is_part: bool = False
    is_kept: bool = False
    is_listed: bool = False
    outcome: OutcomeClass | None = None

    @property
    def is_certain(self) -> bool:
        """Whether an answer says that it was created."""
        return self.outcome == "accepted"

    def is_in(self, other: CreatedThing) -> bool:
        """Whether this is in the other thing, so that it goes with it: an object in a bucket."""
        same_place = (self.service, self.account) == (other.service, other.account)
        return same_place and any(name == other.resource and value in other.names for name, value in self.parents)


class CreationObserver(Protocol):
    """Learns what a run creates, for example to write it to a file that outlives the run.

    Every thing is announced before its request is sent, with what the request says of it. Then one of `created` and
    `not_created` follows, unless the run ends before the answer. Calls may come from several threads.
    """

    def creating(self, thing: CreatedThing) -> None:
        """A request that creates this thing is about to be sent; its `number` stays the same."""

    def created(self, thing: CreatedThing) -> None:
        """The thing was created, or may have been: the answer did not come, or was no answer to go by."""

    def not_created(self, thing: CreatedThing) -> None:
        """The request was refused or not sent, or the thing is there already under another number."""

    def removed(self, thing: CreatedThing) -> None:
        """The thing is there no longer."""
