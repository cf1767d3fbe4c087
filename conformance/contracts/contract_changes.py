"""What an update of botocore changes for an application: the differences of two specs that its contract touches.

    SpecChanges of each service --touched_by--> TouchedUse, breaking first

A difference touches a contract where the application calls the operation and uses what differs: a member that it sends
or reads, a value that it sends, a code that it catches, or a member that requests must have from now on. It is breaking
where `specs.changes` says that a client of the older version can break, save for what a contract knows better: values
that are gone break who sends them; a member that becomes required breaks who does not always send it; a code that is
gone breaks who catches it, and a new one nobody; bounds and patterns of answers bind nobody; a pattern of requests
breaks who sends what it no longer matches, if there is such a string; another protocol is botocore's own affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from conformance.contracts.usage import Contract, OperationUse
from conformance.regexes.comparison import lost_example
from conformance.regexes.regex_tree import PatternError
from conformance.specs.changes.changelog import change_summary
from conformance.specs.changes.impact import impact_of
from conformance.specs.changes.shape_changes import SpecChange, SpecChanges
from conformance.specs.places import KEY

_REQUIRED_NOW = "it does not send it in every call, and it is required now"
_VALUES_GONE = "it sends values that are gone: {}"
_VALUES_LEFT = "it sends none of the values that are gone"
_CODE_GONE = "it catches the code, which the operation no longer declares"
_NOT_KEPT = "it may meet another value; AWS itself does not keep to the bounds and patterns of answers"
_HELPER_GONE = "it uses what botocore no longer has"
_STILL_MATCHES = "what the older pattern matches is matched by the newer one, as far as hundreds of examples show"
_NO_LONGER_MATCHES = "it may send a value that no longer matches, such as {}"
_OTHER_PROTOCOL = "botocore speaks to the service in another way: AWS knows it, a server or a recording may not"
_STATUS_DIFFERS = "it reads the status of the answer, which is another one"
_SAME_CODE = "the code that it catches is the same"
_CODE_NEW = "it may meet an error that it does not catch"

# The member of ResponseMetadata with the status.
_STATUS = "HTTPStatusCode"

# Constraints of answers that recorded answers of AWS break, so that nobody can rely on them.
_LIMITS = frozenset({"min", "max", "pattern"})


@dataclass(frozen=True, slots=True)
class TouchedUse:
    """A difference that a contract touches; `operation` is empty for one of the service as a whole."""

    service: str
    operation: str
    is_breaking: bool
    change: SpecChange
    why: str
    tests: int = 0

    @property
    def place(self) -> str:
        """Where the difference is."""
        return f"{self.change.section} {self.change.path}".strip()

    @property
    def what(self) -> str:
        """The difference in a few words."""
        return change_summary(self.change)


Judged: TypeAlias = "tuple[bool, str] | None"


def touched_by(contract: Contract, changes: Mapping[str, SpecChanges]) -> tuple[TouchedUse, ...]:
    """The differences that a contract touches, breaking ones first, then by service and operation.

    `changes` are those of each service of the contract, by its name.
    """
    found = [each for service, differences in changes.items() for each in _of_service(contract, service, differences)]
    return tuple(sorted(found, key=lambda each: (not each.is_breaking, each.service, each.operation, each.place)))


def _of_service(contract: Contract, service: str, changes: SpecChanges) -> Iterator[TouchedUse]:
    operations = contract.services.get(service, {})
    for name, used in operations.items():
        for change in _removed_helpers(name, used, changes):
            yield TouchedUse(service, name, True, change, _HELPER_GONE, len(used.tests))
    for change in changes.changes:
        use = operations.get(change.operation)
        judged: Judged = (False, _OTHER_PROTOCOL) if not change.operation else None
        if use is not None:
            judged = _JUDGES[change.section](change, use)
        if judged is not None:
            tests = 0 if use is None else len(use.tests)
            yield TouchedUse(service, change.operation, judged[0], change, judged[1], tests)


def _removed_helpers(name: str, use: OperationUse, changes: SpecChanges) -> Iterator[SpecChange]:
    """The waiters and the paginator that botocore no longer has; how they do their work is its own affair."""
    older, newer = changes.older.service, changes.newer.service
    for waiter in use.waiters:
        if waiter in older.waiters and waiter not in newer.waiters:
            yield SpecChange(name, "operation", "", "waiter", "removes", before=waiter)
    if use.paginator is not None and name in older.paginators and name not in newer.paginators:
        yield SpecChange(name, "operation", "", "paginator", "removes", before=name)


def _by_impact(change: SpecChange) -> tuple[bool, str]:
    impact = impact_of(change)
    return impact.breaks_client, impact.client


def _operation(change: SpecChange, use: OperationUse) -> Judged:
    if change.kind == "status" and _STATUS in use.metadata:
        return True, _STATUS_DIFFERS
    return (False, _OTHER_PROTOCOL) if change.effect == "replaces" else _by_impact(change)


def _request(change: SpecChange, use: OperationUse) -> Judged:
    path = change.path.removesuffix(KEY)
    if change.kind == "member" and change.effect == "adds":
        # One that is optional is of no matter to who does not know it.
        return (True, _REQUIRED_NOW) if change.required and _is_reached(path, use) else None
    if change.kind == "required" and change.effect == "narrows":
        if not _is_reached(path, use):
            return None
        return (False, _by_impact(change)[1]) if _is_always_sent(path, use) else (True, _REQUIRED_NOW)
    if path not in use.sent:
        return None
    if change.kind == "pattern" and change.effect == "replaces":
        return _pattern(change)
    if change.kind == "enum" and change.effect == "narrows" and change.before:
        gone = sorted(set(change.before) & use.sent.get(change.path, use.sent[path]).values.keys())
        return (True, _VALUES_GONE.format(", ".join(gone))) if gone else (False, _VALUES_LEFT)
    return _by_impact(change)


def _pattern(change: SpecChange) -> Judged:
    try:
        lost = lost_example(change.before, change.after)
    except PatternError:
        return _by_impact(change)
    return (False, _STILL_MATCHES) if lost is None else (True, _NO_LONGER_MATCHES.format(repr(lost)))


def _is_reached(path: str, use: OperationUse) -> bool:
    """Whether the structure that a member is in is sent; the request itself always is."""
    above = path.rpartition("/")[0]
    return not above or above in use.sent


def _is_always_sent(path: str, use: OperationUse) -> bool:
    member = use.sent.get(path)
    return member is not None and member.tests in (None, use.tests)


def _response(change: SpecChange, use: OperationUse) -> Judged:
    path = change.path.removesuffix(KEY)
    if path not in use.read and path not in use.given:
        return None
    return (False, _NOT_KEPT) if change.kind in _LIMITS else _by_impact(change)


def _errors(change: SpecChange, use: OperationUse) -> Judged:
    code = change.path.partition("/")[0]
    if change.kind == "error" and change.effect == "adds":
        return False, _CODE_NEW
    if code not in use.errors:
        return None
    if change.kind == "status":
        return False, _SAME_CODE
    return (True, _CODE_GONE) if change.kind == "error" and change.effect == "removes" else _by_impact(change)


_JUDGES: Mapping[str, Callable[[SpecChange, OperationUse], Judged]] = {
    "operation": _operation,
    "request": _request,
    "response": _response,
    "errors": _errors,
}
