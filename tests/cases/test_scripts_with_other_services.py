"""Every call of every scenario is one of the service that it is sent to, with references to other services learned.

    every reference to another service is learned, as error feedback learns it --> scenarios --> setup and script
                                             each call --> an operation of the service that the step names

The scripts are driven without a target: every call is accepted, with a sample of its output, or every second one is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.cases.case import Call, Creation
from conformance.cases.feedback.attempt import Rejection
from conformance.cases.feedback.suggestions import Suggester
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Sampler, Unbuildable
from conformance.cases.scenario import Reply, Scenario, Send, SendTogether
from conformance.cases.scenarios import scenarios_of
from conformance.planning.service_specs import load_service
from conformance.specs.model import Operation
from doubles.offline_player import Clock

pytestmark = pytest.mark.slow

# Services whose requests refer to networks, roles, keys, buckets and topics of others.
REFERRING = ("rds", "neptune", "docdb", "redshift", "lambda", "ecs", "efs", "elasticache", "codebuild")

# Calls of one script that are looked at, and suggestions that are read for a reference.
CALLS, SUGGESTIONS = 25, 8


class Builders(dict[str, RequestBuilder | None]):
    """The builders of all services, made when they are asked for."""

    def __missing__(self, name: str) -> RequestBuilder | None:
        known = load_service(name)
        self[name] = RequestBuilder(known.loaded.spec, known.overlay, 1, other_service=self.__getitem__)
        return self[name]


def refers_to_others(builder: RequestBuilder, operation: Operation) -> bool:
    """Whether a request of the operation may refer to another service; if so, that is learned."""
    try:
        params = builder.fullest(operation)
    except Unbuildable:
        return False
    rejected = Suggester(builder).suggestions(operation, params, Rejection("rejected-state", "NotFound", "not found"))
    for adaptation in itertools.islice(rejected, SUGGESTIONS):
        if any(each.service is not None for each in adaptation.resources):
            builder.adapt(operation.name, adaptation)
            return True
    return False


def calls_of(builder: RequestBuilder, scenario: Scenario, *, patience: int) -> Iterator[tuple[str | None, Call]]:
    """The calls of a scenario with the service they go to; every `patience`-th one is refused, 0 refuses none."""
    for creation in scenario.setup:
        yield from calls_about(creation)
    script = scenario.script(Clock(window_seconds=0, deadline_seconds=0))
    reply: Any = None
    try:
        for number in range(1, CALLS):
            step = script.send(reply)
            calls = (step.call,) if isinstance(step, Send) else step.calls
            service = sent_to(step)
            yield from ((service, call) for call in calls)
            if step.creates is not None:
                yield from calls_about(step.creates)
            refused = patience and number % patience == 0
            replies = tuple(refusal() if refused else acceptance(builder, service, call) for call in calls)
            reply = replies[0] if isinstance(step, Send) else replies
    except StopIteration:
        return
    finally:
        script.close()


def sent_to(step: Send | SendTogether) -> str | None:
    """The service that a step is sent to."""
    if step.creates is not None:
        return step.creates.service
    return step.service if isinstance(step, Send) else None


def calls_about(creation: Creation) -> Iterator[tuple[str | None, Call]]:
    for call in (creation.call, creation.read, creation.undo):
        if call is not None:
            yield creation.service, call


def refusal() -> Reply:
    return Reply("rejected-state", None, "NotFound")


def acceptance(builder: RequestBuilder, service: str | None, call: Call) -> Reply:
    owner = builder if service is None else builder.other_service(service)
    assert owner is not None
    operation = owner.service.operations[call.operation]
    return Reply("accepted", Sampler(owner.service).build(owner.service.output_of(operation)))


@pytest.mark.parametrize("name", REFERRING)
def test_every_call_is_of_the_service_that_it_is_sent_to(name: str) -> None:
    builders = Builders()
    builder = builders[name]
    assert builder is not None
    learned = [each for each in builder.service.operations.values() if refers_to_others(builder, each)]
    others = set()
    for operation in learned:
        scenarios = (each for each in scenarios_of(builder, operation) if isinstance(each, Scenario))
        for scenario, patience in itertools.product(scenarios, (0, 2)):
            for service, call in calls_of(builder, scenario, patience=patience):
                owner = builders[service or name]
                assert owner is not None
                assert call.operation in owner.service.operations, (scenario.id, service, call.operation)
                others |= {service} - {None}
    assert others, "no scenario calls another service: this test looks at nothing"
