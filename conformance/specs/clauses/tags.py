"""Clauses about tags: tags that are given or added are listed, tags that are removed are not.

Thing/tags#given                       owned by the operation that creates
TagThing/tags#added, #overwritten      owned by the operation that adds tags
UntagThing/tags#removed                owned by the operation that removes them
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.places import shape_at
from conformance.specs.resources.resource import Resource
from conformance.specs.resources.tag_values import is_taggable
from conformance.values.paths import Path

SECTION: Section = "tags"

GIVEN, ADDED, OVERWRITTEN, REMOVED = "given", "added", "overwritten", "removed"

NAMES = (GIVEN, ADDED, OVERWRITTEN, REMOVED)


def tags_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about tags that an operation owns."""
    service, name = spec.service, operation.name
    for resource in overlay.resources.values():
        if resource.create == name and takes_tags(service, resource):
            given = f"the tags given to {name} are those of the {resource.name}"
            yield model_clause(spec, resource.name, SECTION, "", GIVEN, given)
    if any(adds(service, resource, name) for resource in overlay.resources.values()):
        added = f"tags that {name} adds are there afterwards, beside those there before"
        yield model_clause(spec, name, SECTION, "", ADDED, added)
        overwritten = f"{name} gives a key that is there already its new value"
        yield model_clause(spec, name, SECTION, "", OVERWRITTEN, overwritten)
    if any(removes(service, resource, name) for resource in overlay.resources.values()):
        removed = f"tags that {name} removes are gone afterwards, the others are not"
        yield model_clause(spec, name, SECTION, "", REMOVED, removed)


def takes_tags(service: Service, resource: Resource) -> bool:
    """Whether the operation that creates a resource takes tags that can be read again."""
    tagging = resource.tagging
    if tagging is None or tagging.given is None or tagging.read not in service.operations:
        return False
    return _is_taggable(service, resource.create, (tagging.given,))


def adds(service: Service, resource: Resource, operation: str) -> bool:
    """Whether an operation adds tags to a resource, and they can be read."""
    tagging = resource.tagging
    if tagging is None or tagging.add != operation or tagging.read not in service.operations:
        return False
    return _is_taggable(service, operation, tagging.add_at)


def removes(service: Service, resource: Resource, operation: str) -> bool:
    """Whether an operation removes tags of a resource, and they can be added and read."""
    tagging = resource.tagging
    if tagging is None or tagging.remove != operation or tagging.add is None:
        return False
    shape = shape_of(service, operation, tagging.remove_at)
    return shape is not None and shape.type == "list" and adds(service, resource, tagging.add)


def _is_taggable(service: Service, operation: str, path: Path) -> bool:
    shape = shape_of(service, operation, path)
    return shape is not None and is_taggable(service, shape)


def shape_of(service: Service, operation: str, path: Path) -> Shape | None:
    """The shape at a path of an operation's input; None where there is none."""
    known = service.operations.get(operation)
    found = shape_at(service, service.input_of(known), path) if known is not None and path else None
    return None if found is None else found[0]
