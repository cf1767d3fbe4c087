"""Checks and rules for `conformance run --checks own_checks.py`, or `checks = ["own_checks.py"]` in a configuration."""

from __future__ import annotations

from collections.abc import Iterator

import conformance
from conformance.extending import Context, Match, Mismatch


@conformance.register_check(
    name="request-id-is-uuid",
    statement="a request id is a UUID",
    source="docs: AWS General Reference, Request IDs",
    operations=("sqs:*", "sns:*"),
    severity="info",
)
def request_id_is_uuid(context: Context) -> Iterator[Match | Mismatch]:
    response = context.exchange.response
    value = response.headers.get("x-amzn-requestid") if response is not None else None
    if value is not None:
        is_uuid = len(value) == 36 and value.count("-") == 4
        yield Match() if is_uuid else Mismatch("x-amzn-RequestId", "a UUID", value)


conformance.register_rule(
    "sqs",
    {
        "id": "OWN-01",
        "operations": ["CreateQueue"],
        "statement": "A queue's URL has the queue's name at its end.",
        "source": "Amazon SQS Developer Guide, Queue and message identifiers",
        "enforcement": "DOC-MUST",
        "answer": "ends_with(answer.QueueUrl, join('', ['/', request.QueueName]))",
    },
)
