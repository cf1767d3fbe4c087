"""The clauses that matter to a contract: those about what an application sends, reads, catches and waits for.

    input       that requests are accepted; what constrains a member that is sent
    output      a member of answers that is read, or was handed out
    errors      how errors are written, and the shapes of those that are caught, where any is caught
    protocol    that the operation is there and its answers can be parsed; the status, where it is looked at
    rules       those about a member that is sent
    state       by name: found and listed, where the application reads and lists; refusals, where it catches errors;
                changes of state, where a waiter awaits them; echoes of what it sends; pages, where it asks for pages

Everything else may be as it likes: the application does not notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

from conformance.contracts.usage import Operations, OperationUse
from conformance.planning.plan import ServicePlan
from conformance.specs.clauses import (
    data,
    duplicates,
    filters,
    idempotency,
    lifecycle,
    pagination,
    references,
    removal,
    roundtrip,
    stability,
    tags,
    updates,
)
from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.model import Operation
from conformance.specs.resources.list_criteria import ordering_of
from conformance.specs.resources.listings import paging_of
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, shape_form


@dataclass(frozen=True, slots=True)
class UsedOperation:
    """An operation of a contract beside what is known of its service; `others` are all used operations of that."""

    service: ServicePlan
    operation: Operation
    use: OperationUse
    others: Operations

    @property
    def sent(self) -> Set[str]:
        """The paths of members that are sent."""
        return self.use.sent.keys()

    @property
    def answered(self) -> Set[str]:
        """The paths of members of answers that are read, or may be."""
        return self.use.read.keys() | self.use.given.keys()

    @property
    def member_names(self) -> Set[str]:
        """The names of all members that the application uses of the service."""
        paths = (path for use in self.others.values() for path in (*use.sent, *use.read, *use.given))
        return {word for path in paths for word in _WORD.findall(path)}

    @property
    def catches(self) -> bool:
        """Whether any error is caught."""
        return bool(self.use.errors)

    def resource(self, clause: Clause) -> Resource | None:
        """The resource that a clause is about."""
        return self.service.overlay.resources.get(clause.subject)

    def matters(self, clause: Clause) -> bool:
        """Whether the application can notice that a clause, which the operation owns, does not hold."""
        return _BY_SECTION[clause.section](clause, self)


_WORD = re.compile(r"\w+")

Relevance: TypeAlias = Callable[[Clause, UsedOperation], bool]

# The clauses of protocols that botocore needs; the others where the application looks at the metadata named.
_ALWAYS = frozenset({"implemented", "body", "envelope"})
_BY_METADATA: Mapping[str, str] = {"status": "HTTPStatusCode", "request-id": "RequestId", "headers": "HTTPHeaders"}


def _protocol(clause: Clause, used: UsedOperation) -> bool:
    return clause.name in _ALWAYS or _BY_METADATA.get(clause.name) in used.use.metadata


def _input(clause: Clause, used: UsedOperation) -> bool:
    return clause.path in used.sent if clause.path else clause.name == "accepted"


def _output(clause: Clause, used: UsedOperation) -> bool:
    return clause.path in used.answered


def _errors(clause: Clause, used: UsedOperation) -> bool:
    if not clause.path:
        return used.catches
    shapes = used.service.spec.service.error_shapes
    return any(code in shapes and shapes[code].name == clause.path for code in used.use.errors)


def _rule(clause: Clause, used: UsedOperation) -> bool:
    rule = next((each for each in used.service.overlay.rules if each.id == clause.name), None)
    if rule is None:
        return True
    if rule.violations:
        return any(all(_is_sent(edit, used) for edit in violation.broken) for violation in rule.violations)
    condition = " ".join(filter(None, (rule.request, rule.answer, rule.assertion)))
    return not condition or not used.member_names.isdisjoint(_WORD.findall(condition))


def _is_sent(edit: Edit, used: UsedOperation) -> bool:
    return shape_form(edit.path) in used.sent


def _always(_clause: Clause, _used: UsedOperation) -> bool:
    return True


def _never(_clause: Clause, _used: UsedOperation) -> bool:
    return False


def _catches(_clause: Clause, used: UsedOperation) -> bool:
    return used.catches


def _sends(clause: Clause, used: UsedOperation) -> bool:
    return clause.path in used.sent


def _reads(clause: Clause, used: UsedOperation) -> bool:
    resource = used.resource(clause)
    return resource is not None and resource.read is not None and resource.read.operation in used.others


def _lists(clause: Clause, used: UsedOperation) -> bool:
    resource = used.resource(clause)
    return resource is not None and resource.listing is not None and resource.listing.operation in used.others


def _awaits(clause: Clause, used: UsedOperation) -> bool:
    resource = used.resource(clause)
    read = used.others.get(resource.read.operation) if resource is not None and resource.read is not None else None
    return read is not None and bool(read.waiters)


def _is_echoed(clause: Clause, used: UsedOperation) -> bool:
    resource = used.resource(clause)
    create = used.others.get(resource.create) if resource is not None else None
    return create is not None and clause.path in create.sent


def _is_updated(clause: Clause, used: UsedOperation) -> bool:
    return _sends(clause, used) and _reads(clause, used)


def _pages(clause: Clause, used: UsedOperation) -> bool:
    paging = paging_of(used.service.spec.service, used.operation)
    if paging is None:
        return False
    if clause.name == pagination.PAGE_SIZE:
        return paging.limit in used.sent
    asked = any(member in used.sent or expression in used.answered for member, expression in paging.tokens)
    return asked or used.use.paginator is not None


def _sorts(_clause: Clause, used: UsedOperation) -> bool:
    ordering = ordering_of(used.service.spec.service, used.operation, used.service.overlay)
    return ordering is not None and ordering.by in used.sent


def _is_tagged(clause: Clause, used: UsedOperation) -> bool:
    resource = used.resource(clause)
    return resource is not None and resource.tagging is not None and resource.tagging.given in used.sent


# Clauses about state, by section and name; a change of state has its own names.
_BY_NAME: Mapping[tuple[Section, str], Relevance] = {
    (lifecycle.SECTION, lifecycle.CREATED): _reads,
    (lifecycle.SECTION, lifecycle.LISTED): _lists,
    (lifecycle.SECTION, lifecycle.UPDATE_IN_PROGRESS): _catches,
    (lifecycle.SECTION, duplicates.DUPLICATE): _catches,
    (lifecycle.SECTION, duplicates.ONE_WINNER): _catches,
    (lifecycle.SECTION, removal.GONE_AFTER_DELETE): _reads,
    (lifecycle.SECTION, removal.UNLISTED_AFTER_DELETE): _lists,
    (lifecycle.SECTION, removal.DELETE_TWICE): _catches,
    (lifecycle.SECTION, removal.TAKEN_WHILE_DELETING): _catches,
    (lifecycle.SECTION, references.NOT_FOUND): _catches,
    (references.SECTION, references.NOT_FOUND): _catches,
    (roundtrip.SECTION, roundtrip.ECHO): _is_echoed,
    (roundtrip.SECTION, updates.UPDATED): _is_updated,
    (pagination.SECTION, pagination.COMPLETE): _pages,
    (pagination.SECTION, pagination.NO_REPEATS): _pages,
    (pagination.SECTION, pagination.PAGE_SIZE): _pages,
    (pagination.SECTION, pagination.LAST_PAGE): _pages,
    ("filter", filters.MATCHES): _sends,
    ("sort", filters.ORDER): _sorts,
    (tags.SECTION, tags.GIVEN): _is_tagged,
    (tags.SECTION, tags.ADDED): _always,
    (tags.SECTION, tags.OVERWRITTEN): _always,
    (tags.SECTION, tags.REMOVED): _always,
    (idempotency.SECTION, idempotency.OTHER_INPUT): _catches,
    # What an application does not notice; botocore makes another token for each call.
    (idempotency.SECTION, idempotency.SAME_RESULT): _never,
    (lifecycle.SECTION, lifecycle.STEADY): _never,
    (roundtrip.SECTION, roundtrip.STABLE): _never,
    (roundtrip.SECTION, roundtrip.TIMES): _never,
    (stability.SECTION, stability.UNCHANGED): _never,
    (data.SECTION, data.COMES_BACK): _always,
    (data.SECTION, data.ABSENT): _always,
    (data.SECTION, data.GONE): _always,
    (pagination.SECTION, pagination.FOREIGN_TOKEN): _never,
}


def noticed_names() -> Set[str]:
    """The names of clauses about state, beside changes of state, of which it is known whether they matter."""
    return {name for _, name in _BY_NAME}


def _state(clause: Clause, used: UsedOperation) -> bool:
    if lifecycle.TRANSITION in clause.name:
        return _awaits(clause, used)
    return _BY_NAME[clause.section, clause.name](clause, used)


_BY_SECTION: Mapping[Section, Relevance] = {
    "input": _input,
    "output": _output,
    "errors": _errors,
    "protocol": _protocol,
    "rule": _rule,
    "check": _always,
    "lifecycle": _state,
    "roundtrip": _state,
    "state": _state,
    "pagination": _state,
    "filter": _state,
    "sort": _state,
    "tags": _state,
    "idempotency": _state,
}
