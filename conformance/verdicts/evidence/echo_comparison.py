"""Compares what a request gave with the description that came back, place by place.

    echoes, given, described --compared--> Echoed: same, other-case, other, lost, lost-within

A description may have more than what was given: defaults, and what only the service knows. The order of lists does not
matter: services sort them.
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
class Echoed:
    """How a place that was given comes back in a description. `there` is the value that was found.

    A place that is lost because one around it is lost is `lost-within`.
    """

    echo: Echo
    spot: Path
    how: Literal["same", "other-case", "other", "lost", "lost-within"]
    given: Any
    there: Any = None

    @property
    def where(self) -> str:
        """The exact place, for people."""
        return format_path(self.spot)


def compared(echoes: tuple[Echo, ...], given: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[Echoed]:
    """Every place of `echoes` at which a value was given, with what the description has there; parents first."""
    tree = _Tree()
    for echo in echoes:
        tree.below.setdefault(echo.given[:-1], []).append(echo)
    for echo in tree.below.get((), ()):
        yield from tree.compare(echo, given.get(echo.given[-1]), description.get(echo.described[-1]), (echo.given[-1],))


@dataclass(slots=True)
class _Tree:
    below: dict[tuple[Step, ...], list[Echo]] = field(default_factory=dict)

    def compare(self, echo: Echo, given: Any, actual: Any, spot: Path) -> Iterator[Echoed]:
        if is_empty(given):
            return
        if (
            actual is None
            or (is_empty(actual) and not echo.leaf)
            or (is_empty(actual) and isinstance(actual, list | dict))
        ):
            yield Echoed(echo, spot, "lost", given)
            yield from self._within(echo, given, spot)
        elif isinstance(given, list) and isinstance(actual, list):
            yield from self._list(echo, given, actual, spot)
        elif isinstance(given, Mapping) and isinstance(actual, Mapping):
            yield from self._mapping(echo, given, actual, spot)
        elif not isinstance(given, list | Mapping) and not isinstance(actual, list | Mapping):
            yield Echoed(echo, spot, equivalence(given, actual), given, actual)

    def _list(self, echo: Echo, given: list[Any], actual: list[Any], spot: Path) -> Iterator[Echoed]:
        if echo.leaf:
            yield _bag(echo, given, actual, spot)
            return
        yield Echoed(echo, spot, "same", given, actual)
        for inner in self.below.get(echo.given, ()):
            left = list(range(len(actual)))
            for index, item in enumerate(given):
                place = min(
                    left, key=lambda at: (self._distance(inner, item, actual[at]), abs(at - index)), default=None
                )
                if place is None:
                    yield Echoed(inner, (*spot, index), "lost", item)
                    yield from self._within(inner, item, (*spot, index))
                    continue
                left.remove(place)
                yield from self.compare(inner, item, actual[place], (*spot, index))

    def _distance(self, echo: Echo, given: Any, actual: Any) -> int:
        """The number of places of an element that another element does not repeat."""
        return sum(echoed.how != "same" for echoed in self.compare(echo, given, actual, ()))

    def _mapping(self, echo: Echo, given: Mapping[str, Any], actual: Mapping[str, Any], spot: Path) -> Iterator[Echoed]:
        if echo.shape.type == "map":
            yield from self._map(echo, given, actual, spot)
        elif echo.leaf:  # a document, or a structure without members
            yield Echoed(echo, spot, "same" if _within(given, actual) else "other", given, actual)
        else:
            yield Echoed(echo, spot, "same", given, actual)
            for inner in self.below.get(echo.given, ()):
                name = inner.given[-1]
                yield from self.compare(inner, given.get(name), actual.get(inner.described[-1]), (*spot, name))

    def _map(self, echo: Echo, given: Mapping[str, Any], actual: Mapping[str, Any], spot: Path) -> Iterator[Echoed]:
        if echo.leaf:
            yield Echoed(echo, spot, "same" if _within(given, actual) else "other", given, actual)
            return
        yield Echoed(echo, spot, "same", given, actual)
        for inner in self.below.get(echo.given, ()):
            for key, value in given.items():
                yield from self.compare(inner, value, actual.get(key), (*spot, Key(key)))

    def _within(self, echo: Echo, given: Any, spot: Path) -> Iterator[Echoed]:
        """The places below a lost one at which a value was given."""
        for inner in self.below.get(echo.given, ()):
            for path, value in _children(inner, given):
                if not is_empty(value):
                    yield Echoed(inner, (*spot, path), "lost-within", value)
                    yield from self._within(inner, value, (*spot, path))


def _children(inner: Echo, given: Any) -> Iterator[tuple[Segment, Any]]:
    """The values of a container at the place of an echo directly below it."""
    name = inner.given[-1]
    if name == ELEMENT and isinstance(given, list):
        yield from enumerate(given)
    elif name == VALUE and isinstance(given, Mapping):
        yield from ((Key(key), value) for key, value in given.items())
    elif isinstance(given, Mapping):
        yield name, given.get(name)


def _bag(echo: Echo, given: list[Any], actual: list[Any], spot: Path) -> Echoed:
    """Compares scalars in any order: every given one has to be there, others may be."""
    left, worst = list(actual), "same"
    for item in given:
        candidates = [(equivalence(item, other), at) for at, other in enumerate(left)]
        how, at = min(candidates, key=lambda pair: _RANK[pair[0]], default=("other", -1))
        if how == "other":
            return Echoed(echo, spot, "other", given, actual)
        worst = max(worst, how, key=lambda each: _RANK[each])
        del left[at]
    return Echoed(echo, spot, "other-case" if worst == "other-case" else "same", given, actual)


_RANK: Mapping[str, int] = {"same": 0, "other-case": 1, "other": 2}


def _within(given: Any, actual: Any) -> bool:
    """Whether a document or a map of scalars is contained in another one."""
    if isinstance(given, Mapping) and isinstance(actual, Mapping):
        return all(is_empty(value) or (key in actual and _within(value, actual[key])) for key, value in given.items())
    if isinstance(given, list) and isinstance(actual, list):
        return len(given) == len(actual) and all(map(_within, given, actual))
    return equivalence(given, actual) != "other"
