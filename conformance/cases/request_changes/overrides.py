"""Values that a caller chooses for places of a request or an answer, written as clause ids write places.

EndpointConfigName                      that member
ProductionVariants[]/ModelName          that member of every element
Environment{}                           every value of the map
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.samples import Sampler, path_in_params
from conformance.exceptions import UnknownName
from conformance.specs.model import Service, Shape
from conformance.specs.places import ELEMENT, KEY, VALUE, Place, Step, places


@dataclass(frozen=True, slots=True)
class Override:
    """A place, and what gives the value for each of its occurrences."""

    place: Place
    sample: Mapping[str, Any]
    value: Any

    def apply(self, params: Mapping[str, Any], draw: Callable[[Any], Any]) -> Mapping[str, Any]:
        """The params with the values at the place; what the place lies in is added where it is missing or empty."""
        steps = self.place.steps
        needed = steps if steps[-1] in (ELEMENT, KEY, VALUE) else steps[:-1]
        if path_in_params(needed, params) is None:
            params = {**params, steps[0]: self.sample[steps[0]]}
        found: Mapping[str, Any] = _replaced(params, steps, lambda: draw(self.value))
        return found


def overrides_for(service: Service, shape: Shape, values: Mapping[str, Any]) -> tuple[Override, ...]:
    """The overrides of the places of a structure; raises UnknownName for a place that it does not have."""
    if not values:
        return ()
    known = {place.path: place for place in places(service, shape)}
    for path in values:
        if path not in known:
            raise UnknownName("member", str(path), known, hint="as in ProductionVariants[]/ModelName")
    sampler = Sampler(service)
    return tuple(
        Override(known[path], sampler.build(shape, known[path].steps), value) for path, value in values.items()
    )


def _replaced(value: Any, steps: tuple[Step, ...], draw: Callable[[], Any]) -> Any:
    if not steps:
        return draw()
    step, rest = steps[0], steps[1:]
    if step == ELEMENT and isinstance(value, list):
        return [_replaced(item, rest, draw) for item in value]
    if step == VALUE and isinstance(value, Mapping):
        return {key: _replaced(item, rest, draw) for key, item in value.items()}
    if step == KEY and isinstance(value, Mapping):
        return {draw(): item for item in value.values()}
    if isinstance(value, Mapping) and (not rest or value.get(step) is not None):
        return {**value, step: _replaced(value.get(step), rest, draw)}
    return value
