"""What is judged once of equal answers, waiters that never waited, and what becomes of findings without pytest."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber

import conformance
from conformance.exceptions import MocksLie
from conformance.guarding.call_judging import CallJudge
from conformance.record.reader import read
from conformance.verdicts.check_results import Contradiction
from conformance.watching.watched_call import WatchedCall
from conformance.wire.message import Response

pytestmark = pytest.mark.usefixtures("clean_aws")

RIGHT = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "1"}


def client(service: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return get_session().create_client(service, region_name="eu-west-1", **keys)


def codes(judge: CallJudge, headers: dict[str, str], body: bytes = b'{"TableNames": []}') -> set[str]:
    """The codes of what contradicts an answer with these headers and bytes."""
    response = Response(200, headers, body)
    call = WatchedCall("dynamodb", "ListTables", {}, {"TableNames": []}, None, "http", response, (), "main")
    judged = judge.judge(call)
    assert judged is not None
    return {each.code for each in judged.results if isinstance(each, Contradiction)}


def test_equal_bytes_with_other_headers_are_judged_again() -> None:
    judge = CallJudge()
    assert codes(judge, RIGHT) == set()
    assert codes(judge, {**RIGHT, "x-amzn-requestid": "2"}) == set()
    assert codes(judge, {**RIGHT, "content-type": "text/html"}) == {"only-on-the-wire"}
    assert codes(judge, {"content-type": RIGHT["content-type"]}) == {"no-request-id"}
    assert codes(judge, RIGHT) == set()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"TableNames": ["orders"], "LastEvaluatedTableName": null}', "only-on-the-wire"),
        (b"null", "only-on-the-wire"),
        (b'{"TableNames": [null]}', "null-member"),
        (b'{"TableNames": "a"}', "wrong-type"),
    ],
)
def test_what_botocore_leaves_out_misleads_nobody(body: bytes, code: str) -> None:
    assert codes(CallJudge(), RIGHT, body) == {code}


def test_params_that_are_no_data_are_recorded_by_what_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda *_: {"Size": 1})
    given = {"Body": io.BytesIO(b"x"), "Key": object(), "Metadata": {1: b"x" * 5000}, "Tags": {"a"}}
    with conformance.guard("report", record=tmp_path / "record.jsonl"):
        client("s3").put_object(Bucket="logs", **given)
    (case,) = read(tmp_path / "record.jsonl").cases.values()
    shown = {"Body": "<BytesIO>", "Key": "<object>", "Metadata": {"1": "<5000 bytes>"}, "Tags": ["a"]}
    assert case.steps[0].params == {"Bucket": "logs", **shown}


def waited(statuses: list[str]) -> set[str]:
    """The codes that a waiter meets over tables with these statuses."""
    tables = client("dynamodb")
    with conformance.guard("report") as guard, Stubber(tables) as stub:
        for status in statuses:
            stub.add_response("describe_table", {"Table": {"TableName": "orders", "TableStatus": status}})
        tables.get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 0})
    return {each.code for each in guard.findings}


def test_a_waiter_that_never_waited_is_told() -> None:
    assert waited(["ACTIVE"]) == {"never-waited"}
    assert waited(["CREATING", "ACTIVE"]) == set()


@pytest.mark.parametrize(("answer", "lies"), [({"TableNames": ["orders"]}, False), ({"TableNames": [7]}, True)])
def test_without_pytest_a_lie_is_raised_at_the_end(
    answer: dict[str, Any], lies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda *_: answer)
    tables = client("dynamodb")
    if not lies:
        with conformance.guard() as guard:
            assert tables.list_tables() == answer
        assert guard.calls == 1
        return
    with pytest.raises(MocksLie, match="test_watched_answers"), conformance.guard():
        tables.list_tables()
    with pytest.warns(UserWarning, match="wrong-type"), conformance.guard("warn"):
        tables.list_tables()
    with conformance.guard(ignore=["*#type"]) as guard:
        tables.list_tables()
    assert guard.findings == ()
