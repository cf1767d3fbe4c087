"""Finds where answers describe a resource: in the answer of its read, and in the items of its list.

GetThing     {Thing: {Id, Status}}                         at Thing
DescribeThings  {Groups: [{Things: [{Id, Status}]}]}       at Groups[*].Things[*]
ListThings   {Things: [{Id}]}, {ThingIds: [..]}            items at Things, the handle at Id; items that are handles
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specs.model import Service, Shape
from conformance.specs.resources.inference.drafts import ResourceDraft, ResourceDrafts
from conformance.specs.resources.inference.handle_candidates import (
    DescriptionBody,
    description_bodies,
    is_text,
    nested_bodies,
    text_members,
)
from conformance.specs.resources.inference.handles import kind_of
from conformance.specs.resources.inference.name_words import HANDLE_WORDS, singulars
from conformance.specs.resources.inference.required_inputs import optional_members, required_members
from conformance.specs.resources.resource import Listing, Reading, Source
from conformance.values.paths import EACH, Path

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _HandlePosition:
    """A handle in an answer: which one, the path of the description, and the path of the handle in it."""

    source: Source
    body: Path
    inside: Path
    rank: int


def infer_reading(drafts: ResourceDrafts, draft: ResourceDraft, operation: str | None) -> Reading | None:
    """How an operation describes one resource; None if its input does not identify one."""
    if operation is None or not identifies_one(drafts, draft, operation):
        return None
    answer = drafts.service.output_of(drafts.service.operations[operation])
    positions = sorted(_handle_positions(drafts.service, draft, answer), key=lambda each: each.rank)
    if positions:
        return Reading(operation, positions[0].body)
    named = next((body for body in description_bodies(drafts.service, answer, draft.family.kind) if body.named), None)
    return Reading(operation, named.path if named is not None else ())


def identifies_one(drafts: ResourceDrafts, draft: ResourceDraft, operation: str) -> bool:
    """Whether the input of an operation identifies one resource of the family."""
    asked = drafts.service.operations[operation]
    must = [drafts.by(draft, need) for need in required_members(drafts.service, asked)]
    if "own" in must or (not draft.places and must and set(must) <= {"parent", "constant"}):
        return True
    return any(draft.source_of(need) is not None for need in optional_members(drafts.service, asked))


def infer_listing(drafts: ResourceDrafts, draft: ResourceDraft) -> Listing | None:
    """The operation that lists the resources of a family, and where its answer has them; None if there is none."""
    for operation in (*draft.family.lists, *((draft.read,) if draft.read else ())):
        answer = drafts.service.output_of(drafts.service.operations[operation])
        found = sorted(_items(drafts.service, draft, answer), key=lambda each: each.rank)
        if found:
            return Listing(operation, found[0].body, found[0].inside)
    return None


def _items(service: Service, draft: ResourceDraft, answer: Shape) -> Iterator[_HandlePosition]:
    for observation in _handle_positions(service, draft, answer):
        if observation.body[-1:] == (EACH,):
            yield _HandlePosition(observation.source, observation.body[:-1], observation.inside, observation.rank)
    order = list(draft.places)
    for name, member in answer.members.items():
        shape = service.target(member)
        if shape.type == "list" and shape.element is not None and is_text(service, shape.element):
            for single in singulars(name):
                named = single.lower() in {noun.lower() for noun in draft.family.nouns}
                source = next(iter(order), None) if named else handle_of_member(draft, single)
                if source is not None:
                    yield _HandlePosition(source, (name,), (), 10 * order.index(source))


def _handle_positions(service: Service, draft: ResourceDraft, answer: Shape) -> Iterator[_HandlePosition]:
    """The handles in an answer, in every structure."""
    order = list(draft.places)
    likely = [body.path for body in description_bodies(service, answer, draft.family.kind)]
    for body in _every(service, DescriptionBody((), answer), 0):
        near = likely.index(body.path) if body.path in likely else len(likely) + len(body.path)
        for name, _ in text_members(service, body.shape):
            source = handle_of_member(draft, name)
            if source is not None and (body.path in likely or name.lower() in draft.anywhere):
                vague = name.lower() in HANDLE_WORDS and draft.places[source].name.lower() != name.lower()
                yield _HandlePosition(source, body.path, (name,), 20 * near + 10 * vague + order.index(source))


def _every(service: Service, body: DescriptionBody, depth: int) -> Iterator[DescriptionBody]:
    yield body
    if depth < DEEPEST:
        for inner in nested_bodies(service, body.shape, body.path, EACH):
            yield from _every(service, inner, depth + 1)


def handle_of_member(draft: ResourceDraft, name: str) -> Source | None:
    """The handle of the resource that a member of its description holds; None if it holds none."""
    for source, place in draft.places.items():
        if place.name.lower() == name.lower():
            return source
    asked = draft.anywhere.get(name.lower()) or draft.local.get(name.lower())
    if asked is not None:
        return asked
    suffix, strength = draft.handles.says(name)
    if not suffix or not (strength == "noun" or name.lower() in HANDLE_WORDS):
        return None
    return next((source for source, place in draft.places.items() if kind_of(place) == suffix.lower()), None)
