"""What error codes say about a resource's state, and which operations declare such errors for which resource.

missing   the resource does not exist               NoSuchBucket, DBInstanceNotFound
taken     a resource with this name exists          EntityAlreadyExists, DuplicateLoadBalancerName
busy      the resource is in a transition           ResourceInUseException, InvalidDBInstanceState
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from conformance.specs.model import Operation, Service
from conformance.specs.resources.resource import Resource

Declared: TypeAlias = Literal["for it", "for anything"]


def _any(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(names), re.IGNORECASE)


MISSING = _any(
    "NotFound", "NoSuch", "NotExist", "DoesNotExist", "NonExist", "^Unknown", "UnknownResource", "^Gone",
    r"Invalid\w*(ID|Id)\b", "NoLongerExists",
)  # fmt: skip

TAKEN = _any("AlreadyExist", "Exists", "Conflict", "Duplicate", "InUse", "AlreadyOwned", "AlreadyTaken")

BUSY = _any(
    "InUse", "InProgress", "Conflict", r"Invalid\w*State", "IncorrectState", "NotReady", "Pending", "Concurrent",
    "Busy", "OperationNotPermitted", r"State(Exception|Fault)$",
)  # fmt: skip

# The words of general codes, which name no kind of resource.
_GENERAL = re.compile(
    r"(resource|entity|object|item|no|not|does|such|resources|entities|the|already|in|use|conflict|limit|request|value"
    r"|invalid|unknown|gone|common|service|input)*",
    re.IGNORECASE,
)
# The words around the name of a kind of resource.
_AROUND = re.compile(
    r"(does)?not(found|exists?)|no(n)?such|nonexist(ent|ing)?|unknown|already(exists?|owned)?|exists?|conflict|duplicate"
    r"|inuse|inprogress|busy|notready|pending|concurrent(modification|update)?|incorrect|invalid|stat(e|us)"
    r"|exception|fault|error|\W",
    re.IGNORECASE,
)


def declared_error(
    service: Service, operation: Operation, codes: re.Pattern[str], resource: Resource
) -> Declared | None:
    """Whether an operation declares an error with such a code for a resource, or for anything; None for neither."""
    noun, found = _plain(resource.name), False
    for shape in service.errors_of(operation):
        names = {shape.name, shape.error.code if shape.error is not None else shape.name}
        if not any(codes.search(name) for name in names):
            continue
        for about in (_plain(_AROUND.sub("", name)) for name in names):
            if about != noun and _GENERAL.fullmatch(about):
                found = True
            elif noun.endswith(about) or about.endswith(noun):
                return "for it"
    return "for anything" if found else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
