"""What a run made, and whether a request touches nothing else.

    names with the run's id, identifiers from answers to its own creations --> owned
    identifiers from other answers, handles and ARNs without the run's id  --> not owned

A write is let through only if every handle in it is owned, and if there is one: without any, it would act on the
account itself. What creates something under a name that the service gives needs none, where it is known how that is
removed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.case import Call
from conformance.cases.resource_names import NamePlace, ResourceNamer
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.specs.model import Operation
from conformance.values.paths import apply, leaves, value_at

# Members whose values identify something.
_IDENTIFYING = re.compile(r".*(id|ids|arn|arns|name|names|url|urls|uri|identifier|identifiers|key|alias|address)", re.I)

# The form of identifiers that AWS generates: vpc-0a1b2c3d4e5f60718.
_IDENTIFIER = re.compile(r"[a-z]{1,20}-[0-9a-f]{8,17}")

# Text that hardly identifies two things: a version number or a status would.
_SINGULAR = re.compile(r"(?=.*[\d:]).{8,}")

# Values that are remembered of answers; more would be a listing of a whole account.
MOST_DISCOVERED = 200_000

# The account of AWS's documentation, in samples.
PLACEHOLDER_ACCOUNT = "123456789012"

_ARN = re.compile(r"arn:[^:\s]*:[^:\s]*:[^:\s]*:(?P<account>\d{12}):\S+")


@dataclass(slots=True)
class Ownership:
    """What a run with this id made, in an account where that is known. It may be asked from several threads."""

    run_id: str
    account: str | None = None
    _made: set[str] = field(default_factory=set)
    _discovered: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def creating(self, thing: CreatedThing) -> None:
        """See `CreationObserver`: nothing is made yet."""

    def created(self, thing: CreatedThing) -> None:
        """Something was made: its identifiers are the run's."""
        if thing.is_certain and not thing.is_part:
            self.add((*thing.names, *thing.identifiers.values()))

    def not_created(self, thing: CreatedThing) -> None:
        """Nothing was made."""

    def removed(self, thing: CreatedThing) -> None:
        """What is removed stays the run's: identifiers are not given twice."""

    def add(self, values: Iterable[str]) -> None:
        """Take note of identifiers of something that the run made; those are left out that others may have as well."""
        with self._lock:
            self._made.update(value for value in values if _SINGULAR.fullmatch(value))

    def discover(self, output: Any) -> None:
        """Take note of the identifiers in an answer: what they name is not the run's, unless it is known to be."""
        with self._lock:
            for path, value in leaves(output):
                if isinstance(value, str) and len(self._discovered) < MOST_DISCOVERED and _identifies(path):
                    self._discovered.add(value)

    def owns(self, text: str) -> bool:
        """Whether text names something that the run made."""
        plain = text.lower()
        # A copy gets the name of its source, reversed.
        if self.run_id in plain or self.run_id[::-1] in plain:
            return True
        with self._lock:
            return text in self._made or any(part in self._made for part in re.split(r"[:/]", text)[1:])

    def is_about_own(self, call: Call) -> bool:
        """Whether a call names something that the run made."""
        return any(isinstance(value, str) and self.owns(value) for _, value in leaves(call.params))

    def problem(self, namer: ResourceNamer, operation: Operation, call: Call, *, removable: bool) -> str | None:
        """Why a write is not sent, in words; None where it touches only what the run made, or makes.

        `removable` says that it creates something, and that it is known how that is removed.
        """
        params = _as_sent(call)
        for place, value in _handles(namer, operation, call.params, params):
            if not isinstance(value, str) or not self.owns(value):
                own = namer.is_own_name(operation, place)
                return "the name that it gives is not one of the run's" if own else _foreign(place.path)
        values = [(path, value) for path, value in leaves(params) if isinstance(value, str)]
        for path, value in values:
            # What is created may refer to an identifier that is made up; nothing else may.
            is_foreign = self._is_foreign(value) or (not removable and _IDENTIFIER.fullmatch(value))
            if is_foreign and not self.owns(value):
                return _foreign(path)
        if removable or any(self.owns(value) for _, value in values):
            return None
        return "it names nothing that the run made"

    def _is_foreign(self, value: str) -> bool:
        arn = _ARN.fullmatch(value)
        if arn is not None and (arn["account"] != PLACEHOLDER_ACCOUNT or arn["account"] == self.account):
            return True
        return value in self._discovered


def _foreign(path: tuple[Any, ...]) -> str:
    return f"what it refers to by {path[0] if path else 'its input'} is not known to be the run's"


def _identifies(path: tuple[Any, ...]) -> bool:
    names = [step for step in path if isinstance(step, str)]
    return bool(names) and _IDENTIFYING.fullmatch(names[-1]) is not None


def _as_sent(call: Call) -> Mapping[str, Any]:
    """The params with the edits of their wire form, where these can be applied to params."""
    try:
        edited = apply(call.params, call.edits) if call.edits else call.params
    except (LookupError, TypeError, ValueError):
        return call.params
    return edited if isinstance(edited, Mapping) else call.params


def _handles(
    namer: ResourceNamer, operation: Operation, planned: Mapping[str, Any], sent: Mapping[str, Any]
) -> Iterator[tuple[NamePlace, Any]]:
    """The places of handles, and what is sent there; a place that is left out is none."""
    seen = set()
    for params in (sent, planned):
        for place in namer.name_places(operation, params):
            if place.resource is None or place.path in seen:
                continue
            seen.add(place.path)
            value = value_at(sent, place.path)
            if value is not None:
                yield place, value
