"""A fingerprint distinguishes missing operations from crashes, and real answers from a target that accepts anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.fingerprint import (
    NO_FINGERPRINT,
    UNKNOWN_OPERATION,
    Fingerprint,
    answer_digest,
    take_fingerprint,
)
from conformance.exchanges.transport import TransportFailure
from conformance.wire.message import Answer, ErrorAnswer, Request, Response
from conformance.wire.protocols import codec_for
from doubles.handmade_shapes import service

THINGS = service()
CODEC = codec_for(THINGS)
JSON = {"content-type": "application/x-amz-json-1.1"}
PAGE = b"<!doctype html><title>500 Internal Server Error</title><p>The server encountered an internal error</p>"


class Target:
    """Answers by a function from requests to answers, or fails."""

    def __init__(self, reply: Callable[[Request], Response]) -> None:
        self.reply = reply

    def send(self, request: Request, **_: object) -> Response:
        return self.reply(request)


def operation_in(request: Request) -> str:
    return dict(request.headers)["X-Amz-Target"].partition(".")[2]


def parses(request: Request) -> bool:
    return request.body.startswith(b"{") and request.body.endswith(b"}")


def failing(kind: str) -> Callable[[Request], Response]:
    def reply(_: Request) -> Response:
        raise TransportFailure(kind, "by design")  # type: ignore[arg-type]

    return reply


def moto_like(request: Request) -> Response:
    """Knows PutThing, crashes on what does not parse and on what it does not know, with the same page."""
    if operation_in(request) == "PutThing" and parses(request):
        return Response(200, JSON, b'{"Id": "abc"}')
    return Response(500, {"content-type": "text/html"}, PAGE)


def honest(request: Request) -> Response:
    if operation_in(request) != "PutThing":
        body = f'{{"__type": "NotImplemented", "message": "{operation_in(request)} is not implemented"}}'
        return Response(501, JSON, body.encode())
    if not parses(request):
        return Response(400, JSON, b'{"__type": "SerializationException"}')
    return Response(200, JSON, b'{"Id": "abc"}')


def like_aws(request: Request) -> Response:
    if operation_in(request) != "PutThing":
        return Response(400, JSON, b'{"__type": "com.amazon.coral.service#UnknownOperationException"}')
    return honest(request)


def accepts_everything(_: Request) -> Response:
    return Response(200, JSON, b"{}")


def answered(reply: Callable[[Request], Response], operation: str = "PutThing") -> Exchange:
    """The exchange of an operation that is called `operation` at that target."""
    call = Call("PutThing", {"Name": "ab"})
    request = CODEC.encode(THINGS, THINGS.operations["PutThing"], call.params)
    headers = {**dict(request.headers), "X-Amz-Target": f"Things.{operation}"}
    aimed = Request(request.method, request.path, request.query, tuple(headers.items()), request.body)
    return Exchanger(THINGS, CODEC, Target(reply)).send(call, aimed, "case")


def fingerprint_of(reply: Callable[[Request], Response]) -> Fingerprint:
    return take_fingerprint(THINGS, CODEC, Target(reply))


def test_the_same_page_for_crashes_and_for_what_is_not_there() -> None:
    found = fingerprint_of(moto_like)
    assert found.unknown_operation == found.broken_body
    assert (found.unknown_outcome.kind, found.accepts_anything) == ("crashed", False)
    assert found.speaks_protocol
    assert found.looks_unimplemented(answered(moto_like, "DescribeThing"))
    assert not found.looks_unimplemented(answered(moto_like))


def test_an_honest_501_is_known_under_every_name() -> None:
    found = fingerprint_of(honest)
    assert found.unknown_outcome.kind == "not-implemented"
    assert found.broken_outcome is not None
    assert found.broken_outcome.kind == "rejected-validation"
    assert found.looks_unimplemented(answered(lambda request: honest(renamed(request)), "PutThing"))
    assert not found.looks_unimplemented(answered(honest))


def renamed(request: Request) -> Request:
    """As if the target did not know PutThing, which it names in its answer."""
    headers = tuple((name, value.replace("PutThing", "putthing")) for name, value in request.headers)
    return Request(request.method, request.path, request.query, headers, request.body)


def test_aws_itself_has_a_code_for_it() -> None:
    found = fingerprint_of(like_aws)
    assert found.unknown_operation is not None
    assert found.unknown_operation.code == "UnknownOperationException"
    assert found.unknown_outcome.kind == "not-implemented"
    assert not found.looks_unimplemented(answered(honest))


def test_a_yes_to_everything_is_named_as_such_and_hides_nothing_else() -> None:
    found = fingerprint_of(accepts_everything)
    assert found.accepts_anything
    assert not found.looks_unimplemented(answered(accepts_everything))


@pytest.mark.parametrize(
    "body",
    [
        b'{"__type": "AccessDeniedException", "message": "no"}',
        b'{"__type": "ResourceNotFoundException", "message": "Requested resource not found"}',
        b'{"__type": "ThrottlingException", "message": "Rate exceeded"}',
    ],
)
def test_a_refusal_that_any_operation_may_answer_tells_nothing(body: bytes) -> None:
    def refuses(_: Request) -> Response:
        return Response(400, JSON, body)

    exchanger = Exchanger(THINGS, CODEC, Target(refuses), sleep=lambda _: None)
    assert not fingerprint_of(refuses).looks_unimplemented(exchanger.perform(Call("PutThing", {"Name": "ab"}), "case"))


def test_bytes_that_are_no_http_are_a_fingerprint_too() -> None:
    found = fingerprint_of(failing("not-http"))
    assert (found.unknown_operation, found.broken_body) == (None, None)
    assert not found.speaks_protocol
    assert (found.failure, found.summary) == ("by design", "with by design")


@pytest.mark.parametrize("kind", ["refused", "timeout", "dns", "tls"])
def test_a_target_that_is_not_there_has_none(kind: str) -> None:
    with pytest.raises(TransportFailure):
        fingerprint_of(failing(kind))


def test_a_target_that_cuts_the_connection_at_a_broken_body_still_has_one() -> None:
    def cuts(request: Request) -> Response:
        if not parses(request):
            raise TransportFailure("closed", "by design")
        return like_aws(request)

    found = fingerprint_of(cuts)
    assert (found.broken_body, found.broken_outcome) == (None, None)
    assert found.unknown_outcome.kind == "not-implemented"


@pytest.mark.parametrize(
    ("reply", "speaks"),
    [
        (lambda _: Response(200, {"content-type": "text/html"}, b"<html>hello</html>"), False),
        (lambda _: Response(404, {"content-type": "text/html"}, b"<html>no such page</html>"), False),
        (lambda _: Response(500, {"content-type": "text/html"}, PAGE), True),
        (like_aws, True),
    ],
    ids=["a-page", "no-page", "a-crash", "an-error"],
)
def test_whether_the_target_speaks_the_protocol_at_all(reply: Callable[[Request], Response], speaks: bool) -> None:
    assert fingerprint_of(reply).speaks_protocol is speaks


def result(message: str, operation: str) -> object:
    answer = Answer(400, parsed=True, error=ErrorAnswer("SomeError", message))
    return answer_digest(Response(400, {}, b""), answer, operation)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PutThing is unknown", f"{UNKNOWN_OPERATION} is unknown"),
        ("no method put_thing", "no method no_such_operation_for_conformance"),
        ("PUTTHING is unknown", "NOSUCHOPERATIONFORCONFORMANCE is unknown"),
        ("PutThing failed (id 7f1c9d3e-1b2a-4c5d-8e9f-001122334455)",
         f"{UNKNOWN_OPERATION} failed (id 00000000-0000-0000-0000-000000000000)"),
        ("PutThing, line 12 of 99", f"{UNKNOWN_OPERATION}, line 4 of 5"),
        ("PutThing   at\n0x12", f"{UNKNOWN_OPERATION} at 0x7"),
    ],
)  # fmt: skip
def test_names_ids_and_numbers_make_no_difference(one: str, other: str) -> None:
    assert result(one, "PutThing") == result(other, UNKNOWN_OPERATION)


def test_what_is_said_makes_a_difference() -> None:
    assert result("PutThing is unknown", "PutThing") != result("PutThing failed", "PutThing")


@given(st.uuids(), st.uuids(), st.integers(0, 10**12))
def test_no_id_and_no_number_tells_two_answers_apart(one: object, other: object, number: int) -> None:
    assert result(f"failed {one} at {number}", "PutThing") == result(f"failed {other} at {number * 7}", "PutThing")


def test_a_page_is_recognised_by_its_text() -> None:
    def page(text: bytes) -> object:
        response = Response(500, {}, text)
        return answer_digest(response, Answer(500, parsed=False), "PutThing")

    assert page(b"<p>PutThing 1</p>") == page(b"<p>putthing   2</p>")
    assert page(PAGE) != page(b"<p>something else</p>")


def test_nothing_looks_unknown_to_a_target_that_was_never_asked() -> None:
    assert not NO_FINGERPRINT.looks_unimplemented(answered(moto_like, "DescribeThing"))
    assert not NO_FINGERPRINT.speaks_protocol
