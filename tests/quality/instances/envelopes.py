"""What surrounds an answer, and the code that names an error: no client but a lenient one can do without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.cases.case import Call, Case
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import classify, declared_codes
from conformance.exchanges.transport import merged_headers, repeated_headers
from conformance.planning.service_specs import load_service
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.verdicts.check_results import Contradiction
from conformance.verdicts.clause_ledger import run_checks
from conformance.verdicts.context import Context
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for
from quality.instance import Instance, Wrong

XML = ("Content-Type", "text/xml")
JSON = ("Content-Type", "application/x-amz-json-1.0")


def _codes(subject: str, protocol: str | None, status: int, body: bytes, *headers: tuple[str, str]) -> set[str]:
    """The codes of the contradictions in an answer of an operation, `service:Operation`."""
    name, _, operation = subject.partition(":")
    model = load_service(name, protocol=protocol).service
    pairs = (*headers, ("x-amzn-requestid", "request-1"))
    response = Response(status, merged_headers(pairs), body, repeated=repeated_headers(pairs))
    answer = codec_for(model).decode_response(model, model.operations[operation], response)
    call = Call(operation, {})
    case = Case("by hand", name, operation, "recorded", "by hand", (), call)
    outcome = classify(answer, declared_codes(model, model.operations[operation]))
    exchange = Exchange("case", call, Request("POST", "/"), response, answer, outcome)
    context = Context(model, model.operations[operation], EMPTY_OVERLAY, case, exchange)
    return {each.code for each in run_checks(context) if isinstance(each, Contradiction)}


def _finds(code: str, *answer: Any, unless: tuple[Any, ...]) -> Callable[[], Wrong]:
    """Whether one answer is blamed for a code, and another one for none of its kind."""

    def look() -> Wrong:
        blamed, innocent = _codes(*answer), _codes(*unless)
        if code not in blamed:
            return f"expected {code}, found {', '.join(sorted(blamed)) or 'nothing'}"
        return f"{code} in an answer that is right" if code in innocent else None

    return look


LISTED = b"<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>"
REGIONS = b"<DescribeRegionsResponse><regionInfo/><requestId>r</requestId></DescribeRegionsResponse>"
FAULT = b"<ErrorResponse><Error><Code>DBInstanceNotFoundFault</Code><Message>no</Message></Error></ErrorResponse>"
LOST = b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"}'
LOST_CODE = ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")
TOPICS: tuple[object, ...] = ("sns:ListTopics", None, 200, LISTED, XML)
CBOR = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))

INSTANCES = (
    Instance(
        "envelopes/query-empty-body",
        "a success of the query protocol has a body",
        _finds("wrong-envelope", "sns:ListTopics", None, 200, b"", XML, unless=TOPICS),
    ),
    Instance(
        "envelopes/query-without-result",
        "a success of the query protocol has an element ...Result",
        _finds("wrong-envelope", "sns:ListTopics", None, 200, b"<ListTopicsResponse/>", XML, unless=TOPICS),
    ),
    Instance(
        "envelopes/ec2-root",
        "the root of an answer of EC2 is named after the operation",
        _finds(
            "wrong-envelope",
            "ec2:DescribeRegions",
            None,
            200,
            REGIONS.replace(b"Regions", b"Zones"),
            XML,
            unless=("ec2:DescribeRegions", None, 200, REGIONS, XML),
        ),
    ),
    Instance(
        "envelopes/cbor-header",
        "an answer of rpc-v2-cbor has the header smithy-protocol",
        _finds(
            "wrong-envelope",
            "cloudwatch:DeleteAlarms",
            "smithy-rpc-v2-cbor",
            200,
            b"\xa0",
            CBOR[0],
            unless=("cloudwatch:DeleteAlarms", "smithy-rpc-v2-cbor", 200, b"\xa0", *CBOR),
        ),
    ),
    Instance(
        "envelopes/json-empty-body",
        "a success without a body is no finding in JSON protocols",
        lambda: ", ".join(sorted(_codes("sagemaker:DeleteModel", None, 200, b"", JSON))) or None,
    ),
    Instance(
        "envelopes/shape-name-as-code",
        "the name of an error's shape is not its code on the wire",
        _finds(
            "shape-name-as-code",
            "rds:DescribeDBInstances",
            None,
            404,
            FAULT,
            XML,
            unless=("rds:DescribeDBInstances", None, 404, FAULT.replace(b"NotFoundFault", b"NotFound"), XML),
        ),
    ),
    Instance(
        "envelopes/query-error-header",
        "services that spoke the query protocol once name errors in x-amzn-query-error",
        _finds(
            "wrong-query-code",
            "sqs:PurgeQueue",
            None,
            400,
            LOST,
            JSON,
            unless=("sqs:PurgeQueue", None, 400, LOST, JSON, LOST_CODE),
        ),
    ),
    Instance(
        "envelopes/two-headers-of-one-name",
        "a header that has one value comes once",
        _finds("repeated-header", *TOPICS, ("Content-Type", "text/html"), unless=TOPICS),
    ),
)
