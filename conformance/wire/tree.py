"""Values of the model as trees of plain objects and arrays, for the protocols whose bodies are such trees.

    value --write_tree--> tree (JSON or CBOR) --TreeReader--> value + problems

What the formats do differently, scalars only, is in a `Form`: two functions, one each way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conformance.specs.model import Member, Service, Shape
from conformance.values.paths import Key, Path, Segment
from conformance.wire.json_protocols.jsontext import Fields, describe
from conformance.wire.message import Inexpressible, Problem
from conformance.wire.raw import WireValue, spread_wire_value
from conformance.wire.traits import wire_name


@dataclass(frozen=True, slots=True)
class ValueForm:
    """How a format writes scalars.

    `write(type, timestamp format, value)` gives the wire value; `read` the way back, raising ValueError with what
    was expected; `raw` makes a value of the format out of any value that is to go there as it is.
    """

    write: Callable[[str, str | None, Any], Any]
    read: Callable[[str, str | None, Any], Any]
    raw: Callable[[Any], Any]


def write_tree(service: Service, member: Member, value: Any, form: ValueForm) -> Any:
    """The tree of a value that `member` refers to."""
    shape = service.target(member)
    value = spread_wire_value(shape.type, value)
    if isinstance(value, WireValue):
        return _raw(shape, member, value.value, form)
    if value is None:
        return None
    if shape.document:
        return form.raw(value)
    if shape.type == "structure":
        return write_structure(service, shape, value, form)
    if shape.type == "list" and shape.element is not None:
        element = shape.element
        return [write_tree(service, element, item, form) for item in _expect(list, value, shape)]
    if shape.type == "map" and shape.value is not None:
        item_member = shape.value
        items = _expect(Mapping, value, shape).items()
        return {key: write_tree(service, item_member, item, form) for key, item in items}
    return form.write(shape.type, member.timestamp_format or shape.timestamp_format, value)


def write_structure(
    service: Service, shape: Shape, value: Any, form: ValueForm, names: Collection[str] | None = None
) -> Any:
    """The tree of a structure; `names` restricts it to some of its members (and to edits of unknown ones)."""
    value = spread_wire_value("structure", value)
    if isinstance(value, WireValue):
        return form.raw(value.value)
    tree = {}
    for name, item in _expect(Mapping, value, shape).items():
        member = shape.members.get(name)
        if member is None:
            tree[name] = form.raw(unmodelled_value(shape, name, item))
        elif names is None or name in names:
            tree[wire_name(service, member) or name] = write_tree(service, member, item, form)
    return tree


def unmodelled_value(shape: Shape, name: str, value: Any) -> Any:
    """What an edit puts under a name that the shape does not have; raises Inexpressible where it is no edit."""
    if not isinstance(value, WireValue):
        raise Inexpressible(f"{shape.name} has no member {name}")
    return value.value


def _raw(shape: Shape, member: Member, value: Any, form: ValueForm) -> Any:
    """What an edit puts at a scalar; bytes and times go there in the form of the place."""
    if (shape.type == "timestamp" and isinstance(value, datetime)) or (
        shape.type == "blob" and isinstance(value, bytes)
    ):
        return form.write(shape.type, member.timestamp_format or shape.timestamp_format, value)
    return form.raw(value)


def _expect(kind: Any, value: Any, shape: Shape) -> Any:
    if not isinstance(value, kind):
        raise Inexpressible(f"{shape.name} is a {shape.type}, not {describe(value)}")
    return value


@dataclass(slots=True)
class TreeReader:
    """Reads trees against shapes; what is wrong is collected in `problems`.

    `null_members` says whether a null member of a structure is a problem (in an answer) or not (in a request);
    `ignored` are keys that stand beside the members of any structure and mean nothing to the model.
    """

    service: Service
    form: ValueForm
    null_members: bool
    ignored: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def structure(
        self,
        shape: Shape,
        raw: Any,
        path: Path = (),
        *,
        names: Collection[str] | None = None,
        ignored: Iterable[str] = (),
    ) -> Any:
        """A structure, of whose members only `names` are looked for; keys in `ignored` are left out."""
        if not isinstance(raw, dict):
            return self._wrong(path, "an object", raw)
        self._doubles(raw, path)
        known = {
            wire_name(self.service, member) or name: (name, member)
            for name, member in shape.members.items()
            if names is None or name in names
        }
        passed = self.ignored.union(ignored)
        value = {}
        for key, item in raw.items():
            if key in known:
                name, member = known[key]
                value[name] = self._member(member, item, (*path, name))
            elif key not in passed:
                expected = f"a member of {shape.name}" if shape.name else "no member"
                self.problems.append(Problem("members", (*path, str(key)), expected, describe(item)))
        return value

    def value(self, member: Member, raw: Any, path: Path) -> Any:
        """Any value that is not null."""
        shape = self.service.target(member)
        if shape.document:
            return self._plain(raw, path)
        if shape.type == "structure":
            return self.structure(shape, raw, path)
        if shape.type == "list":
            return self._list(shape, raw, path)
        if shape.type == "map":
            return self._map(shape, raw, path)
        try:
            return self.form.read(shape.type, member.timestamp_format or shape.timestamp_format, raw)
        except ValueError as problem:
            return self._wrong(path, str(problem), raw)

    def _member(self, member: Member, raw: Any, path: Path) -> Any:
        if raw is None and not self.service.target(member).document:
            if self.null_members:
                self.problems.append(Problem("null", path, "a value or no member", "null"))
            return None
        return self.value(member, raw, path)

    def _list(self, shape: Shape, raw: Any, path: Path) -> Any:
        if not isinstance(raw, list) or shape.element is None:
            return self._wrong(path, "an array", raw)
        element = shape.element
        return [self._item(shape, element, item, (*path, index)) for index, item in enumerate(raw)]

    def _map(self, shape: Shape, raw: Any, path: Path) -> Any:
        if not isinstance(raw, dict) or shape.value is None:
            return self._wrong(path, "an object", raw)
        self._doubles(raw, path, Key)
        value = shape.value
        return {key: self._item(shape, value, item, (*path, Key(str(key)))) for key, item in raw.items()}

    def _item(self, shape: Shape, member: Member, raw: Any, path: Path) -> Any:
        if raw is None and not self.service.target(member).document:
            if not shape.sparse:
                self.problems.append(Problem("null", path, f"a value, since {shape.name} is not sparse", "null"))
            return None
        return self.value(member, raw, path)

    def _plain(self, raw: Any, path: Path) -> Any:
        if isinstance(raw, dict):
            self._doubles(raw, path, Key)
            return {key: self._plain(item, (*path, Key(str(key)))) for key, item in raw.items()}
        if isinstance(raw, list):
            return [self._plain(item, (*path, index)) for index, item in enumerate(raw)]
        return raw

    def _doubles(self, raw: Any, path: Path, segment: Callable[[str], Segment] = str) -> None:
        for key in raw.doubled if isinstance(raw, Fields) else ():
            place = (*path, segment(key))
            self.problems.append(Problem("duplicate", place, "every key once", f"{key} more than once"))

    def _wrong(self, path: Path, expected: str, raw: Any) -> Any:
        self.problems.append(Problem("type", path, expected, describe(raw)))
        return raw
