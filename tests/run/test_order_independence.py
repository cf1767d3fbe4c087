"""Which operations are run, and in which order, decides about no clause of another one."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest

from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ServiceSelection
from conformance.record.rows import Verdict
from conformance.run import run
from doubles.demanding_service import MODEL, DemandingService, plan


def words(some: Plan) -> dict[str, str]:
    return {row.clause: row.verdict for row in run(some, DemandingService()) if isinstance(row, Verdict)}


@functools.cache
def words_of_all() -> dict[str, str]:
    return words(plan())


def reordered(some: Plan) -> Plan:
    service = some.services[0]
    return replace(some, services=(replace(service, operations=tuple(reversed(service.operations))),))


def test_the_other_way_round_the_verdicts_are_the_same() -> None:
    assert words(reordered(plan())) == words_of_all()
    assert {"passed", "failed"} <= set(words_of_all().values())


@pytest.mark.parametrize("operation", sorted(MODEL.operations))
def test_alone_an_operation_has_the_same_verdicts(operation: str) -> None:
    assert words(plan(operation)).items() <= words_of_all().items()


def test_a_plan_has_one_order() -> None:
    there = plan_of([ServiceSelection("sqs", ("ListQueues", "CreateQueue")), ServiceSelection("sns", ("ListTopics",))])
    back = plan_of([ServiceSelection("sns", ("ListTopics",)), ServiceSelection("sqs", ("CreateQueue", "ListQueues"))])
    assert [each.spec.service.name for each in there.services] == ["sns", "sqs"]
    assert [each.operations for each in there.services] == [each.operations for each in back.services]
