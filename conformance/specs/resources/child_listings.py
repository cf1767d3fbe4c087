"""What may be in a resource and keep it from being removed: the operations that list it, and those that remove it.

    Role --ListAttachedRolePolicies(RoleName)--> AttachedPolicies[*]  --DetachRolePolicy(RoleName, PolicyArn)--> gone
    Vpc  --DescribeSubnets()--> Subnets[*] with its VpcId             --DeleteSubnet(SubnetId)--> gone

A list is of children if its request or each of its items refers to the resource, and if an operation is known whose
request can be filled from both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.specs.model import STRING_TYPES, Member, Operation, Service
from conformance.specs.resources.handle_references import KnownHandle
from conformance.specs.resources.inference.name_words import DELETES, LISTS, SUFFIXES, singulars, split_words
from conformance.specs.resources.removals import Removals
from conformance.specs.resources.resource import Resource
from conformance.values.paths import EACH, Path

# Verbs of operations that take something out of another thing.
TAKING = (*DELETES, "Detach", "Disassociate", "Unassign", "Unsubscribe", "Deactivate")

# What lists call the things that these verbs take away.
PARTICIPLES = {"Detach": ("Attached",), "Disassociate": ("Associated",), "Deregister": ("Registered",)}

# Operations that may take an item out of a list of parts.
MOST_TAKERS = 3

# Words that many names of operations have and that relate none to another.
_COMMON = frozenset({"List", "By", "For", "In", "Of", "From", "With", "To", "All", "Batch", "Get"})


@dataclass(frozen=True, slots=True)
class ChildMember:
    """A member of a request that removes a child: from the child's item (empty path: the item itself), else as asked.

    `flag` is a value that says how much goes with it.
    """

    name: str
    at: Path | None = None
    flag: bool | int | None = None
    listed: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class ChildListing:
    """A list of what is in a resource, and the operation that removes an item of it.

    `asks` says that the request names the resource, `lists_all` that it need not; `mentions` are the places in an item
    that name it. `resource` is what an item is, None for parts.
    """

    list: str
    items: Path
    remove: str
    members: tuple[ChildMember, ...]
    asks: bool
    mentions: tuple[Path, ...] = ()
    resource: Resource | None = None
    lists_all: bool = True


@dataclass(slots=True)
class ChildListings:
    """The lists of children of each resource of one service, found when they are asked for first."""

    removals: Removals
    _found: dict[str, tuple[ChildListing, ...]] = field(init=False, default_factory=dict)

    def of(self, resource: Resource) -> tuple[ChildListing, ...]:
        """The lists of what may be in a resource; those whose request names it first."""
        if resource.name not in self._found:
            found = sorted(self._listings(resource), key=lambda each: not each.asks)
            self._found[resource.name] = tuple(found)
        return self._found[resource.name]

    def own(self, resource: Resource) -> ChildListing | None:
        """The list of resources of one kind, with what removes an item of it; None where either is not known."""
        listing = resource.listing
        if listing is None or resource.delete is None:
            return None
        operation, taking = self._service.operations[listing.operation], self._service.operations[resource.delete]
        item = next((item for items, item in self._lists(operation) if items == listing.items), None)
        if item is None:
            return None
        members = _Filling(self.removals, resource, resource, operation, listing.items, item, taking).members()
        if members is None:
            return None
        return ChildListing(
            operation.name, listing.items, taking.name, members, bool(self._required(operation)), (), resource
        )

    def _required(self, operation: Operation) -> tuple[str, ...]:
        return self._service.input_of(operation).required

    @property
    def _service(self) -> Service:
        return self.removals.service

    def _listings(self, parent: Resource) -> Iterator[ChildListing]:
        for operation in self._service.operations.values():
            if not operation.name.startswith(LISTS):
                continue
            given = self._service.input_of(operation)
            asks = any(self._refers(operation.name, name, member, parent) for name, member in given.members.items())
            if given.required and not asks:
                continue
            for items, item in self._lists(operation):
                mentions = tuple(self._mentions(operation, item, parent))
                if asks or mentions:
                    yield from self._removable(parent, operation, items, item, mentions, asks=asks)

    def _refers(self, operation: str, name: str, member: Member, parent: Resource) -> bool:
        target = self._service.target(member)
        if target.type not in STRING_TYPES or target.enum:
            return False
        known = self.removals.references(parent).refers(operation, name, member.shape)
        return known is not None and known[0].name == parent.name

    def _lists(self, operation: Operation) -> Iterator[tuple[Path, Member]]:
        """The lists at the top of an answer, and those in a list of groups."""
        for name, member in self._service.output_of(operation).members.items():
            target = self._service.target(member)
            if target.type != "list" or target.element is None:
                continue
            yield (name,), target.element
            for inner, below in self._service.target(target.element).members.items():
                nested = self._service.target(below)
                if nested.type == "list" and nested.element is not None:
                    yield (name, EACH, inner), nested.element

    def _mentions(self, operation: Operation, item: Member, parent: Resource) -> Iterator[Path]:
        """The places in an item that name the resource."""
        shape = self._service.target(item)
        for name, member in shape.members.items():
            target = self._service.target(member)
            if self._refers(operation.name, name, member, parent):
                yield (name,)
            held = self._service.target(target.element) if target.element is not None else target
            for inner, below in held.members.items():
                if self._refers(operation.name, inner, below, parent):
                    yield (name, EACH, inner) if target.element is not None else (name, inner)

    def _removable(
        self,
        parent: Resource,
        operation: Operation,
        items: Path,
        item: Member,
        mentions: tuple[Path, ...],
        *,
        asks: bool,
    ) -> Iterator[ChildListing]:
        child = next(self._children(operation, items), None)
        if child is not None and child.name == parent.name:
            return
        names = [child.delete] if child is not None and child.delete is not None else []
        if not names and asks:
            names = list(self._takers(operation, items))
        for name in names[:MOST_TAKERS]:
            taking = self._service.operations[name]
            members = _Filling(self.removals, parent, child, operation, items, item, taking).members()
            if members is not None:
                lists_all = not self._required(operation)
                yield ChildListing(operation.name, items, name, members, asks, mentions, child, lists_all)

    def _children(self, operation: Operation, items: Path) -> Iterator[Resource]:
        for each in self.removals.overlay.resources.values():
            if each.listing is not None and (each.listing.operation, each.listing.items) == (operation.name, items):
                yield each

    def _takers(self, operation: Operation, items: Path) -> Iterator[str]:
        """The operations that may take an item out of what it is in, those whose names have most of its words first."""
        known = self.removals.data.children.get((self._service.name, operation.name))
        if known is not None:
            yield from (name for name in known if name in self._service.operations)
            return
        said = _words(operation.name) | _words(str(items[-1]))
        rated = []
        for name in self._service.operations:
            if name.startswith(TAKING):
                verb, *_ = split_words(name)
                words = _words(name) - {verb}
                if words and words <= said:
                    undoes = any(word in said for word in PARTICIPLES.get(verb, ()))
                    rated.append((not undoes, -len(words), name))
        yield from (name for *_, name in sorted(rated))


def _words(name: str) -> frozenset[str]:
    """The words of a name in the singular, without those that every name may have."""
    return frozenset(next(iter(singulars(each)), each) for each in split_words(name) if each not in _COMMON)


@dataclass(frozen=True, slots=True)
class _Filling:
    """Finds the values for a removing request in an item of a list, or in the request that asked for the list."""

    removals: Removals
    parent: Resource
    child: Resource | None
    list: Operation
    items: Path
    item: Member
    remove: Operation

    def members(self) -> tuple[ChildMember, ...] | None:
        """The members of the request; None if a required one is not known, or if it does not name the item."""
        service = self.removals.service
        root, found = service.input_of(self.remove), []
        for name, member in root.members.items():
            one = self._member(name, member, required=name in root.required)
            if one is not None:
                found.append(one)
            elif name in root.required:
                return None
        handles = [each for each in found if each.own and each.name not in root.required]
        if handles:  # of several names of the item, one
            dropped = handles[1:] if not any(each.own and each.name in root.required for each in found) else handles
            found = [each for each in found if each not in dropped]
        placed = [each for each in found if each.at is not None]
        related = self.child is not None or any(each.at is None and each.flag is None for each in found)
        return tuple(found) if placed and related else None

    def _member(self, name: str, member: Member, *, required: bool) -> ChildMember | None:
        service, references = self.removals.service, self.removals.references(self.child or self.parent)
        shape = service.target(member)
        flag = self.removals.data.flag(name)
        if flag is not None and (shape.type == "boolean") == isinstance(flag.value, bool):
            return ChildMember(name, flag=flag.value)
        listed = shape.type == "list" and shape.element is not None
        held = shape.element.shape if listed and shape.element is not None else member.shape
        known = references.refers(self.remove.name, name, held, listed=listed)
        at = self._in_item(name, known)
        if known is not None and known[0].name == self.parent.name and not (at is not None and self._is_child(known)):
            return ChildMember(name)
        narrows = shape.element is not None and service.target(shape.element).type in STRING_TYPES
        if at is not None and (required or narrows or self._is_child(known) or self._names_version(name)):
            return ChildMember(name, at, listed=listed, own=self._is_child(known))
        asked = service.input_of(self.list).members
        return (
            ChildMember(name) if name in asked and (required or name in service.input_of(self.list).required) else None
        )

    def _is_child(self, known: KnownHandle | None) -> bool:
        return known is not None and self.child is not None and known[0].name == self.child.name

    def _names_version(self, name: str) -> bool:
        """Whether an optional member says which of several versions of an item is meant."""
        return self.child is None and name.lower().endswith("versionid")

    def _in_item(self, name: str, known: KnownHandle | None) -> Path | None:
        """Where an item has the value: under the same name, as the handle of the child, or the item is the value."""
        item = self.removals.service.target(self.item)
        names = {name.lower(), *(each.lower() for each in singulars(name))}
        if item.type in STRING_TYPES:
            said = {each.lower() for each in (str(self.items[-1]), *singulars(str(self.items[-1])))}
            stems = {each.removesuffix(suffix.lower()) for each in said for suffix in SUFFIXES} - {""}
            fits = self._is_child(known) or any(
                one.endswith(two) or two.endswith(one) for one in names for two in stems
            )
            return () if fits else None
        found = next((each for each in item.members if each.lower() in names), None)
        if found is not None:
            return (found,)
        if self._is_child(known) and self.child is not None and self.child.listing is not None:
            return self.child.listing.handle
        suffixed = next(
            (
                each
                for each in item.members
                if any(one.endswith(each.lower()) for one in names) and each.lower() in ("id", "arn", "name")
            ),
            None,
        )
        return (suffixed,) if suffixed is not None and known is None else None
