"""Shapes as plain structures for people, and the part that changed between two of them.

    {'Alarms': [{'AlarmName': 'string'}], 'Type': 'CANARY | LINEAR'}     skeleton: names and types
    {'Alarms': {'AlarmName': 'string'}, 'Type': {'LINEAR'}}              changed: only what is different

This is the structure of the public change pages (awsapichanges.com): a new member is shown whole, a list of both
versions has no brackets, and new enum values are in a set. The pages do not show removed members; here they have a
minus before their names.
"""

from __future__ import annotations

import pprint
from typing import Any

from conformance.specs.changes.shape_differences import Pair, ShapeDifferences
from conformance.specs.model import Service, Shape

RECURSIVE = "(recursive)"


def skeleton(service: Service, shape: Shape, trail: tuple[str, ...] = ()) -> Any:
    """The names and types below a shape; a scalar is the name of its type, an enum its values."""
    if shape.name and shape.name in trail:
        return RECURSIVE
    inner = (*trail, shape.name)
    if shape.type == "structure":
        return {
            name: skeleton(service, service.target(member), inner) for name, member in sorted(shape.members.items())
        }
    if shape.element is not None:
        return [skeleton(service, service.target(shape.element), inner)]
    if shape.key is not None and shape.value is not None:
        key, value = (skeleton(service, service.target(member), inner) for member in (shape.key, shape.value))
        return {key: value}
    return " | ".join(shape.enum) if shape.enum else shape.type


class SkeletonDiff:
    """Finds the members and values that a skeleton gained and lost between two versions of a service."""

    def __init__(self, older: Service, newer: Service) -> None:
        self._older, self._newer = older, newer
        self._differs = ShapeDifferences(older, newer, _apart)

    def changed(self, old: Shape, new: Shape, trail: tuple[Pair, ...] = ()) -> Any:
        """The part of the skeleton that is different; None if nothing is."""
        pair = (old.name, new.name)
        if pair in trail or not self._differs(old, new):
            return None
        if old.type != new.type:
            return f"{old.type} -> {new.type}"
        inner = (*trail, pair)
        if new.type == "structure":
            return self._members(old, new, inner) or None
        if old.element is not None and new.element is not None:
            return self.changed(self._older.target(old.element), self._newer.target(new.element), inner)
        if new.key is not None and new.value is not None:
            return self._entries(old, new, inner)
        return _values(old, new)

    def _members(self, old: Shape, new: Shape, trail: tuple[Pair, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in sorted(old.members.keys() | new.members.keys()):
            if name not in old.members:
                found[name] = skeleton(self._newer, self._newer.target(new.members[name]))
            elif name not in new.members:
                found[f"-{name}"] = skeleton(self._older, self._older.target(old.members[name]))
            else:
                pair = self._older.target(old.members[name]), self._newer.target(new.members[name])
                change = self.changed(*pair, trail)
                if change is not None:
                    found[name] = change
        return found

    def _entries(self, old: Shape, new: Shape, trail: tuple[Pair, ...]) -> Any:
        changes = [
            None
            if one is None or other is None
            else self.changed(self._older.target(one), self._newer.target(other), trail)
            for one, other in ((old.key, new.key), (old.value, new.value))
        ]
        if changes[0] is None:
            return changes[1]
        return {"keys": changes[0], **({} if changes[1] is None else {"values": changes[1]})}


def _apart(old: Shape, new: Shape) -> bool:
    return old.type != new.type or old.enum != new.enum or old.members.keys() != new.members.keys()


def _values(old: Shape, new: Shape) -> Any:
    if old.enum == new.enum:
        return None
    if not old.enum or not new.enum:
        return " | ".join(new.enum) if new.enum else new.type
    came = {value for value in new.enum if value not in old.enum}
    went = {f"-{value}" for value in old.enum if value not in new.enum}
    return came | went or None


def pretty_structure(structure: Any) -> str:
    """A structure as text, with the line breaks of the change pages."""
    return pprint.pformat(structure)
