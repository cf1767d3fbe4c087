"""Infers the resources of a service from its model alone: handles, reads, lists, statuses, tags, removal.

    resource_families.py  operations of one noun          CreateThing, DescribeThings, DeleteThing
    handle_candidates.py  texts that may be handles       in the creating request and its answer
    required_inputs.py    input members, and where their values come from
    handles.py            members matched with texts      DeleteThing(ThingId) <- answer of CreateThing: Thing.Id
    drafts.py             all families of a service       CreatePart(ThingId) refers to a Thing
    readings.py, statuses.py, taggings.py                 how it is read and listed, its status, its tags
    resolution.py         drafts to resources
    input_bindings.py     what the members of an input refer to, for `specs resources` and for measurements
    name_words.py         the naming conventions of AWS, as tables

Resources of an overlay come first: they were checked by hand, while these are guesses from naming conventions. What
cannot be inferred is left out, with a sentence in `Resource.unclear`.
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
    """The overlay, completed from the model: further resources, and further parts of its own resources."""
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
    """The resource that an operation lists: by the resource's listing, else by the plural of its name; or None."""
    verb = READING.match(operation.name)
    plural = operation.name[verb.end() :] if verb is not None else ""
    for resource in overlay.resources.values():
        if resource.listing is not None and resource.listing.operation == operation.name:
            return resource
    return next((each for each in overlay.resources.values() if plural and plural in plurals(each.name)), None)
