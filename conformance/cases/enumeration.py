"""The deterministic cases of an operation, in the order in which they should be sent.

    smallest, fullest request                valid
    smallest request with a place in it      valid, the base of every case at that place
    each boundary value                      boundary: the model still allows it
    each broken constraint, each broken rule invalid: exactly one constraint or rule is broken

A base comes before the cases that differ from it. A clause that no case can be built for is yielded as `Omitted`, with
the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

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
from conformance.cases.request_builder import CaseDraft, Params, RequestBuilder
from conformance.cases.request_changes.growing_request import GrowingRequest
from conformance.cases.request_changes.requests_with_place import (
    RequestWithPlace,
    request_at,
    request_with_place,
)
from conformance.cases.samples import Sampler, Unbuildable
from conformance.specs.clauses.catalog import constraint_names, protocol_clauses
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule, Violation
from conformance.specs.places import Place, places
from conformance.specs.resources.inference import READING, listed_by
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, Path, apply

UNKNOWN_MEMBER = "ConformanceUnknownMember"


Accepted: TypeAlias = "Callable[[str], bool | None]"


def _not_known(_case: str) -> bool | None:
    return None


def deterministic_cases(
    builder: RequestBuilder, operation: Operation, accepted: Accepted = _not_known
) -> Iterator[Case | Omitted]:
    """The deterministic cases of an operation, bases first.

    `accepted` says of a case that was yielded whether it was accepted; None where it was not sent. Where the request
    with every optional member was refused, it is looked for the largest one that is accepted.
    """
    yield from _Enumeration(builder, operation, accepted).cases()


# JSON that is no object, by the names of its kinds, and the protocols in which a body is one.
NO_OBJECTS: Mapping[str, bytes] = {"null": b"null", "array": b"[]", "number": b"7"}
OBJECT_PROTOCOLS = frozenset({"json", "rest-json"})


@dataclass(slots=True)
class _Enumeration:
    builder: RequestBuilder
    operation: Operation
    accepted: Accepted
    smallest: Params = field(init=False)
    fuller: Params = field(init=False, default_factory=dict)
    bases: dict[str, str] = field(init=False, default_factory=dict)

    def clause(self, section: str, path: str, name: str) -> str:
        return clause_id(self.builder.service.name, self.operation.name, section, path, name)

    def cases(self) -> Iterator[Case | Omitted]:
        accepted = self.clause("input", "", "accepted")
        try:
            self.smallest = self.builder.smallest(self.operation)
        except Unbuildable as problem:
            yield Omitted(accepted, "no valid request could be built", str(problem))
            return
        before = self.builder.adaptation(self.operation.name)
        yield self._base(self.smallest, "smallest", "the smallest valid request")
        if self.builder.adaptation(self.operation.name) != before:
            yield self._adapted()
        yield from self._fullest()
        yield from self._populated_reads()
        yield from self._protocol()
        for place in places(self.builder.service, self.builder.service.input_of(self.operation)):
            yield from self._place_cases(place)
        for rule in self.builder.rules_for(self.operation):
            yield from self._rule(rule)

    def _build(self, draft: CaseDraft) -> Case:
        return self.builder.case(self.operation, draft)

    def _base(self, params: Params, name: str, title: str) -> Case:
        clauses = (self.clause("input", "", "accepted"),)
        case = self._build(CaseDraft(name, "valid", title, clauses, params))
        self.bases.setdefault(_fingerprint(params), case.id)
        return case

    def _adapted(self) -> Case:
        """The smallest request again, with what was learned since it was first sent; the base of all that follows."""
        adaptation, self.smallest = self.builder.adaptation(self.operation.name), self.builder.smallest(self.operation)
        self.bases.clear()
        return self._base(self.smallest, "learned", f"the smallest valid request, {adaptation.why}")

    def _fullest(self) -> Iterator[Case]:
        try:
            fullest = self.builder.fullest(self.operation)
        except Unbuildable:
            return
        if _fingerprint(fullest) in self.bases:
            return
        case = self._base(fullest, "fullest", "a request with every optional member")
        yield case
        if self.accepted(case.id) is False and self.accepted(self.bases[_fingerprint(self.smallest)]):
            yield from self._fuller(fullest)

    def _fuller(self, fullest: Params) -> Iterator[Case]:
        """Requests with some of the optional members, the largest that is accepted last."""
        growing = GrowingRequest.between(self.smallest, fullest)
        while (params := growing.next()) is not None:
            try:
                params = self.builder.completed(self.operation, params)
            except Unbuildable:
                growing.answered(None)
                continue
            name, asked = f"fuller-{growing.number:02d}", ", ".join(growing.asked.names[:3])
            case = self._base(params, name, f"a request with {asked}{', ...' if len(growing.asked.names) > 3 else ''}")
            yield case
            growing.answered(params if self.accepted(case.id) else None)
        if growing.grown:
            self.fuller = growing.accepted
            self.builder.valid_params.keep_fullest(self.operation, growing.accepted)

    def _populated_reads(self) -> Iterator[Case]:
        """Reads of resources with every optional member, lists with one resource: their answers have more values."""
        if not READING.match(self.operation.name):
            return
        clauses = (self.clause("input", "", "accepted"),)
        base = self.bases[_fingerprint(self.smallest)]
        listed = listed_by(self.operation, self.builder.overlay)
        references = self.builder.namer.references(self.operation, self.smallest)
        try:
            if references:
                yield self._build(
                    CaseDraft(
                        "of-the-fullest",
                        "valid",
                        "of things with every optional member",
                        clauses,
                        self.smallest,
                        full_setup=True,
                        base=base,
                    )
                )
            if listed is not None and listed not in references:
                yield self._build(
                    CaseDraft(
                        "with-one-there",
                        "valid",
                        f"with one {listed.name} there",
                        clauses,
                        self.smallest,
                        also_create=(listed,),
                        base=base,
                    )
                )
        except Unbuildable:
            return

    def _protocol(self) -> Iterator[Case]:
        unknown, broken = self.clause("protocol", "", "unknown-members"), self.clause("protocol", "", "malformed-body")
        base = self.bases[_fingerprint(self.smallest)]
        clause_names = frozenset(protocol_clauses(self.builder.service, self.operation))
        if "unknown-members" in clause_names and self.builder.includes(unknown):
            edit = Edit("set", self._unknown_member(), "ignored")
            yield self._build(
                CaseDraft(
                    "unknown-member",
                    "boundary",
                    "a member that the model does not have",
                    (unknown,),
                    self.smallest,
                    wire_edits=(edit,),
                    base=base,
                )
            )
        if "malformed-body" in clause_names and self.builder.includes(broken):
            case = self._malformed("malformed-body", "a body that does not parse", "does not parse", broken)
            yield replace(case, call=replace(case.call, broken_body=True))
            yield from self._no_objects(broken)

    def _malformed(self, name: str, title: str, how: str, clause: str) -> Case:
        """The smallest request for a body of another kind; each with the names of its own."""
        fault, base = Fault("malformed-body", "", (), how), self.bases[_fingerprint(self.smallest)]
        return self._build(CaseDraft(name, "invalid", title, (clause,), self.smallest, base=base, fault=fault))

    def _no_objects(self, clause: str) -> Iterator[Case]:
        """Bodies of valid JSON that is no object, in the protocols whose bodies are objects."""
        if self.builder.service.protocol not in OBJECT_PROTOCOLS:
            return
        for name, body in NO_OBJECTS.items():
            title = f"a body that is {body.decode()}, no object"
            case = self._malformed(f"malformed-body/{name}", title, f"{name}, no object", clause)
            yield replace(case, call=replace(case.call, body=body))

    def _unknown_member(self) -> Path:
        """The path of a member that the model does not have, in the body of the request."""
        payload = self.builder.service.input_of(self.operation).payload
        return (payload, UNKNOWN_MEMBER) if payload is not None and payload in self.smallest else (UNKNOWN_MEMBER,)

    def _place_cases(self, place: Place) -> Iterator[Case | Omitted]:
        """The cases at one place: their base unless it was yielded before, boundary values, broken constraints."""
        try:
            request = self._request_with(place, self.builder.sampler())
            pending = self._at_place(place, request)
        except (Unbuildable, patterns.PatternError) as problem:
            yield from self._omit_all(place, str(problem))
            return
        if any(isinstance(item, Case) for item in pending) and _fingerprint(request.params) not in self.bases:
            case = self._base(request.params, f"with/{place.path}", f"the smallest valid request with {place.path}")
            yield case
            fuller = request_at(place, self.fuller) if self.accepted(case.id) is False else None
            if fuller is not None:
                request, pending = fuller, self._at_place(place, fuller)
        base = self.bases.get(_fingerprint(request.params))
        yield from (replace(item, base=base) if isinstance(item, Case) else item for item in pending)

    def _at_place(self, place: Place, request: RequestWithPlace) -> list[Case | Omitted]:
        """Boundary values and broken constraints at the place of a request, without their base."""
        sampler, (params, path, sample) = self.builder.sampler(), request
        possible = broken_constraints(place, path, sample, sampler)
        values = [*boundary_values(place, sampler)]
        faults = [*conclusive_faults(self.builder.service, self.operation, place, possible)]
        boundary = [] if self._is_page_token(place) else self._boundary_cases(place, params, path, values)
        return [*boundary, *self._invalid_cases(place, params, path, faults)]

    def _request_with(self, place: Place, sampler: Sampler) -> RequestWithPlace:
        """A valid request with a value at a place, the path of the place in it, and the value there.

        The smallest request, which was accepted, is changed as little as possible: where it has the place, it is the
        one. No valid page token can be generated: broken ones are added to a request without a token.
        """
        if self._is_page_token(place):
            return RequestWithPlace(self.smallest, place.steps, None)
        return request_at(place, self.smallest) or request_with_place(self.builder, self.operation, place, sampler)

    def _is_page_token(self, place: Place) -> bool:
        paginator = self.builder.service.paginators.get(self.operation.name)
        return paginator is not None and len(place.steps) == 1 and place.steps[0] in paginator.input_token

    def _omit_all(self, place: Place, reason: str) -> Iterator[Omitted]:
        for name in constraint_names(place):
            yield Omitted(self.clause("input", place.path, name), reason)

    def _boundary_cases(self, place: Place, params: Params, path: Path, found: list[BoundaryValue]) -> Iterator[Case]:
        for value in found:
            clause = self.clause("input", place.path, value.constraint)
            if not self.builder.includes(clause):
                continue
            changed = apply(params, (Edit("set", path, value.value),))
            if rules.repaired(changed, self.builder.rules_for(self.operation)) != changed:
                continue  # the model allows it, a rule of the overlay does not
            names = self._boundary_names(path, changed, value)
            if names is not None:
                keep, longest = names
                yield self._build(
                    CaseDraft(
                        f"{place.path}#{value.constraint}/{value.how}",
                        "boundary",
                        f"{place.path}: {value.how.replace('-', ' ')}",
                        (clause,),
                        changed,
                        keep_names=keep,
                        longest_names=longest,
                    )
                )

    def _boundary_names(
        self, path: Path, params: Params, value: BoundaryValue
    ) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        """The names to keep and those of greatest length, for a boundary value at a path.

        None where the boundary value would be a reference to something else.
        """
        namer = self.builder.namer
        name = next((each for each in namer.name_places(self.operation, params) if each.path == path), None)
        if name is None:
            return (), ()
        if name.resource is not None and not namer.is_own_name(self.operation, name):
            return None
        return ((), (path,)) if value.how == "longest" else ((path,), ())

    def _invalid_cases(
        self, place: Place, params: Params, path: Path, found: list[BrokenConstraint | UnbreakableConstraint]
    ) -> Iterator[Case | Omitted]:
        for broken in found:
            clause = self.clause("input", place.path, broken.constraint)
            if not self.builder.includes(clause):
                continue
            if isinstance(broken, UnbreakableConstraint):
                yield Omitted(clause, broken.reason)
            else:
                yield self._invalid(place, clause, broken, params, path)

    def _invalid(self, place: Place, clause: str, broken: BrokenConstraint, params: Params, path: Path) -> Case:
        return self._build(
            CaseDraft(
                f"{place.path}#{broken.constraint}/{broken.how}",
                "invalid",
                f"{place.path} breaks '{broken.constraint}': {broken.how.replace('-', ' ')}",
                (clause,),
                params,
                change=None if broken.on_wire else lambda named: apply(named, broken.edits),
                wire_edits=broken.edits if broken.on_wire else (),
                fault=Fault(broken.constraint, place.path, path, broken.how),
            )
        )

    def _rule(self, rule: Rule) -> Iterator[Case | Omitted]:
        clause = self.clause("rule", "", rule.id)
        if not self.builder.includes(clause):
            return
        if rule.must_exist is not None:
            yield from self._missing_resource(rule, clause, self.builder.overlay.resources[rule.must_exist])
        for violation in rule.violations:
            try:
                yield from self._violation(rule, clause, violation)
            except (NoSuchPlace, Unbuildable) as problem:
                yield Omitted(clause, violation.name, str(problem))

    def _violation(self, rule: Rule, clause: str, violation: Violation) -> Iterator[Case]:
        params = self.builder.repaired(self.operation, apply(self.smallest, violation.base))
        name = f"rule/{rule.id}/{violation.name.replace(' ', '-')}"
        if _fingerprint(params) not in self.bases:
            yield self._base(params, name, f"the valid counterpart of: {violation.name}")
        yield self._build(
            CaseDraft(
                name,
                "invalid",
                f"{rule.id}: {violation.name}",
                (clause,),
                params,
                change=lambda named: apply(named, violation.broken),
                rule=rule,
                base=self.bases[_fingerprint(params)],
                fault=Fault("rule", "", (), violation.name),
            )
        )

    def _missing_resource(self, rule: Rule, clause: str, resource: Resource) -> Iterator[Case | Omitted]:
        """A request that refers to a resource that was never created, and is valid otherwise."""
        namer = self.builder.namer
        refers = (
            each
            for each in namer.name_places(self.operation, self.smallest)
            if each.resource == resource and not namer.is_own_name(self.operation, each)
        )
        reference = next(refers, None)
        if reference is None:
            yield Omitted(clause, f"the smallest valid request does not refer to {resource.one}")
            return
        name = f"rule/{rule.id}/never-made"
        absent = namer.name_for(reference, self.builder.token(f"{self.operation.name}/{name}/absent"))
        yield self._build(
            CaseDraft(
                name,
                "invalid",
                f"{rule.id}: {resource.one} that was never made",
                (clause,),
                self.smallest,
                change=lambda named: apply(named, (Edit("set", reference.path, absent),)),
                rule=rule,
                base=self.bases[_fingerprint(self.smallest)],
                fault=Fault("rule", "", reference.path, "never made"),
            )
        )


def _fingerprint(params: Params) -> str:
    return json.dumps(params, sort_keys=True, default=repr)
