"""Requests that break exactly one constraint of the model, or one rule of the overlay, made from any valid request.

    valid params --a value at the place--> --edits of the constraint--> broken params --proof--> BrokenRequest

The proof is that of runs: the constraints and rules are applied to the result, and no other one may be broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.cases.constraints import violations
from conformance.cases.faults import BrokenConstraint, broken_constraints
from conformance.cases.patterns import PatternError
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.request_changes.requests_with_place import request_with_place
from conformance.cases.samples import Unbuildable, path_in_params
from conformance.cases.valid_params import Params
from conformance.specs.clauses.catalog import constraint_names
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule
from conformance.specs.places import Place, places
from conformance.values.conditions import BadCondition
from conformance.values.paths import Edit, NoSuchPlace, Path, apply, get

# Takes one of several things: by chance, or the first.
Choose: TypeAlias = Callable[[Sequence[Any]], Any]


class BrokenRequest(dict[str, Any]):
    """The params of a request that breaks one constraint: `clause` is the id of its clause, `how` says in what way."""

    def __init__(self, params: Params, clause: str, how: str) -> None:
        super().__init__(params)
        self.clause = clause
        self.how = how

    def __repr__(self) -> str:
        return f"BrokenRequest({super().__repr__()}, clause={self.clause!r}, how={self.how!r})"


@dataclass(frozen=True, slots=True)
class Breakable:
    """A constraint that requests may break: one of a place, or a rule."""

    clause: str
    place: Place | None = None
    name: str = ""
    rule: Rule | None = None


@dataclass(slots=True)
class RequestBreaker:
    """Breaks the constraints of one operation's requests."""

    builder: RequestBuilder
    operation: Operation
    _samples: dict[tuple[str, ...], Params] = field(init=False, default_factory=dict)

    @property
    def _rules(self) -> tuple[Rule, ...]:
        return self.builder.rules_for(self.operation)

    def constraints(self) -> tuple[Breakable, ...]:
        """The constraints of the model at every place, and the rules of which the overlay says how they are broken."""
        service, name = self.builder.service, self.operation.name
        of_model = (
            Breakable(clause_id(service.name, name, "input", place.path, constraint), place, constraint)
            for place in places(service, service.input_of(self.operation))
            for constraint in constraint_names(place)
        )
        of_rules = (
            Breakable(clause_id(service.name, name, "rule", "", rule.id), rule=rule)
            for rule in self._rules
            if rule.violations
        )
        return (*of_model, *of_rules)

    def broken(self, params: Params, chosen: Breakable, choose: Choose) -> BrokenRequest | None:
        """The params, changed so that they break the chosen constraint; None where no change breaks it alone.

        `choose` takes one of several ways to break it.
        """
        try:
            ways = list(self._ways(params, chosen))
        except (Unbuildable, PatternError):
            return None
        return choose(ways) if ways else None

    def _ways(self, params: Params, chosen: Breakable) -> Iterator[BrokenRequest]:
        if chosen.rule is not None:
            yield from self._broken_rule(chosen, chosen.rule)
        elif chosen.place is not None:
            base, path = self._with_place(params, chosen.place)
            values = chosen.name not in ("required", "type")
            sampler = self.builder.sampler()
            for each in broken_constraints(chosen.place, path, get(base, path), sampler, values=values):
                if isinstance(each, BrokenConstraint) and each.constraint == chosen.name and each.how != "null":
                    found = self._edited(base, each.edits)
                    if found is not None and self._breaks(found) == {(chosen.place.path, chosen.name)}:
                        yield BrokenRequest(found, chosen.clause, each.how)

    def _broken_rule(self, chosen: Breakable, rule: Rule) -> Iterator[BrokenRequest]:
        for violation in rule.violations:
            based = self._edited(self.builder.smallest(self.operation), violation.base)
            base = None if based is None else self.builder.repaired(self.operation, based)
            found = None if base is None else self._edited(base, violation.broken)
            if found is not None and self._breaks(found) == {("", rule.id)}:
                yield BrokenRequest(found, chosen.clause, violation.name.replace(" ", "-"))

    def _with_place(self, params: Params, place: Place) -> tuple[Params, Path]:
        """The params with a value at a place, and its path; raises Unbuildable."""
        if (path := self._path(place, params)) is not None:
            return params, path
        if place.steps not in self._samples:
            self._samples[place.steps], _, _ = request_with_place(
                self.builder, self.operation, place, self.builder.sampler()
            )
        sample, top = self._samples[place.steps], place.steps[0]
        for whole in ({**params, top: sample[top]}, sample):
            repaired = self.builder.repaired(self.operation, whole)
            path = self._path(place, repaired)
            if path is not None and not self._breaks(repaired):
                return repaired, path
        raise Unbuildable(f"no valid request has a value at {place.path}")

    def _path(self, place: Place, params: Params) -> Path | None:
        path = path_in_params(place.steps, params)
        return path if path is not None and get(params, path) is not None else None

    def _edited(self, params: Params, edits: tuple[Edit, ...]) -> Params | None:
        try:
            changed: Params = apply(params, edits)
        except NoSuchPlace:
            return None
        return changed

    def _breaks(self, params: Params) -> set[tuple[str, str]]:
        """What params break: constraints with their places, and rules with an empty one."""
        service = self.builder.service
        found = {(each.place, each.name) for each in violations(service, service.input_of(self.operation), params)}
        return found | {("", rule.id) for rule in self._rules if not _keeps(rule, params)}


def _keeps(rule: Rule, params: Params) -> bool:
    try:
        return rules.obeys(rule, params)
    except BadCondition:  # a value of the wrong type: the rule says nothing of it
        return True
