"""Answers that AWS gives, and answers that it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.exchanges.outcome import classify, declared_codes
from conformance.planning.service_specs import load_service
from conformance.wire.message import Answer, ErrorAnswer
from doubles.botocore_versions import installed_is_older
from quality.instance import Instance, findings_of, none_of, some_of


def _error(code: str, message: str = "x") -> dict[str, str]:
    return {"Code": code, "Message": message}


def _json_error_status() -> str | None:
    line = {"operation": "StartTranscriptionJob", "http_status": 400, "error": _error("ConflictException")}
    return none_of(findings_of("transcribe", line))


def _rest_error_status() -> str | None:
    line = {"operation": "GetFunction", "http_status": 400, "error": _error("ResourceNotFoundException")}
    return some_of(findings_of("lambda", line), "wrong-error-status", "error")


TIMES = (
    "2024-01-02T12:00:00", "2024-01-02 12:00:00", "2024-01-02T12:00:00.123456789Z", "2024-01-02",
    "Tue, 02 Jan 2024 12:00:00 GMT", "1704196800", 1704196800.5, 1704196800000,
)  # fmt: skip


def _recorded_times() -> str | None:
    lines = [_repositories({"createdAt": time}) for time in TIMES]
    return none_of(findings_of("ecr", *lines))


def _repositories(repository: dict[str, Any]) -> dict[str, Any]:
    return {"operation": "DescribeRepositories", "http_status": 200, "output": {"repositories": [repository]}}


def _no_times() -> str | None:
    wrong = (some_of(findings_of("ecr", _repositories({"createdAt": text})), "wrong-type", "error")
             for text in ("update-failed", "outdated", "yesterday"))  # fmt: skip
    return next((each for each in wrong if each is not None), None)


def _object_for_enum() -> str | None:
    return some_of(findings_of("ecr", _repositories({"imageTagMutability": ["MUTABLE"]})), "wrong-type", "error")


def _expanded_json() -> str | None:
    output = {"policyText": {"Version": "2012-10-17"}}
    return none_of(findings_of("ecr", {"operation": "GetRepositoryPolicy", "http_status": 200, "output": output}))


def _respelled() -> str | None:
    answer = _repositories({"imageTagMutability": "mutable"})
    found = findings_of("ecr", answer)
    return some_of(found, "enum-spelling", "info") or none_of(found, "warning", "error")


def _unknown_value() -> str | None:
    return some_of(findings_of("ecr", _repositories({"imageTagMutability": "SOMETIMES"})), "not-in-enum", "warning")


def _answer(service: str, operation: str, output: dict[str, Any], status: int = 200) -> Callable[[], str | None]:
    line = {"operation": operation, "http_status": status, "output": output}

    def look() -> str | None:
        found = findings_of(service, line)
        if installed_is_older():  # what is not stored is read from the installed botocore, which may lack a member
            found = [each for each in found if each.code != "unknown-member"]
        return none_of(found, "warning", "error", "info")

    return look


def _own_403() -> str | None:
    service = load_service("sqs").service
    operation = service.operations["AddPermission"]
    own = Answer(403, parsed=True, error=ErrorAnswer("OverLimit", "too many permissions"))
    refused = Answer(403, parsed=True, error=ErrorAnswer("SomethingElse", "no"))
    kinds = tuple(classify(answer, declared_codes(service, operation)).kind for answer in (own, refused))
    return None if kinds == ("rejected-state", "rejected-auth") else f"taken for {kinds}"


def _event_streams() -> str | None:
    outputs: tuple[dict[str, Any], ...] = ({}, {"EventStream": []}, {"EventStream": "<EventStream object at 0x7f>"})
    lines = [{"operation": "SubscribeToShard", "http_status": 200, "output": output} for output in outputs]
    return none_of(findings_of("kinesis", *lines))


SHARD_EVENT = "SubscribeToShardEvent"


def _read_stream() -> str | None:
    event = {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}
    right, wrong = (
        {"operation": "SubscribeToShard", "http_status": 200, "output": {"EventStream": [{SHARD_EVENT: each}]}}
        for each in (event, {**event, "MillisBehindLatest": "soon"})
    )
    return none_of(findings_of("kinesis", right)) or some_of(findings_of("kinesis", wrong), "wrong-type", "error")


ZONES = {"HostedZones": [], "IsTruncated": False, "MaxItems": "100"}
CHECKS = {"HealthChecks": [], "IsTruncated": False, "MaxItems": "100"}
EVENT = {
    "StackId": "i",
    "EventId": "e",
    "StackName": "s",
    "Timestamp": "2024-01-01",
}
REVIEW = {**EVENT, "ResourceStatus": "REVIEW_IN_PROGRESS"}
GATEWAY = {"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}
TABLE = {"ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
TOOL_USE = {"toolUseId": "t", "name": "n", "input": {}, "type": "tool_use"}
CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"toolUse": TOOL_USE}]}},
    "stopReason": "tool_use",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}

# Answers of AWS that its models exclude: service, operation, output, status.
ERRATA: tuple[tuple[Any, ...], ...] = (
    ("route53", "ListHostedZones", ZONES),
    ("route53", "ListHealthChecks", CHECKS),
    ("iam", "GetServiceLastAccessedDetails", {"JobStatus": "IN_PROGRESS", "JobCreationDate": "2024-01-01"}),
    ("cloudformation", "DescribeStackEvents", {"StackEvents": [REVIEW]}),
    ("servicecatalog", "CreateProduct", {"ProductViewDetail": {"Status": "CREATED"}}),
    ("ec2", "DescribeInternetGateways", {"InternetGateways": [GATEWAY]}),
    ("bedrock-runtime", "Converse", CONVERSE),
    ("dynamodb", "DescribeTable", {"Table": TABLE}),
    ("sqs", "SendMessageBatch", {"Successful": [{"Id": "a", "MessageId": "b", "MD5OfMessageBody": "c"}]}),
    ("guardduty", "GetAdministratorAccount", {}),
    ("s3", "RestoreObject", {}, 202),
    ("s3", "GetObject", {"ContentRange": "bytes 0-1/2", "ContentLength": 2}, 206),
)

INSTANCES = (
    Instance(
        "answers/json-error-status",
        "AWS answers errors over JSON with 400, whatever status the model has for them",
        _json_error_status,
    ),
    Instance(
        "answers/rest-error-status",
        "an error over REST with another status than the model's is an error",
        _rest_error_status,
    ),
    Instance(
        "answers/recorded-times",
        "recordings spell times without a zone, with nanoseconds, as dates, HTTP dates, epoch text and milliseconds",
        _recorded_times,
    ),
    Instance(
        "answers/placeholders-are-anchored",
        "a text that only contains the letters of 'date' is no placeholder for a time",
        _no_times,
    ),
    Instance("answers/list-for-an-enum", "a list where an enum belongs is no expanded JSON", _object_for_enum),
    Instance("answers/expanded-json", "a recording shows JSON that a text holds as an object", _expanded_json),
    Instance("answers/enum-spelling", "an enum value in other case or with other separators is info", _respelled),
    Instance("answers/enum-unknown", "a value that no spelling makes one of the enum is a warning", _unknown_value),
    *(
        Instance(f"answers/erratum-{row[0]}-{row[1]}", "AWS answers so although its model excludes it", _answer(*row))
        for row in ERRATA
    ),
    Instance(
        "answers/own-403",
        "a 403 with a code that the operation declares is no refusal of the credentials",
        _own_403,
    ),
    Instance(
        "answers/event-streams",
        "a required member that is an event stream is not missing because it was not read",
        _event_streams,
    ),
    Instance("answers/events-of-a-stream", "an event of a stream that was read is held to the model", _read_stream),
)
