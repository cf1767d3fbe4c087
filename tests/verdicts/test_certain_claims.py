"""Claims are no louder than what is known of AWS: headers, unions, what follows from a bad request, odd paths."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from conformance.cases.case import Call, Case
from conformance.exchanges.outcome import classify
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.values.vocabulary import Intent
from conformance.verdicts.check_results import Contradiction, Satisfied
from conformance.verdicts.clause_ledger import fault_in_header, run_checks
from conformance.verdicts.context import Context
from conformance.verdicts.severity import severity_of_unenforced
from conformance.verdicts.tolerance import tolerance_reason
from conformance.wire.message import Answer, ErrorAnswer, Request, Response
from doubles.handmade_exchanges import answered, case, codes, unanswered
from doubles.handmade_shapes import service

ENFORCING = replace(EMPTY_OVERLAY, enforces_input="recorded answers")


@pytest.mark.parametrize(
    ("constraint", "in_header", "enforced", "wanted"),
    [
        ("type", False, False, "error"),
        ("type", True, False, "warning"),
        ("type", True, True, "warning"),
        ("required", True, False, "error"),
        ("union", False, True, "warning"),
        ("union", False, False, "warning"),
        ("pattern", False, True, "error"),
        ("pattern", False, False, "warning"),
    ],
)
def test_how_much_an_accepted_fault_weighs(constraint: str, in_header: bool, enforced: bool, wanted: str) -> None:
    assert severity_of_unenforced(constraint, ENFORCING if enforced else EMPTY_OVERLAY, in_header=in_header) == wanted


def test_a_fault_in_a_header_is_told_from_one_in_the_body() -> None:
    shape = Shape(
        "PutRequest", "structure", members={"Name": Member("Name", location="header"), "Count": Member("Count")}
    )
    model = service("rest-json", shape)
    seen = answered(case("invalid", "input/Name#type"))
    assert fault_in_header(replace(seen, service=model))
    assert not fault_in_header(replace(answered(case("invalid", "input/Count#type")), service=model))
    assert not fault_in_header(replace(answered(case()), service=model))


def test_what_a_bad_request_brings_back_is_that_findings_and_no_other() -> None:
    echoed = b'{"Id": {"unexpected": "structure"}}'
    assert codes(run_checks(answered(case("invalid", "input/Name#type"), body=echoed))) == [
        ("accepts-invalid", "input/Name#type")
    ]
    assert ("wrong-type", "output/Id#type") in codes(run_checks(answered(case(), body=echoed)))


def _malformed(of: Case, model: Service, status: int) -> Context:
    seen = answered(of)
    answer = Answer(status, False)
    response = Response(status, {"content-type": "text/html"}, b"<h1>")
    exchange = replace(seen.exchange, response=response, answer=answer, outcome=classify(answer), call=of.call)
    return replace(seen, service=model, operation=model.operations["PutThing"], exchange=exchange)


def _things(uri: str) -> Service:
    label = Shape("PutRequest", "structure", members={"Name": Member("Name", location="uri")}, required=("Name",))
    operation = Operation("PutThing", "GET", uri, input="PutRequest", output="PutAnswer")
    return service("rest-json", label, operations=(operation,))


@pytest.mark.parametrize(
    ("uri", "name", "status", "excused"),
    [
        ("/things/{Name}", "plain-name_1.2", 404, False),
        ("/things/{Name}", "arn:aws:x:1:2", 404, False),
        ("/things/{Name}", "a/b", 404, True),
        ("/things/{Name}", "a/b", 308, True),
        ("/things/{Name}", "a/b", 500, False),
        ("/things/{Name}", "a!", 404, True),
        ("/things/{Name}", "a\u2f89", 404, True),
        ("/things/{Name+}", "a/b", 404, False),
    ],
)
def test_a_page_in_answer_to_an_odd_path_is_no_finding(uri: str, name: str, status: int, excused: bool) -> None:
    of = case()
    seen = _malformed(replace(of, call=Call("PutThing", {"Name": name})), _things(uri), status)
    assert (tolerance_reason(seen) is not None) == excused
    if status < 500:
        blamed = {note.code for note in run_checks(seen) if isinstance(note, Contradiction)}
        assert ("malformed-answer" in blamed) != excused


@pytest.mark.parametrize(
    ("protocol", "text", "excused"),
    [
        ("query", "a\x01b", True), ("ec2", "\x00", True), ("rest-xml", "\ufffe", True), ("json", "a\x01b", False),
        ("query", "a\tb\n<&\U0001f600", False),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_quote_the_request_is_no_finding(protocol: str, text: str, excused: bool) -> None:
    params: dict[str, Any] = {"Parts": [{"Label": text}]}
    seen = _malformed(replace(case(), call=Call("PutThing", params)), service(protocol), 200)
    assert (tolerance_reason(seen) is not None) == excused


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ValidationError", "S3 error: Access Denied: NoSuchBucket", "rejected-state"),
        ("ClientException", "Unable to describe task definition.", "rejected-state"),
        ("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply it", "rejected-state"),
        ("MessageRejected", "Email address not verified a@example.com", "rejected-state"),
        ("ValidationException", "A parameter type is required when you create a parameter.", "rejected-validation"),
        ("InvalidParameterValue", "This value of a suchlike must be enabled", "rejected-validation"),
    ],
)
def test_what_an_error_is_about(code: str, message: str, kind: str) -> None:
    assert classify(Answer(400, True, error=ErrorAnswer(code, message, MappingProxyType({})))).kind == kind


def test_not_modified_is_an_answer_and_a_bare_redirection_is_none() -> None:
    assert classify(Answer(304, False)).kind == "rejected-state"
    assert classify(Answer(301, True, error=ErrorAnswer("PermanentRedirect", "elsewhere"))).kind == "rejected-state"
    assert classify(Answer(302, False)).kind == "malformed"
    seen = _malformed(case(), service(), 304)
    assert not codes(run_checks(seen))


@pytest.mark.parametrize(("length", "excused"), [(100, False), (50_000, True)])
def test_a_page_in_answer_to_a_head_too_long_is_no_finding(length: int, excused: bool) -> None:
    seen = _malformed(case(), _things("/things/{Name}"), 431)
    exchange = replace(seen.exchange, request=Request("GET", "/things/ab", (("token", "x" * length),)))
    assert (tolerance_reason(replace(seen, exchange=exchange)) is not None) == excused


@pytest.mark.parametrize(("length", "word"), [(100, "connection-closed"), (50_000, "unreached")])
def test_a_connection_cut_by_a_head_too_long_is_no_finding(length: int, word: str) -> None:
    seen = unanswered(case(), "closed")
    exchange = replace(seen.exchange, request=Request("GET", "/", (), (("x-token", "x" * length),)))
    notes = run_checks(replace(seen, exchange=exchange))
    assert [
        each.code if isinstance(each, Contradiction) else each.word for each in notes if not isinstance(each, Satisfied)
    ] == [word]


@pytest.mark.parametrize(("headers", "blamed"), [((("Range", "bytes=0-1"),), False), ((), True)])
def test_part_of_a_body_is_a_success_where_a_range_was_asked_for(
    headers: tuple[tuple[str, str], ...], blamed: bool
) -> None:
    seen = answered(case(), 206)
    exchange = replace(seen.exchange, request=Request("GET", "/", (), headers))
    found = codes(run_checks(replace(seen, exchange=exchange)))
    assert (("other-success-status", "protocol#status") in found) == blamed


@pytest.mark.parametrize(
    ("intent", "held", "blamed"), [("recorded", True, False), ("recorded", False, True), ("valid", True, True)]
)
def test_part_of_a_body_that_says_so_is_a_success_in_a_recording_only(intent: Intent, held: bool, blamed: bool) -> None:
    output = Shape("PutAnswer", "structure", members={"Range": Member("Text", "header", "Content-Range")})
    thing = Operation("PutThing", "POST", "/things", input="PutRequest", output="PutAnswer")
    model = service("rest-json", output, Shape("Text", "string"), operations=(thing,))
    seen = answered(case(intent), 206, b"", headers={"Content-Range": "bytes 0-1/9"} if held else {}, model=model)
    found = codes(run_checks(seen))
    assert (("other-success-status", "protocol#status") in found) == blamed


@pytest.mark.parametrize(("place", "excused"), [("Name", True), ("Count", False)])
def test_a_page_in_answer_to_a_path_that_the_case_broke_is_no_finding(place: str, excused: bool) -> None:
    seen = _malformed(case("invalid", f"input/{place}#enum"), _things("/things/{Name}"), 404)
    assert (tolerance_reason(seen) is not None) == excused
