"""Tests with mocks that do what AWS does: stubs, patches, errors, pages and waiters."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any
from unittest import mock

import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from inventory import answer, client

MADE = datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/net/11111111-2222-3333-4444-555555555555"
USER = {
    "Path": "/",
    "UserName": "ada",
    "UserId": "AIDACKCEVSQ6C2EXAMPLE",
    "Arn": "arn:aws:iam::123456789012:user/ada",
    "CreateDate": MADE,
}
TABLE = {"TableName": "orders", "TableStatus": "ACTIVE", "ItemCount": 3, "CreationDateTime": MADE}

OUTPUTS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("s3", "list_buckets", {}, {"Buckets": [{"Name": "logs", "CreationDate": MADE}]}),
    ("s3", "get_object", {"Bucket": "logs", "Key": "a"}, {"Body": StreamingBody(io.BytesIO(b"x"), 1), "ETag": '"e"'}),
    ("s3", "put_object", {"Bucket": "logs", "Key": "a", "Body": b"x"}, {"ETag": '"9dd4e461268c8034f5c8564e155c67a6"'}),
    ("s3", "put_object", {"Bucket": "logs", "Key": "a", "Body": io.BytesIO(b"x")}, {"ETag": '"9dd4e4612"'}),
    ("s3", "head_object", {"Bucket": "logs", "Key": "a"}, {"ContentLength": 1, "LastModified": MADE}),
    ("s3", "list_objects_v2", {"Bucket": "logs"}, {"KeyCount": 0, "IsTruncated": False, "Name": "logs"}),
    ("s3", "get_bucket_location", {"Bucket": "logs"}, {"LocationConstraint": "eu-west-1"}),
    ("sqs", "get_queue_url", {"QueueName": "orders"}, {"QueueUrl": QUEUE}),
    ("sqs", "send_message", {"QueueUrl": QUEUE, "MessageBody": "m"}, {"MessageId": "1", "MD5OfMessageBody": "6f8f577"}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE}, {"Messages": [{"MessageId": "1", "Body": "m"}]}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "WaitTimeSeconds": 20}, {}),
    ("sqs", "delete_message", {"QueueUrl": QUEUE, "ReceiptHandle": "r"}, {}),
    ("sns", "list_topics", {}, {"Topics": [{"TopicArn": TOPIC}]}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "m"}, {"MessageId": KEY}),
    ("dynamodb", "describe_table", {"TableName": "orders"}, {"Table": TABLE}),
    ("dynamodb", "get_item", {"TableName": "orders", "Key": {"id": {"S": "1"}}}, {"Item": {"id": {"S": "1"}}}),
    ("dynamodb", "get_item", {"TableName": "orders", "Key": {"id": {"S": "1"}}}, {}),
    ("dynamodb", "list_tables", {}, {"TableNames": ["orders"]}),
    ("dynamodb", "list_tables", {"Limit": 1}, {"TableNames": ["orders"], "LastEvaluatedTableName": "orders"}),
    ("iam", "get_user", {"UserName": "ada"}, {"User": USER}),
    ("iam", "list_users", {}, {"Users": [USER], "IsTruncated": False}),
    ("iam", "list_users", {}, {"Users": [USER], "IsTruncated": True, "Marker": "next"}),
    ("iam", "get_user_policy", {"UserName": "ada", "PolicyName": "p"}, {
        "UserName": "ada", "PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
    }),
    ("lambda", "get_function_configuration", {"FunctionName": "f"}, {"FunctionName": "f", "State": "Active"}),
    ("lambda", "invoke", {"FunctionName": "f", "Payload": b"{}"}, {"StatusCode": 200, "Payload": io.BytesIO(b"{}")}),
    ("lambda", "list_functions", {}, {"Functions": []}),
    ("kms", "encrypt", {"KeyId": KEY, "Plaintext": b"x"}, {"CiphertextBlob": b"y", "KeyId": KEY}),
    ("kms", "describe_key", {"KeyId": KEY}, {"KeyMetadata": {"KeyId": KEY, "KeyState": "Enabled", "Enabled": True}}),
    ("sagemaker", "describe_endpoint", {"EndpointName": "Ads"}, {
        "EndpointName": "Ads", "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/ads",
        "EndpointStatus": "Updating", "CreationTime": MADE, "LastModifiedTime": MADE,
    }),
    ("secretsmanager", "get_secret_value", {"SecretId": "db"}, {"ARN": SECRET, "Name": "db", "SecretString": "s"}),
    ("ssm", "get_parameter", {"Name": "/db"}, {"Parameter": {"Name": "/db", "Type": "String", "Version": 1}}),
    ("ec2", "describe_instances", {}, {"Reservations": [{"Instances": [{"State": {"Code": 16, "Name": "running"}}]}]}),
    ("ec2", "describe_vpcs", {}, {"Vpcs": [{"VpcId": "vpc-1", "IsDefault": True}]}),
    ("stepfunctions", "list_state_machines", {}, {"stateMachines": []}),
    ("cloudformation", "describe_stacks", {}, {
        "Stacks": [{"StackName": "net", "StackId": STACK, "CreationTime": MADE, "StackStatus": "CREATE_COMPLETE"}],
    }),
    ("sts", "get_caller_identity", {}, {"Account": "123456789012", "UserId": "A", "Arn": USER["Arn"]}),
    ("logs", "describe_log_groups", {}, {"logGroups": [{"logGroupName": "/app", "creationTime": 1714521600000}]}),
    ("cloudwatch", "get_metric_statistics", {
        "Namespace": "AWS/SQS", "MetricName": "m", "StartTime": "2024-05-01", "EndTime": MADE, "Period": 60,
    }, {"Label": "m", "Datapoints": [{"Timestamp": MADE, "Sum": 1.0, "Unit": "Count"}]}),
    ("events", "put_events", {"Entries": [{"Source": "app"}]}, {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}),
]  # fmt: skip

ERRORS = [
    ("dynamodb", "describe_table", {"TableName": "orders"}, "ResourceNotFoundException"),
    ("dynamodb", "get_item", {"TableName": "orders", "Key": {}}, "ValidationException"),
    ("dynamodb", "put_item", {"TableName": "orders", "Item": {}}, "ConditionalCheckFailedException"),
    ("s3", "get_object", {"Bucket": "logs", "Key": "a"}, "NoSuchKey"),
    ("s3", "head_object", {"Bucket": "logs", "Key": "a"}, "404"),
    ("s3", "get_bucket_policy", {"Bucket": "logs"}, "NoSuchBucketPolicy"),
    ("iam", "get_role", {"RoleName": "worker"}, "NoSuchEntity"),
    ("sqs", "get_queue_url", {"QueueName": "orders"}, "AWS.SimpleQueueService.NonExistentQueue"),
    ("ec2", "describe_instances", {"InstanceIds": ["i-0abc"]}, "InvalidInstanceID.NotFound"),
    ("ec2", "describe_vpcs", {}, "UnauthorizedOperation"),
    ("ec2", "delete_nat_gateway", {"NatGatewayId": "nat-0abc"}, "NatGatewayNotFound"),
    ("ec2", "delete_vpc", {"VpcId": "vpc-0abc"}, "DependencyViolation"),
    ("lambda", "get_function", {"FunctionName": "f"}, "TooManyRequestsException"),
    ("kms", "decrypt", {"CiphertextBlob": b"x"}, "AccessDeniedException"),
    ("sts", "get_caller_identity", {}, "ExpiredToken"),
    ("cloudformation", "describe_stacks", {"StackName": "net"}, "ValidationError"),
    ("secretsmanager", "get_secret_value", {"SecretId": "db"}, "ResourceNotFoundException"),
    ("ssm", "get_parameter", {"Name": "/db"}, "ParameterNotFound"),
]


@pytest.mark.parametrize(("service", "operation", "params", "output"), OUTPUTS)
def test_patch(service: str, operation: str, params: Any, output: Any) -> None:
    with mock.patch("botocore.client.BaseClient._make_api_call", return_value=output):
        assert answer(service, operation, **params) == output


@pytest.mark.parametrize(("service", "operation", "params", "code"), ERRORS)
def test_error(service: str, operation: str, params: Any, code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
    with mock.patch("botocore.client.BaseClient._make_api_call", side_effect=error):
        assert answer(service, operation, **params) == code


@pytest.mark.parametrize(("service", "operation", "params", "code"), ERRORS)
def test_stubbed_error(service: str, operation: str, params: Any, code: str) -> None:
    stubbed = client(service)
    stub = Stubber(stubbed)
    stub.add_client_error(operation, code)
    with stub, pytest.raises(ClientError):
        getattr(stubbed, operation)(**params)


def test_stubs_with_any_params() -> None:
    tables = client("dynamodb")
    with Stubber(tables) as stub:
        stub.add_response("put_item", {}, {"TableName": "orders", "Item": ANY})
        assert tables.put_item(TableName="orders", Item={"id": {"S": "1"}}) == {}


def test_pages_of_a_stub() -> None:
    users = client("iam")
    with Stubber(users) as stub:
        stub.add_response("list_users", {"Users": [USER], "IsTruncated": True, "Marker": "m"}, {})
        stub.add_response("list_users", {"Users": [USER], "IsTruncated": False}, {"Marker": "m"})
        assert len(list(users.get_paginator("list_users").paginate().search("Users"))) == 2


def test_waiter_that_waits() -> None:
    tables = client("dynamodb")
    with Stubber(tables) as stub:
        stub.add_response("describe_table", {"Table": {**TABLE, "TableStatus": "CREATING"}})
        stub.add_response("describe_table", {"Table": TABLE})
        assert tables.get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 0}) is None


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The names of the operations that are called; the rest is botocore's own."""
    original, seen = botocore.client.BaseClient._make_api_call, []

    def call(self: Any, operation: str, params: Any) -> Any:
        seen.append(operation)
        return original(self, operation, params)

    with mock.patch("botocore.client.BaseClient._make_api_call", new=call):
        yield seen


def test_patch_that_hands_on_to_a_stub(calls: list[str]) -> None:
    topics = client("sns")
    with Stubber(topics) as stub:
        stub.add_response("list_topics", {"Topics": []})
        topics.list_topics()
    assert calls == ["ListTopics"]


def test_refused_name_is_no_lie() -> None:
    error = ClientError({"Error": {"Code": "ValidationError", "Message": "no"}}, "GetUser")
    with mock.patch("botocore.client.BaseClient._make_api_call", side_effect=error):
        assert answer("iam", "get_user", UserName="ada lovelace!") == "ValidationError"
