"""What is there of what a run created, found by what a call names, without looking at everything for each call.

DeleteQueue(QueueUrl=.../queue/a)  -->  the things that this call removes      by the end of a name in the call
the bucket "b"                     -->  the things that are in it              by their parents
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall

_Numbers: TypeAlias = "dict[int, None]"


@dataclass(slots=True)
class ThingIndex:
    """Things by their numbers; what is put under a number replaces what was there."""

    _things: dict[int, CreatedThing] = field(init=False, default_factory=dict)
    # Service, account and operation of a removing call; the name of one of its members; the end of its value.
    _removers: dict[tuple[str, str | None, str], dict[str, dict[str, _Numbers]]] = field(
        init=False, default_factory=dict
    )
    # Service, account, family and name of a parent.
    _inner: dict[tuple[str, str | None, str, str], _Numbers] = field(init=False, default_factory=dict)

    def __contains__(self, number: int) -> bool:
        return number in self._things

    def get(self, number: int) -> CreatedThing | None:
        """The thing of a number; None where it is gone."""
        return self._things.get(number)

    def all(self) -> dict[int, CreatedThing]:
        """Everything, by number, in the order in which it was put."""
        return dict(self._things)

    def put(self, thing: CreatedThing) -> None:
        """Keep a thing under its number."""
        known = self._things.get(thing.number)
        if known is not None:
            self._unlink(known)
        self._things[thing.number] = thing
        for numbers in self._places(thing):
            numbers[thing.number] = None

    def pop(self, number: int) -> None:
        """Forget a thing, if it is there."""
        thing = self._things.pop(number, None)
        if thing is not None:
            self._unlink(thing)

    def removed_by(
        self, service: str, account: str | None, operation: str, params: Mapping[str, Any]
    ) -> list[CreatedThing]:
        """The things that a call removes, in the order of their numbers."""
        found: _Numbers = {}
        for name, ends in self._removers.get((service, account, operation), {}).items():
            if name in params:
                value = params[name]
                found.update(ends.get(_end(value), {}) if isinstance(value, str) else {})
            else:
                for numbers in ends.values():
                    found.update(numbers)
        things = [self._things[number] for number in sorted(found)]
        return [each for each in things if any(removes(removal, params) for removal in each.removals)]

    def inside(self, outer: CreatedThing) -> list[CreatedThing]:
        """The things that have another one as a parent, in the order of their numbers."""
        found: _Numbers = {}
        for name in outer.names:
            found.update(self._inner.get((outer.service, outer.account, outer.resource, name), {}))
        return [self._things[number] for number in sorted(found)]

    def _unlink(self, thing: CreatedThing) -> None:
        for numbers in self._places(thing):
            numbers.pop(thing.number, None)

    def _places(self, thing: CreatedThing) -> Iterator[_Numbers]:
        for removal in thing.removals:
            name, end = _key(removal)
            ends = self._removers.setdefault((thing.service, thing.account, removal.operation), {}).setdefault(name, {})
            yield ends.setdefault(end, {})
        for family, name in thing.parents:
            yield self._inner.setdefault((thing.service, thing.account, family, name), {})


def removes(removal: RemovalCall, params: Mapping[str, Any]) -> bool:
    """Whether a call with these params removes what `removal` does: what both name is the same."""
    if params == removal.params:
        return True
    both = [name for name in removal.params if name in params and not isinstance(removal.params[name], bool)]
    return bool(both or not removal.params) and all(_same(removal.params[name], params[name]) for name in both)


def _key(removal: RemovalCall) -> tuple[str, str]:
    """A member of a removing call and the end of its value; empty where it has no text."""
    texts = ((name, _end(value)) for name, value in removal.params.items() if isinstance(value, str))
    return next(texts, ("", ""))


def _end(text: str) -> str:
    """What names that may be the same have in common: an ARN or URL ends in the name that stands for it."""
    return text[max(text.rfind("/"), text.rfind(":")) + 1 :]


def _same(one: Any, other: Any) -> bool:
    """Whether two values name the same: a name, or an ARN or URL that ends in it."""
    if one == other:
        return True
    if isinstance(one, list) and isinstance(other, list):
        return bool(one) and all(each in other for each in one)
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return any(
        long.endswith(f"{mark}{short}") for long, short in ((one, other), (other, one)) for mark in "/:" if short
    )
