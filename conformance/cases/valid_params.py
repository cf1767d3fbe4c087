"""Valid params of an operation: valid by the model, by the rules of the overlay, and by what was learned in the run.

    Sampler --> params valid by the model --hints of overlay and adaptation--> --repairs of broken rules--> valid params

It is separate from `request_builder` because nothing here knows names or prerequisites: the same params serve every
case, and each case fills in names of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.samples import DEFAULT_REGION, Sampler, Unbuildable, path_in_params
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Overlay, RequestHints, Rule
from conformance.specs.places import Step
from conformance.values.paths import Edit, NoSuchPlace, apply, get

Params = Mapping[str, Any]


@dataclass(slots=True)
class ValidParams:
    """Builds and keeps the valid params of one spec's operations; `region` is the target's.

    Every method raises Unbuildable where the model or the rules exclude every request that it knows to build.
    """

    spec: Spec
    overlay: Overlay
    region: str = DEFAULT_REGION
    _adaptations: dict[str, Adaptation] = field(init=False, default_factory=dict)
    _rules: dict[str, tuple[Rule, ...]] = field(init=False, default_factory=dict)
    _smallest: dict[str, Params] = field(init=False, default_factory=dict)
    _fullest: dict[str, Params] = field(init=False, default_factory=dict)

    @property
    def service(self) -> Service:
        """The service whose operations the params are for."""
        return self.spec.service

    def rules_for(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules of the overlay that requests of an operation must keep."""
        if operation.name not in self._rules:
            self._rules[operation.name] = tuple(self.overlay.rules_for(operation.name, self.spec.provenance.botocore))
        return self._rules[operation.name]

    def sampler(self, *, full: bool = False) -> Sampler:
        """The sampler of the service's shapes; with `full` it gives every optional member."""
        return Sampler(self.service, full, self.region)

    def adaptation(self, operation: str) -> Adaptation:
        """What was learned of an operation in this run; an empty adaptation where nothing was."""
        return self._adaptations.get(operation, Adaptation())

    def adaptations(self) -> tuple[Adaptation, ...]:
        """What was learned of all operations."""
        return tuple(self._adaptations.values())

    def adapt(self, operation: str, adaptation: Adaptation) -> None:
        """Build the params of an operation by `adaptation` from now on, in place of the one before it."""
        self._adaptations[operation] = adaptation
        self._smallest.clear()
        self._fullest.pop(operation, None)

    def hints(self, operation: str) -> RequestHints:
        """What requests of an operation need beyond the model: the overlay's hints, then the learned ones."""
        written, learned = self.overlay.requests.get(operation, RequestHints()), self.adaptation(operation).hints
        return RequestHints(
            (*written.edits, *learned.edits),
            written.why,
            tuple(dict.fromkeys((*written.depends_on, *learned.depends_on))),
            written.created_with,
            written.keys,
        )

    def smallest(self, operation: Operation) -> Params:
        """The params with no optional member that they can do without; names are not filled in."""
        if operation.name not in self._smallest:
            built = self.sampler().build(self.service.input_of(operation))
            self._smallest[operation.name] = self.completed(operation, built)
        return self._smallest[operation.name]

    def fullest(self, operation: Operation) -> Params:
        """The params with every optional member that goes with the others; names are not filled in."""
        if operation.name in self._fullest:
            return self._fullest[operation.name]
        return self.completed(operation, self.sampler(full=True).build(self.service.input_of(operation)))

    def kept_fullest(self, operation: Operation) -> Params | None:
        """The params that `keep_fullest` was given."""
        return self._fullest.get(operation.name)

    def keep_fullest(self, operation: Operation, params: Params) -> None:
        """Take params for the fullest ones from now on: those with every optional member were refused."""
        self._fullest[operation.name] = params

    def completed(self, operation: Operation, params: Params, place: tuple[Step, ...] = ()) -> Params:
        """Params that are valid by the model, with the hints added and the rules kept; `place` keeps its value."""
        params = self._without_page_token(operation, params)
        edits = self.hints(operation.name).edits
        for hinted in (_with_hints, functools.partial(self._with_compatible_hints, operation)):
            whole = self._without_page_token(operation, hinted(params, edits, place))
            repaired = rules.repaired(whole, self.rules_for(operation))
            if repaired is not None and path_in_params(place, repaired) is not None:
                return repaired
        raise Unbuildable("the rules of the overlay exclude it")

    def repaired(self, operation: Operation, params: Params) -> Params:
        """The params, repaired until every rule of the operation holds; no hints are added."""
        repaired = rules.repaired(self._without_page_token(operation, params), self.rules_for(operation))
        if repaired is None:
            raise Unbuildable("no repair makes the request keep every rule of the overlay")
        return repaired

    def _without_page_token(self, operation: Operation, params: Params) -> Params:
        """The params without page tokens: a token is only valid if an earlier page answered it."""
        paginator = self.service.paginators.get(operation.name)
        tokens = paginator.input_token if paginator is not None else ()
        required = self.service.input_of(operation).required
        return {name: value for name, value in params.items() if name not in tokens or name in required}

    def _with_compatible_hints(
        self, operation: Operation, params: Params, edits: tuple[Edit, ...], place: tuple[Step, ...]
    ) -> Params:
        """The params with those hints only that break no rule: not every hint is compatible with every place."""
        broken = self._broken_rules(operation, params)
        for edit in edits:
            hinted = _with_hints(params, (edit,), place)
            if self._broken_rules(operation, hinted) <= broken:
                params, broken = hinted, self._broken_rules(operation, hinted)
        return params

    def _broken_rules(self, operation: Operation, params: Params) -> frozenset[str]:
        return frozenset(rule.id for rule in rules.broken_rules(self.rules_for(operation), params))


def _with_hints(params: Params, edits: tuple[Edit, ...], place: tuple[Step, ...]) -> Params:
    """The params with the hints, except where a hint would replace the place that is asked for."""
    for edit in edits:
        steps = tuple("[]" if isinstance(segment, int) else segment for segment in edit.path)
        contains_place = len(steps) <= len(place) and place[: len(steps)] == steps
        try:
            params = _merged(params, edit) if contains_place else apply(params, (edit,))
        except NoSuchPlace:
            continue
    return params


def _merged(params: Params, edit: Edit) -> Params:
    """The params with the hint's members added to the structure that is there; members of both keep their value."""
    try:
        present = get(params, edit.path)
    except NoSuchPlace:
        present = None
    if isinstance(present, Mapping) and isinstance(edit.value, Mapping):
        merged: Params = apply(params, (replace(edit, value={**edit.value, **present}),))
        return merged
    return params
