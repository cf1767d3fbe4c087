"""What one operation writes and another one reads: pairs of real models, and what is no pair."""

from __future__ import annotations

import pytest

from conformance.planning.service_specs import load_service
from conformance.specs.places import write_steps
from conformance.specs.resources.flows import Flow, flows_of


def pairs(service: str) -> dict[tuple[str, str], Flow]:
    return {(each.producer, each.consumer): each for each in flows_of(load_service(service).service)}


@pytest.mark.parametrize(
    ("service", "producer", "given", "consumer", "told", "member"),
    [
        ("sqs", "SendMessage", "", "ReceiveMessage", "Messages[]", "MessageBody"),
        ("sqs", "SendMessageBatch", "Entries[]", "ReceiveMessage", "Messages[]", "MessageBody"),
        ("kinesis", "PutRecord", "", "GetRecords", "Records[]", "Data"),
        ("kinesis", "PutRecords", "Records[]", "GetRecords", "Records[]", "PartitionKey"),
        ("logs", "PutLogEvents", "logEvents[]", "GetLogEvents", "events[]", "message"),
        ("logs", "PutLogEvents", "logEvents[]", "FilterLogEvents", "events[]", "timestamp"),
        ("events", "PutTargets", "Targets[]", "ListTargetsByRule", "Targets[]", "Arn"),
        ("dynamodb", "PutItem", "", "GetItem", "", "Item"),
        ("s3", "PutObject", "", "GetObject", "", "Body"),
        ("s3", "PutObject", "", "ListObjectsV2", "Contents[]", "Key"),
        ("s3", "UploadPart", "", "ListParts", "Parts[]", "PartNumber"),
        ("cloudwatch", "PutMetricData", "MetricData[]", "ListMetrics", "Metrics[]", "MetricName"),
        (
            "route53", "ChangeResourceRecordSets", "ChangeBatch/Changes[]/ResourceRecordSet",
            "ListResourceRecordSets", "ResourceRecordSets[]", "TTL",
        ),
    ],
)  # fmt: skip
def test_a_writer_and_a_reader_are_joined(
    service: str, producer: str, given: str, consumer: str, told: str, member: str
) -> None:
    flow = pairs(service)[producer, consumer]
    assert (write_steps(flow.given), write_steps(flow.told)) == (given, told)
    assert member in {each.path for each in flow.members}


@pytest.mark.parametrize(("producer", "consumer"), [("PutItem", "Query"), ("PutItem", "Scan")])
def test_items_without_members_of_their_own_are_joined_by_their_kind(producer: str, consumer: str) -> None:
    flow = pairs("dynamodb")[producer, consumer]
    assert (flow.given, flow.shared) == (("Item",), ("TableName",))


def test_what_the_reader_needs_and_the_writer_does_not_know_is_told_by_a_third_operation() -> None:
    assert pairs("kinesis")["PutRecord", "GetRecords"].by == "GetShardIterator"


@pytest.mark.parametrize(
    ("service", "producer", "consumer"),
    [
        ("s3", "PutBucketReplication", "GetBucketLifecycle"),
        ("s3", "PutBucketTagging", "GetBucketMetricsConfiguration"),
        ("s3", "WriteGetObjectResponse", "GetObject"),
        ("cloudwatch", "PutMetricData", "DescribeAnomalyDetectors"),
        ("dynamodb", "PutItem", "SearchVectors"),
    ],
)
def test_a_shape_in_common_alone_joins_nothing(service: str, producer: str, consumer: str) -> None:
    assert (producer, consumer) not in pairs(service)
