"""Finds the texts in requests and answers that may be a handle, and the structures that describe the resource.

answer of CreateThing:  ThingId                        a text at the top
                        Thing: {Arn, Owner: {Arn}}     `Thing` describes the resource: `Arn` in it is its own
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specs.model import STRING_TYPES, Member, Service, Shape
from conformance.specs.resources.inference.name_words import plurals, singulars
from conformance.values.paths import EACH, Path

DEEPEST = 3

# Structures of answers that do not describe a resource.
_ASIDE = frozenset({"ResponseMetadata", "responseMetadata"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text: its path, the member's name and shape, and whether it is in a structure that describes the resource."""

    path: Path
    name: str
    shape: str
    own: bool


@dataclass(frozen=True, slots=True)
class DescriptionBody:
    """A structure that describes a resource, and its path; `[*]` or 0 stands for the element of a list.

    It is `named` if its member is called like the resource.
    """

    path: Path
    shape: Shape
    named: bool = False


def is_text(service: Service, member: Member) -> bool:
    """Whether a member holds free text, chosen by the client or the service."""
    shape = service.target(member)
    return shape.type in STRING_TYPES and not shape.enum and not member.idempotency_token and not member.streaming


def _listed(service: Service, shape: Shape) -> Iterator[tuple[str, Member]]:
    """The members of a structure that hold several texts."""
    for name, member in shape.members.items():
        element = service.target(member).element
        if element is not None and service.target(member).type == "list" and is_text(service, element):
            yield name, element


def text_members(service: Service, shape: Shape) -> Iterator[tuple[str, Member]]:
    """The members of a structure that hold text."""
    return ((name, member) for name, member in shape.members.items() if is_text(service, member))


def description_bodies(
    service: Service, answer: Shape, noun: str, element: int | str = EACH
) -> tuple[DescriptionBody, ...]:
    """The structures of an answer that may describe a resource with this noun, the likeliest first."""
    within = [*nested_bodies(service, answer, (), element)]
    named = [DescriptionBody(body.path, body.shape, named=True) for body in within if _speaks_of(body.path, noun)]
    sole = within if len(within) == 1 and not named else []
    own = [*named, *sole]
    deeper = [
        inner
        for body in (own or within)
        if len([*text_members(service, body.shape)]) <= 2
        for inner in nested_bodies(service, body.shape, body.path, element)
        if _speaks_of(inner.path[len(body.path) :], noun)
    ]
    return (*named, DescriptionBody((), answer), *sole, *deeper)


def nested_bodies(service: Service, shape: Shape, path: Path, element: int | str) -> Iterator[DescriptionBody]:
    for name, member in shape.members.items():
        target = service.target(member)
        if target.type == "structure" and target.members and name not in _ASIDE:
            yield DescriptionBody((*path, name), target)
        elif target.type == "list" and target.element is not None:
            item = service.target(target.element)
            if item.type == "structure" and item.members:
                yield DescriptionBody((*path, name, element), item)


def _speaks_of(path: Path, noun: str) -> bool:
    """Whether the last member of a path has the noun for its name: Thing, things, ThingDescription."""
    name = next((str(each) for each in reversed(path) if isinstance(each, str) and each != EACH), "").lower()
    stem = noun.lower()
    forms = {stem, *(each.lower() for each in plurals(noun)), *(each.lower() for each in singulars(noun))}
    if name in forms or name.startswith(stem):
        return True
    return any(stem.endswith(each) for each in {name, *(form.lower() for form in singulars(name))} if len(each) > 2)


def answer_candidates(service: Service, answer: Shape, noun: str) -> tuple[Candidate, ...]:
    """The texts of the answer to a creation: those of the new resource first, then by depth."""
    found: dict[Path, Candidate] = {}
    for body in description_bodies(service, answer, noun, 0):
        for name, member in text_members(service, body.shape):
            path = (*body.path, name)
            found.setdefault(path, Candidate(path, name, member.shape, own=True))
        for name, element in _listed(service, body.shape):
            path = (*body.path, name, 0)
            found.setdefault(path, Candidate(path, (*singulars(name), name)[0], element.shape, own=False))
    for leaf in _below(service, answer, (), (answer.name,)):
        found.setdefault(leaf.path, leaf)
    return tuple(found.values())


def _below(service: Service, shape: Shape, path: Path, above: tuple[str, ...]) -> Iterator[Candidate]:
    for name, member in text_members(service, shape):
        yield Candidate((*path, name), name, member.shape, own=False)
    if len(above) > DEEPEST:
        return
    for body in nested_bodies(service, shape, path, 0):
        if body.shape.name not in above:
            yield from _below(service, body.shape, body.path, (*above, body.shape.name))


def request_candidates(service: Service, request: Shape, noun: str) -> tuple[Candidate, ...]:
    """The texts of a request: those at the top, then those of its required structures."""
    top = [Candidate((name,), name, member.shape, own=True) for name, member in text_members(service, request)]
    return (*top, *_required_below(service, request, (), noun))


def _required_below(service: Service, shape: Shape, path: Path, noun: str) -> Iterator[Candidate]:
    for name in shape.required:
        member = shape.members.get(name)
        target = service.target(member) if member is not None else None
        if target is None or target.type != "structure" or len(path) >= DEEPEST:
            continue
        own = not path and _speaks_of((name,), noun)
        for inner, each in text_members(service, target):
            yield Candidate((*path, name, inner), inner, each.shape, own)
        yield from _required_below(service, target, (*path, name), noun)
