"""Which faults AWS is sure to reject: the rest is left out, with the reason, because their acceptance proves nothing.

    breaks(place) --certain--> Break, or Unbreakable with the reason

What no server can see (an absent body against an empty one), what HTTP itself decides before a service is asked (the
length of a body), what HTTP has a server ignore (a date that it cannot read in a conditional request), and what makes
a request a valid one of another operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.cases.faults import BrokenConstraint, UnbreakableConstraint
from conformance.cases.routes import DISTINGUISHING_LOCATIONS, operations_sharing_route, shadowing_operation
from conformance.specs.model import STRING_TYPES, Operation, Service
from conformance.specs.places import Place

# RFC 9110, sections 13.1.3, 13.1.4 and 5.6.7: a recipient ignores these where their value is no date. `Expires` is
# kept for whoever downloads the object, as it came.
HTTP_DATES = frozenset({"if-modified-since", "if-unmodified-since", "if-range", "expires", "date", "last-modified"})

# Read by the HTTP server, before there is a request for a service to judge.
HTTP_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "host", "expect"})


def conclusive_faults(
    service: Service, operation: Operation, place: Place, found: Iterable[BrokenConstraint | UnbreakableConstraint]
) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """The faults at a place that AWS is sure to reject, and for each of the others why it is left out."""
    for each in found:
        reason = _doubt(service, operation, place, each) if isinstance(each, BrokenConstraint) else None
        yield each if reason is None else UnbreakableConstraint(each.constraint, reason)


def _doubt(service: Service, operation: Operation, place: Place, broken: BrokenConstraint) -> str | None:
    other = shadowing_operation(service, operation)
    if other is not None:
        return f"nothing tells the request from one of {other.name}"
    if broken.constraint == "required":
        return _doubt_of_absence(service, operation, place)
    header = _header(place)
    if header in HTTP_FRAMING:
        return f"{header} is read by HTTP itself"
    if header in HTTP_DATES and broken.constraint == "type":
        return f"HTTP has a server ignore a date that it cannot read in {header}"
    return None


def _doubt_of_absence(service: Service, operation: Operation, place: Place) -> str | None:
    if len(place.steps) != 1:
        return None
    if place.member.location in DISTINGUISHING_LOCATIONS:
        other = next(operations_sharing_route(service, operation), None)
        return None if other is None else f"without it the request may be one of {other.name}"
    kind = place.shape.type
    if place.steps[0] == service.input_of(operation).payload and (kind == "blob" or kind in STRING_TYPES):
        return "no body and an empty one are the same bytes"
    return None


def _header(place: Place) -> str | None:
    if len(place.steps) != 1 or place.member.location != "header":
        return None
    return (place.member.location_name or place.steps[0]).lower()
