"""Wire traits of a reference: what sits on the member itself wins over what its shape says."""

from __future__ import annotations

from conformance.specs.model import Member, Operation, Service, Shape, XmlNamespace


def wire_name(service: Service, member: Member) -> str | None:
    """The name that the model gives the member on the wire, None where it keeps its own."""
    return service.target(member).location_name if member.location_name is None else member.location_name


def is_flattened(service: Service, member: Member) -> bool:
    """Whether a list or map goes without an element of its own around its items."""
    return member.flattened or service.target(member).flattened


def timestamp_format(service: Service, member: Member) -> str | None:
    """The timestamp format that the model sets, in lower case; None for the default of the place."""
    chosen = member.timestamp_format or service.target(member).timestamp_format
    return chosen.lower() if chosen else None


def xml_namespace(service: Service, member: Member) -> XmlNamespace | None:
    """The `xmlns` of the member's element."""
    return member.xml_namespace or service.target(member).xml_namespace


def event_stream_member(service: Service, shape: Shape) -> str | None:
    """The member that is an event stream, None where there is none."""
    for name, member in shape.members.items():
        if service.target(member).event_stream:
            return name
    return None


def error_shape(service: Service, operation: Operation, code: str | None) -> Shape | None:
    """The error shape that a code names, by its code or its own name; the operation's own errors come first."""
    if code is None:
        return None
    for shape in service.errors_of(operation):
        if code == shape.name or (shape.error is not None and code == shape.error.code):
            return shape
    return service.error_shapes.get(code)
