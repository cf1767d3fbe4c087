"""A crash in an account that the operation is new to: blamed on the request only where a good one still works there."""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.planning.plan import Plan, service_plan
from conformance.run import run
from conformance.specs.model import Spec
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.wire.message import Request, Response
from doubles.command_line import Row, lines_of
from doubles.stored_specs import stored_spec

PAGE = Response(500, {"content-type": "text/html"}, b"<h1>Internal Server Error</h1>")


@functools.cache
def spec() -> Spec:
    return stored_spec("sns")


@dataclass
class Topics:
    """Takes every CreateTopic, which moves the run to another account, and crashes on a DeleteTopic without an ARN.

    With `only_here` DeleteTopic works in the first account alone.
    """

    only_here: bool
    account: str | None = "0"

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "fake", "identity": "fake", "url": None, "region": "eu-west-1"}

    def use_account(self, n: int) -> bool:
        self.account = str(n)
        return True

    def send(self, request: Request, **_: Any) -> Response:
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        action = form.get("Action", "")
        lost = self.only_here and self.account != "0"
        if action not in ("CreateTopic", "DeleteTopic") or (
            action == "DeleteTopic" and ("TopicArn" not in form or lost)
        ):
            return PAGE
        result = "<CreateTopicResult><TopicArn>a</TopicArn></CreateTopicResult>" if action == "CreateTopic" else ""
        more = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
        body = f"<{action}Response>{result}{more}</{action}Response>"
        return Response(200, {"content-type": "text/xml"}, body.encode())


def rows(target: Topics) -> list[Row]:
    operations = tuple(spec().service.operations[name] for name in ("CreateTopic", "DeleteTopic"))
    plan = Plan((service_plan(spec(), EMPTY_OVERLAY, operations),), max_examples=0)
    return lines_of(run(plan, target))


@pytest.mark.parametrize(
    ("only_here", "blamed"),
    [(True, "sns:DeleteTopic/input#accepted"), (False, "sns:DeleteTopic/input/TopicArn#required")],
)
def test_a_crash_is_blamed_on_the_request_only_where_a_good_one_does_not_crash(only_here: bool, blamed: str) -> None:
    found = rows(Topics(only_here))
    crashed = {row["clause"] for row in found if row.get("code") == "crash"}
    assert {clause for clause in crashed if "DeleteTopic" in clause} == {blamed}
    known = {row["id"] for row in found if row["type"] == "case"}
    assert {row["case"] for row in found if row["type"] == "finding"} <= known, "a finding without its case"


def test_no_verdict_is_lost_on_the_way() -> None:
    verdicts = {row["clause"]: row for row in rows(Topics(only_here=True)) if row["type"] == "verdict"}
    assert verdicts["sns:DeleteTopic/input/TopicArn#required"]["verdict"] == "unreached"
    assert "crashes in this state" in verdicts["sns:DeleteTopic/input/TopicArn#required"]["reason"]
