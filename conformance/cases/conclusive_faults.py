"""The faults that every conforming server rejects; for the others the reason why their acceptance proves nothing.

    broken_constraints(place) --conclusive_faults--> BrokenConstraint, or UnbreakableConstraint with the reason

Not conclusive are faults that no server can see (no body and an empty one), that HTTP decides before the service (the
length of a body), that HTTP tells a server to ignore (an unreadable date in a conditional request), and that make the
request a valid one of another operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.cases.faults import BrokenConstraint, UnbreakableConstraint
from conformance.cases.routes import DISTINGUISHING_LOCATIONS, operations_sharing_route, shadowing_operation
from conformance.specs.model import STRING_TYPES, Operation, Service
from conformance.specs.places import Place

# RFC 9110, sections 13.1.3, 13.1.4 and 5.6.7: a recipient ignores these where their value is no date. `Expires` is
# stored for clients that download the object, as it was sent.
HTTP_DATES = frozenset({"if-modified-since", "if-unmodified-since", "if-range", "expires", "date", "last-modified"})

# How the names of parameters begin that give the headers of the answer.
REPEATED = "response-"

# Headers that the HTTP server reads before the service sees the request.
HTTP_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "host", "expect"})


def conclusive_faults(
    service: Service, operation: Operation, place: Place, found: Iterable[BrokenConstraint | UnbreakableConstraint]
) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """The conclusive faults of those `found` at a place; the others as constraints that cannot be broken."""
    for each in found:
        reason = _reason_against(service, operation, place, each) if isinstance(each, BrokenConstraint) else None
        yield each if reason is None else UnbreakableConstraint(each.constraint, reason)


def _reason_against(service: Service, operation: Operation, place: Place, broken: BrokenConstraint) -> str | None:
    other = shadowing_operation(service, operation)
    if other is not None:
        return f"nothing distinguishes the request from one of {other.name}"
    if broken.constraint == "required":
        return _reason_against_absence(service, operation, place)
    header = _header(place)
    if header in HTTP_FRAMING:
        return f"{header} is read by HTTP itself"
    if header in HTTP_DATES and broken.constraint == "type":
        return f"HTTP has a server ignore a date that it cannot read in {header}"
    if broken.constraint != "required" and _is_repeated(service, operation, place):
        return "the service repeats it as a header of its answer, whatever it is"
    return None


def _is_repeated(service: Service, operation: Operation, place: Place) -> bool:
    """Whether a parameter of the query is the text of a header of the answer: `response-expires` is that of Expires.

    Source: Amazon S3 API Reference, GetObject ("Sets the Expires header of the response").
    """
    if len(place.steps) != 1 or place.member.location != "querystring":
        return False
    answered = service.output_of(operation).members
    headers = {(each.location_name or name).lower() for name, each in answered.items() if each.location == "header"}
    name = (place.member.location_name or place.steps[0]).lower()
    return name.startswith(REPEATED) and name.removeprefix(REPEATED) in headers


def _reason_against_absence(service: Service, operation: Operation, place: Place) -> str | None:
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
