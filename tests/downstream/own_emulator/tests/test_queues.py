"""Tests of the emulator's own."""

from __future__ import annotations

import boto3


def test_queue_is_found_by_its_name(conformance_target: str) -> None:
    sqs = boto3.client(
        "sqs",
        endpoint_url=conformance_target,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    made = sqs.create_queue(QueueName="orders")
    assert sqs.get_queue_url(QueueName="orders")["QueueUrl"] == made["QueueUrl"]
    sqs.delete_queue(QueueUrl=made["QueueUrl"])
