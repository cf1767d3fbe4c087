"""Routes of REST protocols: operations with the same method, and the same path but for the names of labels.

A server distinguishes such operations by query parameters and headers, so a request without one of those is a valid
request of another operation. Some cannot be distinguished at all: an old form of an operation and its successor, and
operations whose endpoint rules lead to another host.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from conformance.specs.model import Operation, Service

_LABEL = re.compile(r"\{[^}]*?(\+?)\}")

# The locations of the members by which a server distinguishes operations of one route.
DISTINGUISHING_LOCATIONS = frozenset({"querystring", "header"})


def route(operation: Operation) -> tuple[str, str]:
    """The method and the path, without the names of labels and without the query string."""
    return operation.method, _without_label_names(operation.uri)


@functools.lru_cache(maxsize=4096)
def _without_label_names(uri: str) -> str:
    return _LABEL.sub(r"{\1}", uri.partition("?")[0])


def operations_sharing_route(service: Service, operation: Operation) -> Iterator[Operation]:
    """The other operations of the same route; none in protocols whose requests name the operation."""
    if not service.protocol.startswith("rest-"):
        return
    here = route(operation)
    for other in service.operations.values():
        if other.name != operation.name and route(other) == here:
            yield other


def shadowing_operation(service: Service, operation: Operation) -> Operation | None:
    """The operation that a server takes every request of this one for; None where it can distinguish them.

    Of two operations with one route, one query string and no required member that distinguishes them, the one that is
    deprecated or belongs to another endpoint does not answer.
    """
    for other in operations_sharing_route(service, operation):
        if other.uri.partition("?")[2] != operation.uri.partition("?")[2] or _is_distinguished_by_required(
            service, operation, other
        ):
            continue
        if operation.deprecated > other.deprecated or bool(operation.static_context) > bool(other.static_context):
            return other
    return None


def _is_distinguished_by_required(service: Service, operation: Operation, other: Operation) -> bool:
    """Whether an operation requires a parameter or header that the other does not have."""
    shape, theirs = service.input_of(operation), service.input_of(other).members
    distinguishing = {name for name in shape.required if shape.members[name].location in DISTINGUISHING_LOCATIONS}
    return bool(distinguishing - theirs.keys())
