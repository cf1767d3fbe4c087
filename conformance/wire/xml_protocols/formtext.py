"""Values of the model as form fields, for the query protocol and its EC2 variant.

    {"Tags": [{"Key": "a"}]} --write_fields--> Tags.member.1.Key=a --FormReader--> value + problems

A field's name is a path; read back, the fields make a tree of nodes. An empty structure or map leaves no field,
so it looks like an absent one. The two protocols differ in names alone, which a `Names` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.model import Member, Service, Shape
from conformance.values.paths import Key, Path
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Inexpressible, Problem
from conformance.wire.raw import WireValue, spread_wire_value
from conformance.wire.scalar_text import read_text, write_text
from conformance.wire.timestamps import ISO8601
from conformance.wire.traits import is_flattened, wire_name
from conformance.wire.tree import unmodelled_value

Fields = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """What one of the two protocols calls things.

    `member(service, member, name)` is the name of a structure's member; `lists_flat` says that lists never have an
    element of their own, `empty_lists` that an empty list is written as an empty field.
    """

    member: Callable[[Service, Member, str], str]
    lists_flat: bool
    empty_lists: bool


def _query_name(service: Service, member: Member, name: str) -> str:
    return wire_name(service, member) or name


def _ec2_name(service: Service, member: Member, name: str) -> str:
    if member.query_name:
        return member.query_name
    own = wire_name(service, member) or name
    return own[0].upper() + own[1:]


QUERY_NAMES = Names(_query_name, lists_flat=False, empty_lists=True)
EC2_NAMES = Names(_ec2_name, lists_flat=True, empty_lists=False)


def write_fields(service: Service, shape: Shape, value: Any, names: Names) -> Fields:
    """The form fields of an input; raises Inexpressible for an edit that makes it no structure."""
    value = spread_wire_value("structure", value)
    if not isinstance(value, Mapping):
        raise Inexpressible("an input as a whole cannot be text in a form")
    return _structure(service, shape, value, "", names)


def _structure(service: Service, shape: Shape, value: Mapping[str, Any], prefix: str, names: Names) -> Fields:
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            text = unmodelled_value(shape, name, item)
            if not isinstance(text, str):
                raise Inexpressible(f"{describe(text)} is not text")
            yield prefix + name, text
        elif item is not None:
            yield from _value(service, member, item, prefix + names.member(service, member, name), names)


def _value(service: Service, member: Member, value: Any, prefix: str, names: Names) -> Fields:
    shape = service.target(member)
    value = spread_wire_value(shape.type, value)
    if isinstance(value, Mapping) and shape.type == "structure":
        yield from _structure(service, shape, value, prefix + ".", names)
    elif isinstance(value, list) and shape.type == "list" and shape.element is not None:
        yield from _list(service, member, shape.element, value, prefix, names)
    elif isinstance(value, Mapping) and shape.type == "map":
        yield from _map(service, member, value, prefix, names)
    else:
        yield prefix, write_text(service, member, value, ISO8601)


def _list(service: Service, member: Member, element: Member, items: list[Any], prefix: str, names: Names) -> Fields:
    if not items and names.empty_lists:
        yield prefix, ""
        return
    base = _list_base(service, member, element, prefix, names)
    for index, item in enumerate(items, 1):
        _refuse_null(item)
        yield from _value(service, element, item, f"{base}.{index}", names)


def _list_base(service: Service, member: Member, element: Member, prefix: str, names: Names) -> str:
    if names.lists_flat:
        return prefix
    own = wire_name(service, element)
    if not is_flattened(service, member):
        return f"{prefix}.{own or 'member'}"
    if own and not member.location_name:
        parent, dot, _ = prefix.rpartition(".")
        return parent + dot + own
    return prefix


def _map(service: Service, member: Member, items: Mapping[str, Any], prefix: str, names: Names) -> Fields:
    shape = service.target(member)
    if shape.key is None or shape.value is None:
        raise Inexpressible(f"{shape.name} is no map")
    base = prefix if is_flattened(service, member) else f"{prefix}.entry"
    key_name = wire_name(service, shape.key) or "key"
    value_name = wire_name(service, shape.value) or "value"
    for index, (key, item) in enumerate(items.items(), 1):
        _refuse_null(item)
        yield f"{base}.{index}.{key_name}", key
        yield from _value(service, shape.value, item, f"{base}.{index}.{value_name}", names)


def _refuse_null(item: Any) -> None:
    if item is None or (isinstance(item, WireValue) and item.value is None):
        raise Inexpressible("a form has no null")


@dataclass(slots=True)
class Node:
    """One place in the tree of fields: the text of the field itself, and what is below it."""

    text: str | None = None
    below: dict[str, Node] = field(default_factory=dict)
    seen: bool = False

    def at(self, name: str) -> Node | None:
        """The node that a dotted name leads to."""
        node: Node | None = self
        for step in name.split("."):
            node = node.below.get(step) if node is not None else None
        return node


@dataclass(slots=True)
class FormReader:
    """Reads fields against shapes; what is wrong piles up in `problems`."""

    service: Service
    names: Names
    problems: list[Problem] = field(default_factory=list)

    def read(self, shape: Shape, fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """The input that the fields write."""
        root = self._tree(fields)
        value = self._structure(shape, root, ())
        for name, node in _unseen(root, ""):
            self._wrong("members", tuple(name.split(".")), "a field of the input", describe(node.text))
        return value

    def _tree(self, fields: Iterable[tuple[str, str]]) -> Node:
        root = Node()
        for name, text in fields:
            node = root
            for step in name.split("."):
                node = node.below.setdefault(step, Node())
            if node.text is not None:
                self._wrong("duplicate", tuple(name.split(".")), "every field once", f"{name} more than once")
            node.text = text
        return root

    def _structure(self, shape: Shape, node: Node, path: Path) -> dict[str, Any]:
        value = {}
        for name, member in shape.members.items():
            label = self.names.member(self.service, member, name)
            found = self._list_node(member, node, label) or node.at(label)
            if found is not None:
                value[name] = self._value(member, found, (*path, name))
        return value

    def _list_node(self, member: Member, node: Node, label: str) -> Node | None:
        shape = self.service.target(member)
        if shape.type != "list" or shape.element is None:
            return None
        return node.at(_list_base(self.service, member, shape.element, label, self.names))

    def _value(self, member: Member, node: Node, path: Path) -> Any:
        shape = self.service.target(member)
        if shape.type not in ("structure", "list", "map"):
            return self._scalar(member, node, path)
        if node.text is not None and not node.below:
            node.seen = True
            if shape.type == "list" and node.text == "" and self.names.empty_lists:
                return []
            return self._type(path, f"fields of a {shape.type}", node.text)
        if shape.type == "structure":
            return self._structure(shape, node, path)
        return self._items(member, shape, node, path)

    def _items(self, member: Member, shape: Shape, node: Node, path: Path) -> Any:
        if shape.type == "list" and shape.element is not None:
            element = shape.element
            return [self._value(element, item, (*path, at)) for at, item in enumerate(self._numbered(node, path))]
        entries = node if is_flattened(self.service, member) else node.at("entry") or Node()
        return self._map(shape, entries, path)

    def _map(self, shape: Shape, node: Node, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = {}
        if shape.key is None or shape.value is None:
            return value
        key_name = wire_name(self.service, shape.key) or "key"
        value_name = wire_name(self.service, shape.value) or "value"
        for entry in self._numbered(node, path):
            key_node, value_node = entry.at(key_name), entry.at(value_name)
            if key_node is None or key_node.text is None or value_node is None:
                self._wrong("type", path, f"an entry with {key_name} and {value_name}", f"{sorted(entry.below)}")
                continue
            key_node.seen = True
            if key_node.text in value:
                self._wrong("duplicate", (*path, Key(key_node.text)), "every key once", "it more than once")
            value[key_node.text] = self._value(shape.value, value_node, (*path, Key(key_node.text)))
        return value

    def _numbered(self, node: Node, path: Path) -> list[Node]:
        numbers = sorted(int(name) for name in node.below if name.isascii() and name.isdigit())
        if numbers != list(range(1, len(numbers) + 1)):
            self._wrong("type", path, "items counted from 1", f"items {numbers}")
        return [item for number in numbers if (item := node.below.get(str(number))) is not None]

    def _scalar(self, member: Member, node: Node, path: Path) -> Any:
        if node.text is None:
            return self._type(path, "one field", f"fields {sorted(node.below)}")
        node.seen = True
        try:
            return read_text(self.service, member, node.text, ISO8601)
        except ValueError as problem:
            return self._type(path, str(problem), node.text)

    def _type(self, path: Path, expected: str, text: str) -> str:
        self._wrong("type", path, expected, describe(text))
        return text

    def _wrong(self, name: str, path: Path, expected: str, got: str) -> None:
        self.problems.append(Problem(name, path, expected, got))


def _unseen(node: Node, name: str) -> Iterator[tuple[str, Node]]:
    if node.text is not None and not node.seen:
        yield name, node
    for step, below in node.below.items():
        yield from _unseen(below, f"{name}.{step}" if name else step)
