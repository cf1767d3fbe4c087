"""What may have to come before an operation, by names alone."""

from __future__ import annotations

import functools
import itertools

import pytest

from conformance.cases.producers import ProducerIndex
from conformance.planning.service_specs import load_service
from conformance.specs import ingest


@functools.cache
def producers(service: str) -> ProducerIndex:
    return ProducerIndex(ingest.installed_spec(service).service)


@pytest.mark.parametrize(
    ("service", "operation", "first"),
    [
        ("ec2", "DetachVolume", "AttachVolume"),
        ("ec2", "DisassociateAddress", "AssociateAddress"),
        ("s3", "GetBucketCors", "PutBucketCors"),
        ("s3", "GetObjectTagging", "PutObjectTagging"),
        ("sqs", "ReceiveMessage", "SendMessage"),
        ("kms", "CancelKeyDeletion", "ScheduleKeyDeletion"),
    ],
)
def test_what_undoes_or_reads_comes_after_what_does(service: str, operation: str, first: str) -> None:
    assert next(producers(service).earlier_than(operation, "")) == first


def test_what_the_text_speaks_of_comes_first() -> None:
    before = producers("s3").earlier_than("PutObjectTagging", "NoSuchKey: the object does not exist")
    assert "PutObject" in itertools.islice(before, 3)


@pytest.mark.parametrize(
    ("service", "member", "operation", "producer"),
    [
        ("sqs", "ReceiptHandle", "DeleteMessage", "ReceiveMessage"),
        ("ec2", "AssociationId", "DisassociateRouteTable", "AssociateRouteTable"),
        ("s3", "UploadId", "ListMultipartUploads", "CreateMultipartUpload"),
    ],
)
def test_members_are_told_by_operations_about_the_same(
    service: str, member: str, operation: str, producer: str
) -> None:
    found = [name for name, _ in producers(service).answering(member, operation, related=True)]
    assert producer in found[:2]
    assert operation not in found


def test_names_that_mean_anything_are_told_by_operations_about_the_same_only() -> None:
    assert list(producers("sqs").answering("Id", "DeleteMessageBatch", related=False)) == []


@pytest.mark.parametrize("name", ["ec2", "autoscaling", "rds"])
def test_nothing_is_ended_or_bought_for_the_sake_of_something_else(name: str) -> None:
    found = ProducerIndex(load_service(name).service)
    for operation in load_service(name).service.operations:
        producers_of_id = [
            producer
            for related in (True, False)
            for producer, _ in found.answering("InstanceId", operation, related=related)
        ]
        for other in (*producers_of_id, *found.earlier_than(operation, "")):
            assert not other.startswith(("Terminate", "Purchase", "Release", "Purge")), (operation, other)
