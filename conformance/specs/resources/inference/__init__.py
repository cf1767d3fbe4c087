"""Resources read off the model alone: what operations make, by which handles it is known, what reads and removes it.

    families.py  operations of one noun        CreateThing, DescribeThings, DeleteThing
    leaves.py    texts that may be handles     in the creator's request and answer
    needs.py     what operations must be told
    handles.py   needs matched with texts      DeleteThing(ThingId) <- answer of CreateThing: Thing.Id
    drafts.py    all families together         CreatePart(ThingId) refers to a Thing
    descriptions.py, statuses.py, taggings.py  how it is read and listed, its state, its tags
    inference.py                               drafts made into resources
    bindings.py                                what the members of an input refer to, for people and for measuring
    words.py, states.py                        the naming habits of AWS, as tables

The overlay's resources come first: they were checked by hand, and these are guesses that the naming habits of AWS make
good ones. What cannot be made sense of is left out, and said in `Resource.unclear`.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from conformance.specs.model import Operation, Service
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.inference.input_bindings import InputBinding, input_bindings
from conformance.specs.resources.inference.name_words import READING, plurals
from conformance.specs.resources.inference.resolution import inferred_resources, unresolved_creators
from conformance.specs.resources.resource import Resource, merged

__all__ = [
    "READING",
    "InputBinding",
    "inferred_resources",
    "input_bindings",
    "listed_by",
    "unresolved_creators",
    "with_inferred",
]


def with_inferred(service: Service, overlay: Overlay) -> Overlay:
    """The overlay, with what the model tells beyond it: resources that it has not, and more of those that it has."""
    written = {resource.create: resource for resource in overlay.resources.values()}
    found: dict[str, Resource] = dict(overlay.resources)
    for each in inferred_resources(service):
        known = written.get(each.create)
        if known is not None:
            found[known.name] = merged(known, each)
        elif each.name not in overlay.resources:
            found[each.name] = each
    return replace(overlay, resources=MappingProxyType(found))


def listed_by(operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that an operation lists: as what is known of the resource says, else by its plural."""
    verb = READING.match(operation.name)
    plural = operation.name[verb.end() :] if verb is not None else ""
    for resource in overlay.resources.values():
        if resource.listing is not None and resource.listing.operation == operation.name:
            return resource
    return next((each for each in overlay.resources.values() if plural and plural in plurals(each.name)), None)
