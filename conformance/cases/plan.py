"""The deterministic cases of an operation, in the order in which they should be sent.

    smallest, fullest                        valid
    smallest with a place in it              valid, the base of every edge and fault at that place
    each edge                                boundary: the model still allows it
    each fault, each broken rule             invalid: exactly one constraint is broken

A base comes before what builds on it. What cannot be built is yielded as `Omitted`, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases import patterns
from conformance.cases.case import Call, Case, Creation, Fault, Intent, Omitted
from conformance.cases.faults import Break, Edge, Unbreakable, breaks, edges
from conformance.cases.naming import Namer, sent_name, token_for
from conformance.cases.samples import Sampler, Unbuildable, spot
from conformance.specs import rules
from conformance.specs.clauses import clause_id, constraints
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay import Overlay, Resource, Rule, Violation
from conformance.specs.paths import Edit, NoSuchPlace, Path, apply, get
from conformance.specs.walk import Place, Step, places

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

    def __post_init__(self) -> None:
        self.namer = Namer(self.spec.service, self.overlay)

    @property
    def service(self) -> Service:
        """The service whose operations are planned."""
        return self.spec.service

    def rules_for(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules that requests of an operation must keep."""
        return tuple(self.overlay.rules_for(operation.name, self.spec.provenance.botocore))

    def cases(self, operation: Operation) -> Iterator[Case | Omitted]:
        """The deterministic cases of an operation, bases first."""
        yield from _OperationPlan(self, operation).cases()

    def smallest(self, operation: Operation) -> Params:
        """The smallest valid params, names not yet filled in; raises Unbuildable."""
        return self.valid(operation, Sampler(self.service).build(self.service.input_of(operation)))

    def valid(self, operation: Operation, params: Params, place: tuple[Step, ...] = ()) -> Params:
        """Model-valid params made valid by the overlay too, with `place` still in them; raises Unbuildable."""
        hints = self.overlay.requests.get(operation.name)
        given = hints.given if hints is not None else ()
        for candidate in (_with_hints(params, given, place), self._with_fitting_hints(operation, params, given, place)):
            obeying = rules.repaired(candidate, self.rules_for(operation))
            if obeying is not None and _holds(place, obeying):
                return obeying
        raise Unbuildable("the rules of the overlay exclude it")

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
        repaired = rules.repaired(params, self.rules_for(operation))
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
        **more: Any,
    ) -> Case:
        """A case with its names filled in, its prerequisites before it and its removal after it.

        `change` breaks the named params; names at the paths in `keep` are left as they are, those at the paths in
        `longest` are made as long as they may be.
        """
        identity = f"{self.service.name}:{operation.name}/{intent}/{name}"
        token = token_for(self.seed, identity)
        named = self.namer.named(operation, params, token, keep=keep, longest=longest)
        call = Call(operation.name, change(named) if change else named, wire)
        case = Case(identity, self.service.name, operation.name, intent, title, clauses, call, **more)
        return replace(case, setup=self.setup(operation, named, token), undo=self._undo(operation, call))

    def setup(self, operation: Operation, params: Params, token: str) -> tuple[Creation, ...]:
        """The prerequisites of a request, in the order in which they have to be made."""
        made: dict[str, Creation] = {}
        for resource in self.namer.references(operation, params):
            self._prepare(resource, token, made, depth=0)
        return tuple(made.values())

    def _prepare(self, resource: Resource, token: str, made: dict[str, Creation], depth: int) -> None:
        if resource.name in made:
            return
        if depth > DEEPEST_SETUP:
            raise Unbuildable(f"the prerequisites of {resource.name} lead back to it")
        create = self.service.operations[resource.create]
        params = self.namer.named(create, self.smallest(create), token)
        for needed in self.namer.references(create, params):
            self._prepare(needed, token, made, depth + 1)
        call = Call(create.name, params)
        read = self._by_name(resource.read, resource, params[resource.identifier]) if resource.read else None
        made[resource.name] = Creation(resource.name, call, self._undo(create, call), resource.ready, read)

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


@dataclass(slots=True)
class _OperationPlan:
    planner: Planner
    operation: Operation
    smallest: Params = field(init=False)
    bases: dict[str, str] = field(init=False, default_factory=dict)

    def clause(self, section: str, path: str, name: str) -> str:
        return clause_id(self.planner.service.name, self.operation.name, section, path, name)

    def cases(self) -> Iterator[Case | Omitted]:
        accepted = self.clause("input", "", "accepted")
        try:
            self.smallest = self.planner.smallest(self.operation)
        except Unbuildable as problem:
            yield Omitted(accepted, f"no valid request could be built: {problem}")
            return
        yield self._base(self.smallest, "smallest", "the smallest valid request")
        yield from self._fullest()
        yield from self._protocol()
        for place in places(self.planner.service, self.planner.service.input_of(self.operation)):
            yield from self._at(place)
        for rule in self.planner.rules_for(self.operation):
            yield from self._rule(rule)

    def _base(self, params: Params, name: str, title: str) -> Case:
        clauses = (self.clause("input", "", "accepted"),)
        case = self.planner.case(self.operation, name, "valid", title, clauses, params)
        self.bases.setdefault(_fingerprint(params), case.id)
        return case

    def _fullest(self) -> Iterator[Case]:
        try:
            built = Sampler(self.planner.service, full=True).build(self.planner.service.input_of(self.operation))
            fullest = self.planner.valid(self.operation, built)
        except Unbuildable:
            return
        if _fingerprint(fullest) not in self.bases:
            yield self._base(fullest, "fullest", "a request with every optional member")

    def _protocol(self) -> Iterator[Case]:
        unknown, broken = self.clause("protocol", "", "unknown-members"), self.clause("protocol", "", "malformed-body")
        base = self.bases[_fingerprint(self.smallest)]
        if self.planner.wanted(unknown):
            edit = Edit("set", ("ConformanceUnknownMember",), "ignored")
            yield self.planner.case(
                self.operation, "unknown-member", "boundary", "a member that the model does not have", (unknown,),
                self.smallest, wire=(edit,), base=base,
            )  # fmt: skip
        if self.planner.wanted(broken):
            case = self.planner.case(
                self.operation, "malformed-body", "invalid", "a body that does not parse", (broken,),
                self.smallest, base=base, fault=Fault("malformed-body", "", (), "does not parse"),
            )  # fmt: skip
            yield replace(case, call=replace(case.call, broken_body=True))

    def _at(self, place: Place) -> Iterator[Case | Omitted]:
        """The cases at one place: its base where that is a new one, its edges, its faults."""
        sampler = Sampler(self.planner.service)
        try:
            built = sampler.build(self.planner.service.input_of(self.operation), place.steps)
            params = self.planner.valid(self.operation, built, place.steps)
            path = spot(place.steps, params)
            sample = get(params, path)
            found = [*edges(place, sampler)], [*breaks(place, path, sample, sampler)]
        except (Unbuildable, patterns.PatternError) as problem:
            yield from self._all_omitted(place, str(problem))
            return
        pending = [*self._edges(place, params, path, found[0]), *self._breaks(place, params, path, found[1])]
        if any(isinstance(item, Case) for item in pending) and _fingerprint(params) not in self.bases:
            yield self._base(params, f"with/{place.path}", f"the smallest valid request with {place.path}")
        base = self.bases.get(_fingerprint(params))
        yield from (replace(item, base=base) if isinstance(item, Case) else item for item in pending)

    def _all_omitted(self, place: Place, reason: str) -> Iterator[Omitted]:
        for name, _ in constraints(place):
            yield Omitted(self.clause("input", place.path, name), reason)

    def _edges(self, place: Place, params: Params, path: Path, found: list[Edge]) -> Iterator[Case]:
        for edge in found:
            clause = self.clause("input", place.path, edge.constraint)
            if not self.planner.wanted(clause):
                continue
            changed = apply(params, (Edit("set", path, edge.value),))
            if rules.repaired(changed, self.planner.rules_for(self.operation)) != changed:
                continue  # the model allows it, a rule of the overlay does not
            names = self._names_at(path, changed, edge)
            if names is not None:
                yield self.planner.case(
                    self.operation, f"{place.path}#{edge.constraint}/{edge.how}", "boundary",
                    f"{place.path}: {edge.how.replace('-', ' ')}", (clause,), changed, **names,
                )  # fmt: skip

    def _names_at(self, path: Path, params: Params, edge: Edge) -> dict[str, tuple[Path, ...]] | None:
        """How an edge value and the naming go together; None where the edge is in a reference to something else."""
        namer = self.planner.namer
        name = next((each for each in namer.spots(self.operation, params) if each.path == path), None)
        if name is None:
            return {}
        if name.resource is not None and not namer.is_own_name(self.operation, name):
            return None
        return {"longest" if edge.how == "longest" else "keep": (path,)}

    def _breaks(
        self, place: Place, params: Params, path: Path, found: list[Break | Unbreakable]
    ) -> Iterator[Case | Omitted]:
        for broken in found:
            clause = self.clause("input", place.path, broken.constraint)
            if not self.planner.wanted(clause):
                continue
            if isinstance(broken, Unbreakable):
                yield Omitted(clause, broken.reason)
            else:
                yield self._invalid(place, clause, broken, params, path)

    def _invalid(self, place: Place, clause: str, broken: Break, params: Params, path: Path) -> Case:
        return self.planner.case(
            self.operation,
            f"{place.path}#{broken.constraint}/{broken.how}",
            "invalid",
            f"{place.path} breaks '{broken.constraint}': {broken.how.replace('-', ' ')}",
            (clause,),
            params,
            change=None if broken.on_wire else lambda named: apply(named, (broken.edit,)),
            wire=(broken.edit,) if broken.on_wire else (),
            fault=Fault(broken.constraint, place.path, path, broken.how),
        )

    def _rule(self, rule: Rule) -> Iterator[Case | Omitted]:
        clause = self.clause("rule", "", rule.id)
        if not self.planner.wanted(clause):
            return
        if rule.missing is not None:
            yield from self._missing(rule, clause, self.planner.overlay.resources[rule.missing])
        for violation in rule.violations:
            try:
                yield from self._violation(rule, clause, violation)
            except (NoSuchPlace, Unbuildable) as problem:
                yield Omitted(clause, f"{violation.name}: {problem}")

    def _violation(self, rule: Rule, clause: str, violation: Violation) -> Iterator[Case]:
        params = self.planner.obeying(self.operation, apply(self.smallest, violation.base))
        name = f"rule/{rule.id}/{violation.name.replace(' ', '-')}"
        if _fingerprint(params) not in self.bases:
            yield self._base(params, name, f"the valid counterpart of: {violation.name}")
        yield self.planner.case(
            self.operation, name, "invalid", f"{rule.id}: {violation.name}", (clause,), params,
            change=lambda named: apply(named, violation.broken), rule=rule, base=self.bases[_fingerprint(params)],
            fault=Fault("rule", "", (), violation.name),
        )  # fmt: skip

    def _missing(self, rule: Rule, clause: str, resource: Resource) -> Iterator[Case]:
        """A request that refers to something that was never made, in a place where the rest is in order."""
        namer = self.planner.namer
        refers = (
            each
            for each in namer.spots(self.operation, self.smallest)
            if each.resource == resource and not namer.is_own_name(self.operation, each)
        )
        reference = next(refers, None)
        if reference is None:
            yield Omitted(clause, f"the smallest valid request does not refer to a {resource.name}")
            return
        name = f"rule/{rule.id}/never-made"
        absent = namer.name_for(reference, token_for(self.planner.seed, f"{self.operation.name}/{name}/absent"))
        yield self.planner.case(
            self.operation, name, "invalid", f"{rule.id}: a {resource.name} that was never made", (clause,),
            self.smallest, change=lambda named: apply(named, (Edit("set", reference.path, absent),)), rule=rule,
            base=self.bases[_fingerprint(self.smallest)], fault=Fault("rule", "", reference.path, "never made"),
        )  # fmt: skip


def _fingerprint(params: Params) -> str:
    return json.dumps(params, sort_keys=True, default=repr)
