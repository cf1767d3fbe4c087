"""Finds the pairs of shapes, one of an older and one of a newer version, that differ at or below themselves.

Shapes are compared by where they are used, not by their names: AWS renames shapes, which does not show on the wire.
Equal subtrees are known before the comparison, so that it does not enter them; without that the comparison of a big
recursive model takes minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from conformance.specs.model import Member, Service, Shape
from conformance.specs.places import ELEMENT, KEY, VALUE

Pair: TypeAlias = "tuple[str, str]"


def shared_references(old: Shape, new: Shape) -> Iterator[tuple[str, Member, Member]]:
    """The references that both shapes have, each with the step that leads there."""
    for name in sorted(old.members.keys() & new.members.keys()):
        yield name, old.members[name], new.members[name]
    for step, one, other in (
        (ELEMENT, old.element, new.element),
        (KEY, old.key, new.key),
        (VALUE, old.value, new.value),
    ):
        if one is not None and other is not None:
            yield step, one, other


class ShapeDifferences:
    """Answers for pairs of shapes of two services; `apart` says whether two shapes differ in themselves."""

    def __init__(self, old: Service, new: Service, apart: Callable[[Shape, Shape], bool]) -> None:
        self.old, self.new, self._apart = old, new, apart
        self._children: dict[Pair, tuple[Pair, ...]] = {}
        self._differing: set[Pair] = set()

    def __call__(self, old: Shape, new: Shape) -> bool:
        """Whether the two shapes differ in anything at or below them."""
        if not old.name or not new.name:
            # The empty structure that stands for no shape at all is in no table.
            return self._apart(old, new)
        pair = (old.name, new.name)
        if pair not in self._children:
            self._explore(pair)
        return pair in self._differing

    def _explore(self, root: Pair) -> None:
        waiting, fresh = [root], []
        while waiting:
            pair = waiting.pop()
            if pair not in self._children:
                old, new = self.old.shapes[pair[0]], self.new.shapes[pair[1]]
                self._children[pair] = tuple((one.shape, other.shape) for _, one, other in shared_references(old, new))
                fresh.append(pair)
                waiting += self._children[pair]
                if self._apart(old, new):
                    self._differing.add(pair)
        self._spread(fresh)

    def _spread(self, fresh: list[Pair]) -> None:
        # The parents of a pair that differs differ as well.
        parents: dict[Pair, list[Pair]] = {}
        for pair in fresh:
            for child in self._children[pair]:
                parents.setdefault(child, []).append(pair)
        spreading = [child for child in parents if child in self._differing]
        while spreading:
            for parent in parents.get(spreading.pop(), ()):
                if parent not in self._differing:
                    self._differing.add(parent)
                    spreading.append(parent)
