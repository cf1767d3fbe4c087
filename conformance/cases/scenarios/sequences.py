"""Scenarios that a rule of the overlay tells: calls in order, on things that they have in common.

rule.story --> setup: what the calls refer to, unless one of them makes it
           --> script: each call under its step's name, `<name>.settled` for the reads that wait for a resource
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.fixtures.fixture import renamed, settled
from conformance.cases.request_builder import Params, Planner
from conformance.cases.resource_names import token_for
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Reply, Scenario, Script
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.overlay.entries import Rule, Step
from conformance.specs.resources.descriptions import known_as
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, apply, get

KIND = "story"


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of an operation's rules; of a rule for several operations the first one tells the story."""
    for rule in planner.rules_for(operation):
        if not rule.story or rule.operations[0] != operation.name:
            continue
        clause = clause_id(planner.service.name, operation.name, "rule", "", rule.id)
        try:
            yield _Teller(planner, operation, rule).scenario(clause)
        except (Unbuildable, NoSuchPlace) as problem:
            yield Omitted(clause, f"the story of {rule.id} cannot be told: {problem}")


@dataclass(slots=True)
class _Teller:
    planner: Planner
    operation: Operation
    rule: Rule
    setup: dict[str, Creation] = field(default_factory=dict)
    steps: list[tuple[Step, Act]] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return f"{self.planner.service.name}:{self.operation.name}/scenario/{KIND}/{self.rule.id}"

    def scenario(self, clause: str) -> Scenario:
        token = token_for(self.planner.seed, self.identity)
        number = itertools.count(2)
        for step in self.rule.story:
            for time in range(step.repeat):
                beside = token if time == 0 else token_for(self.planner.seed, f"{self.identity}/{step.name}/{time}")
                self.steps.append((step, self._act(step, token, beside, next(number))))
        title = f"{self.rule.id}: {self.rule.statement}"
        return Scenario(
            self.identity, self.planner.service.name, self.operation.name, KIND, title, (clause,),
            self._script, tuple(self.setup.values()), about={"rule": self.rule},
        )  # fmt: skip

    def _operation(self, step: Step) -> Operation:
        try:
            return self.planner.service.operations[step.call]
        except KeyError as problem:
            raise Unbuildable(f"there is no {step.call}") from problem

    def _act(self, step: Step, token: str, own: str, number: int) -> Act:
        """The act of a step; what it makes goes by the token `own`, everything else by the story's."""
        operation = self._operation(step)
        params = self.planner.obeying(operation, apply(self._start(operation), step.given))
        named = self.planner.namer.named(operation, params, own, beneath=token)
        call = Call(operation.name, named, bindings=self.planner.namer.bindings(operation, named))
        call = self._renewed(step, operation, call, token, number)
        made_before = tuple(act.makes.what.name for _, act in self.steps if act.makes is not None)
        for creation in self.planner.prerequisites(operation, call.params, token, without=made_before):
            self.setup.setdefault(creation.resource, creation)
        raised = [Edit("set", path, str(get(call.params, path)).upper()) for path in step.upper]
        call = replace(call, params=apply(call.params, raised))
        made = self.planner.namer.creates(operation)
        if made is None:
            removes = next((each.name for each in self._resources() if each.delete == step.call), None)
            return Act(step.name, call, removes=self._last(removes))
        return Act(step.name, call, makes=self._making(made, operation, call, own, number))

    def _making(self, made: Resource, operation: Operation, call: Call, token: str, number: int) -> Creation:
        """What a call makes; by a name of its own where something of the kind was made before."""
        read = self.planner.about(made, made.read.operation, token) if made.read else None
        creation = Creation(made.name, call, made, self.planner.undo(operation, call, token), read)
        return renamed(creation, f"{made.name}#{number}") if self._last(made.name) is not None else creation

    def _last(self, resource: str | None) -> str | None:
        """The name by which the last thing of a resource that was made is known; None where none was."""
        found = [
            act.makes.resource for _, act in self.steps if act.makes is not None and act.makes.what.name == resource
        ]
        there = [resource] if resource in self.setup else []
        return next(reversed([*there, *found]), None)

    def _start(self, operation: Operation) -> Params:
        """The params that a step begins with: those that make a thing where it makes one, else those about one."""
        made = self.planner.namer.creates(operation)
        if made is not None:
            return self.planner.maker(made, "").call.params
        about = next((each for each in self._resources() if operation.name in (each.update, each.delete)), None)
        return self.planner.about(about, operation.name, "").params if about else self.planner.smallest(operation)

    def _renewed(self, step: Step, operation: Operation, call: Call, token: str, number: int) -> Call:
        """The call with its references to `fresh` resources led to others than the story's."""
        for name, edits in step.fresh.items():
            other = token_for(self.planner.seed, f"{self.identity}/{number}")
            creation = self._fresh(name, edits, token, other, number)
            self.setup[creation.resource] = creation
            spots = [
                spot for spot in self.planner.namer.spots(operation, call.params)
                if spot.resource is not None and spot.resource.name == name
            ]  # fmt: skip
            params = apply(
                call.params,
                [
                    Edit("set", spot.path, self.planner.namer.name_for(spot, other))
                    for spot in spots
                    if not spot.is_told
                ],
            )
            bindings = tuple(
                replace(each, resource=creation.resource) if each.resource == name else each for each in call.bindings
            )
            call = replace(call, params=params, bindings=bindings)
        return call

    def _fresh(self, name: str, edits: tuple[Edit, ...], token: str, other: str, number: int) -> Creation:
        """Another thing of a resource, made with edits; what it needs is what the story's things need."""
        resource = self.planner.overlay.resources[name]
        create = self.planner.service.operations[resource.create]
        plain = self.planner.maker(resource, other)
        params = self.planner.obeying(create, apply(plain.call.params, edits))
        named = self.planner.namer.named(create, params, other, beneath=token)
        for creation in self.planner.prerequisites(create, named, token, without=(name,)):
            self.setup.setdefault(creation.resource, creation)
        call = Call(create.name, named, bindings=self.planner.namer.bindings(create, named))
        return renamed(replace(plain, call=call), f"{name}#{number}")

    def _resources(self) -> Iterator[Resource]:
        return iter(self.planner.overlay.resources.values())

    def _script(self, pace: Pace) -> Script:
        last = self.steps[-1][0]
        for step, act in self.steps:
            reply = yield from self._told(act, pace, may_fail=step is last and self.rule.holds is None)
            if not reply.accepted and step is not last:
                return
            if step.settle is not None and reply.accepted:
                yield from self._settled(step, pace)

    def _told(self, act: Act, pace: Pace, *, may_fail: bool) -> Generator[Act, Any, Reply]:
        """Call, again while what was made before may not be found yet; not where a refusal is what is waited for."""
        late = pace.window()
        reply: Reply = yield act
        while reply.kind == "rejected-state" and not may_fail and not late():
            reply = yield replace(act, wait=True)
        return reply

    def _settled(self, step: Step, pace: Pace) -> Script:
        creation = self._known(str(step.settle))
        if creation is not None and creation.read is not None:
            known = known_as(creation.what, creation.call.params, None)
            yield from settled(creation.what, creation.read, known, pace, f"{step.name}.settled")

    def _known(self, resource: str) -> Creation | None:
        made = (act.makes for _, act in self.steps if act.makes is not None and act.makes.resource == resource)
        return next(made, self.setup.get(resource))
