"""What the guard adds to a call to moto in this process, as a ratio of CPU times; the goal is 1.15 at the most.

    python tests/benchmarks/guard_cost.py

Calls with and without the guard take turns and medians are compared, so that other work on the machine weighs little.
"""

from __future__ import annotations

import itertools
import statistics
import time
from typing import Any

import boto3
from moto import mock_aws

from conformance.guarding.guard_ledger import GuardLedger
from conformance.watching.call_watcher import WATCHER

ROUNDS, GOAL = 40, 1.15
BUCKET, TABLE = "guard-cost", "orders"


def main() -> None:
    """Print the ratio."""
    numbers, ledger = itertools.count(), GuardLedger()
    with mock_aws():
        clients = {name: _client(name) for name in ("dynamodb", "sqs", "s3", "iam", "sns")}
        queue = _made(clients)
        with WATCHER.telling(ledger):
            _calls(clients, queue, next(numbers))  # loads the specs
        plain, guarded = [], []
        for _ in range(ROUNDS):
            plain.append(_seconds(clients, queue, next(numbers)))
            with WATCHER.telling(ledger):
                guarded.append(_seconds(clients, queue, next(numbers)))
    ratio = statistics.median(guarded) / statistics.median(plain)
    print(f"a call with the guard takes {ratio:.3f} of one without (goal: {GOAL})")


def _client(name: str) -> Any:
    return boto3.client(name, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def _made(clients: dict[str, Any]) -> str:
    clients["dynamodb"].create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    clients["s3"].create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return str(clients["sqs"].create_queue(QueueName="orders")["QueueUrl"])


def _seconds(clients: dict[str, Any], queue: str, number: int) -> float:
    start = time.process_time()
    _calls(clients, queue, number)
    return time.process_time() - start


def _calls(clients: dict[str, Any], queue: str, number: int) -> None:
    """Calls as applications make them; what they answer differs from round to round."""
    key = {"id": {"S": str(number)}}
    clients["dynamodb"].put_item(TableName=TABLE, Item={**key, "n": {"N": str(number)}})
    clients["dynamodb"].get_item(TableName=TABLE, Key=key)
    clients["dynamodb"].describe_table(TableName=TABLE)
    clients["sqs"].send_message(QueueUrl=queue, MessageBody=str(number))
    clients["sqs"].get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    clients["s3"].put_object(Bucket=BUCKET, Key=str(number), Body=b"x")
    clients["s3"].head_object(Bucket=BUCKET, Key=str(number))
    clients["iam"].list_users()
    clients["sns"].list_topics()


if __name__ == "__main__":
    main()
