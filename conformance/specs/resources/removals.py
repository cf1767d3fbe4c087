"""Which operation removes what another one adds, and where the members of its request come from.

    PutTargets(Rule, EventBusName, Targets[{Id, Arn}])  -->  RemoveTargets(Rule, EventBusName, Ids[])
                                                             Rule          the request's Rule, a Rule
                                                             EventBusName  the request's, where it is there
                                                             Ids           the Id of each of the request's Targets

The operation is that of the inferred resource, of `specs/_shared/removals.yaml`, or one whose name is the inverse.
There is no removal where no value is known for a required member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.model import STRING_TYPES, Member, Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.handle_references import KnownHandle, References, singulars
from conformance.specs.resources.inference.name_words import OF_THE_REQUEST, READING, SUFFIXES, noun_after, plurals
from conformance.specs.resources.removal_data import RemovalData, removal_data
from conformance.specs.resources.resource import Resource, Source
from conformance.values.paths import EACH, Path

# How deep in an answer a value is looked for.
DEEPEST = 4

# What may follow a noun in the name of an operation that makes such a thing: RestoreTableFromBackup.
_HOW = re.compile(r"(From|To|By|With|In|For|Using|Read)[A-Z]")

# Beginnings of members that name an existing thing of the kind that the request makes.
_EXISTING = ("source", "parent")


@dataclass(frozen=True, slots=True)
class RemovalMember:
    """A member of a removing request: where its value is, or the constant that it always has.

    `listed` members take all values at the source. `parent` is the name of the other resource that it refers to,
    `own` says that it refers to what is removed.
    """

    name: str
    source: Source | None = None
    constant: Any = None
    required: bool = False
    listed: bool = False
    parent: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """How what the operation `create` adds is removed.

    `resource` is what it creates; None where it adds a part to something: a policy, a member, a target. `sampled` are
    required members of `delete` that take any of a few values.
    """

    create: str
    delete: str
    members: tuple[RemovalMember, ...]
    resource: Resource | None = None
    sampled: tuple[str, ...] = ()


@dataclass(slots=True)
class Removals:
    """The removals of one service's operations, each inferred when it is asked for first."""

    service: Service
    overlay: Overlay
    data: RemovalData = field(default_factory=removal_data)
    _found: dict[str, Removal | None] = field(init=False, default_factory=dict)
    _creators: dict[str, Resource] = field(init=False, default_factory=dict)
    _others: dict[str, Resource | None] = field(init=False, default_factory=dict)
    _references: dict[str, References] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for resource in self.overlay.resources.values():
            self._creators.setdefault(resource.create, resource)

    def of(self, operation: str) -> Removal | None:
        """How what an operation adds is removed; None if it adds nothing, or no operation is known to remove it."""
        if operation not in self._found:
            self._found[operation] = None if READING.match(operation) else next(self._removals(operation), None)
        return self._found[operation]

    def delete_of(self, operation: str) -> str | None:
        """The operation that removes what another one adds; None where it adds nothing, or none is known."""
        removal = self.of(operation)
        return None if removal is None else removal.delete

    def created_by(self, operation: str) -> Resource | None:
        """The resource that an operation creates: its own, or that of the longest noun at the start of its name."""
        return self._creators.get(operation) or self._made_otherwise(operation)

    def references(self, resource: Resource | None = None) -> References:
        """What finds the resources that members refer to; those of `resource` first."""
        name = "" if resource is None else resource.name
        if name not in self._references:
            every = self.overlay.resources.values()
            self._references[name] = References(every) if resource is None else self.references().preferring(resource)
        return self._references[name]

    def _removals(self, operation: str) -> Iterator[Removal]:
        resource = self._creators.get(operation)
        if resource is not None and resource.delete is not None:
            yield from self._resolved(operation, resource.delete, resource)
        pair = self.data.pairs.get((self.service.name, operation))
        if pair is not None and pair.removed_by in self.service.operations:
            yield from self._resolved(operation, pair.removed_by, resource)
        made = self._made_otherwise(operation) if resource is None else None
        if made is not None and made.delete is not None:
            yield from self._resolved(operation, made.delete, made)
        for name in inverse_names(operation, self.data):
            if name in self.service.operations and name != operation:
                # What has another noun than the resource, which only the answer names, is a part: CreateStackInstances
                # answers with a StackSetOperation.
                is_it = resource is None or resource.delete is not None or _is_named_after(name, resource)
                yield from self._resolved(operation, name, resource if is_it else None)

    def _made_otherwise(self, operation: str) -> Resource | None:
        """The resource of another creating operation that this one makes, too: RestoreTableFromBackup, a Table."""
        if operation not in self._others:
            self._others[operation] = self._made_by_name(operation)
        return self._others[operation]

    def _made_by_name(self, operation: str) -> Resource | None:
        rests = [rest for verb in self.data.verbs if verb.makes and (rest := noun_after(verb.verb, operation))]
        found = [
            each
            for each in self.overlay.resources.values()
            if any(_is_about(rest, form) for rest in rests for form in (each.name, *plurals(each.name)))
        ]
        return max(found, key=lambda each: len(each.name), default=None)

    def _resolved(self, create: str, delete: str, resource: Resource | None) -> Iterator[Removal]:
        finder = _MemberFinder(self, self.service.operations[create], self.service.operations[delete], resource)
        members = finder.members()
        if members is not None:
            known = {each.name for each in members}
            sampled = tuple(name for name in self.service.input_of(finder.delete).required if name not in known)
            yield Removal(create, delete, members, resource, sampled)


def _is_about(rest: str, noun: str) -> bool:
    """Whether what follows the verb in an operation's name is a noun, alone or with how it is made."""
    return rest.startswith(noun) and (rest == noun or _HOW.match(rest, len(noun)) is not None)


def _is_named_after(operation: str, resource: Resource) -> bool:
    return any(form in operation for form in (resource.name, *plurals(resource.name)))


def inverse_names(operation: str, data: RemovalData) -> Iterator[str]:
    """The names that an operation would have that removes what this one adds."""
    for verb in data.verbs:
        rest = noun_after(verb.verb, operation)
        if not rest:
            yield from verb.removed_by if operation == verb.verb else ()
            continue
        changed = rest
        for word, other in verb.words.items():
            changed = changed.replace(word, other)
        for remover in verb.removed_by:
            for form in dict.fromkeys((changed, rest, *singulars(rest), *plurals(rest))):
                yield remover + form


def _without_alternatives(found: list[RemovalMember]) -> Iterator[RemovalMember]:
    """The members without other optional names of the same: an id or a name, an answered id or what was asked."""
    named = any(each.own and each.required for each in found)
    answered = any(each.required and each.source is not None and each.source.side == "answer" for each in found)
    identified = any(_is_identity(each) for each in found)
    plain = {each.source for each in found if each.source is not None and each.source.path[-1:] == (each.name,)}
    for each in found:
        if each.required or each.source is None:
            yield each
        elif each.own:
            if not named:
                yield each
            named = True
        elif _is_identity(each):
            if not answered:
                yield each
            answered = True
        elif (each.source.path[-1:] == (each.name,) or each.source not in plain) and (each.parent or not identified):
            yield each


def _is_identity(member: RemovalMember) -> bool:
    """Whether an optional member is an id that the answer gave to a part."""
    answered = member.source is not None and member.source.side == "answer"
    return answered and not member.required and not member.own and member.parent is None


@dataclass(slots=True)
class _MemberFinder:
    """Finds the values for the request of `delete` in the request and the answer of `create`."""

    removals: Removals
    create: Operation
    delete: Operation
    resource: Resource | None
    given: Shape = field(init=False)
    answered: Shape = field(init=False)

    def __post_init__(self) -> None:
        service = self.removals.service
        self.given, self.answered = service.input_of(self.create), service.output_of(self.create)

    def members(self) -> tuple[RemovalMember, ...] | None:
        """The members of the request; None if a required one is not known, or none says what is removed."""
        root = self.removals.service.input_of(self.delete)
        found: list[RemovalMember] = []
        for name, member in root.members.items():
            one = self._member(name, member, required=name in root.required)
            if one is not None:
                found.append(one)
            elif name in root.required and not self._is_free(name, member):
                return None
        if root.members and not any(each.source is not None for each in found):
            return None
        # The token of one request is refused in another one.
        tokens = {name for name, member in root.members.items() if member.idempotency_token}
        return tuple(_without_alternatives([each for each in found if each.required or each.name not in tokens]))

    def _is_free(self, name: str, member: Member) -> bool:
        """Whether a required member takes any of a few values, so that a sample is as good as any."""
        shape = self.removals.service.target(member)
        return (
            bool(shape.enum)
            or shape.type == "boolean"
            or member.idempotency_token
            or OF_THE_REQUEST.fullmatch(name) is not None
        )

    def _member(self, name: str, member: Member, *, required: bool) -> RemovalMember | None:
        data, service = self.removals.data, self.removals.service
        flag, shape = data.flag(name), service.target(member)
        if flag is not None and (shape.type == "boolean") == isinstance(flag.value, bool) and shape.type in _FLAG_TYPES:
            return RemovalMember(name, constant=flag.value, required=required)
        if not required and data.ignores(name):
            return None
        listed = shape.type == "list" and shape.element is not None
        held = shape.element.shape if shape.element is not None and listed else member.shape
        known = self.removals.references(self.resource).refers(self.delete.name, name, held, listed=listed)
        own = known is not None and self.resource is not None and known[0].name == self.resource.name
        parent = known[0].name if known is not None and not own else None
        source = self._source(name, member, known, own=own, required=required)
        return None if source is None else RemovalMember(name, source, None, required, listed, parent, own)

    def _source(
        self, name: str, member: Member, known: KnownHandle | None, *, own: bool, required: bool
    ) -> Source | None:
        if own and known is not None:
            return known[1].source if known[0].create == self.create.name else self._new(name, known)
        if known is not None:
            return self._parent(name, known) or self._same_name(name, required=required)
        return self._same_name(name, required=required)

    def _parent(self, name: str, known: KnownHandle) -> Source | None:
        """Where the creating request names the same other resource, by a member of the same name if there is one."""
        if name in self.given.members:
            return Source("request", (name,))
        references = self.removals.references()
        for given, member in self.given.members.items():
            there = references.refers(self.create.name, given, member.shape)
            if there is not None and there[0].name == known[0].name and not given.lower().startswith(_EXISTING):
                return Source("request", (given,))
        return None

    def _same_name(self, name: str, *, required: bool) -> Source | None:
        """A member with that name in the request or the answer.

        An optional one is taken from the top of either, and from the request only for parts of something.
        """
        given = next((each for each in self.given.members if each.lower() == name.lower()), None)
        if required:
            names = (name.lower(), *(f"{name.lower()}{suffix.lower()}" for suffix in SUFFIXES if suffix))
            names += (name.lower().removesuffix("number"),) if name.lower().endswith("versionnumber") else ()
            names += tuple(each.lower() for each in singulars(name)) if self._is_list_of_texts(name) else ()
            if given is not None and self.resource is None:
                return Source("request", (given,))
            answer = next((path for each in names for path in self._in_answer({each}, DEEPEST)), None)
            if given is not None:
                return Source("request", (given,))
            return Source("answer", answer) if answer is not None else self._items(name)
        answer = next(self._in_answer({name.lower()}, 1), None)
        if answer is not None:
            return Source("answer", answer)
        return Source("request", (given,)) if given is not None and self.resource is None else None

    def _new(self, name: str, known: KnownHandle) -> Source | None:
        """A handle of a resource that another operation makes: in its answer, or as the name of what is new."""
        names = [name.lower(), *(each.lower() for each in singulars(name))]
        names += [
            each.lower()
            for handle in known[0].handles
            for each in (*handle.members, handle.source.path[-1])
            if isinstance(each, str)
        ]
        found = next((path for each in names for path in self._in_answer({each}, DEEPEST)), None)
        if found is not None:
            return Source("answer", found)
        ends = next(
            (
                each
                for each in self.given.members
                if each.lower().endswith(tuple(names))
                and each.lower() not in names
                and not each.lower().startswith(_EXISTING)
            ),
            None,
        )
        return None if ends is None else Source("request", (ends,))

    def _items(self, name: str) -> Source | None:
        """The member, or the members of listed structures, of which a list is needed: Ids, of Targets[{Id}]."""
        names = {each.lower() for each in singulars(name)}
        for given, member in self.given.members.items():
            if given.lower() in names:
                return Source("request", (given,))
            element = self._element(member)
            inner = next((each for each in (element.members if element else ()) if each.lower() in names), None)
            if inner is not None:
                return Source("request", (given, EACH, inner))
        return None

    def _in_answer(self, names: set[str], deepest: int) -> Iterator[Path]:
        """The places in the answer of texts with one of these names, the shallowest first."""
        service = self.removals.service
        level: list[tuple[Path, Shape]] = [((), self.answered)]
        for _ in range(deepest):
            below: list[tuple[Path, Shape]] = []
            for path, shape in level:
                for name, member in shape.members.items():
                    target = service.target(member)
                    element = self._element(member)
                    if name.lower() in names and target.type not in ("structure", "list", "map"):
                        yield (*path, name)
                    elif target.type == "structure":
                        below.append(((*path, name), target))
                    elif element is not None:
                        below.append(((*path, name, EACH), element))
            level = below

    def _is_list_of_texts(self, name: str) -> bool:
        """Whether a member of the removing request takes several names at once."""
        service = self.removals.service
        shape = service.target(service.input_of(self.delete).members[name])
        return shape.element is not None and service.target(shape.element).type in STRING_TYPES

    def _element(self, member: Member) -> Shape | None:
        """The structure of which a member has a list; None for other members."""
        shape = self.removals.service.target(member)
        if shape.type != "list" or shape.element is None:
            return None
        element = self.removals.service.target(shape.element)
        return element if element.type == "structure" else None


_FLAG_TYPES = frozenset({"boolean", "integer", "long"})
