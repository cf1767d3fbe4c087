"""Scenarios of what flows: one operation writes it, and another one reads it.

the smallest request that writes --> the read, all pages; again within the window while it shows nothing

A setting of a new parent is removed, too:

the read --> put --> the read, until it is accepted --> removal --> the read, until it is refused or the window is over
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import Data, KindName, Label
from conformance.cases.fixtures.page_walk import walk_pages
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.data import COMES_BACK, SECTION, plain_flows, plain_setting, setting_clause_names
from conformance.specs.model import Operation
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.flows import Flow
from conformance.specs.resources.listings import paging_of
from conformance.specs.resources.parent_settings import ParentSetting

KIND: KindName = "written-read"
SETTING_KIND: KindName = "put-removed"

# What the law has to know beside the timeline: which place flows to which, and which setting is put and removed.
FLOW, SETTING = "flow", "setting"


def data_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of an operation that writes what others read."""
    for flow in plain_flows(builder.service, operation, builder.overlay):
        clause = clause_id(builder.service.name, operation.name, SECTION, flow.consumer, COMES_BACK)
        try:
            yield _scenario(builder, operation, flow, clause)
        except Unbuildable as problem:
            yield Omitted(clause, str(problem))
    yield from _setting_scenarios(builder, operation)


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


def _setting_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenario of an operation that puts a setting of a parent."""
    setting = plain_setting(builder.service, operation, builder.overlay)
    if setting is None:
        return
    clauses = tuple(
        clause_id(builder.service.name, operation.name, SECTION, setting.read, name)
        for name in setting_clause_names(setting)
    )
    try:
        yield _setting_scenario(builder, operation, setting, clauses)
    except Unbuildable as problem:
        for clause in clauses:
            yield Omitted(clause, str(problem))


def _setting_scenario(
    builder: RequestBuilder, operation: Operation, setting: ParentSetting, clauses: tuple[str, ...]
) -> Scenario:  # fmt: skip
    identity = f"{builder.service.name}:{operation.name}/scenario/{SETTING_KIND}/{setting.read}"
    token = builder.token(identity)
    write = _call(builder, operation, builder.smallest(operation), token)
    read, remove = (_about_parent(builder, each, setting, write, token) for each in (setting.read, setting.remove))
    setup: dict[str, Creation] = {}
    for call in (write, read, remove):
        called = builder.service.operations[call.operation]
        for creation in builder.prerequisites(called, call.params, token, existing=tuple(setup)):
            # What prepares the read may be the setting itself; here it is put by a step.
            if creation.call.operation != setting.put:
                setup.setdefault(creation.resource, creation)
    if not _is_new(setting, write, tuple(setup.values())):
        raise Unbuildable(f"no new parent is made for {operation.name}")

    def script(pace: Pace) -> Script:
        yield Send(Data.BEFORE, read)
        written = yield Send(Data.WRITE, write)
        if not written.accepted:
            return
        if not (yield from _read_until(Data.READ, read, pace, there=True)):
            return
        removed = yield Send(Data.REMOVE, remove)
        if removed.accepted:
            yield from _read_until(Data.AFTER, read, pace, there=False)

    title = f"{setting.read} shows nothing before {setting.put} and after {setting.remove}"
    return Scenario(
        identity, builder.service.name, operation.name, SETTING_KIND, title, clauses, script, tuple(setup.values()),
        about={SETTING: setting},
    )  # fmt: skip


def _about_parent(builder: RequestBuilder, name: str, setting: ParentSetting, write: Call, token: str) -> Call:
    operation = builder.service.operations[name]
    return _call(
        builder, operation, {**builder.smallest(operation), setting.parent: write.params[setting.parent]}, token
    )


def _is_new(setting: ParentSetting, write: Call, setup: tuple[Creation, ...]) -> bool:
    """Whether the parent is made by the scenario: bound to an answer, or named as in a request of the setup."""
    if any(each.path == (setting.parent,) for each in write.bindings):
        return True
    return any(write.params[setting.parent] in each.call.params.values() for each in setup)


def _read_until(label: Label, read: Call, pace: Pace, *, there: bool) -> Generator[Send, Reply, bool]:
    """Read until the setting is there, or is not, or the window is over; whether it is as it should be."""
    late, wait = pace.window(), False
    while True:
        reply = yield Send(label, read, wait=wait)
        if reply.accepted == there or late():
            return reply.accepted == there
        wait = True


def _call(builder: RequestBuilder, operation: Operation, params: Params, token: str) -> Call:
    named = builder.namer.with_names(operation, params, token)
    return Call(operation.name, named, bindings=builder.namer.bindings(operation, named))
