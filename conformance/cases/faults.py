"""The boundary values of each constraint, and the edits that break exactly one constraint.

    Place with a valid sample --boundary_values----> values that the model just allows
                              --broken_constraints-> edits that break one constraint, or why none can

A constraint that cannot be broken alone (a text that is too short would break its pattern as well) is an
`UnbreakableConstraint`.
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

# Longer texts, blobs and lists are not sent, so that a request has a few hundred kilobytes at most.
LONGEST_TEXT = 100_000
LONGEST_LIST = 200
NEAR_MISSES_PER_PATTERN = 2

NOT_IN_ENUM = "NotAValueOfThisEnum"


@dataclass(frozen=True, slots=True)
class BoundaryValue:
    """A value that the model just allows; `how` names the case, as in "longest"."""

    constraint: str
    how: str
    value: Any


@dataclass(frozen=True, slots=True)
class BrokenConstraint:
    """Edits that break one constraint; `how` names the case, as in "too-long".

    With `on_wire` the edits apply to the wire form, and their values are raw ones (JSON, for example). Otherwise they
    apply to the params, which are encoded without regard to constraints.
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
    """The boundary values of a place's constraints, without repetitions."""
    shape = place.shape
    if place.steps[-1] == KEY:
        return
    seen: list[Any] = []
    for candidate in _boundary_values(shape, sampler):
        if candidate.value not in seen:
            seen.append(candidate.value)
            yield candidate


def _boundary_values(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue]:
    if shape.enum and shape.type in STRING_TYPES:
        yield BoundaryValue("enum", "first-value", shape.enum[0])
        yield BoundaryValue("enum", "last-value", shape.enum[-1])
    elif shape.type in STRING_TYPES:
        yield from _text_boundary_values(shape)
    elif shape.type in NUMBER_TYPES:
        yield from _number_boundary_values(shape)
    elif shape.type in ("list", "map"):
        yield from _size_boundary_values(shape, sampler)
    elif shape.type == "blob":
        yield from _blob_boundary_values(shape)


def _text_boundary_values(shape: Shape) -> Iterator[BoundaryValue]:
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


def _number_boundary_values(shape: Shape) -> Iterator[BoundaryValue]:
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


def _size_boundary_values(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue]:
    if shape.minimum is not None:
        smallest = _sized(shape, sampler, int(shape.minimum))
        if smallest is not None:
            yield BoundaryValue("min", "empty" if shape.minimum == 0 else "fewest", smallest)
    if shape.maximum is not None and shape.maximum <= LONGEST_LIST:
        full = _sized(shape, sampler, int(shape.maximum))
        if full is not None:
            yield BoundaryValue("max", "full", full)


def _blob_boundary_values(shape: Shape) -> Iterator[BoundaryValue]:
    if shape.minimum is not None:
        yield BoundaryValue("min", "fewest-bytes", sample_blob(int(shape.minimum)))
    if shape.maximum is not None and shape.maximum <= LONGEST_TEXT:
        yield BoundaryValue("max", "most-bytes", sample_blob(int(shape.maximum)))


def _sized(shape: Shape, sampler: Sampler, count: int) -> Any:
    """A list or map of `count` samples that differ where their shape allows it; None where there are too few keys."""
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
    place: Place, path: Path, sample: Any, sampler: Sampler, *, values: bool = True
) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """The ways to break one constraint at a place whose valid value is `sample` at `path`.

    Without `values` those of a value of the right type, which take longer to make, are left out.
    """
    if place.steps[-1] == KEY:
        yield from _broken_key(place, path, sample)
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
    for found in _broken_value(place.shape, sample, sampler) if values else ():
        if isinstance(found, UnbreakableConstraint):
            yield found
        else:
            yield BrokenConstraint(found.constraint, found.how, (Edit("set", path, found.value),))


def _broken_key(place: Place, path: Path, sample: Any) -> Iterator[BrokenConstraint | UnbreakableConstraint]:
    """The ways to break a map's key: its entry moves to a key that is not allowed."""
    found = _broken_enum(place.shape) if place.shape.enum else _broken_text(place.shape)
    for item in found:
        if isinstance(item, UnbreakableConstraint):
            yield item
        else:
            moved = (Edit("remove", path), Edit("set", (*path[:-1], Key(item.value)), sample))
            yield BrokenConstraint(item.constraint, item.how, moved)


def wrong_types(shape: Shape) -> Iterator[tuple[str, Any]]:
    """Names and raw wire values that no server can read as a value of this shape.

    A structure in the place of a scalar, text in the place of a structure, list or map, and text that is no number or
    time in the place of one, which protocols without types on the wire can write as well. AWS coerces some other types
    (a number as text, any text as a boolean), never these.
    """
    if shape.type in ("structure", "list", "map"):
        yield "wrong-type", "not-a-structure"
        return
    yield "wrong-type", {"unexpected": "structure"}
    if shape.type in NUMBER_TYPES:
        yield "no-number", "not-a-number"
    elif shape.type == "timestamp":
        yield "no-time", "not-a-time"


def _broken_value(shape: Shape, sample: Any, sampler: Sampler) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if shape.union:
        yield from _broken_union(shape, sample, sampler)
    if shape.type in STRING_TYPES:
        yield from _broken_enum(shape) if shape.enum else _broken_text(shape)
    elif shape.type in NUMBER_TYPES:
        yield from _broken_number(shape)
    elif shape.type in ("list", "map"):
        yield from _broken_size(shape, sampler)
    elif shape.type == "blob":
        yield from _broken_blob(shape)


def _broken_union(shape: Shape, sample: Mapping[str, Any], sampler: Sampler) -> Iterator[BoundaryValue]:
    yield BoundaryValue("union", "no-member", {})
    other = next((name for name in shape.members if name not in sample), None)
    if other is not None:
        value = sampler.build(sampler.service.target(shape.members[other]))
        yield BoundaryValue("union", "two-members", {**sample, other: value})


def _broken_enum(shape: Shape) -> Iterator[BoundaryValue]:
    value = NOT_IN_ENUM
    while value in shape.enum:
        value += "Either"
    yield BoundaryValue("enum", "not-in-enum", value)


def _broken_text(shape: Shape) -> Iterator[BoundaryValue | UnbreakableConstraint]:
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


def _broken_number(shape: Shape) -> Iterator[BoundaryValue]:
    is_float = shape.type in FLOAT_TYPES
    if shape.minimum is not None:
        yield BoundaryValue("min", "below", float(shape.minimum) - 1 if is_float else math.ceil(shape.minimum) - 1)
    if shape.maximum is not None:
        yield BoundaryValue("max", "above", float(shape.maximum) + 1 if is_float else math.floor(shape.maximum) + 1)


def _broken_blob(shape: Shape) -> Iterator[BoundaryValue | UnbreakableConstraint]:
    if shape.minimum:
        yield BoundaryValue("min", "too-few-bytes", sample_blob(int(shape.minimum) - 1))
    if shape.maximum is None:
        return
    if shape.maximum > LONGEST_TEXT:
        yield UnbreakableConstraint("max", f"would take more than {LONGEST_TEXT} bytes")
    else:
        yield BoundaryValue("max", "too-many-bytes", sample_blob(int(shape.maximum) + 1))


def _broken_size(shape: Shape, sampler: Sampler) -> Iterator[BoundaryValue | UnbreakableConstraint]:
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
