"""Whether an operation is there: a crash and a missing operation that look alike are told apart where they can be."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.exceptions import Unreachable
from conformance.planning.plan import Plan, service_plan
from conformance.run import run
from conformance.run.probing import other_requests
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.wire.message import Request, Response
from doubles.command_line import Row, lines_of
from doubles.stored_specs import stored_spec

PAGE = Response(500, {"content-type": "text/html"}, b"<h1>Internal Server Error</h1>")
LOST = Response(404, {"content-type": "text/html"}, b"<h1>Not Found</h1>")


@dataclass
class Fake:
    """A target that answers one page to what it does not know, and to whatever it crashes on."""

    account: str | None = None
    taken: list[Request] = field(default_factory=list)

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "fake", "identity": "fake", "url": None, "region": "eu-west-1"}

    def use_account(self, n: int) -> bool:
        return False

    def send(self, request: Request, **_: Any) -> Response:
        self.taken.append(request)
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        return PAGE


class Topics(Fake):
    """Knows GetTopicAttributes alone, and crashes there on what is no ARN."""

    def answer(self, request: Request) -> Response:
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        if form.get("Action") != "GetTopicAttributes" or form.get("TopicArn", "").count(":") < 5:
            return PAGE
        body = b"<ErrorResponse><Error><Code>NotFound</Code><Message>no such topic</Message></Error></ErrorResponse>"
        return Response(404, {"content-type": "text/xml"}, body)


class Zones(Fake):
    """Has one operation behind its paths, and the page of a web server before the rest."""

    def answer(self, request: Request) -> Response:
        if request.path != "/2013-04-01/hostedzone" or request.method != "GET":
            return LOST
        body = (
            b'<ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones/>'
            b"<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>"
        )
        return Response(200, {"content-type": "text/xml"}, body)


class WebSite(Fake):
    """Is no AWS at all."""

    def answer(self, request: Request) -> Response:
        return LOST


class Bucket(Fake):
    """Knows buckets, and takes every sub-resource for the bucket itself but one, where it crashes."""

    def answer(self, request: Request) -> Response:
        if ("acl", "") in request.query:
            return PAGE
        if request.path.count("/") != 1 or request.method == "POST":
            return PAGE
        body = (
            b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>' if request.method == "GET" else b""
        )
        return Response(200, {"content-type": "application/xml"}, body)


def rows(target: Fake, service: str, *names: str) -> list[Row]:
    operations = tuple(stored_spec(service).service.operations[name] for name in names)
    plan = Plan((service_plan(stored_spec(service), EMPTY_OVERLAY, operations),), max_examples=0)
    return lines_of(run(plan, target))


def absent(found: list[Row]) -> dict[str, str]:
    """The operations that are told not to be there, with what was seen."""
    return {row["operation"]: row["got"] for row in found if row.get("code") == "not-implemented"}


def test_an_operation_that_crashes_on_what_is_no_arn_is_there() -> None:
    assert set(absent(rows(Topics(), "sns", "GetTopicAttributes", "DeleteTopic"))) == {"DeleteTopic"}


def test_the_finding_says_that_a_crash_on_everything_looks_the_same() -> None:
    (got,) = absent(rows(Topics(), "sns", "DeleteTopic")).values()
    assert "not there, or crashes on every request" in got


def test_a_target_that_lacks_the_first_operation_is_not_taken_for_a_web_site() -> None:
    found = rows(Zones(), "route53", "ActivateKeySigningKey", "ListHostedZones")
    assert set(absent(found)) == {"ActivateKeySigningKey"}
    levels = {row["operation"]: row["level"] for row in found if row["type"] == "operation"}
    assert levels["ActivateKeySigningKey"] is None
    assert levels["ListHostedZones"] is not None


def test_a_web_site_is_taken_for_one_after_a_few_requests() -> None:
    target = WebSite()
    try:
        found = rows(target, "route53", *sorted(stored_spec("route53").service.operations))
    except Unreachable:
        found = []
    assert len(target.taken) < 20
    assert not [row for row in found if row["type"] == "verdict" and row["verdict"] == "passed"]


def test_a_sub_resource_that_is_taken_for_the_bucket_is_not_there_and_one_that_crashes_is() -> None:
    found = rows(Bucket(), "s3", "GetBucketAbac", "GetBucketAcl", "ListObjects")
    assert set(absent(found)) == {"GetBucketAbac"}
    assert "sub-resource that does not exist" in absent(found)["GetBucketAbac"]


@pytest.mark.parametrize(
    ("service", "operation", "smallest", "wanted"),
    [
        ("sns", "Subscribe", {"TopicArn": "x", "Protocol": "x"}, "arn:aws:sns:eu-west-1:123456789012:conformance"),
        ("sqs", "SendMessage", {"QueueUrl": "x", "MessageBody": "x"}, "https://example.com/"),
    ],
)
def test_probes_have_text_of_the_form_that_names_promise(
    service: str, operation: str, smallest: dict[str, str], wanted: str
) -> None:
    model = stored_spec(service).service
    shape = model.input_of(model.operations[operation])
    asked = [*other_requests(model, shape, smallest, lambda: None, "eu-west-1")]
    assert asked[0] == {}
    assert any(wanted in str(value) for value in asked[1].values())
    assert len(asked) == 2, "a probe was made twice"


class Crashing(Fake):
    """Answers 500 to everything; what exists crashes in a place of its own."""

    def answer(self, request: Request) -> Response:
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        place = "KeyError: 'x' at sns/models.py:7" if form.get("Action") == "DeleteTopic" else "NotImplementedError"
        return Response(500, {"content-type": "text/html"}, b"<h1>Internal Server Error</h1>", crash=place)


def test_an_operation_that_crashes_in_a_place_of_its_own_is_there_and_crashes_on_every_request() -> None:
    found = rows(Crashing(), "sns", "DeleteTopic", "Publish")
    assert set(absent(found)) == {"Publish"}
    (told,) = [row for row in found if row.get("clause") == "sns:DeleteTopic/protocol#implemented" and "got" in row]
    assert (told["code"], told["severity"]) == ("crash", "error")
    assert "crashes on every request" in told["got"]


class Unknowing(Fake):
    """Says of what it does not know that it does not, and answers 500 to the one operation that it has."""

    def answer(self, request: Request) -> Response:
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        if form.get("Action") == "DeleteTopic":
            return PAGE
        body = b"<ErrorResponse><Error><Code>InvalidAction</Code><Message>no</Message></Error></ErrorResponse>"
        return Response(400, {"content-type": "text/xml"}, body)


def test_a_page_that_only_one_operation_gets_is_a_crash() -> None:
    found = rows(Unknowing(), "sns", "DeleteTopic")
    assert absent(found) == {}
    assert any("crashes on every request" in str(row.get("got")) for row in found)
