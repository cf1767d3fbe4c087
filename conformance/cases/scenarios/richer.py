"""Requests with more in them than they need: everything at once, and if that is refused, in parts.

    all of it --refused--> nothing, the first half, the second half --refused--> quarters ... a single member
        |                                                                         --refused--> as small as it can be
        '--accepted--> the same with every switch on
                  '--> what no request gave so far (unions have one member at a time), place by place

What is asked for beyond the smallest request are the members of the input that the description of a resource repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.cases.planner import Params, Planner
from conformance.cases.samples import Sampler, Unbuildable, spot
from conformance.cases.scenarios.varying import apart_from_defaults, switched_on
from conformance.specs.model import Operation
from conformance.specs.paths import Edit, apply, get
from conformance.specs.resource import Resource
from conformance.specs.statements.roundtrip import echoes_of
from conformance.specs.walk import ELEMENT, VALUE, Step


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the members, as full as they can be, as `small`, or full and with their switches `on`."""

    names: tuple[str, ...]
    how: Literal["full", "small", "on"] = "full"

    def split(self) -> tuple[Part, ...]:
        """What to try where this was refused."""
        if len(self.names) > 1:
            middle = len(self.names) // 2
            return Part(self.names[:middle], self.how), Part(self.names[middle:], self.how)
        return (Part(self.names, "small"),) if self.names and self.how == "full" else ()


@dataclass(slots=True)
class Parts:
    """What is still to be tried of the members that come back, the most at once first."""

    names: tuple[str, ...]
    how: Literal["full", "on"] = "full"
    _pending: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        self._pending = [Part(self.names, self.how)]

    def take(self) -> Part | None:
        """The next part to try; None where there is nothing left."""
        return self._pending.pop(0) if self._pending else None

    def refused(self, part: Part, *, bare: bool = True) -> None:
        """Take note that a part was refused; without any of the members it is tried once, if a `bare` one is wanted."""
        first = bare and part.names == self.names and part.names and part.how == "full"
        self._pending.extend((Part(()), *part.split()) if first else part.split())


@dataclass(frozen=True, slots=True)
class Richer:
    """Builds the requests of one operation, on top of params that are valid already.

    `full` has a value for every member that comes back, `on` those that have switches, with these on; `leaves` are the
    places in them.
    """

    planner: Planner
    operation: Operation
    full: Mapping[str, Any]
    on: Mapping[str, Any]
    leaves: tuple[tuple[Step, ...], ...]

    def params(self, base: Params, part: Part) -> Params | None:
        """Valid params with a part of the members in them, names not filled in; None where the rules exclude them."""
        try:
            return self.planner.valid(self.operation, {**base, **self._values(part)})
        except Unbuildable:
            return None

    def around(self, place: tuple[Step, ...], named: tuple[Step, ...] = ()) -> Params | None:
        """Valid params with a place in them and as much around it as the rules allow; None where they do not.

        `named` is the place of the name that the client chooses.
        """
        service = self.planner.service
        shape = service.input_of(self.operation)
        try:
            base = Sampler(service).build(shape, named)
            small, full = Sampler(service).build(shape, place), Sampler(service, full=True).build(shape, place)
            full = apart_from_defaults(service, shape, full)
        except Unbuildable:
            return None
        for depth in range(1, len(place) + 1):
            around = get(full, spot(place[:depth], full))
            value = apply(small, (Edit("set", spot(place[:depth], small), around),))[place[0]]
            try:
                return self.planner.valid(self.operation, {**base, place[0]: value}, place)
            except Unbuildable:
                continue
        return None

    def _values(self, part: Part) -> Params:
        if part.how != "small":
            values = self.full if part.how == "full" else self.on
            return {name: values[name] for name in part.names}
        shape = self.planner.service.input_of(self.operation)
        sampler = Sampler(self.planner.service)
        small = (apart_from_defaults(sampler.service, shape, sampler.build(shape, (name,))) for name in part.names)
        return {name: value[name] for name, value in zip(part.names, small, strict=True)}


def richer(planner: Planner, operation: Operation, resource: Resource, index: int = 0) -> Richer:
    """What builds richer requests of an operation; with an `index` above 0 its values are other ones.

    Raises Unbuildable.
    """
    shape = planner.service.input_of(operation)
    sampler = Sampler(planner.service, full=True)
    full = apart_from_defaults(planner.service, shape, sampler.element(shape, index) if index else sampler.build(shape))
    echoes = echoes_of(planner.service, resource, operation.name)
    wanted = {echo.given[0] for echo in echoes}
    leaves = tuple(echo.given for echo in echoes if echo.leaf)
    full = {name: value for name, value in full.items() if name in wanted}
    on = switched_on(planner.service, shape, full)
    switches = {name: value for name, value in on.items() if value != full[name]}
    return Richer(planner, operation, full, switches, leaves)


@dataclass(slots=True)
class Attempts:
    """Requests in the order in which they should be sent, until every place was in one of them; `most` in all.

    `named` is the place of the name that the client chooses.
    """

    build: Richer
    base: Params
    most: int
    named: tuple[Step, ...] = ()
    _parts: Parts = field(init=False)
    _part: Part | None = None
    _sent: int = 0
    _accepted: bool = False
    _tried: set[tuple[Step, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._parts = Parts(tuple(self.build.full))

    def take(self) -> Params | None:
        """The next params to send, names not filled in; None where nothing is left or enough was sent."""
        params = self._next() if self._sent < self.most else None
        self._sent += params is not None
        return params

    def refused(self) -> None:
        """Take note that the last params were refused."""
        if self._part is not None:
            self._parts.refused(self._part)

    def accepted(self, params: Params) -> None:
        """Take note that params were accepted."""
        self._accepted = True
        self._tried.update(leaf for leaf in self.build.leaves if is_given(params, leaf))

    def _next(self) -> Params | None:
        while (part := self._parts.take()) is not None:
            self._part, params = part, self.build.params(self.base, part)
            if params is not None:
                return params
            self._parts.refused(part)
        if self._accepted and self.build.on and self._parts.how == "full":
            self._parts = Parts(tuple(self.build.on), "on")
            return self._next()
        self._part = None
        for leaf in self.build.leaves if self._accepted else ():
            params = None if leaf in self._tried else self.build.around(leaf, self.named)
            self._tried.add(leaf)
            if params is not None:
                self._tried.update(other for other in self.build.leaves if is_given(params, other))
                return params
        return None


def is_given(value: Any, place: tuple[Step, ...]) -> bool:
    """Whether there is anything at a place."""
    if not place:
        return value is not None
    step, *below = place
    if step == ELEMENT:
        inner = value if isinstance(value, list) else []
    elif isinstance(value, Mapping):
        inner = list(value.values()) if step == VALUE else [value.get(step)]
    else:
        inner = []
    return any(is_given(each, tuple(below)) for each in inner)
