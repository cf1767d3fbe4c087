"""Requests in order: valid by the model and the overlay, named, with what must be there before them.

built value --hints, repairs--> valid params --names--> Case: setup, call, undo
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Case, Creation, Intent
from conformance.cases.naming import Namer, sent_name, token_for
from conformance.cases.samples import Sampler, Unbuildable, spot
from conformance.specs import rules
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay import Overlay, Resource, Rule
from conformance.specs.paths import Edit, NoSuchPlace, Path, apply, get
from conformance.specs.walk import Step

Params = Mapping[str, Any]

# Deeper chains of prerequisites are a loop in the overlay.
DEEPEST_SETUP = 12


@dataclass(slots=True)
class Planner:
    """Plans the cases of one spec's operations under a seed.

    `wanted` says which clauses are asked for; cases that serve none of them are not planned.
    """

    spec: Spec
    overlay: Overlay
    seed: int
    wanted: Callable[[str], bool] = lambda _: True
    namer: Namer = field(init=False)
    _rules: dict[str, tuple[Rule, ...]] = field(init=False, default_factory=dict)
    _makers: dict[tuple[str, bool], Params] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.namer = Namer(self.spec.service, self.overlay)

    @property
    def service(self) -> Service:
        """The service whose operations are planned."""
        return self.spec.service

    def rules_for(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules that requests of an operation must keep."""
        if operation.name not in self._rules:
            self._rules[operation.name] = tuple(self.overlay.rules_for(operation.name, self.spec.provenance.botocore))
        return self._rules[operation.name]

    def smallest(self, operation: Operation) -> Params:
        """The smallest valid params, names not yet filled in; raises Unbuildable."""
        return self.valid(operation, Sampler(self.service).build(self.service.input_of(operation)))

    def fullest(self, operation: Operation) -> Params:
        """Valid params with every optional member that goes with the rest, names not filled in; raises Unbuildable."""
        return self.valid(operation, Sampler(self.service, full=True).build(self.service.input_of(operation)))

    def valid(self, operation: Operation, params: Params, place: tuple[Step, ...] = ()) -> Params:
        """Model-valid params made valid by the overlay too, with `place` still in them; raises Unbuildable."""
        params = self._without_page_token(operation, params)
        hints = self.overlay.requests.get(operation.name)
        given = hints.given if hints is not None else ()
        for hinted in (_with_hints, functools.partial(self._with_fitting_hints, operation)):
            obeying = rules.repaired(hinted(params, given, place), self.rules_for(operation))
            if obeying is not None and _holds(place, obeying):
                return obeying
        raise Unbuildable("the rules of the overlay exclude it")

    def _without_page_token(self, operation: Operation, params: Params) -> Params:
        """A page token is only good for what a page before it answered; none can be made up."""
        paginator = self.service.paginators.get(operation.name)
        tokens = paginator.input_token if paginator is not None else ()
        required = self.service.input_of(operation).required
        return {name: value for name, value in params.items() if name not in tokens or name in required}

    def _with_fitting_hints(
        self, operation: Operation, params: Params, given: tuple[Edit, ...], place: tuple[Step, ...]
    ) -> Params:
        """The params with those hints only that break no rule: not every hint goes with every place."""
        broken = self._broken(operation, params)
        for edit in given:
            hinted = _with_hints(params, (edit,), place)
            if self._broken(operation, hinted) <= broken:
                params, broken = hinted, self._broken(operation, hinted)
        return params

    def _broken(self, operation: Operation, params: Params) -> frozenset[str]:
        return frozenset(rule.id for rule in self.rules_for(operation) if not rules.obeys(rule, params))

    def obeying(self, operation: Operation, params: Params) -> Params:
        """The params, repaired until every rule of the operation holds; raises Unbuildable."""
        repaired = rules.repaired(self._without_page_token(operation, params), self.rules_for(operation))
        if repaired is None:
            raise Unbuildable("no repair makes the request keep every rule of the overlay")
        return repaired

    def case(
        self,
        operation: Operation,
        name: str,
        intent: Intent,
        title: str,
        clauses: tuple[str, ...],
        params: Params,
        *,
        change: Callable[[Params], Params] | None = None,
        wire: tuple[Edit, ...] = (),
        keep: tuple[Path, ...] = (),
        longest: tuple[Path, ...] = (),
        full: bool = False,
        beside: tuple[Resource, ...] = (),
        **more: Any,
    ) -> Case:
        """A case with its names filled in, its prerequisites before it and its removal after it.

        `change` breaks the named params; names at the paths in `keep` are left as they are, those at the paths in
        `longest` are made as long as they may be. What the request refers to is made with every optional member where
        it is to be `full`; what is in `beside` is made although the request does not refer to it.
        """
        identity = f"{self.service.name}:{operation.name}/{intent}/{name}"
        token = token_for(self.seed, identity)
        named = self.namer.named(operation, params, token, keep=keep, longest=longest)
        call = Call(operation.name, change(named) if change else named, wire)
        case = Case(identity, self.service.name, operation.name, intent, title, clauses, call, **more)
        return replace(
            case, setup=self.setup(operation, named, token, full=full, beside=beside), undo=self._undo(operation, call)
        )

    def setup(
        self,
        operation: Operation,
        params: Params,
        token: str,
        *,
        full: bool = False,
        beside: tuple[Resource, ...] = (),
    ) -> tuple[Creation, ...]:
        """The prerequisites of a request, in the order in which they have to be made."""
        made: dict[str, Creation] = {}
        for resource in (*self.namer.references(operation, params), *beside):
            self._prepare(resource, token, made, full=full)
        return tuple(made.values())

    def _prepare(
        self, resource: Resource, token: str, made: dict[str, Creation], *, full: bool = False, depth: int = 0
    ) -> None:
        if resource.name in made:
            return
        if depth > DEEPEST_SETUP:
            raise Unbuildable(f"the prerequisites of {resource.name} lead back to it")
        create = self.service.operations[resource.create]
        params = self.namer.named(create, self._maker(resource, create, full), token)
        for needed in self.namer.references(create, params):
            self._prepare(needed, token, made, depth=depth + 1)
        call = Call(create.name, params)
        read = self._by_name(resource.read, resource, params[resource.identifier]) if resource.read else None
        made[resource.name] = Creation(resource.name, call, self._undo(create, call), resource.ready, read)

    def _maker(self, resource: Resource, create: Operation, full: bool) -> Params:
        """The params that make a resource, names not yet filled in; the same for every case that needs one."""
        if (resource.name, full) not in self._makers:
            place = (resource.identifier,)
            built = Sampler(self.service, full=full).build(self.service.input_of(create), place)
            self._makers[resource.name, full] = self.valid(create, built, place)
        return self._makers[resource.name, full]

    def _undo(self, operation: Operation, call: Call) -> Call | None:
        resource = self.namer.creates(operation)
        if resource is None or resource.delete is None:
            return None
        name = sent_name(resource, call.params, call.edits)
        return None if name is None else self._by_name(resource.delete, resource, name)

    def _by_name(self, operation: str, resource: Resource, name: str) -> Call:
        return Call(operation, {resource.identifier: name})


def _holds(place: tuple[Step, ...], params: Params) -> bool:
    """Whether there is something at a place."""
    try:
        spot(place, params)
    except (LookupError, TypeError, StopIteration):
        return False
    return True


def _with_hints(params: Params, given: tuple[Edit, ...], place: tuple[Step, ...]) -> Params:
    """The params with the overlay's hints, except where a hint would replace the place that is asked for."""
    for edit in given:
        steps = tuple("[]" if isinstance(segment, int) else segment for segment in edit.path)
        below = len(steps) <= len(place) and place[: len(steps)] == steps
        try:
            params = _merged(params, edit) if below else apply(params, (edit,))
        except NoSuchPlace:
            continue
    return params


def _merged(params: Params, edit: Edit) -> Params:
    """The hint's value with what is already there laid over it."""
    try:
        there = get(params, edit.path)
    except NoSuchPlace:
        there = None
    if isinstance(there, Mapping) and isinstance(edit.value, Mapping):
        merged: Params = apply(params, (replace(edit, value={**edit.value, **there}),))
        return merged
    return params
