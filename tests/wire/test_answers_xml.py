"""Answers of the XML protocols: each double has a fault that must be seen, or a habit of AWS that must not be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.specs.model import Service
from conformance.values.paths import Key, Path
from conformance.wire.message import Answer, Response
from conformance.wire.protocols import codec_for
from doubles.stored_specs import stored_service

Things = Callable[[str], Service]

ALL = ["query", "ec2", "rest-xml"]
XML = {"content-type": "text/xml"}

AROUND = {
    "query": "<PutResponse xmlns='urn:x'><PutResult>{}</PutResult><ResponseMetadata/></PutResponse>",
    "ec2": "<PutResponse xmlns='urn:x'>{}<requestId>1</requestId></PutResponse>",
    "rest-xml": "<?xml version='1.0' encoding='UTF-8'?>\n<PutOutput xmlns='urn:x'>{}</PutOutput>",
}


def answered(
    things: Things,
    body: str | bytes,
    protocol: str,
    *,
    operation: str = "Put",
    status: int = 200,
    headers: Mapping[str, str] = XML,
) -> Answer:
    service = things(protocol)
    content = body.encode() if isinstance(body, str) else body
    return codec_for(service).decode_response(
        service, service.operations[operation], Response(status, headers, content)
    )


def inner(things: Things, members: str, protocol: str) -> Answer:
    answer = answered(things, AROUND[protocol].format(members), protocol)
    assert answer.parsed
    return answer


def faults(answer: Answer) -> list[tuple[str, Path]]:
    return [(problem.name, problem.path) for problem in answer.problems]


def body_of(answer: Answer) -> dict[str, Any]:
    return {key: value for key, value in answer.output.items() if key not in ("Status", "Notes")}


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize(
    ("members", "value"),
    [
        ("<Name>a &amp; b</Name>", {"Name": "a & b"}),
        ("<Name/>", {"Name": ""}),
        ("<Name> </Name>", {"Name": " "}),
        ("<Name><![CDATA[<x>]]></Name>", {"Name": "<x>"}),
        ("<Name>a<!-- b -->c</Name>", {"Name": "ac"}),
        ("<Count>-5</Count>", {"Count": -5}),
        ("<Ratio>1.5E3</Ratio>", {"Ratio": 1500.0}),
        ("<Ratio>-Infinity</Ratio>", {"Ratio": -math.inf}),
        ("<On>true</On>", {"On": True}),
        ("<Data>AAE=</Data>", {"Data": b"\0\1"}),
        ("<At>2020-01-02T00:00:00Z</At>", {"At": datetime(2020, 1, 2, tzinfo=timezone.utc)}),
        ("<At>2020-01-02T01:00:00.000+01:00</At>", {"At": datetime(2020, 1, 2, tzinfo=timezone.utc)}),
        ("<Names/>", {"Names": []}),
        ("<Names><member>a</member>\n<member/></Names>", {"Names": ["a", ""]}),
        ("<Tags><entry><value>v</value><key>k</key></entry></Tags>", {"Tags": {"k": "v"}}),
        ("<Tags/>", {"Tags": {}}),
        ("<Node><Next><Size>1</Size></Next></Node>", {"Node": {"Next": {"Size": 1}}}),
        ("<Nodes><member><Name>x</Name></member></Nodes>", {"Nodes": [{"Name": "x"}]}),
        ("", {}),
    ],
)
def test_right_answers_are_not_blamed(things: Things, protocol: str, members: str, value: Any) -> None:
    answer = inner(things, members, protocol)
    assert faults(answer) == []
    assert body_of(answer) == value


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ("<Count>five</Count>", ("type", ("Count",))),
        ("<Count>5.0</Count>", ("type", ("Count",))),
        ("<Count/>", ("type", ("Count",))),
        ("<Count> 5</Count>", ("type", ("Count",))),
        ("<Ratio>1,5</Ratio>", ("type", ("Ratio",))),
        ("<On>True</On>", ("type", ("On",))),
        ("<On>1</On>", ("type", ("On",))),
        ("<Data>%</Data>", ("type", ("Data",))),
        ("<At>1577923200</At>", ("type", ("At",))),
        ("<At>2020-01-02 00:00:00</At>", ("type", ("At",))),
        ("<At>2020-13-02T00:00:00Z</At>", ("type", ("At",))),
        ("<Name><b>x</b></Name>", ("type", ("Name",))),
        ("<Names>a</Names>", ("type", ("Names",))),
        ("<Names><item>a</item></Names>", ("members", ("Names", 0))),
        ("<Tags><item><key>k</key><value>v</value></item></Tags>", ("type", ("Tags",))),
        ("<Tags><entry><key>k</key></entry></Tags>", ("type", ("Tags",))),
        ("<Node>text</Node>", ("type", ("Node",))),
        ("<Node><Size>x</Size></Node>", ("type", ("Node", "Size"))),
        ("<Name>a</Name><Name>b</Name>", ("duplicate", ("Name",))),
        ("<Extra>1</Extra>", ("members", ("Extra",))),
        ("<name>1</name>", ("members", ("name",))),
    ],
)
def test_wrong_answers_are_seen_at_their_place(things: Things, protocol: str, members: str, fault: Any) -> None:
    assert faults(inner(things, members, protocol)) == [fault]


@pytest.mark.parametrize("protocol", ALL)
def test_a_key_that_comes_twice_is_seen(things: Things, protocol: str) -> None:
    entry = "<entry><key>k</key><value>v</value></entry>"
    answer = inner(things, f"<Tags>{entry}{entry}</Tags>", protocol)
    assert faults(answer) == [("duplicate", ("Tags", Key("k")))]


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>"
NO_ANSWERS = [
    "<!DOCTYPE html><html><body>It works!</body></html>",
    "<html><body>It works!</body></html>",
    BOMB,
    "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
    "OK",
    "<PutResponse><PutResult>",
    "<a/><b/>",
    '{"Name": "a"}',
    b"<a>\xff</a>",
    "<a>" * 5000,
    "<x>&undefined;</x>",
    "<?xml version='1.0' encoding='no-such'?><x/>",
]


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize("body", NO_ANSWERS)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_what_is_no_document_is_not_the_protocol(things: Things, protocol: str, body: str | bytes, status: int) -> None:
    answer = answered(things, body, protocol, status=status)
    assert not answer.parsed
    assert (answer.output, answer.error) == (None, None)
    assert faults(answer)[0] == ("body", ())


@pytest.mark.parametrize(
    ("protocol", "body", "envelope"),
    [
        ("query", "<PutResponse><PutResult/></PutResponse>", False),
        ("query", "<PutResult/>", True),
        ("query", "<PutResponse><Name>a</Name></PutResponse>", True),
        ("query", "<Put><PutResult/></Put>", True),
        ("query", "", True),
        ("ec2", "<PutResponse/>", False),
        ("ec2", "<Put/>", True),
        ("rest-xml", "<Whatever/>", False),
        ("rest-xml", "", False),
    ],
)
def test_envelopes(things: Things, protocol: str, body: str, envelope: bool) -> None:
    answer = answered(things, body, protocol)
    assert answer.parsed
    assert body_of(answer) == {}
    assert (("envelope", ()) in faults(answer)) is envelope


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize(
    ("got", "wrong"),
    [("text/xml", False), ("application/xml;charset=UTF-8", False), ("application/json", True), (None, True)],
)
def test_foreign_media_types_are_seen(things: Things, protocol: str, got: str | None, wrong: bool) -> None:
    headers = {} if got is None else {"content-type": got}
    answer = answered(things, AROUND[protocol].format("<Name>a</Name>"), protocol, headers=headers)
    assert faults(answer) == ([("content-type", ())] if wrong else [])
    assert body_of(answer) == {"Name": "a"}


@pytest.mark.parametrize("protocol", ["query", "ec2"])
def test_an_operation_without_output_has_an_envelope_only(things: Things, protocol: str) -> None:
    answer = answered(things, "<DropResponse><any>1</any></DropResponse>", protocol, operation="Drop")
    assert (answer.output, answer.problems) == ({}, ())
    other = answered(things, "<PutResponse/>", protocol, operation="Drop")
    assert faults(other) == [("envelope", ())]


ERROR = "<Code>Thing.Gone</Code><Message>it is</Message>"


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize(
    "body",
    [
        f"<ErrorResponse xmlns='urn:x'><Error><Type>Sender</Type>{ERROR}</Error><RequestId/></ErrorResponse>",
        f"<Response><Errors><Error>{ERROR}</Error></Errors><RequestID>1</RequestID></Response>",
        f"<?xml version='1.0'?>\n<Error>{ERROR}<RequestId>1</RequestId><HostId>2</HostId></Error>",
    ],
)
def test_errors_are_read_from_every_envelope(things: Things, protocol: str, body: str) -> None:
    answer = answered(things, body, protocol, status=404)
    assert answer.parsed
    assert answer.output is None
    assert answer.error is not None
    assert (answer.error.code, answer.error.message) == ("Thing.Gone", "it is")
    assert answer.error.members["message"] == "it is"
    assert faults(answer) == []


@pytest.mark.parametrize("protocol", ALL)
def test_members_of_a_modelled_error_are_read(things: Things, protocol: str) -> None:
    body = f"<ErrorResponse><Error>{ERROR}<Which><Size>x</Size></Which><Odd/></Error></ErrorResponse>"
    answer = answered(things, body, protocol, status=404)
    assert answer.error is not None
    assert answer.error.members["Which"] == {"Size": "x"}
    assert faults(answer) == [("type", ("Which", "Size")), ("members", ("Odd",))]


def test_what_object_storage_adds_to_an_error_is_not_blamed(things: Things) -> None:
    body = f"<Error>{ERROR}<Key>k</Key><BucketName>b</BucketName><Which><Size>1</Size></Which></Error>"
    answer = answered(things, body, "rest-xml", status=404)
    assert answer.error is not None
    assert answer.error.members == {"message": "it is", "Which": {"Size": 1}}
    assert answer.problems == ()


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<AccessDeniedException><Message>no</Message></AccessDeniedException>", "AccessDeniedException"),
        ("<UnknownOperationException/>", "UnknownOperationException"),
        ("<ErrorResponse><Error><Message>no code</Message></Error></ErrorResponse>", None),
        ("<Response><Errors/></Response>", None),
    ],
)
def test_errors_in_a_wrong_envelope_are_seen(things: Things, protocol: str, body: str, code: str | None) -> None:
    answer = answered(things, body, protocol, status=400)
    assert answer.parsed
    assert answer.error is not None
    assert answer.error.code == code
    assert ("envelope", ()) in faults(answer)


@pytest.mark.parametrize("protocol", ALL)
@pytest.mark.parametrize("body", ["<Else/>", "<soap:Envelope xmlns:soap='urn:s'><soap:Body/></soap:Envelope>"])
def test_an_error_in_xml_of_somebody_else_is_not_the_protocol(things: Things, protocol: str, body: str) -> None:
    answer = answered(things, body, protocol, status=400)
    assert (answer.parsed, answer.error, faults(answer)) == (False, None, [("body", ())])


@pytest.mark.parametrize("protocol", ALL)
def test_an_error_without_a_body_is_not_the_protocol(things: Things, protocol: str) -> None:
    assert not answered(things, "", protocol, status=404).parsed


def test_answers_to_head_have_no_body(things: Things) -> None:
    answer = answered(things, "", "rest-xml", operation="Head", status=404, headers={})
    assert answer.parsed
    assert answer.error is not None
    assert (answer.error.code, answer.problems) == (None, ())
    assert answered(things, "", "rest-xml", operation="Get", status=304, headers={}).parsed


def test_an_error_in_an_answer_of_success_is_an_error(things: Things) -> None:
    answer = answered(things, f"<Error>{ERROR}</Error>", "rest-xml")
    assert answer.output is None
    assert answer.error is not None
    assert answer.error.code == "Thing.Gone"
    payload = answered(things, f"<Error>{ERROR}</Error>", "rest-xml", operation="Get")
    assert payload.error is None  # bytes are bytes


def test_places_outside_the_body_of_an_answer(things: Things) -> None:
    headers = {**XML, "x-owner": "me", "x-level": "high", "x-note-a": "1"}
    answer = answered(things, AROUND["rest-xml"].format("<Name>a</Name>"), "rest-xml", headers=headers)
    assert answer.output == {"Owner": "me", "Level": "high", "Notes": {"a": "1"}, "Status": 200, "Name": "a"}
    assert faults(answer) == [("type", ("Level",))]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<LocationConstraint xmlns='urn:x'>eu-west-1</LocationConstraint>", {"LocationConstraint": "eu-west-1"}),
        ("<LocationConstraint xmlns='urn:x'/>", {}),
        ("<X><LocationConstraint>EU</LocationConstraint></X>", {"LocationConstraint": "EU"}),
    ],
)
def test_an_only_member_may_be_the_root(body: str, value: Any) -> None:
    service = stored_service("s3")
    operation = service.operations["GetBucketLocation"]
    answer = codec_for(service).decode_response(service, operation, Response(200, XML, body.encode()))
    assert (answer.output, answer.problems) == (value, ())


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<R><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents></R>", [{"Key": "a"}, {"Key": "b"}]),
        ("<R><Contents><Key>a</Key></Contents></R>", [{"Key": "a"}]),
    ],
)
def test_flattened_lists(body: str, value: Any) -> None:
    service = stored_service("s3")
    operation = service.operations["ListObjectsV2"]
    answer = codec_for(service).decode_response(service, operation, Response(200, XML, body.encode()))
    assert answer.output == {"Contents": value}
    assert answer.problems == ()


def test_attributes_are_members() -> None:
    service = stored_service("s3")
    body = (
        "<P><AccessControlList><Grant><Grantee xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
        " xsi:type='CanonicalUser'><ID>1</ID></Grantee></Grant></AccessControlList></P>"
    )
    response = Response(200, XML, body.encode())
    answer = codec_for(service).decode_response(service, service.operations["GetBucketAcl"], response)
    assert answer.output == {"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "1"}}]}
    assert answer.problems == ()


@pytest.mark.parametrize(
    "body",
    [
        "<Failure><Error><Code>NoSuchThing</Code><Message>m</Message></Error></Failure>",
        "<ErrorResponse><Errors><Error><Code>NoSuchThing</Code><Message>m</Message></Error></Errors></ErrorResponse>",
        "<Response><Error><Code>NoSuchThing</Code><Message>m</Message></Error></Response>",
    ],
)
def test_a_code_below_another_root_is_found_as_clients_find_it(things: Things, body: str) -> None:
    answer = answered(things, body, "query", status=400)
    assert answer.parsed
    assert answer.error is not None
    assert (answer.error.code, answer.error.message) == ("NoSuchThing", "m")
    assert [problem.name for problem in answer.problems] == ["envelope"]


@pytest.mark.parametrize(
    "body", ["<Thing><Error><Message>m</Message></Error></Thing>", "<Thing><Code>NoSuchThing</Code></Thing>"]
)
def test_a_root_without_a_code_where_clients_look_is_no_error_of_aws(things: Things, body: str) -> None:
    assert not answered(things, body, "query", status=400).parsed
