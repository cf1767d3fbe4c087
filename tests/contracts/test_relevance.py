"""Which clauses matter to a contract: by what it sends, reads, catches and waits for; no family is forgotten."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.contracts.contract_plan import narrowed
from conformance.contracts.relevance import noticed_names
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from conformance.exceptions import BadSelection
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.specs.clauses import lifecycle
from conformance.specs.clauses.catalog import clauses_of
from conformance.specs.clauses.state import CLAUSES

ONCE = {"tests/test_app.py::test_tables": 1}


@functools.lru_cache(maxsize=1)
def whole() -> Plan:
    return plan_of(parse_selection(["dynamodb:CreateTable,DescribeTable,ListTables,DeleteTable"]))


def mattering(operations: Mapping[str, OperationUse]) -> set[str]:
    """The ids of the clauses that matter, without the name of the service."""
    return {
        each.partition(":")[2] for each in narrowed(whole(), Contract(services={"dynamodb": operations})).selection.only
    }


def used(**more: Any) -> OperationUse:
    return OperationUse(ONCE, **more)


NAME = {"TableName": MemberUse()}
ALWAYS = {"DescribeTable/protocol#implemented", "DescribeTable/protocol#body", "DescribeTable/input#accepted"}


def test_what_nobody_uses_does_not_matter() -> None:
    assert mattering({"DescribeTable": used()}) == ALWAYS


@pytest.mark.parametrize(
    ("use", "more"),
    [
        (
            used(sent=NAME),
            {"input/TableName#required", "input/TableName#type", "input/TableName#min", "input/TableName#max"},
        ),
        (
            used(read={"Table/TableStatus": MemberUse()}),
            {"output/Table/TableStatus#type", "output/Table/TableStatus#enum"},
        ),
        (used(given={"Table": MemberUse()}), {"output/Table#type"}),
        (used(metadata={"HTTPStatusCode": Use()}), {"protocol#status"}),
        (
            used(errors={"ResourceNotFoundException": Use()}),
            {
                "errors#envelope",
                "errors#status",
                "errors#declared",
                "errors/ResourceNotFoundException#shape",
                "Table/lifecycle#not-found",
            },
        ),
    ],
)
def test_what_is_used_matters(use: OperationUse, more: set[str]) -> None:
    found = mattering({"DescribeTable": use})
    assert found == ALWAYS | {each if each[0].isupper() else f"DescribeTable/{each}" for each in more}


def test_a_change_of_state_matters_to_who_waits_for_it() -> None:
    waiting = used(sent=NAME, waiters={"TableExists": Use()})
    change = "Table/lifecycle#CREATING->ACTIVE"
    assert change in mattering({"CreateTable": used(), "DescribeTable": waiting})
    assert change not in mattering({"CreateTable": used(), "DescribeTable": used(sent=NAME)})


def test_state_matters_to_who_looks_at_it() -> None:
    alone = mattering({"CreateTable": used(), "DeleteTable": used()})
    looking = mattering({"CreateTable": used(), "DeleteTable": used(), "DescribeTable": used(), "ListTables": used()})
    assert {each for each in looking - alone if each.startswith("Table/")} == {
        "Table/lifecycle#created",
        "Table/lifecycle#listed",
        "Table/lifecycle#gone-after-delete",
        "Table/lifecycle#unlisted-after-delete",
    }


def test_pages_matter_to_who_asks_for_them() -> None:
    pages = {f"ListTables/pagination#{name}" for name in ("complete", "no-repeats", "last-page")}
    assert pages <= mattering({"ListTables": used(paginator=Use())})
    assert pages <= mattering({"ListTables": used(read={"LastEvaluatedTableName": MemberUse()})})
    assert "ListTables/pagination#page-size" in mattering({"ListTables": used(sent={"Limit": MemberUse()})})
    assert not any("/pagination" in each for each in mattering({"ListTables": used(read={"TableNames": MemberUse()})}))


def test_an_echo_matters_to_who_sent_it() -> None:
    echo = "Table/roundtrip/BillingMode#echo"
    sending = used(sent={"BillingMode": MemberUse()})
    every = {each.partition(":")[2] for each in clauses_of(whole().services[0].spec, whole().services[0].overlay)}
    echoes = {each for each in every if each.endswith("#echo")}
    assert {each for each in mattering({"CreateTable": sending, "DescribeTable": used()}) if each in echoes} <= {echo}
    assert not echoes & mattering({"CreateTable": used(), "DescribeTable": used()})


def test_no_clause_about_state_is_forgotten() -> None:
    names = {name for family in CLAUSES for name in _names_of(family)}
    assert names == noticed_names()


def _names_of(family: str) -> set[str]:
    """The names of the clauses of a family, without those of changes of state, and of rules, which have any."""
    module = importlib.import_module(f"conformance.specs.clauses.{family}")
    return {name for name in getattr(module, "NAMES", ()) if name not in (lifecycle.TRANSITION, "*")}


def test_a_contract_without_a_clause_is_refused() -> None:
    plan = replace(whole(), services=())
    with pytest.raises(BadSelection, match="no clause that matters"):
        narrowed(plan, Contract(services={"dynamodb": {"ListTables": used()}}))


def test_many_ids_are_selected_as_globs_are() -> None:
    selection = ClauseSelection(("sqs:A/input#accepted", "sqs:B/*"), ("sqs:B/errors*",))
    assert [selection.includes(f"sqs:{each}") for each in ("A/input#accepted", "B/output#members")] == [True, True]
    assert [selection.includes(f"sqs:{each}") for each in ("A/input#validated", "B/errors#status")] == [False, False]
