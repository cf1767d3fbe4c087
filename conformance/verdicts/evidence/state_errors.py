"""Recognizes errors about the state of a resource, by their codes and messages.

missing   the resource does not exist               "Could not find endpoint ..."
taken     a resource of that name exists            "Cannot create already existing endpoint ..."
busy      the resource is in a transient state      "Cannot update in-progress endpoint ..."
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.exchanges.outcome import Outcome
from conformance.specs.model import Operation, Service
from conformance.specs.resources import error_codes
from conformance.specs.resources.error_codes import Declared
from conformance.specs.resources.resource import Resource

__all__ = ["BUSY", "MISSING", "TAKEN", "Declared", "StateError", "declared"]


@dataclass(frozen=True, slots=True)
class StateError:
    """A kind of error: its codes, its messages, and an HTTP status that is enough by itself."""

    words: str
    codes: re.Pattern[str]
    texts: re.Pattern[str]
    status: int | None = None

    def matches(self, outcome: Outcome) -> bool:
        """Whether an error is of this kind."""
        if outcome.code is not None and self.codes.search(outcome.code):
            return True
        if outcome.message is not None and self.texts.search(outcome.message):
            return True
        return self.status is not None and outcome.status == self.status


def _any(*texts: str) -> re.Pattern[str]:
    return re.compile("|".join(texts), re.IGNORECASE)


MISSING = StateError(
    "not there",
    error_codes.MISSING,
    _any(
        "not found", "not exist", "n't exist", "not find", "unable to find", "no such", "no longer exist", "nonexist",
        "non-exist", "unknown", "not present", "must exist", r"no \w+ (found|with)", "unable to locate",
        "not available", "not a valid", "is invalid",
    ),
    404,
)  # fmt: skip

TAKEN = StateError(
    "taken",
    error_codes.TAKEN,
    _any(r"\balready\b", "in use", "duplicate", "is taken", "must be unique", "not unique", "exists", "not idempotent"),
    409,
)

BUSY = StateError(
    "busy",
    error_codes.BUSY,
    _any(
        r"in[- ]progress", "is being", "busy", "pending", "in use", r"\bstat(e|us)\b", "currently",
        "not (active|available)", "another operation", "concurrent",
    ),
    409,
)  # fmt: skip


def declared(service: Service, operation: Operation, error: StateError, resource: Resource) -> Declared | None:
    """Whether an operation declares an error of a kind for a resource, or for anything; None where it does not."""
    return error_codes.declared_error(service, operation, error.codes, resource)
