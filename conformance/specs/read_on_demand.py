"""The shapes and operations of a service by name, each read from its document when it is first asked for.

A model has thousands of shapes, and a command or a test that is about a few operations asks for a few dozen. Until
then a document is one object of bytes: thousands of small objects would cost time in each garbage collection of the
process.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")


class ReadOnDemand(dict[str, Value]):
    """Names with what `read` makes of each; `errors` are those of shapes that are errors.

    It is a dict of what was read so far, because a look-up must cost no more than one: checks make millions. Whatever
    is about all names reads what is left.
    """

    __slots__ = ("_names", "_read", "errors")

    def __init__(self, names: Iterable[str], read: Callable[[str], Value], errors: Iterable[str]) -> None:
        super().__init__()
        self._names, self._read, self.errors = dict.fromkeys(names), read, tuple(errors)

    def __missing__(self, name: str) -> Value:
        if name not in self._names:
            raise KeyError(name)
        found = self[name] = self._read(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._names else default

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def keys(self) -> Any:
        return self._names.keys()

    def values(self) -> Any:
        return [self[name] for name in self._names]

    def items(self) -> Any:
        return [(name, self[name]) for name in self._names]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self.items()) == dict(other.items())


def read_on_demand(
    documents: Mapping[str, Any],
    read: Callable[[str, Any], Value],
    errors: tuple[str, ...] = (),
    *,
    shared: bool = False,
) -> ReadOnDemand[Value]:
    """What `read` makes of names and documents; those that are `shared` with others are kept by them anyway."""
    if shared:
        return ReadOnDemand(documents, lambda name: read(name, documents[name]), errors)
    kept = {name: marshal.dumps(document) for name, document in documents.items()}
    return ReadOnDemand(kept, lambda name: read(name, marshal.loads(kept[name])), errors)  # noqa: S302 - our own bytes


def with_changes(shapes: Mapping[str, Value], changes: Mapping[str, Value]) -> ReadOnDemand[Value]:
    """Shapes with others under some names, or with more; what was not read before is not read now."""
    names = (*shapes, *changes)
    return ReadOnDemand(names, lambda name: changes[name] if name in changes else shapes[name], errors_among(shapes))


def errors_among(shapes: Mapping[str, Value]) -> Iterable[str]:
    """The names under which there may be an error: all, where nothing is known."""
    return shapes.errors if isinstance(shapes, ReadOnDemand) else shapes
