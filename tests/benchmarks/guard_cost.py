"""What the guard and a contract add to calls to moto in this process, and to a suite of tests; the goal is 1.15.

    python tests/benchmarks/guard_cost.py [--rounds N] [--suites N]

Compared are CPU times, without anybody, with the guard and with a contract in turn: medians for calls, and for the
suite of `tests/downstream/app_with_moto` the least of each, because other work on the machine only ever adds. A suite
starts anew each time, so its ratio has what it costs to load guard and specs, and to write record and report.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from conformance.contracts.usage_recorder import UsageRecorder
from conformance.guarding.guard_ledger import GuardLedger
from conformance.watching.call_watcher import WATCHER

GOAL = 1.15
BUCKET, TABLE = "guard-cost", "orders"
SUITE = Path(__file__).resolve().parent.parent / "downstream" / "app_with_moto"
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="rounds of nine calls")
    parser.add_argument("--suites", type=int, default=3, help="runs of the suite")
    arguments = parser.parse_args()
    for name, ratio in of_calls(arguments.rounds):
        print(f"a call with {name} takes {ratio:.3f} of one without (goal: {GOAL})")
    if arguments.suites:
        print(f"a suite with the guard takes {of_suites(arguments.suites):.3f} of one without (goal: {GOAL})")


def of_calls(rounds: int) -> Iterator[tuple[str, float]]:
    """The ratios of calls."""
    numbers = itertools.count()
    times: dict[str, list[float]] = {name: [] for name in WATCHED}
    with mock_aws():
        clients = {name: _client(name) for name in ("dynamodb", "sqs", "s3", "iam", "sns")}
        queue = _made(clients)
        for _, (name, watched) in itertools.product(range(rounds), WATCHED.items()):
            with watched():
                times[name].append(_seconds(clients, queue, numbers))
    plain = statistics.median(times.pop("nobody"))
    yield from ((name, statistics.median(found) / plain) for name, found in times.items())


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


def _seconds(clients: dict[str, Any], queue: str, numbers: itertools.count[int]) -> float:
    """The time of a round; one before it fills what botocore and the guard keep for each client."""
    _calls(clients, queue, next(numbers))
    start = time.process_time()
    _calls(clients, queue, next(numbers))
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


def of_suites(runs: int) -> float:
    """The ratio of suites; the first run of each, which writes the byte code of modules, is not counted."""
    with tempfile.TemporaryDirectory() as out:
        guard = ("--conformance-guard=report", f"--conformance-out={out}")
        pairs = [(suite_seconds(*guard), suite_seconds()) for _ in range(runs + 1)][1:]
    return min(with_guard for with_guard, _ in pairs) / min(without for _, without in pairs)


def suite_seconds(*arguments: str) -> float:
    """The CPU time of one run of the suite; raises CalledProcessError where a test fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    subprocess.run(command, cwd=SUITE, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
