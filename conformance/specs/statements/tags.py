"""Tags: what the creator was given is there, what is added is there, what is removed is not.

Thing/tags#given                       owned by the creator
TagThing/tags#added, #overwritten      owned by the operation that adds tags
UntagThing/tags#removed                owned by the operation that removes them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.specs.clause import Clause, Section
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay import Overlay
from conformance.specs.resource import Resource

SECTION: Section = "tags"

GIVEN, ADDED, OVERWRITTEN, REMOVED = "given", "added", "overwritten", "removed"


def clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about tags that an operation owns."""
    service, name = spec.service, operation.name
    for resource in overlay.resources.values():
        if resource.create == name and takes_tags(service, resource):
            statement = f"the tags given to {name} are those of the {resource.name}"
            yield _clause(spec, resource.name, GIVEN, statement)
    if any(adds(resource, name) for resource in overlay.resources.values()):
        yield _clause(spec, name, ADDED, f"tags that {name} adds are there afterwards, beside those there before")
        yield _clause(spec, name, OVERWRITTEN, f"{name} gives a key that is there already its new value")
    if any(removes(resource, name) for resource in overlay.resources.values()):
        yield _clause(spec, name, REMOVED, f"tags that {name} removes are gone afterwards, the others are not")


def _clause(spec: Spec, subject: str, name: str, statement: str) -> Clause:
    source = f"model: botocore {spec.provenance.botocore}"
    return Clause(spec.service.name, subject, SECTION, "", name, statement, source)


def takes_tags(service: Service, resource: Resource) -> bool:
    """Whether the creator of a resource takes tags, in the form in which they are read again."""
    tagging = resource.tagging
    if tagging is None or tagging.given is None or tagging.read is None:
        return False
    member = service.input_of(service.operations[resource.create]).members.get(tagging.given)
    if member is None:
        return False
    shape = service.target(member)
    if shape.type == "map":
        return True
    element = service.target(shape.element) if shape.element is not None else None
    return element is not None and len(pair(element.members)) == 2


def pair(members: Iterable[str]) -> tuple[str, ...]:
    """The members that hold key and value of a tag, among those of a structure; fewer than two where it is no tag."""
    names = tuple(members)
    found = (next((name for name in names if name.lower() in wanted), None) for wanted in _PAIR)
    return tuple(name for name in found if name is not None)


_PAIR = (("key", "tagkey"), ("value", "tagvalue"))


def adds(resource: Resource, operation: str) -> bool:
    """Whether an operation adds tags to a resource, and they can be read."""
    tagging = resource.tagging
    return tagging is not None and tagging.add == operation and bool(tagging.add_at) and tagging.read is not None


def removes(resource: Resource, operation: str) -> bool:
    """Whether an operation removes tags of a resource, and they can be put there and read."""
    tagging = resource.tagging
    if tagging is None or tagging.remove != operation or not tagging.remove_at or tagging.read is None:
        return False
    return tagging.add is not None and bool(tagging.add_at)
