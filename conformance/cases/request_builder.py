"""Requests in order: valid by the model and the overlay, named, with what must be there before them.

built value --hints, repairs--> valid params --names--> Case: setup, call, undo
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Case, Creation, Intent
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.resource_names import ResourceNamer, requested_name, token_for
from conformance.cases.samples import DEFAULT_REGION, Sampler, Unbuildable, path_in_sample
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Overlay, RequestHints, Rule
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.inference import READING
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, Path, apply, get

Params = Mapping[str, Any]

# Deeper chains of prerequisites are a loop in the overlay.
MAX_SETUP_DEPTH = 12


@dataclass(slots=True)
class RequestBuilder:
    """Plans the cases of one spec's operations under a seed.

    `wanted` says which clauses are asked for; cases that serve none of them are not planned. `region` is the target's,
    `abroad` gives the planner of another service, for what requests refer to there.
    What was learned of an operation (`learn`) goes into every request of it that is planned from then on, as the hints
    of an overlay do.
    """

    spec: Spec
    overlay: Overlay
    seed: int
    wanted: Callable[[str], bool] = lambda _: True
    region: str = DEFAULT_REGION
    other_service: Callable[[str], RequestBuilder | None] = lambda _: None
    namer: ResourceNamer = field(init=False)
    _lessons: dict[str, Adaptation] = field(init=False, default_factory=dict)
    _rules: dict[str, tuple[Rule, ...]] = field(init=False, default_factory=dict)
    _smallest: dict[str, Params] = field(init=False, default_factory=dict)
    _makers: dict[tuple[str, bool], Params] = field(init=False, default_factory=dict)
    _referring: dict[tuple[str, str], Params] = field(init=False, default_factory=dict)
    _namers: dict[str, ResourceNamer] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.namer = ResourceNamer(self.spec.service, self.overlay)

    @property
    def service(self) -> Service:
        """The service whose operations are planned."""
        return self.spec.service

    def rules_for(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules that requests of an operation must keep."""
        if operation.name not in self._rules:
            self._rules[operation.name] = tuple(self.overlay.rules_for(operation.name, self.spec.provenance.botocore))
        return self._rules[operation.name]

    def sampler(self, *, full: bool = False) -> Sampler:
        """What builds samples of the service's shapes, with every optional member where they are to be `full`."""
        return Sampler(self.service, full, self.region)

    def lesson(self, operation: str) -> Adaptation:
        """What was learned of an operation."""
        return self._lessons.get(operation, Adaptation())

    def learn(self, operation: str, lesson: Adaptation) -> None:
        """Plan requests of an operation as its lesson says from now on, in place of what was learned of it before."""
        if lesson == self.lesson(operation):
            return
        self._lessons[operation] = lesson
        known = (each for one in self._lessons.values() for each in one.resources)
        self.namer = ResourceNamer(self.service, self.overlay, tuple(known))
        for cache in (self._smallest, self._makers, self._referring, self._namers):
            cache.clear()

    def hints(self, operation: str) -> RequestHints:
        """What requests of an operation need beyond the model, as the overlay says and as was learned."""
        written, learned = self.overlay.requests.get(operation, RequestHints()), self.lesson(operation).hints
        return RequestHints(
            (*written.edits, *learned.edits),
            written.why,
            tuple(dict.fromkeys((*written.depends_on, *learned.depends_on))),
        )

    def smallest(self, operation: Operation) -> Params:
        """The smallest valid params, names not yet filled in; raises Unbuildable."""
        if operation.name not in self._smallest:
            built = self.sampler().build(self.service.input_of(operation))
            self._smallest[operation.name] = self.valid(operation, built)
        return self._smallest[operation.name]

    def fullest(self, operation: Operation) -> Params:
        """Valid params with every optional member that goes with the rest, names not filled in; raises Unbuildable."""
        return self.valid(operation, self.sampler(full=True).build(self.service.input_of(operation)))

    def valid(self, operation: Operation, params: Params, place: tuple[Step, ...] = ()) -> Params:
        """Model-valid params made valid by the overlay too, with `place` still in them; raises Unbuildable."""
        params = self._without_page_token(operation, params)
        edits = self.hints(operation.name).edits
        for hinted in (_with_hints, functools.partial(self._with_fitting_hints, operation)):
            whole = self._without_page_token(operation, hinted(params, edits, place))
            obeying = rules.repaired(whole, self.rules_for(operation))
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

        Requests that change nothing, reads and those that are to be rejected, have their prerequisites in common.
        """
        identity = f"{self.service.name}:{operation.name}/{intent}/{name}"
        token = token_for(self.seed, identity)
        shared = intent == "invalid" or READING.match(operation.name) is not None
        named = self.namer.named(operation, params, token, keep=keep, longest=longest)
        setup = self.prerequisites(operation, named, token, full=full, beside=beside)
        params = change(named) if change else named
        made = {creation.resource for creation in setup}
        bound = [each for each in self.namer.bindings(operation, named, all_=shared) if each.resource in made]
        # What a change has copied refers to the same thing; what it has set itself is left as it is.
        names = [(each.resource, get(named, each.path)) for each in bound]
        everywhere = self.namer.bindings(operation, params, all_=shared)
        bindings = tuple(each for each in everywhere if (each.resource, get(params, each.path)) in names)
        call = Call(operation.name, params, wire, bindings=bindings)
        undo = self.undo(operation, call, token, shared=shared)
        shared_setup = repr([(each.call, each.undo) for each in setup]).replace(token, "") if shared and setup else None
        return Case(
            identity, self.service.name, operation.name, intent, title, clauses, call, setup, undo,
            shared_setup=shared_setup, **more,
        )  # fmt: skip

    def prerequisites(
        self,
        operation: Operation,
        params: Params,
        token: str,
        *,
        full: bool = False,
        beside: tuple[Resource, ...] = (),
        without: tuple[str, ...] = (),
    ) -> tuple[Creation, ...]:
        """What must be there for a request, in the order in which it has to be made, to any depth.

        Resources whose names are in `without` are there already. What cannot be made is left out: the request then
        refers to something made up.
        """
        made: dict[str, Creation] = {}
        for resource in (*self._before(operation), *self.namer.references(operation, params), *beside):
            with contextlib.suppress(Unbuildable):
                self._prepare(resource, token, made, (*without, *filter(None, [self._own(operation)])), full=full)
        return tuple(made.values())

    def _before(self, operation: Operation) -> Iterator[Resource]:
        """What the operations make that have to come before an operation."""
        for name in self.hints(operation.name).depends_on:
            yield self.namer.creates(self.service.operations[name]) or Resource(name, name, ())

    def _own(self, operation: Operation) -> str | None:
        made = self.namer.creates(operation)
        return made.name if made is not None else None

    def _prepare(
        self, resource: Resource, token: str, made: dict[str, Creation], above: tuple[str, ...], *, full: bool = False
    ) -> None:
        if resource.name in made or resource.name in above:
            return
        if len(above) > MAX_SETUP_DEPTH:
            raise Unbuildable(f"the prerequisites of {resource.name} go too deep")
        if resource.service is not None:
            made.update({each.resource: each for each in self._from_abroad(resource, token)})
            return
        create = self.service.operations[resource.create]
        for needed in (*self._before(create), *self.namer.references(create, self._maker(resource, create, full))):
            self._prepare(needed, token, made, (*above, resource.name))
        made[resource.name] = self.maker(resource, token, full=full)

    def _from_abroad(self, resource: Resource, token: str) -> Iterator[Creation]:
        """What makes a thing of another service, and what that needs there; raises Unbuildable."""
        other = self.other_service(str(resource.service))
        create = other.service.operations.get(resource.create) if other is not None else None
        known = other.namer.creates(create) if other is not None and create is not None else None
        if other is None or create is None or known is None:
            raise Unbuildable(f"nothing is known of how {resource.service} makes {resource.one}")
        own = other.maker(known, token)
        before = other.prerequisites(create, own.call.params, token)
        names = {each.resource: f"{resource.service}:{each.resource}" for each in before} | {known.name: resource.name}
        for each in (*before, own):
            yield replace(
                each,
                resource=names[each.resource],
                call=_renamed(each.call, names),
                undo=_renamed(each.undo, names) if each.undo else None,
                read=_renamed(each.read, names) if each.read else None,
                service=resource.service,
            )

    def maker(self, resource: Resource, token: str, *, full: bool = False) -> Creation:
        """What makes a resource under the name that goes with a token, without what that needs; raises Unbuildable."""
        create = self.service.operations[resource.create]
        params = self.namer.named(create, self._maker(resource, create, full), token)
        call = Call(create.name, params, bindings=self.namer.bindings(create, params))
        read = self.about(resource, resource.read.operation, token) if resource.read else None
        return Creation(resource.name, call, resource, self.undo(create, call, token), read)

    def _maker(self, resource: Resource, create: Operation, full: bool) -> Params:
        """The params that make a resource, names not yet filled in; the same for every case that needs one."""
        if (resource.name, full) not in self._makers:
            place = tuple(str(step) for step in resource.chosen.source.path) if resource.chosen else ()
            built = self.sampler(full=full).build(self.service.input_of(create), place)
            self._makers[resource.name, full] = self.valid(create, built, place)
        return self._makers[resource.name, full]

    def undo(self, operation: Operation, call: Call, token: str, *, shared: bool = False) -> Call | None:
        """The call that removes what a call makes; None where nothing can.

        What is `shared` may be called otherwise than the token says: all references to it are bound.
        """
        resource = self.namer.creates(operation)
        if resource is None or resource.delete is None:
            return None
        try:
            undo = self.about(resource, resource.delete, token)
        except Unbuildable:
            return None
        remover = self.service.operations[resource.delete]
        if not any(each.members or each.operation_members for each in resource.handles):
            return undo  # it has no name of its own: what it belongs to says which is meant
        spots = self._about(resource).spots(remover, undo.params)
        own = [each for each in spots if each.resource == resource and not each.is_told]
        bindings = self._about(resource).bindings(remover, undo.params, all_=shared)
        undo = replace(undo, bindings=tuple(each for each in bindings if each.path not in [spot.path for spot in own]))
        if not own:
            return undo if any(each.resource == resource.name for each in undo.bindings) else None
        name = requested_name(resource, call.params, call.edits)
        edits = tuple(Edit("set", each.path, name) for each in own)
        return None if name is None else replace(undo, params=apply(undo.params, edits))

    def about(self, resource: Resource, operation: str, token: str, params: Params | None = None) -> Call:
        """A call of an operation that refers to the resource of a token, and whatever else to things of that token.

        `params` are valid ones without names, the smallest unless given. Raises Unbuildable.
        """
        asked = self.service.operations[operation]
        if params is None:
            params = self.with_parents(resource, asked, self._referring_to(resource, asked))
        namer = self._about(resource)
        named = namer.named(asked, params, token)
        return Call(operation, named, bindings=namer.bindings(asked, named))

    def _about(self, resource: Resource) -> ResourceNamer:
        if resource.name not in self._namers:
            self._namers[resource.name] = self.namer.about(resource)
        return self._namers[resource.name]

    def with_parents(self, resource: Resource, operation: Operation, params: Params) -> Params:
        """The params with those optional members that refer to what a resource was made in; raises Unbuildable.

        What was made in a cluster, say, is looked for in the default one otherwise.
        """
        create, root = self.service.operations[resource.create], self.service.input_of(operation)
        parents = {each.name for each in self.namer.references(create, self._maker(resource, create, False))}
        for name, member in root.members.items():
            if name in params or not parents:
                continue
            known = self.namer.refers(operation.name, name, member.shape)
            if known is not None and known[0].name in parents - {resource.name}:
                with contextlib.suppress(Unbuildable, LookupError):
                    params = self.valid(operation, {**params, name: self.sampler().build(root, (name,))[name]}, (name,))
                    parents.discard(known[0].name)
        return params

    def _referring_to(self, resource: Resource, operation: Operation) -> Params:
        """The smallest params that refer to a resource; the smallest of all where none can."""
        key = (resource.name, operation.name)
        if key not in self._referring:
            self._referring[key] = next(self._candidates(resource, operation))
        return self._referring[key]

    def _candidates(self, resource: Resource, operation: Operation) -> Iterator[Params]:
        smallest = self.smallest(operation)
        namer = self._about(resource)
        if any(spot.resource == resource for spot in namer.spots(operation, smallest)):
            yield smallest
        root = self.service.input_of(operation)
        for name, member in root.members.items():
            target = self.service.target(member)
            listed = target.type == "list" and target.element is not None
            shape = target.element.shape if target.element is not None and listed else member.shape
            known = namer.refers(operation.name, name, shape, listed=listed)
            if known is None or known[0] != resource:
                continue
            place: tuple[Step, ...] = (name, ELEMENT) if listed else (name,)
            with contextlib.suppress(Unbuildable):
                yield self.valid(operation, self.sampler().build(root, place), place)
        yield smallest


def _renamed(call: Call, names: Mapping[str, str]) -> Call:
    """The call with its bindings led to things by their other names."""
    return replace(call, bindings=tuple(replace(each, resource=names[each.resource]) for each in call.bindings))


def _holds(place: tuple[Step, ...], params: Params) -> bool:
    """Whether there is something at a place."""
    try:
        path_in_sample(place, params)
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
