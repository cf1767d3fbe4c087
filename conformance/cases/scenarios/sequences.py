"""Scenarios of rules with steps: calls in the order that a rule of the overlay gives, on shared resources.

steps of a rule --> setup:  what the calls refer to, unless one of them creates it
                --> script: each call under its step's name, `<name>.settled` for the reads that wait for a resource
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import KindName, Sequences
from conformance.cases.fixtures.fixture import read_until_settled, renamed_creation
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.request_changes.named_keys import with_named_keys
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.overlay.entries import Rule, Step
from conformance.specs.resources.descriptions import identifying_values
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, apply, get

KIND: KindName = "sequence"


def sequences_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of an operation's rules; of a rule for several operations the first one owns the scenario."""
    for rule in builder.rules_for(operation):
        if not rule.steps or rule.operations[0] != operation.name:
            continue
        clause = clause_id(builder.service.name, operation.name, "rule", "", rule.id)
        try:
            yield _Sequence(builder, operation, rule).scenario(clause)
        except (Unbuildable, NoSuchPlace) as problem:
            yield Omitted(clause, f"no request of {rule.id} can be built", str(problem))


@dataclass(slots=True)
class _Sequence:
    builder: RequestBuilder
    operation: Operation
    rule: Rule
    setup: dict[str, Creation] = field(default_factory=dict)
    steps: list[tuple[Step, Send]] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return f"{self.builder.service.name}:{self.operation.name}/scenario/{KIND}/{self.rule.id}"

    def scenario(self, clause: str) -> Scenario:
        token = self.builder.token(self.identity)
        number = itertools.count(2)
        for step in self.rule.steps:
            for time in range(step.repeat):
                own = token if time == 0 else self.builder.token(f"{self.identity}/{step.name}/{time}")
                self.steps.append((step, self._send(step, token, own, next(number))))
        title = f"{self.rule.id}: {self.rule.statement}"
        return Scenario(
            self.identity, self.builder.service.name, self.operation.name, KIND, title, (clause,),
            self._script, tuple(self.setup.values()), about={"rule": self.rule},
        )  # fmt: skip

    def _operation(self, step: Step) -> Operation:
        try:
            return self.builder.service.operations[step.call]
        except KeyError as problem:
            raise Unbuildable(f"there is no {step.call}") from problem

    def _send(self, step: Step, token: str, own: str, number: int) -> Send:
        """The call of a step; `own` names what it creates, `token` everything else."""
        operation = self._operation(step)
        edited = apply(self._start(operation), step.edits)
        params = {**self.builder.repaired(operation, edited), **self._page_tokens(operation, edited)}
        named = self.builder.namer.with_names(operation, params, own, reference_token=token)
        call = Call(operation.name, named, bindings=self.builder.namer.bindings(operation, named))
        call = self._renewed(step, operation, self._keyed(step, call, token), token, number)
        created_before = tuple(sent.creates.what.name for _, sent in self.steps if sent.creates is not None)
        for creation in self.builder.prerequisites(operation, call.params, token, existing=created_before):
            self.setup.setdefault(creation.resource, creation)
        raised = [Edit("set", path, str(get(call.params, path)).upper()) for path in step.upper_case]
        call = replace(call, params=apply(call.params, raised))
        created = self.builder.namer.created_by(operation)
        label = Sequences.STEP.label(step.name)
        if created is None:
            removes = next((each.name for each in self._resources() if each.delete == step.call), None)
            return Send(label, call, removes=self._last(removes))
        return Send(label, call, creates=self._creation(created, operation, call, own, number))

    def _keyed(self, step: Step, call: Call, token: str) -> Call:
        """The call with the names of resources as the keys of its maps."""
        for name in step.keys.values():
            resource = self.builder.overlay.resources[name]
            if resource.chosen is None:
                raise Unbuildable(f"the client chooses no name of {resource.one}")
            self.setup.setdefault(name, self.builder.creation_of(resource, token))
        return with_named_keys(call, step.keys, self.setup.values(), call.params)

    def _page_tokens(self, operation: Operation, edited: Params) -> Params:
        """The tokens of pages that a step gives by itself: repaired requests have none, as none is known there."""
        paginator = self.builder.service.paginators.get(operation.name)
        tokens = paginator.input_token if paginator is not None else ()
        return {name: edited[name] for name in tokens if name in edited}

    def _creation(self, resource: Resource, operation: Operation, call: Call, token: str, number: int) -> Creation:
        """What a call creates; under another name where an earlier step created a resource of the kind."""
        read = self.builder.call_about(resource, resource.read.operation, token) if resource.read else None
        creation = Creation(resource.name, call, resource, self.builder.cleanup_of(operation, call, token), read)
        if self._last(resource.name) is None:
            return creation
        return renamed_creation(creation, f"{resource.name}#{number}")

    def _last(self, resource: str | None) -> str | None:
        """The name of the last creation of a resource; None where there is none."""
        found = [
            sent.creates.resource
            for _, sent in self.steps
            if sent.creates is not None and sent.creates.what.name == resource
        ]
        there = [resource] if resource in self.setup else []
        return next(reversed([*there, *found]), None)

    def _start(self, operation: Operation) -> Params:
        """The params that the edits of a step start from: a creation, or a request about an existing resource."""
        created = self.builder.namer.created_by(operation)
        if created is not None:
            return self.builder.creation_of(created, "").call.params
        about = next((each for each in self._resources() if operation.name in (each.update, each.delete)), None)
        return self.builder.call_about(about, operation.name, "").params if about else self.builder.smallest(operation)

    def _renewed(self, step: Step, operation: Operation, call: Call, token: str, number: int) -> Call:
        """The call with its references to `fresh` resources directed to new ones."""
        for name, edits in step.fresh.items():
            other = self.builder.token(f"{self.identity}/{number}")
            creation = self._fresh(name, edits, token, other, number)
            self.setup[creation.resource] = creation
            spots = [
                spot for spot in self.builder.namer.name_places(operation, call.params)
                if spot.resource is not None and spot.resource.name == name
            ]  # fmt: skip
            params = apply(
                call.params,
                [
                    Edit("set", spot.path, self.builder.namer.name_for(spot, other))
                    for spot in spots
                    if not spot.is_generated
                ],
            )
            bindings = tuple(
                replace(each, resource=creation.resource) if each.resource == name else each for each in call.bindings
            )
            call = replace(call, params=params, bindings=bindings)
        return call

    def _fresh(self, name: str, edits: tuple[Edit, ...], token: str, other: str, number: int) -> Creation:
        """The creation of another resource, with edits; it shares the prerequisites of the scenario."""
        resource = self.builder.overlay.resources[name]
        create = self.builder.service.operations[resource.create]
        plain = self.builder.creation_of(resource, other)
        params = self.builder.repaired(create, apply(plain.call.params, edits))
        named = self.builder.namer.with_names(create, params, other, reference_token=token)
        for creation in self.builder.prerequisites(create, named, token, existing=(name,)):
            self.setup.setdefault(creation.resource, creation)
        call = Call(create.name, named, bindings=self.builder.namer.bindings(create, named))
        return renamed_creation(replace(plain, call=call), f"{name}#{number}")

    def _resources(self) -> Iterator[Resource]:
        return iter(self.builder.overlay.resources.values())

    def _script(self, pace: Pace) -> Script:
        last = self.steps[-1][0]
        for step, sent in self.steps:
            may_fail = step.refused or (step is last and self.rule.assertion is None)
            reply = yield from self._retried(sent, pace, may_fail=may_fail)
            if reply.accepted is step.refused and step is not last:
                return
            if step.wait_for is not None and reply.accepted:
                yield from self._settled(step, pace)

    def _retried(self, sent: Send, pace: Pace, *, may_fail: bool) -> Generator[Send, Any, Reply]:
        """Send a call, again within the window while it is refused; not where it `may_fail`."""
        late = pace.window()
        reply: Reply = yield sent
        while reply.kind == "rejected-state" and not may_fail and not late():
            reply = yield replace(sent, wait=True)
        return reply

    def _settled(self, step: Step, pace: Pace) -> Script:
        creation = self._known(str(step.wait_for))
        if creation is not None and creation.read is not None:
            known = identifying_values(creation.what, creation.call.params, None)
            yield from read_until_settled(creation.what, creation.read, known, pace, Sequences.SETTLED.label(step.name))

    def _known(self, resource: str) -> Creation | None:
        found = (
            sent.creates for _, sent in self.steps if sent.creates is not None and sent.creates.resource == resource
        )
        return next(found, self.setup.get(resource))
