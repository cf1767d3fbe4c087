"""Names of things begin as an edit of their creator's request says, wherever they are written."""

from __future__ import annotations

import pytest

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.planning.service_specs import load_service

FOUND = load_service("kms")
BUILDER = RequestBuilder(FOUND.loaded.spec, FOUND.overlay, 3)


def names(operation: str) -> dict[str, str]:
    """The name that each case of an operation gives, by what the case is about; without what breaks the name."""
    cases = deterministic_cases(BUILDER, FOUND.service.operations[operation])
    return {
        each.id.partition("/")[2]: each.call.params["AliasName"]
        for each in cases
        if isinstance(each, Case) and "AliasName#" not in each.id and "AliasName" in each.call.params
    }


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias", "DeleteAlias"])
def test_the_name_has_the_prefix_and_is_the_case_s_own(operation: str) -> None:
    found = names(operation)
    assert len(found) > 1
    for case, name in found.items():
        assert name.startswith("alias/example-name-"), case
        assert name.count("alias/") == 1, case


def test_the_longest_name_keeps_prefix_and_length() -> None:
    cases = deterministic_cases(BUILDER, FOUND.service.operations["CreateAlias"])
    (longest,) = (each for each in cases if isinstance(each, Case) and each.id.endswith("AliasName#max/longest"))
    name = longest.call.params["AliasName"]
    assert name.startswith("alias/")
    assert len(name) == 256


def test_other_names_have_none() -> None:
    operation = FOUND.service.operations["CreateCustomKeyStore"]
    name = BUILDER.namer.with_names(operation, BUILDER.smallest(operation), "ctokenab")["CustomKeyStoreName"]
    assert not name.startswith("alias/")
    assert "ctokenab" in name
