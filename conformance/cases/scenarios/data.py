"""Scenarios of what flows: one operation writes it, and another one reads it.

the smallest request that writes --> the read, all pages; again within the window while it shows nothing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import Data, KindName
from conformance.cases.fixtures.page_walk import walk_pages
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.data import COMES_BACK, SECTION, plain_flows
from conformance.specs.model import Operation
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.flows import Flow
from conformance.specs.resources.listings import paging_of

KIND: KindName = "written-read"

# What the law has to know beside the timeline: which place flows to which.
FLOW = "flow"


def data_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of an operation that writes what others read."""
    for flow in plain_flows(builder.service, operation, builder.overlay):
        clause = clause_id(builder.service.name, operation.name, SECTION, flow.consumer, COMES_BACK)
        try:
            yield _scenario(builder, operation, flow, clause)
        except Unbuildable as problem:
            yield Omitted(clause, str(problem))


def things_at(value: Any, steps: tuple[Step, ...]) -> list[Any]:
    """The values at a place, of every element of the lists on the way."""
    if not steps:
        return [] if value is None else [value]
    if steps[0] == ELEMENT:
        elements = value if isinstance(value, list) else []
        return [thing for each in elements for thing in things_at(each, steps[1:])]
    return things_at(value.get(steps[0]), steps[1:]) if isinstance(value, Mapping) else []


def _tells(flow: Flow, given: Any) -> bool:
    """Whether something of what is given can be told from an answer."""
    return not flow.members or (isinstance(given, Mapping) and any(each.given[0] in given for each in flow.members))


def _scenario(builder: RequestBuilder, operation: Operation, flow: Flow, clause: str) -> Scenario:
    identity = f"{builder.service.name}:{operation.name}/scenario/{KIND}/{flow.consumer}"
    token = builder.token(identity)
    write = _call(builder, operation, builder.smallest(operation), token)
    if not any(_tells(flow, each) for each in things_at(write.params, flow.given)):
        raise Unbuildable(f"the smallest {operation.name} gives nothing that {flow.consumer} answers")
    consumer = builder.service.operations[flow.consumer]
    known = {name: write.params[name] for name in builder.service.input_of(consumer).members if name in flow.shared}
    read = _call(builder, consumer, {**builder.smallest(consumer), **known}, token)
    setup: dict[str, Creation] = {}
    for called, call in ((operation, write), (consumer, read)):
        for creation in builder.prerequisites(called, call.params, token, existing=tuple(setup)):
            setup.setdefault(creation.resource, creation)
    paging = paging_of(builder.service, consumer)

    def script(pace: Pace) -> Script:
        written = yield Send(Data.WRITE, write)
        if not written.accepted:
            return
        late, wait = pace.window(), False
        while True:
            walk = yield from walk_pages(Data.READ, read, paging, wait=wait)
            if any(things_at(output, flow.told) for output in walk.outputs) or late():
                return
            wait = True

    return Scenario(
        identity, builder.service.name, operation.name, KIND,
        f"what {operation.name} is given comes back from {flow.consumer}", (clause,), script, tuple(setup.values()),
        about={FLOW: flow},
    )  # fmt: skip


def _call(builder: RequestBuilder, operation: Operation, params: Params, token: str) -> Call:
    named = builder.namer.with_names(operation, params, token)
    return Call(operation.name, named, bindings=builder.namer.bindings(operation, named))
