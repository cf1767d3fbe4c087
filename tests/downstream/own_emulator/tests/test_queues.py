"""Tests of the emulator's own."""

from __future__ import annotations

import boto3
import pytest

import conformance
from conformance.extending import CaseRow


def test_a_queue_is_found_by_its_name(conformance_target: str) -> None:
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


@pytest.mark.conformance("sqs:CreateQueue", only="*/input/QueueName#*")
def test_names_are_checked(finding: conformance.Finding | None) -> None:
    assert finding is None


@pytest.mark.conformance("sqs:DeleteQueue", only="*#required")
def test_refusals_are_json(case: CaseRow) -> None:
    response = case.steps[-1].response
    assert response is not None
    assert response.headers["content-type"].startswith("application/x-amz-json")
