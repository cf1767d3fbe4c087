"""What surrounds the members of an answer: elements, headers, and the codes by which errors are named."""

from __future__ import annotations

import pytest

from conformance.exchanges.transport import merged_headers, repeated_headers
from conformance.specs.model import ErrorTraits, Member, Operation, Service, Shape
from conformance.verdicts.answer_checks import check_output, check_protocol
from conformance.verdicts.clause_ledger import run_checks
from conformance.verdicts.error_checks import check_error
from conformance.verdicts.severity import SEVERITY_BY_CODE
from conformance.wire.cbor_protocol.cbor import dump_cbor
from doubles.handmade_exchanges import THINGS, answered, case, codes, held
from doubles.handmade_shapes import service

XML = {"content-type": "text/xml", "x-amzn-requestid": "request-1"}
CBOR = {"content-type": "application/cbor", "x-amzn-requestid": "request-1"}
NAMED = {**CBOR, "smithy-protocol": "rpc-v2-cbor"}
JSON = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "request-1"}

QUERY_ANSWER = b"<PutThingResponse><PutThingResult><Id>abc</Id></PutThingResult></PutThingResponse>"
EC2_ANSWER = b"<PutThingResponse><Id>abc</Id><requestId>1</requestId></PutThingResponse>"

TAKEN = Shape("TakenFault", "structure", error=ErrorTraits("Taken", status=409, fault="client"))


ENVELOPES = (
    ("query", b"", QUERY_ANSWER),
    ("query", b"<PutThingResponse/>", QUERY_ANSWER),
    ("query", b"<PutThingResponse><Id>abc</Id></PutThingResponse>", QUERY_ANSWER),
    ("query", QUERY_ANSWER.replace(b"PutThingResponse", b"Response"), QUERY_ANSWER),
    ("ec2", b"", EC2_ANSWER),
    ("ec2", EC2_ANSWER.replace(b"PutThingResponse", b"PutThingResult"), EC2_ANSWER),
)


@pytest.mark.parametrize(("protocol", "bad", "good"), ENVELOPES)
def test_a_success_has_the_elements_of_its_protocol(protocol: str, bad: bytes, good: bytes) -> None:
    model = service(protocol)
    found = run_checks(answered(case(), body=bad, headers=XML, model=model))
    assert codes(found) == [("wrong-envelope", "protocol#envelope")]
    found = run_checks(answered(case(), body=good, headers=XML, model=model))
    assert codes(found) == []
    assert "protocol#envelope" in held(found)
    assert SEVERITY_BY_CODE["wrong-envelope"] == "error"


@pytest.mark.parametrize("protocol", ["json", "rest-json", "rest-xml"])
def test_an_empty_success_is_an_envelope_where_there_are_no_elements_around_members(protocol: str) -> None:
    context = answered(case(), body=b"", headers=JSON, model=service(protocol))
    assert not [each for each in check_protocol(context) if getattr(each, "code", "") == "wrong-envelope"]


def test_members_are_still_judged_where_only_the_root_has_another_name() -> None:
    body = QUERY_ANSWER.replace(b"PutThingResponse", b"Response").replace(b"abc", b"ABC")
    assert ("breaks-pattern", "output/Id#pattern") in codes(
        check_output(answered(case(), body=body, headers=XML, model=service("query")))
    )


@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_in_cbor_names_its_protocol(status: int) -> None:
    model, body = service("smithy-rpc-v2-cbor"), dump_cbor({"Id": "abc", "__type": "Taken"})
    bad = answered(case(), status, body, headers=CBOR, model=model)
    good = answered(case(), status, body, headers=NAMED, model=model)
    assert codes(check_protocol(bad)) == [("wrong-envelope", "protocol#envelope")]
    assert codes(check_protocol(good)) == []


# ---------------------------------------------------------------- headers


def repeated(*pairs: tuple[str, str], model: Service = THINGS) -> list[tuple[str, str]]:
    """What the check of the protocol says of a 200 with those headers."""
    headers = [*JSON.items(), *pairs]
    context = answered(case(), headers=merged_headers(headers), repeated=repeated_headers(headers), model=model)
    return codes(check_protocol(context))


def test_a_header_of_one_value_comes_once() -> None:
    found = [("repeated-header", "protocol#headers")]
    assert repeated(("X-Amzn-RequestId", "request-2")) == found
    assert repeated(("Content-Type", JSON["content-type"])) == found
    assert repeated(("Vary", "Origin"), ("Vary", "Accept"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")) == []


def test_a_header_that_is_a_member_comes_once_unless_it_is_a_list() -> None:
    texts = Shape("Texts", "list", element=Member("Name"))
    members = {
        "One": Member("Name", location="header", location_name="x-one"),
        "All": Member("Texts", location="header", location_name="x-all"),
    }
    model = service("rest-json", texts, Shape("PutAnswer", "structure", members=members))
    twice = [(name, text) for name in ("X-One", "X-All") for text in ("ab", "cd")]
    assert repeated(*twice[:2], model=model) == [("repeated-header", "protocol#headers")]
    assert repeated(*twice[2:], model=model) == []


# ---------------------------------------------------------------- codes


def refused(protocol: str, code: str) -> list[tuple[str, str]]:
    """What the check of errors says of the error in the envelope of a protocol of XML."""
    envelope = "<ErrorResponse><Error><Code>{}</Code><Message>no</Message></Error></ErrorResponse>"
    if protocol == "ec2":
        envelope = "<Response><Errors><Error><Code>{}</Code><Message>no</Message></Error></Errors></Response>"
    operation = Operation("PutThing", input="PutRequest", errors=("TakenFault",))
    model = service(protocol, TAKEN, operations=(operation,))
    return codes(check_error(answered(case(), 409, envelope.format(code).encode(), headers=XML, model=model)))


@pytest.mark.parametrize("protocol", ["query", "ec2", "rest-xml"])
def test_the_name_of_a_shape_is_no_code(protocol: str) -> None:
    assert refused(protocol, "TakenFault") == [("shape-name-as-code", "errors#code")]
    assert refused(protocol, "Taken") == []
    assert refused(protocol, "AccessDenied") == []


@pytest.mark.parametrize(
    ("header", "shape", "is_right"),
    [
        (None, ErrorTraits("Taken.Code"), False),
        ("Taken.Code", ErrorTraits("Taken.Code"), False),
        ("Taken;Sender", ErrorTraits("Taken.Code"), False),
        ("Taken.Code;Sender", ErrorTraits("Taken.Code"), True),
        # without a code of its own in the model, any code may be right
        (None, ErrorTraits("Taken"), False),
        ("AWS.Old.Taken;Receiver", ErrorTraits("Taken"), True),
    ],
)
def test_services_that_once_spoke_query_name_errors_in_a_header(
    header: str | None, shape: ErrorTraits, is_right: bool
) -> None:
    model = service("json", Shape("Taken", "structure", error=shape), query_compatible=True)
    headers = JSON if header is None else {**JSON, "x-amzn-query-error": header}
    found = codes(check_error(answered(case(), 400, b'{"__type": "Taken"}', headers=headers, model=model)))
    assert found == ([] if is_right else [("wrong-query-code", "errors#query-code")])


def test_other_services_and_codes_that_any_operation_may_answer_need_no_such_header() -> None:
    assert codes(check_error(answered(case(), 400, b'{"__type": "Taken"}'))) == []
    model = service("json", query_compatible=True)
    assert codes(check_error(answered(case(), 400, b'{"__type": "AccessDeniedException"}', model=model))) == []
