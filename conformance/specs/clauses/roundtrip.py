"""What was given comes back: of the creator's input to its read, of an update's input to the same read.

Thing/roundtrip/Parts[]/Size#echo        owned by the read
Thing/roundtrip#stable, #times           owned by the read
Thing/roundtrip/Parts[]/Size#updated     owned by the update
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.model import Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.echoes import Echo, described_shape, echoes
from conformance.specs.resources.resource import Resource

SECTION: Section = "roundtrip"

STABLE, TIMES, ECHO, UPDATED = "stable", "times", "echo", "updated"

# Members of an update, by themselves or after the noun, that say which state of a thing is to be changed.
SELECTORS = ("version", "versionid", "versionnumber", "revision", "revisionid", "etag", "locktoken", "changetoken")

# Members that tell when a thing was made and when it was last changed.
_MADE_AT = re.compile(r"(creat(ed|ion|e))(_?(time|date|at|on|timestamp|datetime))*$", re.IGNORECASE)
_CHANGED_AT = re.compile(
    r"(last_?)?(modif(ied|ication)|updated?|change[d]?)(_?(time|date|at|on|timestamp|datetime))*$", re.IGNORECASE
)


def roundtrip_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about round trips that an operation owns."""
    for resource in overlay.resources.values():
        if described_shape(spec.service, resource) is None or resource.read is None:
            continue
        if resource.read.operation == operation.name:
            yield from of_read(spec, resource)
        if resource.update == operation.name:
            yield from of_update(spec, resource)


def of_read(spec: Spec, resource: Resource) -> Iterator[Clause]:
    """What the read of a resource is to repeat of what its creator was given, and how its answers keep."""
    create = resource.create
    for echo in echoes_of(spec.service, resource, create):
        if echo.has_clause:
            statement = f"{echo.path} as given to {create} comes back when the {resource.name} is read"
            yield _clause(spec, resource, echo.path, ECHO, statement)
    yield _clause(spec, resource, "", STABLE, f"{resource.one} at rest is described alike by two reads in a row")
    if any(times_in(spec.service, resource)):
        yield _clause(spec, resource, "", TIMES, f"{resource.one} is not changed before it is made, nor in the future")


def of_update(spec: Spec, resource: Resource) -> Iterator[Clause]:
    """What the read of a resource is to repeat of what its update was given."""
    assert resource.update is not None
    for echo in echoes_of(spec.service, resource, resource.update):
        if echo.has_clause:
            statement = f"{echo.path} as given to {resource.update} comes back when the {resource.name} is read"
            yield _clause(spec, resource, echo.path, UPDATED, statement)


def _clause(spec: Spec, resource: Resource, path: str, name: str, statement: str) -> Clause:
    source = f"model: botocore {spec.provenance.botocore}"
    return Clause(spec.service.name, resource.name, SECTION, path, name, statement, source)


def echoes_of(service: Service, resource: Resource, operation: str) -> tuple[Echo, ...]:
    """The places of an operation's input that the description of a resource repeats; none where it is not described.

    Tags have laws of their own; the version that an update names is the one to change, not the one that comes of it.
    """
    given, told = service.operations.get(operation), described_shape(service, resource)
    if given is None or told is None:
        return ()
    tags = {resource.tagging.given} if resource.tagging is not None and resource.tagging.given else set()
    shape = service.input_of(given)
    if operation != resource.create:
        said = {f"{part}{word}" for part in ("", resource.name.lower()) for word in SELECTORS}
        tags |= {name for name in shape.members if name.lower() in said}
    return echoes(service, shape, told, frozenset(tags))


def times_in(service: Service, resource: Resource) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members of a description that tell when the resource was made, and when it was last changed."""
    told = described_shape(service, resource)
    if told is None:
        return (), ()
    return _timestamps(service, told, _MADE_AT), _timestamps(service, told, _CHANGED_AT)


def _timestamps(service: Service, told: Shape, names: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, member in told.members.items()
        if service.target(member).type == "timestamp" and names.fullmatch(name)
    )
