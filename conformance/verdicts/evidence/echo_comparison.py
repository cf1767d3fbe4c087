"""What came back of what was given, place by place.

    echoes, given, told --compared--> Seen: same, written otherwise, lost, lost as a whole

What a description has beside what was given is its own affair: defaults, and what the service alone knows. Lists are
compared without regard to order: services sort them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.specs.places import ELEMENT, VALUE, Step
from conformance.specs.resources.echoes import Echo
from conformance.values.paths import Key, Path, Segment, format_path
from conformance.verdicts.evidence.equivalence import equivalence, is_empty


@dataclass(frozen=True, slots=True)
class Seen:
    """How a place that was given looks in a description. `there` is the value that was found.

    What is lost because something around it is, is `lost-within`.
    """

    echo: Echo
    spot: Path
    how: Literal["same", "other-case", "other", "lost", "lost-within"]
    given: Any
    there: Any = None

    @property
    def where(self) -> str:
        """The very spot, for people."""
        return format_path(self.spot)


def compared(echoes: tuple[Echo, ...], given: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Seen]:
    """Every place of `echoes` at which something was given, and what a description tells there, parents first."""
    tree = _Tree()
    for echo in echoes:
        tree.below.setdefault(echo.given[:-1], []).append(echo)
    for echo in tree.below.get((), ()):
        yield from tree.compare(echo, given.get(echo.given[-1]), told.get(echo.told[-1]), (echo.given[-1],))


@dataclass(slots=True)
class _Tree:
    below: dict[tuple[Step, ...], list[Echo]] = field(default_factory=dict)

    def compare(self, echo: Echo, given: Any, told: Any, spot: Path) -> Iterator[Seen]:
        if is_empty(given):
            return
        if told is None or (is_empty(told) and not echo.leaf) or (is_empty(told) and isinstance(told, list | dict)):
            yield Seen(echo, spot, "lost", given)
            yield from self._within(echo, given, spot)
        elif isinstance(given, list) and isinstance(told, list):
            yield from self._list(echo, given, told, spot)
        elif isinstance(given, Mapping) and isinstance(told, Mapping):
            yield from self._mapping(echo, given, told, spot)
        elif not isinstance(given, list | Mapping) and not isinstance(told, list | Mapping):
            yield Seen(echo, spot, equivalence(given, told), given, told)

    def _list(self, echo: Echo, given: list[Any], told: list[Any], spot: Path) -> Iterator[Seen]:
        if echo.leaf:
            yield _bag(echo, given, told, spot)
            return
        yield Seen(echo, spot, "same", given, told)
        for inner in self.below.get(echo.given, ()):
            left = list(range(len(told)))
            for index, item in enumerate(given):
                place = min(
                    left, key=lambda at: (self._strangeness(inner, item, told[at]), abs(at - index)), default=None
                )
                if place is None:
                    yield Seen(inner, (*spot, index), "lost", item)
                    yield from self._within(inner, item, (*spot, index))
                    continue
                left.remove(place)
                yield from self.compare(inner, item, told[place], (*spot, index))

    def _strangeness(self, echo: Echo, given: Any, told: Any) -> int:
        """How much of an element another one does not have."""
        return sum(seen.how != "same" for seen in self.compare(echo, given, told, ()))

    def _mapping(self, echo: Echo, given: Mapping[str, Any], told: Mapping[str, Any], spot: Path) -> Iterator[Seen]:
        if echo.shape.type == "map":
            yield from self._map(echo, given, told, spot)
        elif echo.leaf:  # a document, or a structure without members
            yield Seen(echo, spot, "same" if _within(given, told) else "other", given, told)
        else:
            yield Seen(echo, spot, "same", given, told)
            for inner in self.below.get(echo.given, ()):
                name = inner.given[-1]
                yield from self.compare(inner, given.get(name), told.get(inner.told[-1]), (*spot, name))

    def _map(self, echo: Echo, given: Mapping[str, Any], told: Mapping[str, Any], spot: Path) -> Iterator[Seen]:
        if echo.leaf:
            yield Seen(echo, spot, "same" if _within(given, told) else "other", given, told)
            return
        yield Seen(echo, spot, "same", given, told)
        for inner in self.below.get(echo.given, ()):
            for key, value in given.items():
                yield from self.compare(inner, value, told.get(key), (*spot, Key(key)))

    def _within(self, echo: Echo, given: Any, spot: Path) -> Iterator[Seen]:
        """The places below one that is lost at which something was given."""
        for inner in self.below.get(echo.given, ()):
            for path, value in _children(inner, given):
                if not is_empty(value):
                    yield Seen(inner, (*spot, path), "lost-within", value)
                    yield from self._within(inner, value, (*spot, path))


def _children(inner: Echo, given: Any) -> Iterator[tuple[Segment, Any]]:
    """What a container holds at the place of an echo right below it."""
    name = inner.given[-1]
    if name == ELEMENT and isinstance(given, list):
        yield from enumerate(given)
    elif name == VALUE and isinstance(given, Mapping):
        yield from ((Key(key), value) for key, value in given.items())
    elif isinstance(given, Mapping):
        yield name, given.get(name)


def _bag(echo: Echo, given: list[Any], told: list[Any], spot: Path) -> Seen:
    """Scalars in any order; all that were given are there, whatever else is."""
    left, worst = list(told), "same"
    for item in given:
        likest = [(equivalence(item, other), at) for at, other in enumerate(left)]
        how, at = min(likest, key=lambda pair: _RANK[pair[0]], default=("other", -1))
        if how == "other":
            return Seen(echo, spot, "other", given, told)
        worst = max(worst, how, key=lambda each: _RANK[each])
        del left[at]
    return Seen(echo, spot, "other-case" if worst == "other-case" else "same", given, told)


_RANK: Mapping[str, int] = {"same": 0, "other-case": 1, "other": 2}


def _within(given: Any, told: Any) -> bool:
    """Whether everything that a document or a map of scalars says is said by another one, too."""
    if isinstance(given, Mapping) and isinstance(told, Mapping):
        return all(is_empty(value) or (key in told and _within(value, told[key])) for key, value in given.items())
    if isinstance(given, list) and isinstance(told, list):
        return len(given) == len(told) and all(map(_within, given, told))
    return equivalence(given, told) != "other"
