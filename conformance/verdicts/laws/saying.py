"""What an error says of a state, by its code or its text; and which such errors an operation declares.

missing   what is referred to is not there          NoSuchBucket, "Could not find endpoint ..."
taken     there is one of that name already         EntityAlreadyExists, "Cannot create already existing ..."
busy      it is on its way to another state         ResourceInUseException, "Cannot update in-progress ..."
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.exchanges.outcome import Outcome
from conformance.specs.model import Operation, Service
from conformance.specs.resource import Resource

Declared: TypeAlias = Literal["for it", "for anything"]


@dataclass(frozen=True, slots=True)
class Saying:
    """A kind of thing that errors say: how codes and texts put it, and the HTTP status that alone says as much."""

    words: str
    codes: re.Pattern[str]
    texts: re.Pattern[str]
    status: int | None = None

    def is_said(self, outcome: Outcome) -> bool:
        """Whether an error says it."""
        if outcome.code is not None and self.codes.search(outcome.code):
            return True
        if outcome.message is not None and self.texts.search(outcome.message):
            return True
        return self.status is not None and outcome.status == self.status


def _any(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(names), re.IGNORECASE)


MISSING = Saying(
    "not there",
    _any(
        "NotFound", "NoSuch", "NotExist", "DoesNotExist", "NonExist", "^Unknown", "UnknownResource", "^Gone",
        r"Invalid\w*(ID|Id)\b", "NoLongerExists",
    ),
    _any(
        "not found", "not exist", "n't exist", "not find", "unable to find", "no such", "no longer exist", "nonexist",
        "non-exist", "unknown", "not present", "must exist", r"no \w+ (found|with)", "unable to locate",
        "not available", "not a valid", "is invalid",
    ),
    404,
)  # fmt: skip

TAKEN = Saying(
    "taken",
    _any("AlreadyExist", "Exists", "Conflict", "Duplicate", "InUse", "AlreadyOwned", "AlreadyTaken"),
    _any(r"\balready\b", "in use", "duplicate", "is taken", "must be unique", "not unique", "exists", "not idempotent"),
    409,
)

BUSY = Saying(
    "busy",
    _any(
        "InUse", "InProgress", "Conflict", r"Invalid\w*State", "IncorrectState", "NotReady", "Pending", "Concurrent",
        "Busy", "OperationNotPermitted", r"State(Exception|Fault)$",
    ),
    _any(
        r"in[- ]progress", "is being", "busy", "pending", "in use", r"\bstat(e|us)\b", "currently",
        "not (active|available)", "another operation", "concurrent",
    ),
    409,
)  # fmt: skip

# What codes for anything that is missing or taken begin with, where they do not name the kind of thing.
_GENERAL = re.compile(
    r"(resource|entity|object|item|no|not|does|such|resources|entities|the|already|in|use|conflict|limit|request|value"
    r"|invalid|unknown|gone|common|service|input)*",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"(does)?not(found|exists?)|no(n)?such|nonexist(ent|ing)?|unknown|already(exists?|owned)?|exists?|conflict|duplicate"
    r"|inuse|inprogress|busy|notready|pending|concurrent(modification|update)?|incorrect|invalid|stat(e|us)"
    r"|exception|fault|error|\W",
    re.IGNORECASE,
)


def declared(service: Service, operation: Operation, saying: Saying, resource: Resource) -> Declared | None:
    """Whether an operation declares an error that says so of a resource, or of anything; None where it does not."""
    noun, found = _plain(resource.name), False
    for shape in service.errors_of(operation):
        names = {shape.name, shape.error.code if shape.error is not None else shape.name}
        if not any(saying.codes.search(name) for name in names):
            continue
        for about in (_plain(_AROUND.sub("", name)) for name in names):
            if _GENERAL.fullmatch(about):
                found = True
            elif noun.endswith(about) or about.endswith(noun):
                return "for it"
    return "for anything" if found else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
