"""What answers mean: recorded ones of AWS, and those of targets that know no better."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.exchanges.outcome import Complaint, Outcome, classify, complaint_is_about, complaints_in
from conformance.wire.message import Answer, ErrorAnswer, Response
from conformance.wire.protocols import codec_for
from doubles.handmade_shapes import service

FACTS = Path(__file__).parents[3] / "shared" / "facts" / "error_facts.json"


def error(status: int, code: str | None, message: str | None = None) -> Outcome:
    return classify(Answer(status, parsed=True, error=ErrorAnswer(code, message)))


@pytest.mark.parametrize(
    ("status", "code", "declared", "kind"),
    [
        (403, "OverLimit", {"OverLimit"}, "rejected-state"),
        (403, "OverLimit", set(), "rejected-auth"),
        (401, "TeaTime", {"TeaTime"}, "rejected-state"),
        (400, "KMSInvalidSignatureException", {"KMSInvalidSignatureException"}, "rejected-validation"),
        (403, "KMSInvalidSignatureException", {"KMSInvalidSignatureException"}, "rejected-state"),
        (400, "KMSInvalidSignatureException", set(), "rejected-auth"),
        (403, "AccessDeniedException", {"AccessDeniedException"}, "rejected-auth"),
        (403, "SignatureDoesNotMatch", {"SignatureDoesNotMatch"}, "rejected-auth"),
        (429, "TeaTime", {"TeaTime"}, "throttled"),
        (500, "OverLimit", {"OverLimit"}, "crashed"),
    ],
)
def test_an_error_that_the_operation_declares_is_no_refusal_of_credentials(
    status: int, code: str, declared: set[str], kind: str
) -> None:
    assert classify(Answer(status, parsed=True, error=ErrorAnswer(code, "no")), declared).kind == kind


# Answers of AWS as they were recorded: status, code, message, what it means, where it is from.
RECORDED = (
    (
        400,
        "ValidationException",
        "1 validation error detected: Value 'ENTER MODEL NAME' at 'productionVariants.1.member.modelName' failed to "
        "satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*",
        "rejected-validation",
        "aws/amazon-sagemaker-examples#2236",
    ),
    (
        400,
        "ValidationException",
        'Could not find endpoint "arn:aws:sagemaker:us-west-2:123456789012:endpoint/ipinsights".',
        "rejected-state",
        "aws/amazon-sagemaker-examples#2402",
    ),
    (
        400,
        "ValidationException",
        'Cannot create already existing endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris".',
        "rejected-state",
        "aws/sagemaker-python-sdk#101",
    ),
    (
        400,
        "ValidationException",
        'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-2:123456789012:endpoint/gemma".',
        "rejected-state",
        "aws-controllers-k8s/sagemaker-controller",
    ),
    (
        400,
        "ValidationException",
        "ManagedInstanceScaling is only supported for inference component endpoints.",
        "rejected-validation",
        "hashicorp/terraform-provider-aws#45926",
    ),
    (400, "ThrottlingException", "Rate exceeded", "throttled", "aws/aws-sdk#486"),
    (
        400,
        "ResourceLimitExceeded",
        "The account-level service limit 'ml.g6.48xlarge for endpoint usage' is 0 Instances",
        "rejected-state",
        "aws/amazon-sagemaker-examples",
    ),
    (
        400,
        "AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/r is not authorized to perform: sagemaker:AddTags",
        "rejected-auth",
        "aws/sagemaker-python-sdk",
    ),
    (
        400,
        "ValidationError",
        "Endpoint driving-endpoint of account 127310796078 not found.",
        "rejected-state",
        "aws/amazon-sagemaker-examples#559",
    ),
    (400, "UnknownOperationException", None, "not-implemented", "architect/dynalite test/connection.js"),
    (400, "SerializationException", None, "rejected-validation", "architect/dynalite test/connection.js"),
    (
        400,
        "SerializationException",
        "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
        "rejected-validation",
        "mhart/kinesalite test/helpers.js",
    ),
    (
        400,
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token",
        "rejected-auth",
        "architect/dynalite test/connection.js",
    ),
    (
        400,
        "InvalidAction",
        "The action FooBar is not valid for this endpoint.",
        "not-implemented",
        "localstack tests/aws/services/sqs/test_sqs.py",
    ),
    (403, "SignatureDoesNotMatch", None, "rejected-auth", "localstack tests/aws/services/s3/test_s3.snapshot.json"),
    (
        400,
        "InvalidInstanceID.Malformed",
        'Invalid id: "foobar"',
        "rejected-validation",
        "botocore tests/unit/response_parsing/xml/errors/ec2-describe-instances.xml",
    ),
    (
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        "rejected-validation",
        "localstack tests/aws/services/s3/test_s3.snapshot.json",
    ),
    (
        409,
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        "rejected-state",
        "botocore tests/unit/response_parsing/xml/errors/s3-create-bucket.xml",
    ),
    (405, "MethodNotAllowed", "The specified method is not allowed against this resource.", "rejected-state", "S3"),
    (403, "InvalidObjectState", "The operation is not valid for the object's storage class", "rejected-state", "S3"),
    (
        400,
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
        "rejected-state",
        "localstack tests/aws/services/secretsmanager",
    ),
    (400, "InvalidPart", "One or more of the specified parts could not be found.", "rejected-state", "S3"),
    (400, "UnsupportedOperation", "The instance is not supported by this call.", "rejected-state", "EC2"),
)


@pytest.mark.parametrize(("status", "code", "message", "kind", "source"), RECORDED)
def test_recorded_answers_mean_what_they_mean(
    status: int, code: str, message: str | None, kind: str, source: str
) -> None:
    assert error(status, code, message).kind == kind, source


# What each case of the facts must be taken for; a fact without a single message is not here.
MEANT = {
    "pattern violation": "rejected-validation",
    "pattern violation, 2024": "rejected-validation",
    "nested pattern": "rejected-validation",
    "enum violation": "rejected-validation",
    "duplicate endpoint": "rejected-state",
    "duplicate endpoint config": "rejected-state",
    "missing endpoint": "rejected-state",
    "missing endpoint config": "rejected-state",
    "missing model": "rejected-state",
    "in progress": "rejected-state",
    "managed scaling": "rejected-validation",
    "missing model data": "rejected-state",
    "throttling": "throttled",
    "quota": "rejected-state",
    "not authorized": "rejected-auth",
    "unknown/missing target (before auth)": "not-implemented",
    "unknown operation / no target": "not-implemented",
    "unknown target": "not-implemented",
    "unknown action": "not-implemented",
    "GET without Action": "not-implemented",
    "body not JSON / no body (before auth)": "rejected-validation",
    "no Authorization": "rejected-auth",
    "wrong JSON type": "rejected-validation",
    "several constraint violations": "rejected-validation",
    "malformed body": "rejected-validation",
    "constraint violation": "rejected-validation",
    "bad XML body": "rejected-validation",
    "bad signature": "rejected-auth",
    "unsigned": "rejected-auth",
    "GET/PUT/DELETE signed": "rejected-auth",
    "same error, two protocols": "rejected-validation",
}


def facts() -> list[Mapping[str, Any]]:
    if not FACTS.is_file():
        return []
    found: list[Mapping[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8"))["facts"]
    return [fact for fact in found if fact["case"] in MEANT]


def test_every_fact_about_errors_means_what_it_means() -> None:
    if not facts():
        pytest.skip("the facts about errors are not here")
    for fact in facts():
        for code in fact["code"].split(" | "):
            found = error(int(fact["http_status"]), code.split(" ")[0], fact["body_or_message"])
            assert found.kind == MEANT[fact["case"]], f"{fact['area']}: {fact['case']}"


def over_http(status: int, body: bytes, protocol: str = "json", **headers: str) -> Outcome:
    """The outcome of bytes, read by the codec."""
    model = service(protocol)
    response = Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    return classify(codec_for(model).decode_response(model, model.operations["PutThing"], response))


PAGE = b"<!doctype html><html><title>500 Internal Server Error</title></html>"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"Id": "abc"}', "accepted"),
        (204, b"", "accepted"),
        (200, PAGE, "malformed"),
        (200, b"garbage", "malformed"),
        (302, b"", "malformed"),
        (404, PAGE, "malformed"),
        (500, PAGE, "crashed"),
        (503, PAGE, "throttled"),
        (429, b"", "throttled"),
        (502, b"", "crashed"),
        (500, b'{"__type": "InternalFailure", "message": "list index out of range"}', "crashed"),
        (500, b'{"__type": "ValidationException", "message": "a name"}', "crashed"),
        (503, b'{"__type": "SlowDown", "message": "Please reduce your request rate."}', "throttled"),
        (503, b'{"__type": "ServiceUnavailable", "message": "wait"}', "crashed"),
        (501, PAGE, "not-implemented"),
        (501, b'{"__type": "InternalFailure", "message": "no such thing yet"}', "not-implemented"),
        (500, b'{"__type": "InternalFailure", "message": "API for things not yet implemented"}', "not-implemented"),
        (429, b'{"__type": "Whatever", "message": "slowly"}', "throttled"),
    ],
)
@pytest.mark.parametrize("protocol", ["json", "rest-json"])
def test_bytes_of_targets_that_know_no_better(status: int, body: bytes, kind: str, protocol: str) -> None:
    assert over_http(status, body, protocol, content_type="application/x-amz-json-1.1").kind == kind


def test_errors_in_xml_are_understood_alike() -> None:
    body = b"<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"
    assert over_http(404, body, "rest-xml").kind == "rejected-state"
    slow = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    assert over_http(503, slow, "rest-xml").kind == "throttled"
    assert over_http(500, PAGE, "rest-xml").kind == "crashed"
    assert over_http(200, PAGE, "query").kind == "malformed"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "rejected-validation"), (401, "rejected-auth"), (403, "rejected-auth"), (404, "rejected-state"),
     (405, "rejected-state"), (409, "rejected-state"), (413, "rejected-validation"), (429, "throttled")],
)  # fmt: skip
def test_without_a_code_that_is_known_the_status_decides(status: int, kind: str) -> None:
    assert error(status, None).kind == kind
    assert error(status, "SomethingOfTheirOwn").kind == kind


def test_the_text_decides_where_the_code_does_not() -> None:
    assert error(400, "InvalidParameterValue", "The queue does not exist").kind == "rejected-state"
    assert error(400, "SomethingOfTheirOwn", "thing x was not found").kind == "rejected-state"


def test_a_complaint_in_the_grammar_of_aws_is_a_validation_whatever_the_code() -> None:
    text = "1 validation error detected: Value 'not found' at 'x' failed to satisfy constraint: Member must not be null"
    for code in ("InvalidParameterException", "BadRequestException", "ResourceNotFoundException"):
        assert error(400, code, text).kind == "rejected-validation"


def violated(*items: str) -> str:
    """A message of AWS's grammar: each item is what comes before and after the standing words, parted by `|`."""
    result = "; ".join(item.replace("|", " failed to satisfy constraint: ") for item in items)
    return f"{len(items)} validation error{'s' if len(items) > 1 else ''} detected: {result}"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            violated(
                "Value 'a' at 'x.1.member.y'|Member must have length greater than or equal to 3",
                "Value null at 'z'|Member must not be null",
            ),
            [("x.1.member.y", "min"), ("z", "required")],
        ),
        (
            violated("Value 'it's 'at' home' at 'name'|Member must satisfy regular expression pattern: ^[a-z]+; no"),
            [("name", "pattern")],
        ),
        (violated("Value 'two\nlines' at 'name'|Member must satisfy enum value set: [A, B]"), [("name", "enum")]),
        (violated("Value at 'text'|Member must have length less than or equal to 4096"), [("text", "max")]),
        (
            "1 validation error detected. Value with length 2 at '/vectorBucketName' failed to satisfy constraint: "
            "Member must have length between 3 and 63, inclusive",
            [("/vectorBucketName", "length")],
        ),
        (violated("Value 0 at 'count'|Member must have value greater than or equal to 1"), [("count", "min")]),
        (violated("Value none at 'runtime'|Member must satisfy enum value set: [nodejs]"), [("runtime", "enum")]),
        (
            violated("Value '{=}' at 'tags'|Map keys must satisfy constraint: [Member must have length less than 8]"),
            [("tags", "max")],
        ),
        ("Rate exceeded", []),
        ("", []),
    ],
)
def test_the_grammar_is_read(message: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.path, each.constraint) for each in complaints_in(message)] == expected


WORDS = {"required": "Member must not be null", "min": "Member must have length greater than or equal to 3"}
VALUES = st.text(st.characters(exclude_characters="'", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(VALUES, st.from_regex(r"[a-z]{1,9}(\.[1-9]\.member\.[a-z]{1,9})?", fullmatch=True),
                          st.sampled_from(sorted(WORDS))), min_size=1, max_size=4))  # fmt: skip
def test_as_many_complaints_are_read_as_were_made(made: list[tuple[str, str, str]]) -> None:
    items = "; ".join(
        f"Value '{value}' at '{path}' failed to satisfy constraint: {WORDS[name]}" for value, path, name in made
    )
    found = complaints_in(f"{len(made)} validation errors detected: {items}")
    assert [(each.path, each.constraint) for each in found] == [(path, name) for _, path, name in made]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("productionVariants.1.member.modelName", "ProductionVariants[]/ModelName"),
        ("productionVariants", "ProductionVariants[]/ModelName"),
        ("productionVariants.1.member.modelName", "ProductionVariants[]"),
        ("modelName", "ModelName"),
        ("/vectorBucketName", "VectorBucketName"),
        ("/list/0/name", "List[]/Name"),
        ("putIntegrationInput.type", "Type"),
        ("tags.1.member.key", "Tags[]/Key"),
        ("environment", "Environment{}"),
        ("environment", "Environment{key}"),
        ("environment.LANG", "Environment{key}"),
        ("requestItems.table.member.1.member.name", "RequestItems{}[]/Name"),
    ],
)
def test_a_complaint_may_mean_the_place_itself_or_one_above_or_below(theirs: str, ours: str) -> None:
    assert complaint_is_about(Complaint(theirs, None), ours)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("modelName", "EndpointName"),
        ("productionVariants.1.member.instanceType", "ProductionVariants[]/ModelName"),
        ("tags.1.member.value", "Tags[]/Key"),
        ("tags.1.member.key", "Tags[]/Value"),
        ("shadowProductionVariants.1.member.modelName", "ProductionVariants[]/ModelName"),
        ("primaryContainer.image", "Containers[]/Image"),
        ("requestItems.table.member.1.member.size", "RequestItems{}[]/Name"),
    ],
)
def test_a_complaint_of_another_member_is_not_one_of_ours(theirs: str, ours: str) -> None:
    assert not complaint_is_about(Complaint(theirs, None), ours)
