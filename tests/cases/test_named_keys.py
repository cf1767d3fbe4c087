"""Keys of maps that name things: the request names the table that was created for it, in params, edits and bindings."""

from __future__ import annotations

import pytest

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.planning.service_specs import load_service
from conformance.values.paths import Key

FOUND = load_service("dynamodb")


def cases(operation: str) -> list[Case]:
    builder = RequestBuilder(FOUND.loaded.spec, FOUND.overlay, 3)
    found = deterministic_cases(builder, FOUND.service.operations[operation])
    return [each for each in found if isinstance(each, Case)]


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
def test_a_batch_names_the_table_that_was_made_for_it(operation: str) -> None:
    found = cases(operation)
    for case in found:
        made = [each.call.params["TableName"] for each in case.setup if each.resource == "Table"]
        assert len(made) == 1
        fault = case.fault.place if case.fault is not None else ""
        if case.call.broken_body or case.call.body or fault in ("RequestItems", "RequestItems{key}"):
            continue
        if case.intent == "valid":
            assert list(case.call.params["RequestItems"]) == made
        for edit in case.call.edits:
            if edit.path[:1] == ("RequestItems",) and len(edit.path) > 1:
                assert edit.path[1] == Key(made[0])
    assert {"valid", "invalid"} <= {case.intent for case in found}


def test_a_key_that_is_to_be_broken_stays_broken() -> None:
    (short,) = [each for each in cases("BatchGetItem") if each.id.endswith("RequestItems{key}#max/too-long")][:1]
    assert max(map(len, short.call.params["RequestItems"])) > 1000
