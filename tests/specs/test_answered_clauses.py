"""The ARN of what was created is answered: for which operations that is claimed, and which answers contradict it."""

from __future__ import annotations

import pytest

from conformance.specs.clauses.answered import answered_member
from conformance.specs.clauses.catalog import find_clause, operation_clauses
from conformance.specs.model import Operation, Shape
from doubles.handmade_shapes import service, spec_of, structure

ARN = Shape("Arn", "string")


def thing_operation(name: str, *required: str, **fields: str) -> tuple[Operation, Shape]:
    """An operation of that name with an output of those members."""
    return Operation(name, input="PutRequest", output="MadeAnswer"), structure("MadeAnswer", required, **fields)


@pytest.mark.parametrize(
    ("name", "member"),
    [("CreateThing", "ThingArn"), ("RegisterThing", "ThingARN"), ("CreateThing", "arn"), ("CreateThing", "Arn")],
)
def test_the_arn_that_is_the_whole_answer_of_a_creator_is_answered(name: str, member: str) -> None:
    operation, output = thing_operation(name, **{member: "Arn"})
    model = service("json", output, ARN, operations=(operation,))
    assert answered_member(model, operation) == member
    identity = f"things:{name}/output/{member}#answered"
    clause = operation_clauses(spec_of(model), operation)[identity]
    assert find_clause(spec_of(model), operation, identity) == clause
    assert clause.source == "model: botocore 1.0.0"


@pytest.mark.parametrize(
    ("name", "required", "fields"),
    [
        ("DescribeThing", (), {"ThingArn": "Arn"}),
        ("Creatething", (), {"ThingArn": "Arn"}),
        ("PutThing", (), {"ThingArn": "Arn"}),  # it may have changed what another request created
        ("CreateThing", (), {"ThingArn": "Arn", "Warning": "Name"}),
        ("CreateThing", (), {"ThingToken": "Arn"}),
        ("CreateThing", (), {"WARN": "Arn"}),
        ("CreateThing", (), {"ThingArn": "Parts"}),
        ("CreateThing", ("ThingArn",), {"ThingArn": "Arn"}),  # the model says it already
        ("CreateThing", (), {}),
    ],
)
def test_of_no_other_operation_is_it_claimed(name: str, required: tuple[str, ...], fields: dict[str, str]) -> None:
    operation, output = thing_operation(name, *required, **fields)
    model = service("json", output, ARN, operations=(operation,))
    assert answered_member(model, operation) is None
    identity = f"things:{name}/output/ThingArn#answered"
    assert identity not in operation_clauses(spec_of(model), operation)
    assert find_clause(spec_of(model), operation, identity) is None
