"""A success that says that a part of the request was refused is no acceptance of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchanger
from conformance.exchanges.in_band_refusals import Refusal, in_band_refusal
from conformance.specs import ingest
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for

REFUSED: list[tuple[dict[str, Any], Refusal]] = [
    ({"Failed": [{"Id": "a", "SenderFault": True, "Code": "X", "Message": "m"}]}, Refusal("X", "m")),
    ({"Successful": [{"Id": "b"}], "Failed": [{"Id": "a", "Code": "X"}]}, Refusal("X")),
    ({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "X", "ErrorMessage": "m"}]}, Refusal("X", "m")),
    ({"FailedRecordCount": 1, "Records": [{"ShardId": "1"}, {"ErrorCode": "X"}]}, Refusal("X")),
    ({"FailedEntryCount": 1}, Refusal()),
    ({"Errors": [{"Key": "k", "Code": "X", "Message": "m"}]}, Refusal("X", "m")),
    ({"Errors": [{"PartitionValues": ["a"], "ErrorDetail": {"ErrorCode": "X"}}]}, Refusal("X")),
    ({"failures": [{"arn": "a", "reason": "MISSING"}]}, Refusal("MISSING", "MISSING")),
    ({"Unsuccessful": [{"ResourceId": "a", "Error": {"Code": "X"}}]}, Refusal("X")),
    ({"failedVersions": {"1.0": {"errorCode": "X", "errorMessage": "m"}}}, Refusal("X", "m")),
    ({"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}}, Refusal()),
    ({"FailedEvaluations": [{"ComplianceResourceId": "a"}]}, Refusal()),
    ({"Responses": [{"Error": {"Code": "X", "Message": "m"}}]}, Refusal("X", "m")),
    ({"UnprocessedItems": {"table": [{}]}}, Refusal(put_off=True)),
    ({"UnprocessedAccounts": [{"AccountId": "1", "ErrorCode": "X"}]}, Refusal("X")),
]

ACCEPTED: list[Any] = [
    None,
    {},
    {"Failed": [], "Successful": [{"Id": "a"}]},
    {"FailedEntryCount": 0, "FailedEntries": [], "Entries": [{"EventId": "e"}]},
    {"UnprocessedItems": {}},
    {"Errors": []},
    {"Responses": [{"Item": {}}, {"Error": {"Code": "X"}}]},
    {"RejectedPatches": ["KB1"]},
    {"MaxErrors": "1", "error": "text"},
    {"Items": [{"Code": "green", "Message": "hello"}]},
]


@pytest.mark.parametrize(("output", "refusal"), REFUSED)
def test_a_refusal_is_found(output: dict[str, Any], refusal: Refusal) -> None:
    assert in_band_refusal(output) == refusal


@pytest.mark.parametrize("output", ACCEPTED)
def test_other_outputs_refuse_nothing(output: Any) -> None:
    assert in_band_refusal(output) is None


class Answering:
    """Answers every request with one output."""

    def __init__(self, output: dict[str, Any]) -> None:
        self.output = output

    def send(self, request: Request, **_: object) -> Response:
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "1"}
        return Response(200, headers, json.dumps(self.output).encode())


def outcome(service: str, operation: str, output: dict[str, Any], **params: Any) -> tuple[str, str | None, bool]:
    model = ingest.installed_spec(service).service
    exchanger = Exchanger(model, codec_for(model), Answering(output), sleep=lambda _: None)
    found = exchanger.perform(Call(operation, params), "case").outcome
    return found.kind, found.code, found.in_band


ENTRY = {"Source": "s", "DetailType": "d", "Detail": "{}"}


def test_the_code_of_the_part_says_why() -> None:
    failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InvalidArgument", "ErrorMessage": "no"}]}
    assert outcome("events", "PutEvents", failed, Entries=[ENTRY]) == ("rejected-validation", "InvalidArgument", True)
    missing = {"FailedEntryCount": 1, "FailedEntries": [{"ErrorCode": "ResourceNotFoundException"}]}
    assert outcome("events", "RemoveTargets", missing, Rule="r", Ids=["1"])[0] == "rejected-state"
    put_off: dict[str, Any] = {"UnprocessedItems": {"t": [{"DeleteRequest": {"Key": {}}}]}}
    assert outcome("dynamodb", "BatchWriteItem", put_off, RequestItems={"t": []})[0] == "rejected-state"


def test_a_success_stays_one() -> None:
    assert outcome("events", "PutEvents", {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}, Entries=[ENTRY]) == (
        "accepted",
        None,
        False,
    )


def test_an_operation_that_reads_is_answered_with_what_it_does_not_find() -> None:
    missing = {"services": [], "failures": [{"arn": "a", "reason": "MISSING"}]}
    assert outcome("ecs", "DescribeServices", missing, services=["s"]) == ("accepted", "MISSING", True)
