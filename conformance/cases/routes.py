"""Which operations share a route: a method and a path that differ in the names of their labels at most.

A server tells such operations apart by query parameters and headers, so that a request without one of those is a
valid request of another operation. Some cannot be told apart at all: an old form of an operation and its successor,
and operations that their endpoint rules send to another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.model import Operation, Service

_LABEL = re.compile(r"\{[^}]*?(\+?)\}")

# Where the members sit by which a server tells operations of one route apart.
DISTINGUISHING_LOCATIONS = frozenset({"querystring", "header"})


def route(operation: Operation) -> tuple[str, str]:
    """The method and the path, without names of labels and without what follows a question mark."""
    return operation.method, _LABEL.sub(r"{\1}", operation.uri.partition("?")[0])


def operations_sharing_route(service: Service, operation: Operation) -> Iterator[Operation]:
    """The other operations of the route; none in protocols that name the operation."""
    if not service.protocol.startswith("rest-"):
        return
    here = route(operation)
    for other in service.operations.values():
        if other.name != operation.name and route(other) == here:
            yield other


def shadowing_operation(service: Service, operation: Operation) -> Operation | None:
    """The operation that a server takes every request of this one for; None where it can tell.

    Two operations of one route and one query string, nothing required that tells them apart: the one that is
    deprecated, or that belongs to another endpoint, is not the one that answers.
    """
    for other in operations_sharing_route(service, operation):
        if other.uri.partition("?")[2] != operation.uri.partition("?")[2] or _tells(service, operation, other):
            continue
        if operation.deprecated > other.deprecated or bool(operation.static_context) > bool(other.static_context):
            return other
    return None


def _tells(service: Service, operation: Operation, other: Operation) -> bool:
    """Whether an operation requires a parameter or header that the other does not have."""
    shape, theirs = service.input_of(operation), service.input_of(other).members
    telling = {name for name in shape.required if shape.members[name].location in DISTINGUISHING_LOCATIONS}
    return bool(telling - theirs.keys())
