"""One broken constraint at a time, and the allowed values at the edge of each.

For a place with a valid sample in it: `edges` are values that the model still allows (their rejection is
suspicious), `breaks` are edits that break one constraint and nothing else. What cannot be broken
alone (a text too short that would break its pattern too) is left out with a reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases import patterns
from conformance.cases.samples import Sampler, length_bounds, sample_blob, sample_leaf
from conformance.specs.model import FLOAT_TYPES, NUMBER_TYPES, STRING_TYPES, Shape
from conformance.specs.places import KEY, Place
from conformance.values.paths import Edit, Key, Path

# Texts, blobs and lists beyond these sizes are not sent: a request should stay a few hundred kilobytes.
LONGEST_TEXT = 100_000
LONGEST_LIST = 200
NEAR_MISSES_PER_PATTERN = 2

NOT_IN_ENUM = "NotAValueOfThisEnum"


@dataclass(frozen=True, slots=True)
class BoundaryValue:
    """An allowed value at the edge of a constraint."""

    constraint: str
    how: str
    value: Any


@dataclass(frozen=True, slots=True)
class BrokenConstraint:
    """Edits that break one constraint.

    With `on_wire` they are made on the wire form and their values are raw ones (JSON, say); else they are made on the
    params, whose encoding does not look at constraints.
    """

    constraint: str
    how: str
    edits: tuple[Edit, ...]
    on_wire: bool = False


@dataclass(frozen=True, slots=True)
class UnbreakableConstraint:
    """A constraint that cannot be broken alone, and why."""

    constraint: str
    reason: str


def boundary_values(place: Place, sampler: Sampler) -> Iterator[BoundaryValue]:
    """The allowed values at the edges of a place's constraints, without repetitions."""
    shape = place.shape
    if place.steps[-1] == KEY:
        return
    seen: list[Any] = []
    for edge in _edges(shape, sampler):
        if edge.value not in seen:
            seen.append(edge.value)
            yield edge


def _edges(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue]:
    if shape.enum and shape.type in STRING_TYPES:
        yield BoundaryValue("enum", "first-value", shape.enum[0])
        yield BoundaryValue("enum", "last-value", shape.enum[-1])
    elif shape.type in STRING_TYPES:
        yield from _text_edges(shape)
    elif shape.type in NUMBER_TYPES:
        yield from _number_edges(shape)
    elif shape.type in ("list", "map"):
        yield from _size_edges(shape, sampler)
    elif shape.type == "blob":
        yield from _blob_edges(shape)


def _text_edges(shape: Shape) -> Iterator[BoundaryValue]:
    minimum, maximum = length_bounds(shape)
    try:
        if minimum is not None or shape.pattern is not None:
            yield BoundaryValue(
                "min" if minimum else "pattern", "shortest", patterns.shortest(shape.pattern, minimum, maximum)
            )
        if maximum is not None and maximum <= LONGEST_TEXT:
            longest = patterns.longest(shape.pattern, minimum, maximum, cap=LONGEST_TEXT)
            yield BoundaryValue("max", "longest", longest)
    except patterns.PatternError:
        return


def _number_edges(shape: Shape) -> Iterator[BoundaryValue]:
    as_number: Callable[[float], float | int] = float if shape.type in FLOAT_TYPES else int
    low, high = shape.minimum, shape.maximum
    if low is not None:
        yield BoundaryValue("min", "minimum", as_number(low))
        if high is None or low + 1 <= high:
            yield BoundaryValue("min", "one-inside-minimum", as_number(low + 1))
    if high is not None:
        if low is None or high - 1 >= low:
            yield BoundaryValue("max", "one-inside-maximum", as_number(high - 1))
        yield BoundaryValue("max", "maximum", as_number(high))


def _size_edges(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue]:
    if shape.minimum is not None:
        smallest = _sized(shape, sampler, int(shape.minimum))
        if smallest is not None:
            yield BoundaryValue("min", "empty" if shape.minimum == 0 else "fewest", smallest)
    if shape.maximum is not None and shape.maximum <= LONGEST_LIST:
        full = _sized(shape, sampler, int(shape.maximum))
        if full is not None:
            yield BoundaryValue("max", "full", full)


def _blob_edges(shape: Shape) -> Iterator[BoundaryValue]:
    if shape.minimum is not None:
        yield BoundaryValue("min", "fewest-bytes", sample_blob(int(shape.minimum)))
    if shape.maximum is not None and shape.maximum <= LONGEST_TEXT:
        yield BoundaryValue("max", "most-bytes", sample_blob(int(shape.maximum)))


def _sized(shape: Shape, sampler: Sampler, count: int) -> Any:
    """A list or map of `count` samples, as different from each other as their shape allows; None where too few."""
    service = sampler.service
    if shape.element is not None:
        element = service.target(shape.element)
        return [sampler.element(element, index) for index in range(count)]
    if shape.key is None or shape.value is None:
        return None
    key, value = service.target(shape.key), service.target(shape.value)
    entries = {sample_leaf(key, index): sampler.element(value, index) for index in range(count)}
    return entries if len(entries) == count else None


def broken_constraints(
    place: Place, path: Path, sample: Any, sampler: Sampler
) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """Every way to break one constraint at a place whose valid value is `sample` at `path`."""
    if place.steps[-1] == KEY:
        yield from _key_breaks(place, path, sample)
        return
    if place.required and place.member.location == "querystring":
        yield UnbreakableConstraint(
            "required", "without it the request may be one of another operation at the same path"
        )
    elif place.required:
        yield BrokenConstraint("required", "missing", (Edit("remove", path),))
        yield BrokenConstraint("required", "null", (Edit("set", path, None),), on_wire=True)
    if place.shape.document:
        yield UnbreakableConstraint("type", "a document may be anything")
        return
    for how, wrong in wrong_types(place.shape):
        yield BrokenConstraint("type", how, (Edit("set", path, wrong),), on_wire=True)
    for found in _value_breaks(place.shape, sample, sampler):
        if isinstance(found, UnbreakableConstraint):
            yield found
        else:
            yield BrokenConstraint(found.constraint, found.how, (Edit("set", path, found.value),))


def _key_breaks(place: Place, path: Path, sample: Any) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """Ways to break a map's key: the entry moves to a key that is not allowed."""
    found = _enum_breaks(place.shape) if place.shape.enum else _text_breaks(place.shape)
    for item in found:
        if isinstance(item, UnbreakableConstraint):
            yield item
        else:
            moved = (Edit("remove", path), Edit("set", (*path[:-1], Key(item.value)), sample))
            yield BrokenConstraint(item.constraint, item.how, moved)


def wrong_types(shape: Shape) -> Iterator[tuple[str, Any]]:
    """Raw wire values that no server can take for one of this shape, and what to call them.

    A structure in place of a scalar, text in place of anything else, and text that is none where a number or a time is
    wanted, which protocols without types on the wire can write, too. AWS coerces some neighbours (a number written as
    text, any text as a truth value), never these.
    """
    if shape.type in ("structure", "list", "map"):
        yield "wrong-type", "not-a-structure"
        return
    yield "wrong-type", {"unexpected": "structure"}
    if shape.type in NUMBER_TYPES:
        yield "no-number", "not-a-number"
    elif shape.type == "timestamp":
        yield "no-time", "not-a-time"


def _value_breaks(shape: Shape, sample: Any, sampler: Sampler) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if shape.union:
        yield from _union_breaks(shape, sample, sampler)
    if shape.type in STRING_TYPES:
        yield from _enum_breaks(shape) if shape.enum else _text_breaks(shape)
    elif shape.type in NUMBER_TYPES:
        yield from _number_breaks(shape)
    elif shape.type in ("list", "map"):
        yield from _size_breaks(shape, sampler)
    elif shape.type == "blob":
        yield from _blob_breaks(shape)


def _union_breaks(shape: Shape, sample: Mapping[str, Any], sampler: Sampler) -> Iterator[BoundaryValue]:
    yield BoundaryValue("union", "no-member", {})
    other = next((name for name in shape.members if name not in sample), None)
    if other is not None:
        value = sampler.build(sampler.service.target(shape.members[other]))
        yield BoundaryValue("union", "two-members", {**sample, other: value})


def _enum_breaks(shape: Shape) -> Iterator[BoundaryValue]:
    stranger = NOT_IN_ENUM
    while stranger in shape.enum:
        stranger += "Either"
    yield BoundaryValue("enum", "not-in-enum", stranger)


def _text_breaks(shape: Shape) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    minimum, maximum = length_bounds(shape)
    if minimum:
        short = patterns.too_short(shape.pattern, minimum)
        yield (
            UnbreakableConstraint("min", "no shorter text keeps the pattern")
            if short is None
            else BoundaryValue("min", "too-short", short)
        )
    if maximum is not None:
        yield from _too_long(shape, maximum)
    if shape.pattern is not None:
        misses = patterns.near_misses(shape.pattern, minimum, maximum)[:NEAR_MISSES_PER_PATTERN]
        if not misses:
            yield UnbreakableConstraint("pattern", "every text of the allowed length matches the pattern")
        for number, miss in enumerate(misses, start=1):
            yield BoundaryValue("pattern", f"near-miss-{number}", miss.text)


def _too_long(shape: Shape, maximum: int) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if maximum > LONGEST_TEXT:
        yield UnbreakableConstraint("max", f"would take a text of more than {LONGEST_TEXT} characters")
        return
    long = patterns.too_long(shape.pattern, maximum)
    if long is None:
        yield UnbreakableConstraint("max", "no longer text keeps the pattern")
    else:
        yield BoundaryValue("max", "too-long", long)


def _number_breaks(shape: Shape) -> Iterator[BoundaryValue]:
    is_float = shape.type in FLOAT_TYPES
    if shape.minimum is not None:
        yield BoundaryValue("min", "below", float(shape.minimum) - 1 if is_float else math.ceil(shape.minimum) - 1)
    if shape.maximum is not None:
        yield BoundaryValue("max", "above", float(shape.maximum) + 1 if is_float else math.floor(shape.maximum) + 1)


def _blob_breaks(shape: Shape) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if shape.minimum:
        yield BoundaryValue("min", "too-few-bytes", sample_blob(int(shape.minimum) - 1))
    if shape.maximum is None:
        return
    if shape.maximum > LONGEST_TEXT:
        yield UnbreakableConstraint("max", f"would take more than {LONGEST_TEXT} bytes")
    else:
        yield BoundaryValue("max", "too-many-bytes", sample_blob(int(shape.maximum) + 1))


def _size_breaks(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if shape.minimum:
        fewer = _sized(shape, sampler, int(shape.minimum) - 1)
        if fewer is None:
            yield UnbreakableConstraint("min", "there are not enough different keys")
        else:
            yield BoundaryValue("min", "too-few", fewer)
    if shape.maximum is None:
        return
    if shape.maximum > LONGEST_LIST:
        yield UnbreakableConstraint("max", f"would take more than {LONGEST_LIST} items")
        return
    more = _sized(shape, sampler, int(shape.maximum) + 1)
    if more is None:
        yield UnbreakableConstraint("max", "there are not enough different keys")
    else:
        yield BoundaryValue("max", "too-many", more)
