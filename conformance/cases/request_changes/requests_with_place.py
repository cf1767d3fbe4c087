"""A valid request that has a value at a place: what breaks a constraint, or replaces a value, needs it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Sampler, Unbuildable, path_in_params, path_in_sample
from conformance.cases.valid_params import Params
from conformance.specs.model import Operation
from conformance.specs.places import ELEMENT, VALUE, Place, Step
from conformance.values.paths import Path, get


class RequestWithPlace(NamedTuple):
    """Params, the path in them to the place that is looked for, and the value there."""

    params: Params
    path: Path
    value: Any


def request_at(place: Place, params: Params) -> RequestWithPlace | None:
    """The params as a request with a place, where they have something there."""
    path = path_in_params(place.steps, params)
    found = None if path is None else get(params, path)
    return None if path is None or found in ({}, []) else RequestWithPlace(params, path, found)


def request_with_place(
    builder: RequestBuilder, operation: Operation, place: Place, sampler: Sampler
) -> RequestWithPlace:
    """A valid request with a value at a place; raises Unbuildable.

    Lists, maps and structures get a first item or member where the rules exclude empty ones.
    """
    root, problem = builder.service.input_of(operation), Unbuildable("")
    for include in _includes(place):
        try:
            built = sampler.build(root, include)
            params = builder.completed(operation, built, place.steps)
        except Unbuildable as why:
            problem = why
        else:
            path = path_in_sample(place.steps, params)
            return RequestWithPlace(params, path, get(params, path))
    raise problem


def _includes(place: Place) -> Iterator[tuple[Step, ...]]:
    """The places to include, in turn: the first item below the place, the place itself, each member below it."""
    inner = {"list": (ELEMENT,), "map": (VALUE,)}.get(place.shape.type, ())
    if inner:
        yield (*place.steps, *inner)
    yield place.steps
    for name in place.shape.members:
        yield (*place.steps, name)
