"""Clauses about round trips: what a creation is given comes back when the resource is read.

Thing/roundtrip/Parts[]/Size#echo        owned by the read
Thing/roundtrip#stable, #times           owned by the read
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.echoes import Echo, described_shape, echoes
from conformance.specs.resources.resource import Resource

SECTION: Section = "roundtrip"

STABLE, TIMES, ECHO = "stable", "times", "echo"

NAMES = (STABLE, TIMES, ECHO)

# Members of an update, alone or after the noun, that say which version of the resource is to be changed.
SELECTORS = ("version", "versionid", "versionnumber", "revision", "revisionid", "etag", "locktoken", "changetoken")

# Members with the time of the creation, and of the last change.
_CREATED_AT = re.compile(r"(creat(ed|ion|e))(_?(time|date|at|on|timestamp|datetime))*$", re.IGNORECASE)
_CHANGED_AT = re.compile(
    r"(last_?)?(modif(ied|ication)|updated?|change[d]?)(_?(time|date|at|on|timestamp|datetime))*$", re.IGNORECASE
)


def roundtrip_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about round trips that an operation owns."""
    for resource in overlay.resources.values():
        if resource.read is not None and resource.read.operation == operation.name:
            yield from read_clauses(spec, resource)


def read_clauses(spec: Spec, resource: Resource) -> Iterator[Clause]:
    """The clauses about the read of one resource; none where the resource is not described."""
    create = resource.create
    if described_shape(spec.service, resource) is None:
        return
    for echo in echoes_of(spec.service, resource, create):
        if echo.has_clause:
            statement = f"{echo.path} as given to {create} comes back when the {resource.name} is read"
            yield model_clause(spec, resource.name, SECTION, echo.path, ECHO, statement)
    stable = f"{resource.one} that has settled is described alike by two reads in a row"
    yield model_clause(spec, resource.name, SECTION, "", STABLE, stable)
    if any(times_in(spec.service, resource)):
        times = f"{resource.one} is not changed before it is created, nor in the future"
        yield model_clause(spec, resource.name, SECTION, "", TIMES, times)


def echoes_of(service: Service, resource: Resource, operation: str) -> tuple[Echo, ...]:
    """The places of an operation's input that the description of a resource repeats; none where it is not described.

    Tags have a family of their own. The version that an update names is the one to change, not the one that results.
    """
    known, described = service.operations.get(operation), described_shape(service, resource)
    if known is None or described is None:
        return ()
    left_out = {resource.tagging.given} if resource.tagging is not None and resource.tagging.given else set()
    shape = service.input_of(known)
    if operation != resource.create:
        selectors = {f"{noun}{word}" for noun in ("", resource.name.lower()) for word in SELECTORS}
        left_out |= {name for name in shape.members if name.lower() in selectors}
    return echoes(service, shape, described, frozenset(left_out))


def times_in(service: Service, resource: Resource) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members of a description with the time of the creation, and with the time of the last change."""
    shape = described_shape(service, resource)
    if shape is None:
        return (), ()
    return _timestamps(service, shape, _CREATED_AT), _timestamps(service, shape, _CHANGED_AT)


def _timestamps(service: Service, shape: Shape, names: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, member in shape.members.items()
        if service.target(member).type == "timestamp" and names.fullmatch(name)
    )
