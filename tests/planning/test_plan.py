"""Plans carry their clauses: the selected ones of each operation, computed once."""

from __future__ import annotations

import pytest

from conformance.exceptions import BadSelection
from conformance.planning.plan import plan_of, service_plan
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.specs.clauses.catalog import operation_clauses
from doubles.demanding_service import MODEL, OVERLAY
from doubles.handmade_shapes import spec_of

ALL = tuple(MODEL.operations.values())


def test_every_operation_carries_the_clauses_that_its_spec_has() -> None:
    plan = service_plan(spec_of(MODEL), OVERLAY, ALL)
    assert plan.operations == ALL
    for operation in ALL:
        assert plan.clauses_of(operation) == operation_clauses(plan.spec, operation, OVERLAY)


def test_operations_without_a_selected_clause_are_left_out() -> None:
    plan = service_plan(spec_of(MODEL), OVERLAY, ALL, ClauseSelection(("*:CreatePaddock/*",), ("*#envelope",)))
    (create,) = plan.operations
    assert create.name == "CreatePaddock"
    assert plan.clauses_of(create)
    assert not any(clause.endswith("#envelope") for clause in plan.clauses_of(create))
    assert plan.clauses_of(MODEL.operations["DeletePaddock"]) == {}


def test_a_selection_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(BadSelection, match="--only 'sqs:NoSuch/\\*'"):
        plan_of(parse_selection(["sqs:CreateQueue"]), selection=ClauseSelection(("sqs:NoSuch/*",)))
    assert plan_of(parse_selection(["sqs:CreateQueue"]), selection=ClauseSelection(("sqs:CreateQueue/*",))).services
