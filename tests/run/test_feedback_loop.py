"""What a target says of a request that it rejects is used to send a better one, and is not believed for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.run import run
from conformance.run.feedback_loop import TRIES
from doubles.command_line import Row, lines_of
from doubles.demanding_service import MODEL, DemandingService, LyingService, plan


def rows(target: DemandingService, *operations: str, **more: Any) -> list[Row]:
    return lines_of(run(plan(*operations, **more), target))


def cases(found: list[Row], operation: str) -> list[tuple[str, str]]:
    """Name and outcome of the cases of an operation, in order."""
    return [
        (row["id"].partition("/")[2], row["outcome"])
        for row in found
        if row["type"] == "case" and row["operation"] == operation
    ]


def outcome(found: list[Row], operation: str) -> str:
    """How the last of the valid requests was answered that were sent at the beginning."""
    return [what for name, what in cases(found, operation) if name in ("valid/smallest", "valid/learned")][-1]


def test_a_member_that_the_text_names_is_included() -> None:
    found = rows(DemandingService(), "CreatePaddock")
    assert cases(found, "CreatePaddock")[:3] == [
        ("valid/smallest", "rejected-validation"),
        ("probe/adapted-1", "accepted"),
        ("valid/learned", "accepted"),
    ]
    (learned,) = [row for row in found if row.get("id", "").endswith("valid/learned")]
    assert learned["title"] == "the smallest valid request, with GroundBlock"
    assert [step["params"].keys() for step in learned["steps"] if step["role"] == "case"] == [{"GroundBlock"}]


@pytest.mark.parametrize("operation", sorted(MODEL.operations))
def test_what_was_learned_serves_whatever_needs_it(operation: str) -> None:
    target = DemandingService()
    assert outcome(rows(target, operation), operation) == "accepted"
    assert target.paddocks == {}  # what was tried is removed, too


def test_every_operation_is_reached_in_one_run() -> None:
    found = rows(DemandingService())
    assert {name: outcome(found, name) for name in MODEL.operations} == dict.fromkeys(MODEL.operations, "accepted")


def test_the_rejected_request_is_judged_as_it_was() -> None:
    found = rows(DemandingService(), "CreatePaddock", "PaintPaddock")
    clauses = {row["clause"]: row for row in found if row["type"] == "finding"}
    assert clauses["things:CreatePaddock/input#accepted"]["case"] == "things:CreatePaddock/valid/smallest"
    assert not any("/probe/" in (row.get("case") or "") for row in clauses.values())


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ("DetachGate", "after AttachGate"),
        ("GetRules", "after PutRules"),
        ("PaintPaddock", "with 'green' as Colour"),
        ("RedeemTicket", "with the TicketNumber that IssueTicket answers"),
        ("VisitPaddock", "with a Paddock as Paddock"),
    ],
)
def test_an_adaptation_says_what_is_new(operation: str, why: str) -> None:
    titles = [
        row["title"] for row in rows(DemandingService(), operation) if row.get("id", "").endswith("valid/learned")
    ]
    assert [title.replace("now that what it needs can be created, ", "") for title in titles] == [
        f"the smallest valid request, {why}"
    ]


def test_faults_are_made_in_the_request_that_was_learned() -> None:
    found = rows(DemandingService(), "PaintPaddock", only=("*PaintPaddock/input*",))
    invalid = [row for row in found if row["type"] == "case" and row["intent"] == "invalid"]
    assert invalid
    assert {row["base"] for row in invalid} == {"things:PaintPaddock/valid/learned"}
    sent = [step["params"] for row in invalid for step in row["steps"] if step["operation"] == "PaintPaddock"]
    assert {params["Colour"] for params in sent if "Colour" in params} >= {"green"}


def test_a_target_that_always_finds_another_reason_is_given_up() -> None:
    target = LyingService()
    found = rows(target, "CreatePaddock")
    tried = [name for name, what in cases(found, "CreatePaddock") if name.startswith("probe/adapted")]
    assert 1 < len(tried) <= TRIES
    assert "valid/learned" not in dict(cases(found, "CreatePaddock"))
    assert sum(name == "CreatePaddock" for name, _ in target.asked) <= TRIES + 4


def test_what_cannot_be_made_leaves_what_needs_it_unreached() -> None:
    found = rows(LyingService(), "AttachGate")
    (verdict,) = [
        row for row in found if row["type"] == "verdict" and row["clause"].endswith("AttachGate/input#accepted")
    ]
    assert (verdict["verdict"], verdict["reason"]) == (
        "unreached",
        "CreatePaddock for its Paddock was rejected as invalid",
    )
    assert [row for row in found if row["type"] == "finding"] == []


def test_nothing_is_learned_of_a_target_that_takes_anything() -> None:
    class Sponge(DemandingService):
        def answer(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
            return {}

    assert not [row for row in rows(Sponge()) if "/probe/adapted" in row.get("id", "")]


def test_the_same_answers_teach_the_same() -> None:
    def sent(target: DemandingService) -> list[tuple[str, Mapping[str, Any]]]:
        rows(target)
        return target.asked

    assert sent(DemandingService()) == sent(DemandingService())
    assert sent(LyingService()) == sent(LyingService())
