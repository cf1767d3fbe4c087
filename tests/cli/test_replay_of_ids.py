"""A case sent again where ids are made anew, where states take another time, and where nothing is as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.run.replay.recorded_request import Change, typed_params, with_values_replaced
from conformance.wire.cbor_protocol.cbor import dump_cbor
from conformance.wire.message import Request
from doubles import faulty_servers
from doubles.command_line import Row, conformance, of_type, rows_of
from doubles.faulty_servers import Reply
from doubles.handmade_shapes import service
from doubles.hosting import hosting

pytestmark = pytest.mark.usefixtures("clean_aws")

SCENARIOS = ("--only", "*/lifecycle#*", "--max-examples", "1")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """A moto that draws its ids by chance."""
    with faulty_servers.answering(faulty_servers.moto()) as server:
        yield server.url


def recorded(folder: Path, url: str, *arguments: str) -> dict[str, Row]:
    conformance("run", *arguments, "--target", url, "--seed", "5", "--out", str(folder))
    return {case["id"]: case for case in of_type(rows_of(folder), "case")}


# One of each protocol that tells ids: in the path, in forms, in JSON, in XML.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("selected", "case"),
    [
        ("ec2:DeleteVpc", "ec2:DeleteVpc/scenario/removal/Vpc"),
        ("kms:DescribeKey", "kms:DescribeKey/scenario/steady/Key"),
        ("apigateway:DeleteRestApi", "apigateway:DeleteRestApi/scenario/removal/RestApi"),
        ("route53:DeleteHostedZone", "route53:DeleteHostedZone/scenario/removal/HostedZone"),
        ("sns:DeleteTopic", "sns:DeleteTopic/scenario/removal/Topic"),
    ],
)
def test_ids_are_those_of_now(selected: str, case: str, moto: str, tmp_path: Path) -> None:
    cases = recorded(tmp_path, moto, selected, *SCENARIOS)
    bound = [step for step in cases[case]["steps"] if step.get("bound")]
    assert bound
    for _ in range(2):
        result = conformance("replay", str(tmp_path / "record.jsonl"), case, "--target", moto)
        assert (result.status, result.err) == (0, ""), result.out
        told = set(re.findall(r"^ {4}\(\S+: (\S+), then: \S+\)$", result.out, re.MULTILINE))
        if not selected.startswith("sns"):  # the ARN of a topic has nothing but names in it
            assert told
    assert "create: " in result.out


def _is_bound(case: Row) -> bool:
    return any(step.get("bound") for step in case["steps"] if step["role"] == "case")


@pytest.mark.slow
def test_a_broken_request_has_the_ids_of_now_too(moto: str, tmp_path: Path) -> None:
    cases = recorded(tmp_path, moto, "ec2:CreateSubnet", "--only", "*/input/*#type", "--max-examples", "1")
    broken = next(case for case in cases.values() if case["intent"] == "invalid" and case["steps"] and _is_bound(case))
    result = conformance("replay", str(tmp_path / "record.jsonl"), broken["id"], "--target", moto)
    (sent,) = re.findall(r"VpcId=(vpc-\w+)", next(line for line in result.out.splitlines() if "CreateSubnet&" in line))
    assert f"VpcId: {sent}, then: " in result.out
    assert result.status == 0


@pytest.mark.slow
def test_states_may_take_longer_but_not_for_ever(tmp_path: Path) -> None:
    case = "sagemaker:CreateEndpoint/scenario/creation/Endpoint"
    record = str(tmp_path / "record.jsonl")
    with hosting(creating=2) as url:
        states = [
            step.get("state") for step in recorded(tmp_path, url, "sagemaker:CreateEndpoint", *SCENARIOS)[case]["steps"]
        ]
    assert states.count("Creating") == 2
    with hosting(creating=5) as url:
        result = conformance("replay", record, case, "--target", url)
        assert (result.status, result.err) == (0, "")
        assert "Creating x5 -> InService (then: Creating x2 -> InService)" in result.out
        again = conformance("replay", record, case, "--target", url)
        assert again.status == 0, "what the case made was not removed"
    with hosting(always_fails=True) as url:
        result = conformance("replay", record, case, "--target", url)
        assert result.status == 1
        assert "Failed" in result.out


@pytest.mark.slow
def test_any_call_of_a_scenario_counts(tmp_path: Path) -> None:
    case, record = "sagemaker:DeleteEndpoint/scenario/removal/Endpoint", str(tmp_path / "record.jsonl")
    with hosting() as url:
        recorded(tmp_path, url, "sagemaker:DeleteEndpoint", *SCENARIOS)
        assert conformance("replay", record, case, "--target", url).status == 0
    with hosting(delete_does_nothing=True) as url:
        assert conformance("replay", record, case, "--target", url).status == 1


def test_calls_that_were_sent_at_once_are_sent_so_again(tmp_path: Path) -> None:
    made: list[bytes] = []

    def first_wins(request: faulty_servers.Received) -> Reply:
        body = request.body
        if b"CreateModel" not in request.headers.get("x-amz-target", "").encode():
            return Reply(200, b"{}")
        made.append(body)
        taken = json.dumps({"__type": "ValidationException", "message": "already exists"}).encode()
        return Reply(200, b'{"ModelArn": "arn"}') if made.count(body) == 1 else Reply(400, taken)

    case = "sagemaker:CreateModel/scenario/one-winner/Model"
    with faulty_servers.answering(first_wins) as server:
        only = ("--only", "*#one-winner")
        steps = recorded(tmp_path, server.url, "sagemaker:CreateModel", *only)[case]["steps"]
        assert sorted(step["response"]["status"] for step in steps if step.get("label") == "at-once")[:2] == [200, 400]
        made.clear()
        result = conformance("replay", str(tmp_path / "record.jsonl"), case, "--target", server.url)
        assert result.status == 0, result.out
        result = conformance("replay", str(tmp_path / "record.jsonl"), case, "--target", server.url)
        assert result.status == 1, "the name is taken still"


CHANGE = (Change(("Id",), "id-1", "id-number-2"),)


def _request(**given: Any) -> Request:
    return Request("POST", **{"path": "/", **given})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"path": "/things/id-1/parts"}, {"path": "/things/id-number-2/parts"}),
        ({"path": "/things/id-12"}, {"path": "/things/id-12"}),
        ({"query": (("id", "id-1"), ("x", "id-10"))}, {"query": (("id", "id-number-2"), ("x", "id-10"))}),
        ({"body": b'{"Id": "id-1", "Name": "id-1x"'}, {"body": b'{"Id": "id-number-2", "Name": "id-1x"'}),
        ({"body": b"<Id>id-1</Id><N>id-1 </N>"}, {"body": b"<Id>id-number-2</Id><N>id-1 </N>"}),
        ({"body": b"Id.1=id-1&Name=xid-1"}, {"body": b"Id.1=id-number-2&Name=xid-1"}),
        ({"body": dump_cbor({"Id": "id-1"})}, {"body": dump_cbor({"Id": "id-number-2"})}),
    ],
)
def test_whole_values_are_exchanged_and_nothing_else(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert with_values_replaced(_request(**before), CHANGE) == _request(**after)


def test_the_length_of_a_body_is_that_of_now() -> None:
    request = _request(body=b'{"Id": "id-1"}', headers=(("Content-Length", "14"), ("X-Id", "id-1")))
    assert with_values_replaced(request, CHANGE).headers == (("Content-Length", "21"), ("X-Id", "id-number-2"))


def test_params_of_a_record_are_typed_again() -> None:
    from datetime import datetime, timezone

    from conformance.specs.model import Member, Shape

    members = {"Blob": Member("Blob"), "At": Member("At"), "Rates": Member("Rates")}
    model = service(
        "json",
        Shape("Blob", "blob"), Shape("At", "timestamp"), Shape("Rate", "double"),
        Shape("Rates", "list", element=Member("Rate")), Shape("In", "structure", members=members),
    )  # fmt: skip
    given = {"Blob": {"$base64": "AAE="}, "At": "2026-01-02T03:04:05+00:00", "Rates": [1.5, "inf"], "Odd": "x"}
    assert typed_params(model, model.shapes["In"], given) == {
        "Blob": b"\x00\x01", "At": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "Rates": [1.5, float("inf")],
        "Odd": "x",
    }  # fmt: skip
