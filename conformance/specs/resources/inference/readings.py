"""Where answers describe a thing: in the answer of what reads it, in the items of what lists it.

GetThing     {Thing: {Id, Status}}                         at Thing
DescribeThings  {Groups: [{Things: [{Id, Status}]}]}       at Groups[*].Things[*]
ListThings   {Things: [{Id}]}, {ThingIds: [..]}            items at Things, the handle at Id; items that are handles
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specs.model import Service, Shape
from conformance.specs.resources.inference.drafts import Draft, Drafts
from conformance.specs.resources.inference.handle_candidates import Body, bodies, inside, is_text, texts
from conformance.specs.resources.inference.handles import kind_of
from conformance.specs.resources.inference.name_words import PLAIN, singulars
from conformance.specs.resources.inference.required_inputs import optional, required
from conformance.specs.resources.resource import Listing, Reading, Source
from conformance.values.paths import EACH, Path

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Sight:
    """A handle as an answer tells it: which, where the description begins, and where in it the handle is."""

    source: Source
    body: Path
    inside: Path
    rank: int


def reading(drafts: Drafts, draft: Draft, operation: str | None) -> Reading | None:
    """How an operation describes one thing; None where it is not told which."""
    if operation is None or not is_about_one(drafts, draft, operation):
        return None
    answer = drafts.service.output_of(drafts.service.operations[operation])
    sights = sorted(_sights(drafts.service, draft, answer), key=lambda each: each.rank)
    if sights:
        return Reading(operation, sights[0].body)
    named = next((body for body in bodies(drafts.service, answer, draft.family.kind) if body.named), None)
    return Reading(operation, named.path if named is not None else ())


def is_about_one(drafts: Drafts, draft: Draft, operation: str) -> bool:
    """Whether an operation can be told which of a family's things is meant."""
    asked = drafts.service.operations[operation]
    must = [drafts.by(draft, need) for need in required(drafts.service, asked)]
    if "own" in must or (not draft.places and must and set(must) <= {"parent", "constant"}):
        return True
    return any(draft.source_of(need) is not None for need in optional(drafts.service, asked))


def listing(drafts: Drafts, draft: Draft) -> Listing | None:
    """What lists the things of a family, and where in its answer they are."""
    for operation in (*draft.family.lists, *((draft.read,) if draft.read else ())):
        answer = drafts.service.output_of(drafts.service.operations[operation])
        found = sorted(_items(drafts.service, draft, answer), key=lambda each: each.rank)
        if found:
            return Listing(operation, found[0].body, found[0].inside)
    return None


def _items(service: Service, draft: Draft, answer: Shape) -> Iterator[_Sight]:
    for observation in _sights(service, draft, answer):
        if observation.body[-1:] == (EACH,):
            yield _Sight(observation.source, observation.body[:-1], observation.inside, observation.rank)
    order = list(draft.places)
    for name, member in answer.members.items():
        shape = service.target(member)
        if shape.type == "list" and shape.element is not None and is_text(service, shape.element):
            for single in singulars(name):
                named = single.lower() in {noun.lower() for noun in draft.family.nouns}
                source = next(iter(order), None) if named else described_members(draft, single)
                if source is not None:
                    yield _Sight(source, (name,), (), 10 * order.index(source))


def _sights(service: Service, draft: Draft, answer: Shape) -> Iterator[_Sight]:
    """The handles that an answer tells, in whatever structure."""
    order = list(draft.places)
    likely = [body.path for body in bodies(service, answer, draft.family.kind)]
    for body in _every(service, Body((), answer), 0):
        near = likely.index(body.path) if body.path in likely else len(likely) + len(body.path)
        for name, _ in texts(service, body.shape):
            source = described_members(draft, name)
            if source is not None and (body.path in likely or name.lower() in draft.anywhere):
                vague = name.lower() in PLAIN and draft.places[source].name.lower() != name.lower()
                yield _Sight(source, body.path, (name,), 20 * near + 10 * vague + order.index(source))


def _every(service: Service, body: Body, depth: int) -> Iterator[Body]:
    yield body
    if depth < DEEPEST:
        for inner in inside(service, body.shape, body.path, EACH):
            yield from _every(service, inner, depth + 1)


def described_members(draft: Draft, name: str) -> Source | None:
    """Which of a thing's handles a member of its description is."""
    for source, place in draft.places.items():
        if place.name.lower() == name.lower():
            return source
    asked = draft.anywhere.get(name.lower()) or draft.local.get(name.lower())
    if asked is not None:
        return asked
    suffix, strength = draft.handles.says(name)
    if not suffix or not (strength == "noun" or name.lower() in PLAIN):
        return None
    return next((source for source, place in draft.places.items() if kind_of(place) == suffix.lower()), None)
