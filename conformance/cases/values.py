"""Hypothesis strategies for the shapes of a service: valid by construction, and they shrink.

    structure   required members, any subset of the others        list, map   sizes within bounds, small by habit
    union       exactly one member                                leaf        one function: `leaves`

Strategies are composed shape by shape and kept, so that a service of three thousand shapes costs only what is
drawn. A recursive shape is entered at most `DEPTH` times along a path.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from conformance.cases import patterns
from conformance.cases.samples import leaves_no_trace, length_bounds
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, NUMBER_TYPES, STRING_TYPES, Member, Service, Shape

# Beyond its minimum, a list or map rarely needs more items than this to show what it can show.
MORE_ITEMS = 3
LONGEST_BLOB = 64
DEPTH = 2

EARLIEST = datetime.datetime(2001, 1, 1)
LATEST = datetime.datetime(2037, 12, 31)

# What each integer type can hold; the model's own bounds are usually narrower.
INTEGER_RANGE: Mapping[str, tuple[int, int]] = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**53), 2**53),
    "biginteger": (-(2**53), 2**53),
}

DOCUMENT = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=8), st.integers(0, 99) | st.booleans(), max_size=3)


class Values:
    """The strategies of one service's shapes.

    What is required, and what is in a list or map, is not empty itself: see `samples`.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: dict[tuple[str, tuple[str, ...], bool], st.SearchStrategy[Any]] = {}
        self._recursive = recursive_shapes(service)
        self._traceless = leaves_no_trace(service)

    def of(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Valid values of a shape; raises patterns.PatternError for text that no string can match."""
        return self._of(shape, ())

    def _of(self, shape: Shape, entered: tuple[str, ...], filled: bool = False) -> st.SearchStrategy[Any]:
        if shape.name in self._recursive:
            entered = (*entered, shape.name)
        key = (shape.name, tuple(sorted(entered)), filled)
        if key not in self._kept:
            self._kept[key] = self._compose(shape, entered, filled)
        return self._kept[key]

    def _below(self, member: Member, entered: tuple[str, ...]) -> st.SearchStrategy[Any]:
        return self._of(self._service.target(member), entered, filled=True)

    def _compose(self, shape: Shape, entered: tuple[str, ...], filled: bool) -> st.SearchStrategy[Any]:
        if shape.document:
            return DOCUMENT
        if shape.type == "structure":
            return self._structure(shape, entered, filled and self._traceless)
        if shape.element is not None:
            return self._list(shape, entered, filled)
        if shape.key is not None and shape.value is not None:
            return self._map(shape, entered, filled)
        return leaves(shape)

    def _open(self, name: str, entered: tuple[str, ...]) -> bool:
        """Whether a shape may be entered once more."""
        return entered.count(name) < DEPTH and not self._service.shapes[name].event_stream

    def _structure(self, shape: Shape, entered: tuple[str, ...], filled: bool) -> st.SearchStrategy[dict[str, Any]]:
        usable = {
            name: member
            for name, member in shape.members.items()
            if name in shape.required or self._open(member.shape, entered)
        }
        if shape.union:
            below = {name: self._below(member, entered) for name, member in usable.items()}
            return st.one_of([st.fixed_dictionaries({name: value}) for name, value in below.items()])
        required = {name: self._below(member, entered) for name, member in usable.items() if name in shape.required}
        optional = {
            name: self._of(self._service.target(member), entered)
            for name, member in usable.items()
            if name not in required
        }
        if filled and not required and optional:
            return self._with_some(usable, optional, entered)
        return st.fixed_dictionaries(required, optional=optional)

    def _with_some(
        self, usable: Mapping[str, Member], optional: Mapping[str, st.SearchStrategy[Any]], entered: tuple[str, ...]
    ) -> st.SearchStrategy[dict[str, Any]]:
        """Structures with one optional member at the least."""
        return st.one_of(
            [
                st.fixed_dictionaries(
                    {name: self._below(usable[name], entered)},
                    optional={other: value for other, value in optional.items() if other != name},
                )
                for name in optional
            ]
        )

    def _list(self, shape: Shape, entered: tuple[str, ...], filled: bool) -> st.SearchStrategy[list[Any]]:
        assert shape.element is not None
        if not self._open(shape.element.shape, entered) and not shape.minimum:
            return st.builds(list)
        return st.lists(
            self._below(shape.element, entered), min_size=_smallest(shape, filled), max_size=_largest(shape)
        )

    def _map(self, shape: Shape, entered: tuple[str, ...], filled: bool) -> st.SearchStrategy[dict[str, Any]]:
        assert shape.key is not None
        assert shape.value is not None
        if not self._open(shape.value.shape, entered) and not shape.minimum:
            return st.builds(dict)
        return st.dictionaries(
            self._of(self._service.target(shape.key), entered),
            self._below(shape.value, entered),
            min_size=_smallest(shape, filled),
            max_size=_largest(shape),
        )


def _smallest(shape: Shape, filled: bool) -> int:
    fewest = int(shape.minimum or 0)
    return max(fewest, 1) if filled and shape.maximum != 0 else fewest


def _largest(shape: Shape) -> int:
    usual = int(shape.minimum or 0) + MORE_ITEMS
    return usual if shape.maximum is None else min(usual, int(shape.maximum))


def leaves(shape: Shape) -> st.SearchStrategy[Any]:
    """Valid values of a scalar shape."""
    if shape.type in STRING_TYPES:
        minimum, maximum = length_bounds(shape)
        return st.sampled_from(shape.enum) if shape.enum else patterns.strings(shape.pattern, minimum, maximum)
    if shape.type in NUMBER_TYPES:
        return _numbers(shape)
    if shape.type == "boolean":
        return st.booleans()
    if shape.type == "timestamp":
        whole = st.datetimes(EARLIEST, LATEST, timezones=st.just(datetime.timezone.utc))
        return whole.map(lambda moment: moment.replace(microsecond=0))
    smallest = int(shape.minimum or 0)
    largest = smallest + LONGEST_BLOB if shape.maximum is None else min(int(shape.maximum), smallest + LONGEST_BLOB)
    return st.binary(min_size=smallest, max_size=largest)


def _numbers(shape: Shape) -> st.SearchStrategy[int | float]:
    if shape.type in FLOAT_TYPES:
        # Widths of 32 bits are exact in every protocol; the model's bounds need not be.
        low = -1e6 if shape.minimum is None else float(shape.minimum)
        high = max(low, 1e6) if shape.maximum is None else float(shape.maximum)
        return (
            st.floats(low, high, allow_nan=False, allow_infinity=False)
            .map(lambda x: round(x, 4))
            .filter(lambda x: low <= x <= high)
        )
    assert shape.type in INTEGER_TYPES
    lowest, highest = INTEGER_RANGE[shape.type]
    low = lowest if shape.minimum is None else max(lowest, int(shape.minimum))
    high = highest if shape.maximum is None else min(highest, int(shape.maximum))
    return st.integers(low, high)


def recursive_shapes(service: Service) -> frozenset[str]:
    """The shapes that lead back to themselves."""
    below = {name: tuple(_refers_to(shape)) for name, shape in service.shapes.items()}
    found = set()
    for name in below:
        seen: set[str] = set()
        pending = list(below[name])
        while pending:
            other = pending.pop()
            if other == name:
                found.add(name)
                break
            if other not in seen:
                seen.add(other)
                pending.extend(below.get(other, ()))
    return frozenset(found)


def _refers_to(shape: Shape) -> list[str]:
    references = [*shape.members.values(), shape.element, shape.key, shape.value]
    return [reference.shape for reference in references if reference is not None]
