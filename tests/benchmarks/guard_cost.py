"""What the guard and a contract add to a call to moto in this process, as ratios of CPU times; the goal is 1.15.

    python tests/benchmarks/guard_cost.py

Calls without anybody, with the guard and with a contract take turns and medians are compared, so that other work on the
machine weighs little.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from moto import mock_aws

from conformance.contracts.usage_recorder import UsageRecorder
from conformance.guarding.guard_ledger import GuardLedger
from conformance.watching.call_watcher import WATCHER

ROUNDS, GOAL = 40, 1.15
BUCKET, TABLE = "guard-cost", "orders"
LEDGER, RECORDER = GuardLedger(), UsageRecorder()


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """The calls within are those of a suite that writes its contract."""
    WATCHER.add(RECORDER, RECORDER.handed_out)
    try:
        yield
    finally:
        WATCHER.remove(RECORDER)


WATCHED: Mapping[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "nobody": contextlib.nullcontext,
    "the guard": lambda: WATCHER.telling(LEDGER),
    "a contract": recording,
}


def main() -> None:
    """Print the ratios."""
    numbers = itertools.count()
    times: dict[str, list[float]] = {name: [] for name in WATCHED}
    with mock_aws():
        clients = {name: _client(name) for name in ("dynamodb", "sqs", "s3", "iam", "sns")}
        queue = _made(clients)
        for watched in WATCHED.values():
            with watched():
                _calls(clients, queue, next(numbers))  # loads the specs
        for _, (name, watched) in itertools.product(range(ROUNDS), WATCHED.items()):
            with watched():
                times[name].append(_seconds(clients, queue, next(numbers)))
    plain = statistics.median(times.pop("nobody"))
    for name, found in times.items():
        print(f"a call with {name} takes {statistics.median(found) / plain:.3f} of one without (goal: {GOAL})")


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
    assert clients["dynamodb"].get_item(TableName=TABLE, Key=key)["Item"]["id"]["S"] == str(number)
    assert clients["dynamodb"].describe_table(TableName=TABLE)["Table"]["TableStatus"] == "ACTIVE"
    clients["sqs"].send_message(QueueUrl=queue, MessageBody=str(number))
    clients["sqs"].get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    clients["s3"].put_object(Bucket=BUCKET, Key=str(number), Body=b"x")
    clients["s3"].head_object(Bucket=BUCKET, Key=str(number))
    clients["iam"].list_users()
    clients["sns"].list_topics()


if __name__ == "__main__":
    main()
