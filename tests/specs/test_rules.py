"""Rules as mechanism: what a request keeps, how repairs bring it there, and when there is no way."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.specs.overlay import rules
from conformance.specs.overlay.entries import Rule
from conformance.specs.overlay.parser import parse_overlay


def rule(identity: str = "A-1", **more: Any) -> Rule:
    head = {"id": identity, "operations": ["Op"], "statement": "s", "source": "t", "enforcement": "DOC-MUST"}
    return parse_overlay({"service": "s", "rules": [{**head, **more}]}).rules[0]


def test_a_rule_without_a_condition_on_requests_is_kept_by_all() -> None:
    assert rules.obeys(rule(must_exist="Thing"), {})
    assert rules.obeys(rule(answer="`false`"), {})


def test_a_request_that_keeps_every_rule_stays_as_it_is() -> None:
    request = {"A": 1}
    assert rules.repaired(request, (rule(request="given(request.A)"),)) is request
    assert rules.repaired(request, ()) is request


def test_repairs_are_made_until_every_rule_holds() -> None:
    # Mending the first rule breaks the second, and mending the second leaves the first whole.
    first = rule("A-1", request="!(request.A && request.B)", repair=[{"remove": "B"}])
    second = rule("A-2", request="request.B || request.C", repair=[{"set": "C", "to": 1}])
    assert rules.repaired({"A": 1, "B": 1}, (second, first)) == {"A": 1, "C": 1}


def test_a_repair_passes_over_what_is_not_there() -> None:
    mend = [{"remove": "X.Deep"}, {"remove": "A.Deep"}]
    one = rule(request="!(request.X.Deep) && !(request.A.Deep)", repair=mend)
    assert rules.repaired({"A": {"Deep": 1}}, (one,)) == {"A": {}}


def test_the_request_itself_is_not_changed() -> None:
    request = {"L": [{"A": 1}]}
    assert rules.repaired(request, (rule(request="!(request.L[0].A)", repair=[{"remove": "L[*].A"}]),)) == {"L": [{}]}
    assert request == {"L": [{"A": 1}]}


def test_rules_that_undo_each_other_have_no_repair() -> None:
    there = rule("A-1", request="given(request.A)", repair=[{"set": "A", "to": 1}])
    gone = rule("A-2", request="!given(request.A)", repair=[{"remove": "A"}])
    assert rules.repaired({}, (there, gone)) is None


def test_a_repair_that_does_nothing_is_none() -> None:
    assert rules.repaired({}, (rule(request="given(request.A)"),)) is None
    assert rules.repaired({}, (rule(request="given(request.A)", repair=[{"remove": "A"}]),)) is None


@pytest.mark.parametrize(
    ("since", "until", "version", "expected"),
    [
        (None, None, "1.0.0", True), ("1.23.18", None, "1.23.18", True), ("1.23.18", None, "1.23.9", False),
        ("1.23.18", None, "1.100.0", True), (None, "1.43.26", "1.43.26", True), (None, "1.43.26", "1.43.27", False),
        ("1.2", "1.3", "1.2.5", True), ("1.2", "1.3", "1.4", False),
    ],
)  # fmt: skip
def test_validity(since: str | None, until: str | None, version: str, expected: bool) -> None:
    interval = {name: value for name, value in (("since", since), ("until", until)) if value}
    assert rule(request="`true`", **interval).holds_for(version) is expected


def test_what_is_expected_of_the_answer() -> None:
    assert rule(must_exist="Thing").expect.kind == "rejected-state"
    assert rule(request="`true`").expect.kind == "rejected-validation"
    told = rule(request="`true`", expect={"kind": "rejected-state", "codes": ["X"], "message": "y+"}).expect
    assert (told.kind, told.codes, told.message) == ("rejected-state", ("X",), "y+")
