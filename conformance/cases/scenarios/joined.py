"""Things without a name of their own, told apart by what they join: an assignment of a person to an account, say.

    CreateAssignment(Account, Role, Person)   ListAssignments(Account, Role) -> Account, Role, Person
                                      '--- what an item has and the list does not ask for tells one from another

They are made for lists that nothing else is known to fill, and only if what removes them needs no more than what made
them had. Everything but that one member is as the list asks for it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator

from conformance.cases import patterns
from conformance.cases.case import Call, Creation
from conformance.cases.planner import Params, Planner
from conformance.cases.samples import Unbuildable, length_bounds
from conformance.specs.listings import places_of_items
from conformance.specs.model import EMPTY_STRUCTURE, STRING_TYPES, Operation, Shape
from conformance.specs.resource import Handle, Listing, Resource, Source
from conformance.specs.resources import READING

MAKERS = ("Create", "Put", "Associate", "Add", "Attach", "Register")
REMOVERS = ("Delete", "Disassociate", "Remove", "Detach", "Deregister")

# A token of digits: what has no room for a name often has some for a number.
DIGITS = 8


def joined(planner: Planner, operation: Operation, tokens: tuple[str, ...]) -> tuple[Creation, ...]:
    """A creation for each token of what an operation lists; none where nothing says how to make it.

    What they join goes by the first token.
    """
    for create, resource in _candidates(planner, operation):
        with contextlib.suppress(Unbuildable, patterns.PatternError):
            named = planner.namer.named(create, planner.smallest(create), tokens[0])
            made = [_creation(planner, named, resource, number, token) for number, token in enumerate(tokens, start=1)]
            if all(made):
                return tuple(each for each in made if each is not None)
    return ()


def _candidates(planner: Planner, operation: Operation) -> Iterator[tuple[Operation, Resource]]:
    """What may make the items of a list, by its name, with the member that tells one from another."""
    verb = READING.match(operation.name)
    place = next(places_of_items(planner.service, operation, planner.overlay), None)
    for noun in _singulars(operation.name[verb.end() :]) if verb is not None and place is not None else ():
        for create, delete in _pairs(planner, noun):
            for member in _telling_members(planner, operation, create, delete, place[1] if place else EMPTY_STRUCTURE):
                listing = Listing(operation.name, place[0] if place else (), (member,))
                handle = Handle("other", Source("request", (member,)))
                yield create, Resource(noun, create.name, (handle,), delete=delete.name, listing=listing)


def _pairs(planner: Planner, noun: str) -> Iterator[tuple[Operation, Operation]]:
    """What makes and removes things of a noun, where both say which by the same members."""
    operations, input_of = planner.service.operations, planner.service.input_of
    for create in (operations[verb + noun] for verb in MAKERS if verb + noun in operations):
        for delete in (operations[verb + noun] for verb in REMOVERS if verb + noun in operations):
            if set(input_of(delete).required) <= set(input_of(create).required):
                yield create, delete


def _telling_members(
    planner: Planner, operation: Operation, create: Operation, delete: Operation, item: Shape
) -> Iterator[str]:  # fmt: skip
    """The members that an item has from its maker, that the list does not ask for, and that refer to nothing known."""
    given, asked = planner.service.input_of(create), planner.service.input_of(operation).members
    for name in planner.service.input_of(delete).required:
        target = planner.service.target(given.members[name])
        is_text = target.type in STRING_TYPES and not target.enum
        known = planner.namer.refers(create.name, name, given.members[name].shape)
        if is_text and name in item.members and name not in asked and (known is None or known[0].create == create.name):
            yield name


def _singulars(plural: str) -> Iterator[str]:
    for ending, singular in (("ies", "y"), ("es", ""), ("s", "")):
        if plural.endswith(ending):
            yield plural.removesuffix(ending) + singular


def _creation(planner: Planner, named: Params, resource: Resource, number: int, token: str) -> Creation | None:
    """One of them; None where its telling member has no room to be told apart."""
    create, member = planner.service.operations[resource.create], str(resource.handle.source.path[0])
    shape = planner.service.target(planner.service.input_of(create).members[member])
    text = _telling(shape, token)
    if text is None:
        return None
    params = {**named, member: text}
    bindings = tuple(each for each in planner.namer.bindings(create, params) if each.path[0] != member)
    call = Call(create.name, params, bindings=bindings)
    name = resource.name if number == 1 else f"{resource.name}#{number}"
    return Creation(name, call, resource, _undo(planner, resource, call))


def _telling(shape: Shape, token: str) -> str | None:
    digits = str(int(hashlib.sha256(token.encode()).hexdigest(), 16))[:DIGITS]
    found = (patterns.with_token(shape.pattern, *length_bounds(shape), each) for each in (token, digits))
    return next((each for each in found if each is not None), None)


def _undo(planner: Planner, resource: Resource, made: Call) -> Call:
    """What removes it: the same members with the same values."""
    delete = planner.service.operations[str(resource.delete)]
    required = planner.service.input_of(delete).required
    bindings = tuple(each for each in made.bindings if each.path[0] in required)
    return Call(delete.name, {name: made.params[name] for name in required}, bindings=bindings)
