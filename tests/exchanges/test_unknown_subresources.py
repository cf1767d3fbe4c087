"""Sub-resources that a target does not know, and bodies as long as their headers say."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.fingerprint import UNKNOWN_OPERATION, same_answer, unknown_subresource_request
from conformance.specs.model import Service
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for
from doubles.stored_specs import stored_service

LISTING = b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name></ListBucketResult>'


@functools.cache
def s3() -> Service:
    return stored_service("s3")


@dataclass
class Scripted:
    """A target that answers by the path and the query alone, as the test says."""

    answers: Mapping[str, tuple[int, Mapping[str, str], bytes]]
    taken: list[Request] = field(default_factory=list)

    def send(self, request: Request, **_: Any) -> Response:
        self.taken.append(request)
        flag = next((name for name, value in request.query if not value), "")
        status, headers, body = self.answers.get(flag, self.answers[""])
        return Response(status, dict(headers), body)


def exchange(target: Scripted, operation: str, params: Mapping[str, Any]) -> tuple[Exchange, Exchange]:
    """A request to a sub-resource, and the one to a sub-resource that does not exist."""
    exchanger = Exchanger(s3(), codec_for(s3()), target)
    call = Call(operation, params)
    request = exchanger.request_for(call)
    unknown = unknown_subresource_request(s3().operations[operation], request)
    assert unknown is not None
    return exchanger.send(call, request, "case"), exchanger.send(call, unknown, "probe")


@pytest.mark.parametrize(
    ("operation", "query", "unknown"),
    [
        ("GetBucketAbac", (("abac", ""),), ((UNKNOWN_OPERATION, ""),)),
        ("PutBucketAbac", (("abac", ""),), ((UNKNOWN_OPERATION, ""),)),
        ("GetBucketAnalyticsConfiguration", (("analytics", ""), ("id", "x")), ((UNKNOWN_OPERATION, ""), ("id", "x"))),
        ("DeleteBucketCors", (("cors", ""),), None),  # would delete the bucket
        ("RenameObject", (("renameObject", ""),), None),  # would write an object
        ("ListObjectsV2", (("list-type", "2"),), None),  # no flag
        ("ListObjects", (), None),
    ],
)
def test_the_sub_resource_is_replaced_by_an_unknown_one(operation: str, query: Any, unknown: Any) -> None:
    made = unknown_subresource_request(s3().operations[operation], Request("GET", "/b", query))
    assert (made.query if made is not None else None) == unknown


def test_a_target_that_ignores_the_sub_resource_gives_one_answer() -> None:
    target = Scripted({"": (200, {"content-type": "application/xml"}, LISTING)})
    assert same_answer(*exchange(target, "GetBucketAbac", {"Bucket": "b"}))


@pytest.mark.parametrize(
    "own",
    [
        (200, {"content-type": "application/xml"}, b"<AbacStatus><Status>Enabled</Status></AbacStatus>"),
        (500, {"content-type": "text/html"}, b"<h1>Internal Server Error</h1>"),
    ],
)
def test_a_target_that_knows_the_sub_resource_gives_two(own: tuple[int, Mapping[str, str], bytes]) -> None:
    target = Scripted({"": (200, {"content-type": "application/xml"}, LISTING), "abac": own})
    assert not same_answer(*exchange(target, "GetBucketAbac", {"Bucket": "b"}))


def test_answers_without_a_body_are_told_by_their_headers() -> None:
    made = (200, {"location": "/b"}, b"")
    params = {"Bucket": "b", "AbacStatus": {"Status": "Enabled"}}
    assert same_answer(*exchange(Scripted({"": made}), "PutBucketAbac", params))
    assert not same_answer(*exchange(Scripted({"": made, "abac": (200, {}, b"")}), "PutBucketAbac", params))


@pytest.mark.parametrize("claimed", [0, 1, 7, 10**6])
def test_a_body_is_as_long_as_its_header_says(claimed: int) -> None:
    params = {"Bucket": "b", "Key": "k", "Body": b"seven b", "ContentLength": claimed}
    request = Exchanger(s3(), codec_for(s3()), Scripted({})).request_for(Call("PutObject", params))
    assert {name.lower(): text for name, text in request.headers}["content-length"] == "7"
