"""Whatever a mock answers and a test sends is judged, or nothing is said of it; and it can be recorded."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.guarding.guard_ledger import GuardLedger
from conformance.record.reader import read
from conformance.record.writer import RecordWriter
from conformance.watching.watched_call import AnsweredBy, WatchedCall

NAMES = st.sampled_from(
    [
        "Attributes",
        "Body",
        "Buckets",
        "Code",
        "CreationTime",
        "EndpointName",
        "EndpointStatus",
        "Endpoints",
        "Error",
        "LastModifiedTime",
        "HTTPStatusCode",
        "IsTruncated",
        "Item",
        "Key",
        "KeySchema",
        "Marker",
        "Message",
        "Metadata",
        "NextToken",
        "Owner",
        "QueueUrl",
        "ResponseMetadata",
        "Table",
        "TableName",
        "TableNames",
        "Tags",
        "Users",
    ]
)
NO_DATA = st.sampled_from([{1}, ValueError, ValueError("x"), io.BytesIO(b"x"), object()])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=5), NO_DATA
)
TIMES = st.one_of(st.datetimes(), st.dates(), st.decimals(), st.just(datetime.timezone.utc))
KEYS = st.one_of(NAMES, NAMES, st.integers(), st.none(), st.tuples(st.integers()))
VALUES = st.recursive(
    LEAVES | TIMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4) | st.tuples(inner),
    max_leaves=12,
)
OPERATIONS = st.sampled_from(
    [
        "dynamodb:PutItem",
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
        "s3:PutObject",
        "s3:ListBuckets",
        "s3:GetObject",
        "iam:ListUsers",
        "sagemaker:DescribeEndpoint",
        "sagemaker:ListEndpoints",
        "sqs:GetQueueAttributes",
        "sqs:SendMessage",
        "ec2:DescribeInstances",
    ]
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardLedger]:
    """What was met in all examples together, which is recorded at the end."""
    met = GuardLedger()
    yield met
    path = tmp_path_factory.mktemp("any") / "record.jsonl"
    with RecordWriter(path) as writer:
        for row in met.rows():
            writer.write(row)
    assert read(path).findings


def error_of(response: Any) -> ClientError:
    """An error with any response at all."""
    error = ClientError({}, "Operation")
    error.response = response
    return error


@settings(max_examples=200, deadline=None)
@given(
    OPERATIONS, st.dictionaries(NAMES | st.text(max_size=3), VALUES, max_size=4), VALUES, st.booleans(), st.booleans()
)
def test_any_answer_is_judged_and_recorded(
    ledger: GuardLedger, name: str, params: Any, answer: Any, fails: bool, patched: bool
) -> None:
    service, _, operation = name.partition(":")
    answered_by: AnsweredBy = "patch" if patched else "stub"
    error, output = (error_of(answer), None) if fails else (None, answer)
    ledger.called(WatchedCall(service, operation, params, output, error, answered_by, None, (), "main"))
    assert ledger.problems == []
