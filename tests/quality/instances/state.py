"""What AWS does with things that are not there, with parts of batches, and with members that the model shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.api.runs import run_cases
from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchanger
from conformance.planning.service_specs import load_service
from conformance.specs.resources.descriptions import is_listed, listed_items
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for
from quality.instance import Instance, findings_of, none_of, some_of


def _on_moto(selection: str, *only: str) -> Callable[[], str | None]:
    """That embedded moto, which does as AWS does there, is not blamed."""

    def look() -> str | None:
        events = run_cases(selection, target="moto", only=only, max_examples=0, seed=7)
        return none_of([event for event in events if event.type == "finding"])

    return look


def _error(service: str, operation: str, code: str) -> list[Any]:
    line = {"operation": operation, "http_status": 400, "error": {"Code": code, "Message": "x"}}
    return findings_of(service, line)


def _shared_code() -> str | None:
    return none_of(_error("s3", "GetBucketAcl", "NoSuchBucket")) or none_of(
        _error("s3", "ListParts", "InvalidArgument")
    )


def _stray_code() -> str | None:
    return some_of(_error("s3", "GetBucketAcl", "ThingNotFoundException"), "undeclared-code", "info")


def _values(operation: str) -> tuple[str, ...]:
    service = load_service("dynamodb").service
    return service.target(service.input_of(service.operations[operation]).members["ReturnValues"]).enum


def _narrowed() -> str | None:
    taken, all_of_them = _values("PutItem"), _values("UpdateItem")
    return None if taken == ("NONE", "ALL_OLD") and len(all_of_them) == 5 else f"{taken}, {all_of_them}"


def _repeated_header() -> str | None:
    loaded = load_service("s3")
    builder = RequestBuilder(loaded.loaded.spec, loaded.overlay, seed=7)
    cases = deterministic_cases(builder, loaded.service.operations["GetObject"])
    wrong = [each.id for each in cases if isinstance(each, Case) and each.fault and "Response" in each.fault.place]
    return f"cases that AWS accepts: {wrong}" if wrong else None


def _listed_by_name() -> str | None:
    listing = load_service("kinesis").overlay.resources["Stream"].listing
    if listing is None:
        return "nothing lists streams"
    told = is_listed(listing, {"StreamNames": ["one"], "HasMoreStreams": False}, {"one"})
    absent = is_listed(listing, {"StreamNames": ["other"], "HasMoreStreams": False}, {"one"})
    both = listed_items(listing, {"StreamNames": ["one"], "StreamSummaries": [{"StreamStatus": "DELETING"}]})
    return None if (told, absent, len(both)) == (True, False, 1) else f"{told}, {absent}, {both}"


class _Answering:
    """Answers every request with one body."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def send(self, request: Request, **_: object) -> Response:
        return Response(200, {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "1"}, self.body)


def _batch(body: bytes) -> str:
    loaded = load_service("sqs")
    builder = RequestBuilder(loaded.loaded.spec, loaded.overlay, seed=7)
    case = next(deterministic_cases(builder, loaded.service.operations["SendMessageBatch"]))
    exchanger = Exchanger(loaded.service, codec_for(loaded.service), _Answering(body))
    return exchanger.perform(case.call, "case").outcome.kind if isinstance(case, Case) else "no request"


def _refused_entry() -> str | None:
    refused = _batch(b'{"Failed": [{"Id": "a", "SenderFault": true, "Code": "InvalidParameterValue"}]}')
    accepted = _batch(b'{"Failed": [], "Successful": [{"Id": "a", "MessageId": "m", "MD5OfMessageBody": "5"}]}')
    return None if (refused, accepted) == ("rejected-validation", "accepted") else f"{refused}, {accepted}"


# Requests that AWS would refuse, and embedded moto does not: what it makes of them is no evidence.
REFUSED_BY_AWS = (
    ("sns:GetTopicAttributes", "sns:Topic/roundtrip/Attributes#echo"),
    ("cloudformation:DescribeStacks", "cloudformation:Stack/roundtrip/Parameters#*"),
    ("dynamodb:UpdateTable", "dynamodb:Table/roundtrip/MultiRegionConsistency#updated"),
)


INSTANCES = (
    Instance("state/shared-code", "codes that any operation of a service answers are declared by none", _shared_code),
    Instance("state/stray-code", "a code that is in no list of the service is info", _stray_code),
    Instance("state/narrowed-enum", "an operation takes some values of an enum, as its documentation says", _narrowed),
    Instance("state/repeated-header", "a header of the answer that a request gives is not read", _repeated_header),
    Instance("state/listed-by-name", "a list is told by whichever member names the thing", _listed_by_name),
    Instance("state/refused-entry", "a batch whose entry is refused in its answer is not accepted", _refused_entry),
    *(
        Instance(
            f"state/removal-{selection.partition(':')[0]}",
            "a removal that succeeds for what is not there, as its documentation says, is right",
            _on_moto(selection, "*#delete-twice", "*#not-found"),
        )
        for selection in ("elb:DeleteLoadBalancer", "events:DeleteRule", "sns:DeleteTopic")
    ),
    *(
        Instance(
            f"state/no-round-trip-{selection.partition(':')[0]}",
            "a request that AWS would refuse leads to no expectation",
            _on_moto(selection, clause),
        )
        for selection, clause in REFUSED_BY_AWS
    ),
)
