"""Requests with more in them than they need: everything at once, and if that is refused, in parts.

    all of it --refused--> nothing, the first half, the second half --refused--> quarters ... a single member
                                                                                  --refused--> as small as it can be

What is asked for beyond the smallest request are the members of the input that the description of a resource repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.planner import Params, Planner
from conformance.cases.samples import Sampler, Unbuildable
from conformance.specs.model import Operation
from conformance.specs.resource import Resource
from conformance.specs.statements.roundtrip import echoes_of


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the members; `small` says that they are to be as small as they can be."""

    names: tuple[str, ...]
    small: bool = False

    def split(self) -> tuple[Part, ...]:
        """What to try where this was refused."""
        if len(self.names) > 1:
            middle = len(self.names) // 2
            return Part(self.names[:middle]), Part(self.names[middle:])
        return (Part(self.names, small=True),) if self.names and not self.small else ()


@dataclass(slots=True)
class Parts:
    """What is still to be tried of the members that come back, the most at once first; `most` tries in all."""

    names: tuple[str, ...]
    most: int
    _pending: list[Part] = field(init=False)
    _tried: int = 0

    def __post_init__(self) -> None:
        self._pending = [Part(self.names)]

    def take(self) -> Part | None:
        """The next part to try; None where there is nothing left or enough was tried."""
        if not self._pending or self._tried >= self.most:
            return None
        self._tried += 1
        return self._pending.pop(0)

    def refused(self, part: Part, *, bare: bool = True) -> None:
        """Take note that a part was refused; without any of the members it is tried once (`bare`)."""
        halves = part.split()
        if bare and part.names == self.names and part.names and not part.small:
            halves = (Part(()), *halves)
        self._pending.extend(halves)


@dataclass(frozen=True, slots=True)
class Richer:
    """Builds the requests of one operation, on top of params that are valid already."""

    planner: Planner
    operation: Operation
    full: Mapping[str, Any]

    def params(self, base: Params, part: Part) -> Params | None:
        """Valid params with a part of the members in them, names not filled in; None where the rules exclude them."""
        try:
            return self.planner.valid(self.operation, {**base, **self._values(part)})
        except Unbuildable:
            return None

    def _values(self, part: Part) -> Params:
        if not part.small:
            return {name: self.full[name] for name in part.names}
        shape = self.planner.service.input_of(self.operation)
        small = (Sampler(self.planner.service).build(shape, (name,)) for name in part.names)
        return {name: value[name] for name, value in zip(part.names, small, strict=True)}


def richer(planner: Planner, operation: Operation, resource: Resource, index: int = 0) -> Richer:
    """What builds richer requests of an operation; with an `index` above 0 its values are other ones.

    Raises Unbuildable.
    """
    shape = planner.service.input_of(operation)
    sampler = Sampler(planner.service, full=True)
    full = sampler.element(shape, index) if index else sampler.build(shape)
    wanted = {echo.given[0] for echo in echoes_of(planner.service, resource, operation.name)}
    return Richer(planner, operation, {name: value for name, value in full.items() if name in wanted})
