"""What the recorder makes of calls of botocore's clients: who answers them is a handler that gives bytes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.session import get_session
from urllib3 import HTTPHeaderDict

from conformance.contracts.usage import OperationUse
from conformance.contracts.usage_recorder import OUTSIDE, UsageRecorder
from conformance.watching.call_watcher import WATCHER

pytestmark = pytest.mark.usefixtures("clean_aws")

PAGE = """<ListBucketResult><IsTruncated>{}</IsTruncated><Prefix>a</Prefix>
<NextContinuationToken>{}</NextContinuationToken><Contents><Key>a1</Key><Size>3</Size></Contents></ListBucketResult>"""


@pytest.fixture
def recorder() -> Iterator[UsageRecorder]:
    recorder = UsageRecorder()
    WATCHER.add(recorder, recorder.handed_out)
    yield recorder
    WATCHER.remove(recorder)
    assert recorder.problems == []


def client(service: str, *answers: Any) -> Any:
    """A client that is answered in turn: status and text, or an exception."""
    left = list(answers)

    def send(request: Any, **_more: Any) -> AWSResponse:
        status, body = left.pop(0)
        content = body if isinstance(body, str) else json.dumps(body)
        return AWSResponse(request.url, status, HTTPHeaderDict(), _Raw(content.encode()))

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    made = get_session().create_client(service, region_name="eu-west-1", **keys)
    made.meta.events.register("before-send", send)
    return made


class _Raw:
    """The body of a response, as urllib3 gives it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_more: Any) -> Iterator[bytes]:
        yield self.content


def use_of(recorder: UsageRecorder, operation: str) -> OperationUse:
    (found,) = [use for _, name, use in recorder.contract().operations if name == operation]
    return found


TABLE = {"Table": {"TableName": "orders", "TableStatus": "ACTIVE"}}
REFUSAL = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "none"}


def test_calls_and_reads_belong_to_the_test_that_makes_them(recorder: UsageRecorder) -> None:
    tables = client("dynamodb", (200, TABLE), (200, TABLE))
    recorder.test = "a"
    kept = tables.describe_table(TableName="orders")
    tables.describe_table(TableName="orders")["Table"]
    recorder.test = "b"
    assert [kept["Table"]["TableStatus"] for _ in range(3)] == ["ACTIVE"] * 3
    use = use_of(recorder, "DescribeTable")
    assert use.tests == {"a": 2}
    assert use.read["Table"].tests == {"a": 1, "b": 1}
    assert use.read["Table/TableStatus"].tests == {"b": 1}
    assert use.read["Table/TableStatus"].values["ACTIVE"].tests == {"b": 1}


def test_what_a_paginator_reads_in_passing_does_not_count(recorder: UsageRecorder) -> None:
    objects = client("s3", (200, PAGE.format("true", "t")), (200, PAGE.format("false", "")))
    pages = objects.get_paginator("list_objects_v2").paginate(Bucket="shop", Prefix="a")
    assert [each["Key"] for page in pages for each in page["Contents"]] == ["a1", "a1"]
    use = use_of(recorder, "ListObjectsV2")
    assert use.paginator is not None
    assert use.paginator.tests == {OUTSIDE: 2}
    assert set(use.read) == {"Contents", "Contents[]", "Contents[]/Key", "IsTruncated", "NextContinuationToken"}
    assert use.read["IsTruncated"].tests == {OUTSIDE: 2}


def test_a_waiter_is_of_the_operation_that_it_polls(recorder: UsageRecorder) -> None:
    tables = client("dynamodb", (400, REFUSAL), (200, TABLE))
    tables.get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 0})
    use = use_of(recorder, "DescribeTable")
    assert {name: each.tests for name, each in use.waiters.items()} == {"TableExists": {OUTSIDE: 1}}
    assert set(use.errors) == {"ResourceNotFoundException"}


def test_an_error_counts_if_somebody_catches_it(recorder: UsageRecorder) -> None:
    tables = client("dynamodb", (400, REFUSAL), (400, REFUSAL))
    for _ in range(2):
        with pytest.raises(ClientError) as raised:
            tables.describe_table(TableName="none")
    recorder.uncaught(raised.value)
    use = use_of(recorder, "DescribeTable")
    assert use.tests == {OUTSIDE: 2}
    assert use.errors["ResourceNotFoundException"].tests == {OUTSIDE: 1}


@pytest.mark.parametrize(("status", "values"), [(200, {"PAY", "PROVISIONED"}), (400, {"PROVISIONED"})])
def test_a_value_that_is_refused_counts_if_aws_has_it(recorder: UsageRecorder, status: int, values: set[str]) -> None:
    tables = client("dynamodb", (status, {}), (status, {}))
    for mode in ("PAY", "PROVISIONED"):
        with contextlib.suppress(ClientError):
            tables.update_table(TableName="orders", BillingMode=mode)
    assert set(use_of(recorder, "UpdateTable").sent["BillingMode"].values) == values


def test_a_call_that_nobody_answers_uses_nothing(recorder: UsageRecorder) -> None:
    tables = client("dynamodb")
    with pytest.raises(ParamValidationError):
        tables.describe_table(TabelName="orders")
    tables.meta.events.register_first("before-send", _refuse)
    with pytest.raises(EndpointConnectionError):
        tables.describe_table(TableName="orders")
    assert recorder.contract().services == {}


def _refuse(**_more: Any) -> None:
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")


def test_an_answer_that_is_sent_on_is_given(recorder: UsageRecorder) -> None:
    tables = client("dynamodb", (200, {"Item": {"id": {"S": "1"}, "n": {"N": "2"}}}), (200, {}))
    item = tables.get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"]
    tables.put_item(TableName="orders", Item=item)
    use = use_of(recorder, "GetItem")
    assert set(use.read) >= {"Item", "Item{}"}
    assert set(use.given) == {"Item{}/S", "Item{}/N"}
    assert set(use_of(recorder, "PutItem").sent) == {"TableName", "Item", "Item{}", "Item{}/S", "Item{}/N"}
