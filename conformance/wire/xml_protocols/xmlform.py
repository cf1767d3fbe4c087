"""Values of the model as XML elements.

    value --write_element, write_members--> elements --XmlReader--> value + problems

Requests name a flattened list after its member. Answers name it after its element where only that has a name of
its own, as the older services do, or after its member, as the newer ones do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from conformance.specs.model import Member, Service, Shape, XmlNamespace
from conformance.values.paths import Key, Path
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Inexpressible, Problem
from conformance.wire.raw import WireValue, spread_wire_value
from conformance.wire.scalar_text import read_text, write_text
from conformance.wire.timestamps import ISO8601
from conformance.wire.traits import is_flattened, timestamp_format, wire_name, xml_namespace
from conformance.wire.tree import unmodelled_value
from conformance.wire.xml_protocols.xmltext import Element


def write_element(service: Service, member: Member, value: Any, parent: Element, name: str) -> None:
    """The value as a child of `parent` (as several where the member is flattened); raises Inexpressible."""
    shape = service.target(member)
    value = spread_wire_value(shape.type, value)
    if isinstance(value, list) and shape.type == "list" and shape.element is not None:
        _write_list(service, member, shape.element, value, parent, name)
    elif isinstance(value, Mapping) and shape.type == "map":
        _write_map(service, member, value, parent, name)
    else:
        node = ET.SubElement(parent, name)
        set_namespace(node, xml_namespace(service, member))
        if isinstance(value, Mapping) and shape.type == "structure":
            write_members(service, shape, value, node)
        else:
            node.text = write_text(service, member, value, ISO8601)


def write_members(service: Service, shape: Shape, value: Mapping[str, Any], node: Element) -> None:
    """The members of a structure as children or attributes of its element."""
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            text = unmodelled_value(shape, name, item)
            ET.SubElement(node, name).text = _plain_text(text)
        elif item is not None:
            label = wire_name(service, member) or name
            if member.xml_attribute:
                node.set(label, write_text(service, member, item, ISO8601))
            else:
                write_element(service, member, item, node, label)


def set_namespace(node: Element, namespace: XmlNamespace | None) -> None:
    """Declares the namespace on the element that it belongs to."""
    if namespace is not None:
        node.set(f"xmlns:{namespace.prefix}" if namespace.prefix else "xmlns", namespace.uri)


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Inexpressible(f"{describe(value)} is not text")
    return value


def _write_list(
    service: Service, member: Member, element: Member, items: list[Any], parent: Element, name: str
) -> None:
    if is_flattened(service, member):
        set_namespace(parent, xml_namespace(service, member))
        item_name = name
    else:
        parent = ET.SubElement(parent, name)
        set_namespace(parent, xml_namespace(service, member))
        item_name = wire_name(service, element) or "member"
    for item in items:
        _write_item(service, element, item, parent, item_name)


def _write_map(service: Service, member: Member, items: Mapping[str, Any], parent: Element, name: str) -> None:
    shape = service.target(member)
    if shape.key is None or shape.value is None:
        raise Inexpressible(f"{shape.name} is no map")
    entry_name = name
    if not is_flattened(service, member):
        parent = ET.SubElement(parent, name)
        set_namespace(parent, xml_namespace(service, member))
        entry_name = "entry"
    for key, item in items.items():
        entry = ET.SubElement(parent, entry_name)
        write_element(service, shape.key, key, entry, wire_name(service, shape.key) or "key")
        _write_item(service, shape.value, item, entry, wire_name(service, shape.value) or "value")


def _write_item(service: Service, member: Member, item: Any, parent: Element, name: str) -> None:
    if item is None or (isinstance(item, WireValue) and item.value is None):
        raise Inexpressible("XML has no null")
    write_element(service, member, item, parent, name)


@dataclass(slots=True)
class XmlReader:
    """Reads elements against shapes; what is wrong piles up in `problems`.

    `answer` says which way the message goes, for the names of flattened lists.
    """

    service: Service
    answer: bool
    problems: list[Problem] = field(default_factory=list)

    def structure(
        self,
        shape: Shape,
        node: Element,
        path: Path = (),
        *,
        names: Collection[str] | None = None,
        ignored: Iterable[str] = (),
    ) -> dict[str, Any]:
        """A structure, of whose members only `names` are looked for; children in `ignored` are left out."""
        self._no_text(node, path)
        children: dict[str, list[Element]] = {}
        for child in node:
            children.setdefault(child.tag, []).append(child)
        value: dict[str, Any] = {}
        for name, member in shape.members.items():
            if names is not None and name not in names:
                continue
            if member.xml_attribute:
                label = (wire_name(self.service, member) or name).rpartition(":")[2]
                if label in node.attrib:
                    value[name] = self._scalar(member, node.attrib[label], (*path, name))
                    continue
            for label in self._labels(member, name):
                if label in children:
                    value[name] = self._member(member, children.pop(label), (*path, name))
                    break
        passed = set(ignored)
        for tag in children:
            if tag not in passed:
                expected = f"a member of {shape.name}" if shape.name else "no member"
                self.problems.append(Problem("members", (*path, tag), expected, f"element {tag}"))
        return value

    def value(self, member: Member, node: Element, path: Path) -> Any:
        """The value of one element."""
        shape = self.service.target(member)
        if shape.type == "structure":
            return self.structure(shape, node, path)
        if shape.type == "list" and shape.element is not None:
            return self._wrapped_list(shape.element, node, path)
        if shape.type == "map":
            self._no_text(node, path)
            return self._map(shape, list(node), path, "entry")
        if len(node):
            self._wrong("type", path, "text", f"element {node[0].tag}")
        return self._scalar(member, node.text or "", path)

    def _labels(self, member: Member, name: str) -> Iterator[str]:
        """The names that the member's element may have, the likeliest first."""
        shape = self.service.target(member)
        if self.answer and shape.type == "list" and shape.element and is_flattened(self.service, member):
            own = wire_name(self.service, shape.element)
            if own is not None and member.location_name is None:
                yield own
        yield wire_name(self.service, member) or name

    def _member(self, member: Member, nodes: list[Element], path: Path) -> Any:
        shape = self.service.target(member)
        if is_flattened(self.service, member):
            if shape.type == "list" and shape.element is not None:
                element = shape.element
                return [self.value(element, node, (*path, index)) for index, node in enumerate(nodes)]
            if shape.type == "map":
                return self._map(shape, nodes, path, nodes[0].tag)
        if len(nodes) > 1:
            self._wrong("duplicate", path, "one element", f"{len(nodes)} elements {nodes[0].tag}")
        return self.value(member, nodes[0], path)

    def _wrapped_list(self, element: Member, node: Element, path: Path) -> list[Any]:
        self._no_text(node, path)
        name = wire_name(self.service, element) or "member"
        for index, child in enumerate(node):
            if child.tag != name:
                self._wrong("members", (*path, index), f"element {name}", f"element {child.tag}")
        return [self.value(element, child, (*path, index)) for index, child in enumerate(node)]

    def _map(self, shape: Shape, entries: list[Element], path: Path, entry_name: str) -> dict[str, Any]:
        if shape.key is None or shape.value is None:
            return {}
        key_name = wire_name(self.service, shape.key) or "key"
        value_name = wire_name(self.service, shape.value) or "value"
        result: dict[str, Any] = {}
        for entry in entries:
            key_node, value_node = entry.find(key_name), entry.find(value_name)
            if entry.tag != entry_name or key_node is None or value_node is None or len(entry) != 2:
                expected = f"element {entry_name} with {key_name} and {value_name}"
                self._wrong("type", path, expected, f"element {entry.tag} with {[child.tag for child in entry]}")
                continue
            key = key_node.text or ""
            if key in result:
                self._wrong("duplicate", (*path, Key(key)), "every key once", f"{key} more than once")
            result[key] = self.value(shape.value, value_node, (*path, Key(key)))
        return result

    def _scalar(self, member: Member, text: str, path: Path) -> Any:
        try:
            return read_text(self.service, member, text, ISO8601)
        except ValueError as problem:
            form = timestamp_format(self.service, member)
            self._wrong("type", path, str(problem) + (f" ({form})" if form else ""), describe(text))
            return text

    def _no_text(self, node: Element, path: Path) -> None:
        texts = [node.text, *(child.tail for child in node)]
        found = "".join(text for text in texts if text).strip()
        if found:
            self._wrong("type", path, "elements", describe(found))

    def _wrong(self, name: str, path: Path, expected: str, got: str) -> None:
        self.problems.append(Problem(name, path, expected, got))
