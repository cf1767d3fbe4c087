"""The deterministic cases of an operation, in the order in which they should be sent.

    smallest, fullest                        valid
    smallest with a place in it              valid, the base of every edge and fault at that place
    each edge                                boundary: the model still allows it
    each fault, each broken rule             invalid: exactly one constraint is broken

A base comes before what builds on it. What cannot be built is yielded as `Omitted`, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases import patterns
from conformance.cases.case import Case, Fault, Omitted
from conformance.cases.conclusive_faults import conclusive_faults
from conformance.cases.faults import (
    BoundaryValue,
    BrokenConstraint,
    UnbreakableConstraint,
    boundary_values,
    broken_constraints,
)
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.resource_names import token_for
from conformance.cases.samples import Sampler, Unbuildable, path_in_sample
from conformance.specs.clauses.catalog import constraints, protocol_clauses
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule, Violation
from conformance.specs.places import ELEMENT, VALUE, Place, Step, places
from conformance.specs.resources.inference import READING, listed_by
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, Path, apply, get

UNKNOWN_MEMBER = "ConformanceUnknownMember"


def deterministic_cases(builder: RequestBuilder, operation: Operation) -> Iterator[Case | Omitted]:
    """The deterministic cases of an operation, bases first."""
    yield from _OperationPlan(builder, operation).cases()


@dataclass(slots=True)
class _OperationPlan:
    builder: RequestBuilder
    operation: Operation
    smallest: Params = field(init=False)
    bases: dict[str, str] = field(init=False, default_factory=dict)

    def clause(self, section: str, path: str, name: str) -> str:
        return clause_id(self.builder.service.name, self.operation.name, section, path, name)

    def cases(self) -> Iterator[Case | Omitted]:
        accepted = self.clause("input", "", "accepted")
        try:
            self.smallest = self.builder.smallest(self.operation)
        except Unbuildable as problem:
            yield Omitted(accepted, f"no valid request could be built: {problem}")
            return
        lesson = self.builder.lesson(self.operation.name)
        yield self._base(self.smallest, "smallest", "the smallest valid request")
        if self.builder.lesson(self.operation.name) != lesson:
            yield self._learned()
        yield from self._fullest()
        yield from self._furnished()
        yield from self._protocol()
        for place in places(self.builder.service, self.builder.service.input_of(self.operation)):
            yield from self._at(place)
        for rule in self.builder.rules_for(self.operation):
            yield from self._rule(rule)

    def _base(self, params: Params, name: str, title: str) -> Case:
        clauses = (self.clause("input", "", "accepted"),)
        case = self.builder.case(self.operation, name, "valid", title, clauses, params)
        self.bases.setdefault(_fingerprint(params), case.id)
        return case

    def _learned(self) -> Case:
        """The smallest request again, with what was learned since it was first sent; the base of all that follows."""
        lesson, self.smallest = self.builder.lesson(self.operation.name), self.builder.smallest(self.operation)
        self.bases.clear()
        return self._base(self.smallest, "learned", f"the smallest valid request, {lesson.why}")

    def _fullest(self) -> Iterator[Case]:
        try:
            fullest = self.builder.fullest(self.operation)
        except Unbuildable:
            return
        if _fingerprint(fullest) not in self.bases:
            yield self._base(fullest, "fullest", "a request with every optional member")

    def _furnished(self) -> Iterator[Case]:
        """Reads of things that have every optional member, lists with one thing in them: answers with more in them."""
        if not READING.match(self.operation.name):
            return
        clauses = (self.clause("input", "", "accepted"),)
        base = self.bases[_fingerprint(self.smallest)]
        listed = listed_by(self.operation, self.builder.overlay)
        references = self.builder.namer.references(self.operation, self.smallest)
        try:
            if references:
                yield self.builder.case(
                    self.operation, "of-the-fullest", "valid", "of things with every optional member", clauses,
                    self.smallest, full=True, base=base,
                )  # fmt: skip
            if listed is not None and listed not in references:
                yield self.builder.case(
                    self.operation, "with-one-there", "valid", f"with one {listed.name} there", clauses,
                    self.smallest, beside=(listed,), base=base,
                )  # fmt: skip
        except Unbuildable:
            return

    def _protocol(self) -> Iterator[Case]:
        unknown, broken = self.clause("protocol", "", "unknown-members"), self.clause("protocol", "", "malformed-body")
        base = self.bases[_fingerprint(self.smallest)]
        spoken = frozenset(protocol_clauses(self.builder.service, self.operation))
        if "unknown-members" in spoken and self.builder.wanted(unknown):
            edit = Edit("set", self._unknown_member(), "ignored")
            yield self.builder.case(
                self.operation, "unknown-member", "boundary", "a member that the model does not have", (unknown,),
                self.smallest, wire=(edit,), base=base,
            )  # fmt: skip
        if "malformed-body" in spoken and self.builder.wanted(broken):
            case = self.builder.case(
                self.operation, "malformed-body", "invalid", "a body that does not parse", (broken,),
                self.smallest, base=base, fault=Fault("malformed-body", "", (), "does not parse"),
            )  # fmt: skip
            yield replace(case, call=replace(case.call, broken_body=True))

    def _unknown_member(self) -> Path:
        """Where the body has room for a member of no name that the model knows."""
        payload = self.builder.service.input_of(self.operation).payload
        return (payload, UNKNOWN_MEMBER) if payload is not None and payload in self.smallest else (UNKNOWN_MEMBER,)

    def _at(self, place: Place) -> Iterator[Case | Omitted]:
        """The cases at one place: its base where that is a new one, its edges, its faults."""
        sampler = self.builder.sampler()
        try:
            params, path, sample = self._around(place, sampler)
            possible = broken_constraints(place, path, sample, sampler)
            found = (
                [*boundary_values(place, sampler)],
                [*conclusive_faults(self.builder.service, self.operation, place, possible)],
            )
        except (Unbuildable, patterns.PatternError) as problem:
            yield from self._all_omitted(place, str(problem))
            return
        edge_cases = [] if self._is_page_token(place) else self._edges(place, params, path, found[0])
        pending = [*edge_cases, *self._breaks(place, params, path, found[1])]
        if any(isinstance(item, Case) for item in pending) and _fingerprint(params) not in self.bases:
            yield self._base(params, f"with/{place.path}", f"the smallest valid request with {place.path}")
        base = self.bases.get(_fingerprint(params))
        yield from (replace(item, base=base) if isinstance(item, Case) else item for item in pending)

    def _around(self, place: Place, sampler: Sampler) -> tuple[Params, Path, Any]:
        """A valid request for the faults at a place, the place's path in it, and the value there.

        Lists, maps and structures get something in them, where rules will not have them empty. A page token cannot be
        made up: its faults are added to a request without one.
        """
        if self._is_page_token(place):
            return self.smallest, place.steps, None
        root, problem = self.builder.service.input_of(self.operation), Unbuildable("")
        for include in _includes(place):
            try:
                built = sampler.build(root, include)
                params = self.builder.valid(self.operation, built, place.steps)
            except Unbuildable as why:
                problem = why
            else:
                path = path_in_sample(place.steps, params)
                return params, path, get(params, path)
        raise problem

    def _is_page_token(self, place: Place) -> bool:
        paginator = self.builder.service.paginators.get(self.operation.name)
        return paginator is not None and len(place.steps) == 1 and place.steps[0] in paginator.input_token

    def _all_omitted(self, place: Place, reason: str) -> Iterator[Omitted]:
        for name, _ in constraints(place):
            yield Omitted(self.clause("input", place.path, name), reason)

    def _edges(self, place: Place, params: Params, path: Path, found: list[BoundaryValue]) -> Iterator[Case]:
        for edge in found:
            clause = self.clause("input", place.path, edge.constraint)
            if not self.builder.wanted(clause):
                continue
            changed = apply(params, (Edit("set", path, edge.value),))
            if rules.repaired(changed, self.builder.rules_for(self.operation)) != changed:
                continue  # the model allows it, a rule of the overlay does not
            names = self._names_at(path, changed, edge)
            if names is not None:
                keep, longest = names
                yield self.builder.case(
                    self.operation, f"{place.path}#{edge.constraint}/{edge.how}", "boundary",
                    f"{place.path}: {edge.how.replace('-', ' ')}", (clause,), changed, keep=keep, longest=longest,
                )  # fmt: skip

    def _names_at(
        self, path: Path, params: Params, edge: BoundaryValue
    ) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        """The names to keep and those to make as long as they may be, for an edge value.

        None where the edge is in a reference to something else.
        """
        namer = self.builder.namer
        name = next((each for each in namer.spots(self.operation, params) if each.path == path), None)
        if name is None:
            return (), ()
        if name.resource is not None and not namer.is_own_name(self.operation, name):
            return None
        return ((), (path,)) if edge.how == "longest" else ((path,), ())

    def _breaks(
        self, place: Place, params: Params, path: Path, found: list[BrokenConstraint | UnbreakableConstraint]
    ) -> Iterator[Case | Omitted]:
        for broken in found:
            clause = self.clause("input", place.path, broken.constraint)
            if not self.builder.wanted(clause):
                continue
            if isinstance(broken, UnbreakableConstraint):
                yield Omitted(clause, broken.reason)
            else:
                yield self._invalid(place, clause, broken, params, path)

    def _invalid(self, place: Place, clause: str, broken: BrokenConstraint, params: Params, path: Path) -> Case:
        return self.builder.case(
            self.operation,
            f"{place.path}#{broken.constraint}/{broken.how}",
            "invalid",
            f"{place.path} breaks '{broken.constraint}': {broken.how.replace('-', ' ')}",
            (clause,),
            params,
            change=None if broken.on_wire else lambda named: apply(named, broken.edits),
            wire=broken.edits if broken.on_wire else (),
            fault=Fault(broken.constraint, place.path, path, broken.how),
        )

    def _rule(self, rule: Rule) -> Iterator[Case | Omitted]:
        clause = self.clause("rule", "", rule.id)
        if not self.builder.wanted(clause):
            return
        if rule.must_exist is not None:
            yield from self._missing(rule, clause, self.builder.overlay.resources[rule.must_exist])
        for violation in rule.violations:
            try:
                yield from self._violation(rule, clause, violation)
            except (NoSuchPlace, Unbuildable) as problem:
                yield Omitted(clause, f"{violation.name}: {problem}")

    def _violation(self, rule: Rule, clause: str, violation: Violation) -> Iterator[Case]:
        params = self.builder.obeying(self.operation, apply(self.smallest, violation.base))
        name = f"rule/{rule.id}/{violation.name.replace(' ', '-')}"
        if _fingerprint(params) not in self.bases:
            yield self._base(params, name, f"the valid counterpart of: {violation.name}")
        yield self.builder.case(
            self.operation, name, "invalid", f"{rule.id}: {violation.name}", (clause,), params,
            change=lambda named: apply(named, violation.broken), rule=rule, base=self.bases[_fingerprint(params)],
            fault=Fault("rule", "", (), violation.name),
        )  # fmt: skip

    def _missing(self, rule: Rule, clause: str, resource: Resource) -> Iterator[Case | Omitted]:
        """A request that refers to something that was never made, in a place where the rest is in order."""
        namer = self.builder.namer
        refers = (
            each
            for each in namer.spots(self.operation, self.smallest)
            if each.resource == resource and not namer.is_own_name(self.operation, each)
        )
        reference = next(refers, None)
        if reference is None:
            yield Omitted(clause, f"the smallest valid request does not refer to {resource.one}")
            return
        name = f"rule/{rule.id}/never-made"
        absent = namer.name_for(reference, token_for(self.builder.seed, f"{self.operation.name}/{name}/absent"))
        yield self.builder.case(
            self.operation, name, "invalid", f"{rule.id}: {resource.one} that was never made", (clause,),
            self.smallest, change=lambda named: apply(named, (Edit("set", reference.path, absent),)), rule=rule,
            base=self.bases[_fingerprint(self.smallest)], fault=Fault("rule", "", reference.path, "never made"),
        )  # fmt: skip


def _includes(place: Place) -> Iterator[tuple[Step, ...]]:
    """What to build for a place: the place with something in it, the place itself, the place with each member."""
    inner = {"list": (ELEMENT,), "map": (VALUE,)}.get(place.shape.type, ())
    if inner:
        yield (*place.steps, *inner)
    yield place.steps
    for name in place.shape.members:
        yield (*place.steps, name)


def _fingerprint(params: Params) -> str:
    return json.dumps(params, sort_keys=True, default=repr)
