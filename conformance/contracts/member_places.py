"""The places of a request or an answer that values are met at, each under the path that clause ids have for it.

    root_place(service, shape) --member, element, value, key--> MemberPlace ...

A place is made when a value is first met there. Recursive shapes are entered once, as in clause ids: what is below the
second entry has the places of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.specs.model import Member, Service, Shape
from conformance.specs.places import ELEMENT, KEY, VALUE


@dataclass(slots=True, eq=False)
class MemberPlace:
    """A place, and the places below it. `above` holds it; `first` is where the shape was first entered, if above."""

    service: Service
    shape: Shape
    path: str
    above: MemberPlace | None = None
    first: MemberPlace | None = None
    _below: dict[str, MemberPlace | None] = field(default_factory=dict)

    @property
    def is_structure(self) -> bool:
        """Whether values here have members of the model."""
        return self.shape.type == "structure"

    @property
    def is_map(self) -> bool:
        """Whether values here have keys that the caller chooses."""
        return self.shape.type == "map"

    @property
    def holds_others(self) -> bool:
        """Whether there are places below."""
        return self.shape.type in ("structure", "map", "list") and not self.shape.document

    def member(self, name: str) -> MemberPlace | None:
        """The place of a member; None for one that the model does not have."""
        return self._inner(name, self.shape.members.get(name))

    @property
    def element(self) -> MemberPlace | None:
        """The place of the elements of a list."""
        return self._inner(ELEMENT, self.shape.element)

    @property
    def value(self) -> MemberPlace | None:
        """The place of the values of a map."""
        return self._inner(VALUE, self.shape.value)

    @property
    def key(self) -> MemberPlace | None:
        """The place of the keys of a map, where these are an enum: others are the caller's own."""
        has_enum = self.shape.key is not None and self.service.target(self.shape.key).enum
        return self._inner(KEY, self.shape.key if has_enum else None)

    def _inner(self, step: str, member: Member | None) -> MemberPlace | None:
        if self.first is not None:
            return self.first._inner(step, member)
        if step not in self._below:
            self._below[step] = None if member is None else self._made(step, member)
        return self._below[step]

    def _made(self, step: str, member: Member) -> MemberPlace:
        shape = self.service.target(member)
        path = self.path + step if step in (ELEMENT, VALUE, KEY) or not self.path else f"{self.path}/{step}"
        place = MemberPlace(self.service, shape, path, self)
        if place.holds_others:
            place.first = next((each for each in self._upwards() if each.shape.name == shape.name), None)
        return place

    def _upwards(self) -> Iterator[MemberPlace]:
        place: MemberPlace | None = self
        while place is not None:
            yield place
            place = place.above


def root_place(service: Service, shape: Shape) -> MemberPlace:
    """The place of a whole request or answer."""
    return MemberPlace(service, shape, "")


Met: TypeAlias = "tuple[MemberPlace, str]"
"""A place that a value was met at, and the value of an enum; empty for everything else."""


def met_in(place: MemberPlace, value: Any) -> Iterator[Met]:
    """Every place below one that a value has something at."""
    for inner, item in steps_into(place, value):
        yield inner, ""
        if inner.holds_others:
            yield from met_in(inner, item)
        elif inner.shape.enum and isinstance(item, str):
            yield inner, item


def steps_into(place: MemberPlace, value: Any) -> Iterator[tuple[MemberPlace, Any]]:
    """The places directly below one that a value has something at, each with what is there."""
    if place.shape.document:
        return
    if place.is_structure and isinstance(value, Mapping):
        for name, item in value.items():
            member = place.member(name)
            if member is not None and item is not None:
                yield member, item
    elif place.is_map and isinstance(value, Mapping):
        key, inner = place.key, place.value
        for name, item in value.items():
            if key is not None:
                yield key, name
            if inner is not None:
                yield inner, item
    elif isinstance(value, (list, tuple)):
        element = place.element
        if element is not None:
            yield from ((element, item) for item in value)
