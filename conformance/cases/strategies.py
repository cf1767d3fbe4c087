"""Hypothesis strategies for the shapes of a service: valid by construction, and they shrink.

    structure   required members, and some of the others          list, map   sizes within bounds, usually small
    union       exactly one member                                scalar      at its place: see `scalars`

Strategies are composed shape by shape and cached, so a service of three thousand shapes costs only what is drawn. A
recursive shape occurs at most `MAX_RECURSION` times on a path, and once more where it is required. An optional member
without a valid value (a pattern that no text matches, a shape that never ends) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from conformance.cases.patterns import PatternError
from conformance.cases.samples import Unbuildable, drops_empty_structures
from conformance.cases.scalar_strategies import DOCUMENT, header_names, header_values, scalar_strategy
from conformance.specs.model import Member, Service, Shape

# A list or map gets at most so many items more than its minimum; more of them seldom show anything new.
ITEMS_ABOVE_MINIMUM = 3
MAX_RECURSION = 2

# The most optional members of a random structure. The fullest sample has them all; random structures that had them all
# would be large, slow and similar to each other.
MAX_OPTIONAL_MEMBERS = 8

# Protocols whose requests have members outside the body.
PROTOCOLS_WITH_LOCATIONS = frozenset({"rest-json", "rest-xml"})

Strategy: TypeAlias = st.SearchStrategy[Any]
NamedStrategies: TypeAlias = tuple[tuple[str, Strategy], ...]


@dataclass(frozen=True, slots=True)
class _Context:
    """The context of a value: the recursive shapes around it, and whether it must not be empty."""

    entered: tuple[str, ...] = ()
    filled: bool = False

    def below(self, *, filled: bool) -> _Context:
        return _Context(self.entered, filled)


class ShapeStrategies:
    """The strategies of one service's shapes.

    Required values, and the items of lists and maps, are not empty themselves: see `samples`. Neither are values that
    the protocol would drop. With `required_only` structures have no optional members.
    """

    def __init__(self, service: Service, *, required_only: bool = False) -> None:
        self._service = service
        self._required_only = required_only
        self._cache: dict[tuple[str, _Context], Strategy | Exception] = {}
        self._recursive = recursive_shapes(service)
        self._drops_empty = drops_empty_structures(service)
        self._locating = not PROTOCOLS_WITH_LOCATIONS.isdisjoint((service.protocol, *service.protocols))

    def of(self, shape: Shape) -> Strategy:
        """Valid values of a shape; the members of an input shape are valid at their places in the request.

        Raises patterns.PatternError for text that no string can match, Unbuildable for a shape that never ends.
        """
        if shape.type == "structure" and not shape.document and not shape.union:
            return self._structure(shape, self._at(shape, _Context()), top=True)
        return self._of(shape, _Context())

    def _of(self, shape: Shape, context: _Context) -> Strategy:
        context = self._at(shape, context)
        key = (shape.name, context)
        if key not in self._cache:
            try:
                self._cache[key] = self._compose(shape, context)
            except (PatternError, Unbuildable) as problem:
                self._cache[key] = problem
        found = self._cache[key]
        if isinstance(found, Exception):
            raise found
        return found

    def _at(self, shape: Shape, context: _Context) -> _Context:
        if shape.name not in self._recursive:
            return context
        if context.entered.count(shape.name) > MAX_RECURSION:
            raise Unbuildable(f"{shape.name} requires itself")
        return _Context(tuple(sorted((*context.entered, shape.name))), context.filled)

    def _compose(self, shape: Shape, context: _Context) -> Strategy:
        if shape.document:
            return DOCUMENT
        if shape.type == "structure":
            return self._structure(shape, context)
        if shape.element is not None:
            return self._list(shape, context)
        if shape.key is not None and shape.value is not None:
            return self._map(shape, context)
        return scalar_strategy(shape)

    def _open(self, name: str, context: _Context) -> bool:
        """Whether a shape may occur once more on a path."""
        return context.entered.count(name) < MAX_RECURSION and not self._service.shapes[name].event_stream

    # ------------------------------------------------------------ structures

    def _structure(self, shape: Shape, context: _Context, *, top: bool = False) -> Strategy:
        def member(name: str, *, filled: bool) -> Strategy:
            return self._member(shape.members[name], context, filled=filled, top=top)

        needed = dict.fromkeys(name for name in shape.required if name in shape.members)
        always = {name: member(name, filled=True) for name in needed}
        others = [
            name for name, each in shape.members.items() if name not in needed and self._open(each.shape, context)
        ]
        if shape.union:
            options = dict(_buildable([*always, *others], lambda name: member(name, filled=True)))
            if not options:
                raise Unbuildable(f"no member of the union {shape.name} can be built")
            return _unions(tuple(sorted(options.items(), key=lambda item: self._is_tree(shape.members[item[0]]))))
        sometimes = dict(_buildable(others, lambda name: member(name, filled=self._drops_empty)))
        least = 1 if context.filled and self._drops_empty and not always and sometimes else 0
        if self._required_only and not least:
            sometimes = {}
        return _structures(tuple(always.items()), tuple(sometimes.items()), least, tuple(shape.members))

    def _is_tree(self, member: Member) -> bool:
        return self._service.target(member).type in ("structure", "list", "map")

    def _member(self, member: Member, context: _Context, *, filled: bool, top: bool) -> Strategy:
        target = self._service.target(member)
        filled = filled or member.flattened or target.flattened
        if member.location is not None and top and self._locating:
            return self._located(target, member, context)
        if not self._is_tree(member) and (member.jsonvalue or member.idempotency_token or member.host_label):
            return scalar_strategy(target, member)
        return self._of(target, context.below(filled=filled))

    def _located(self, target: Shape, member: Member, context: _Context) -> Strategy:
        """Values of a member outside the body, where an empty list or map reads as none."""
        header = member.location in ("header", "headers")
        if header and target.element is not None:
            low, high = _sizes(target, filled=True)
            return st.lists(header_values(self._service.target(target.element)), min_size=low, max_size=high)
        if header and target.key is not None and target.value is not None:
            low, high = _sizes(target, filled=True)
            names, texts = self._service.target(target.key), self._service.target(target.value)
            return st.dictionaries(header_names(names), header_values(texts), min_size=low, max_size=high)
        return (
            self._of(target, context.below(filled=True)) if self._is_tree(member) else scalar_strategy(target, member)
        )

    # ------------------------------------------------------------ lists and maps

    def _list(self, shape: Shape, context: _Context) -> Strategy:
        assert shape.element is not None
        below = self._below(shape, shape.element, context)
        if below is None:
            return st.builds(list)
        low, high = _sizes(shape, context.filled)
        return st.lists(below, min_size=low, max_size=high)

    def _map(self, shape: Shape, context: _Context) -> Strategy:
        assert shape.key is not None
        assert shape.value is not None
        below = self._below(shape, shape.value, context)
        if below is None:
            return st.builds(dict)
        key = self._service.target(shape.key)
        low, high = _sizes(shape, context.filled)
        high = max(low, min(high, len(key.enum))) if key.enum else high
        return st.dictionaries(scalar_strategy(key), below, min_size=low, max_size=high)

    def _below(self, shape: Shape, member: Member, context: _Context) -> Strategy | None:
        """The strategy of the items of a list or map; None where it must stay empty."""
        if not shape.minimum and not self._open(member.shape, context):
            return None
        try:
            return self._of(self._service.target(member), context.below(filled=True))
        except (PatternError, Unbuildable):
            if shape.minimum or context.filled:
                raise
            return None


def _buildable(names: Iterable[str], build: Callable[[str], Strategy]) -> Iterator[tuple[str, Strategy]]:
    for name in names:
        try:
            yield name, build(name)
        except (PatternError, Unbuildable):
            continue


def _sizes(shape: Shape, filled: bool) -> tuple[int, int]:
    fewest = int(shape.minimum or 0)
    usual = fewest + ITEMS_ABOVE_MINIMUM
    most = usual if shape.maximum is None else min(usual, int(shape.maximum))
    return (max(fewest, 1) if filled and most else fewest), most


@st.composite
def _structures(
    draw: st.DrawFn, always: NamedStrategies, sometimes: NamedStrategies, least: int, order: tuple[str, ...]
) -> dict[str, Any]:
    """Values in the order of the model: all of `always`, and `least` or more of `sometimes`."""
    value = {name: draw(strategy) for name, strategy in always}
    if not sometimes:
        return value
    left = list(sometimes)
    for _ in range(draw(_numbers(least, min(len(left), MAX_OPTIONAL_MEMBERS)))):
        name, strategy = left.pop(draw(_numbers(0, len(left) - 1)) if len(left) > 1 else 0)
        value[name] = draw(strategy)
    return {name: value[name] for name in order if name in value}


@st.composite
def _unions(draw: st.DrawFn, options: NamedStrategies) -> dict[str, Any]:
    name, strategy = options[draw(_numbers(0, len(options) - 1))]
    return {name: draw(strategy)}


@lru_cache(maxsize=1024)
def _numbers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


def recursive_shapes(service: Service) -> frozenset[str]:
    """The shapes that lead back to themselves."""
    below = {name: tuple(_refers_to(shape)) for name, shape in service.shapes.items()}
    return frozenset(name for name in below if name in _reached(below, name))


def _reached(below: Mapping[str, tuple[str, ...]], name: str) -> set[str]:
    seen: set[str] = set()
    pending = list(below[name])
    while pending:
        other = pending.pop()
        if other not in seen:
            seen.add(other)
            pending.extend(below.get(other, ()))
    return seen


def _refers_to(shape: Shape) -> list[str]:
    references = [*shape.members.values(), shape.element, shape.key, shape.value]
    return [reference.shape for reference in references if reference is not None]
