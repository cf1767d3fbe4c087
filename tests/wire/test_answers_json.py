"""Answers of the JSON protocols: each double has a fault that must be seen, or a habit of AWS that must not be."""

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

Things = Callable[[str], Service]

TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}
BOTH = ["json", "rest-json"]


def answered(
    things: Things,
    body: str | bytes,
    *,
    protocol: str = "json",
    operation: str = "Put",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    service = things(protocol)
    content = body.encode() if isinstance(body, str) else body
    given = {"content-type": TYPES[protocol]} if headers is None else headers
    return codec_for(service).decode_response(service, service.operations[operation], Response(status, given, content))


def faults(answer: Answer) -> list[tuple[str, Path]]:
    return [(problem.name, problem.path) for problem in answer.problems]


def body_of(answer: Answer) -> dict[str, Any]:
    return {key: value for key, value in answer.output.items() if key not in ("Status", "Notes")}


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"Name": "a"}', {"Name": "a"}),
        ('{"Name": ""}', {"Name": ""}),
        ('{"At": 1577923200}', {"At": datetime(2020, 1, 2, tzinfo=timezone.utc)}),
        ('{"At": 1577923200.25}', {"At": datetime(2020, 1, 2, 0, 0, 0, 250000, tzinfo=timezone.utc)}),
        ('{"At": 1.5779232E9}', {"At": datetime(2020, 1, 2, tzinfo=timezone.utc)}),
        ('{"At": -1.5E0}', {"At": datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=timezone.utc)}),
        ('{"Data": "AAE="}', {"Data": b"\0\1"}),
        ('{"Data": ""}', {"Data": b""}),
        ('{"Count": 5.0}', {"Count": 5}),
        ('{"Ratio": 5}', {"Ratio": 5}),
        ('{"Ratio": "Infinity"}', {"Ratio": math.inf}),
        ('{"Names": []}', {"Names": []}),
        ('{"Holes": ["a", null]}', {"Holes": ["a", None]}),
        ('{"Choice": {"__type": "x#Choice", "A": "b"}}', {"Choice": {"A": "b"}}),
        ('{"Free": {"any": [1, null, {"x": 2.5}]}}', {"Free": {"any": [1, None, {"x": 2.5}]}}),
        ('{"Free": null}', {"Free": None}),
        ('{"Node": {"Next": {"Next": {}}}}', {"Node": {"Next": {"Next": {}}}}),
        ('  {"Name": "\\u00e9\\ud83d\\ude00"}\n', {"Name": "é😀"}),
        ("{}", {}),
        ("", {}),
    ],
)
def test_right_answers_are_not_blamed(things: Things, protocol: str, body: str, value: Any) -> None:
    answer = answered(things, body, protocol=protocol)
    assert answer.parsed
    assert answer.error is None
    assert faults(answer) == []
    assert body_of(answer) == value
    assert [type(item) for item in body_of(answer).values()] == [type(item) for item in value.values()]


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('{"Name": 5}', ("type", ("Name",))),
        ('{"Name": {}}', ("type", ("Name",))),
        ('{"Count": "5"}', ("type", ("Count",))),
        ('{"Count": 5.5}', ("type", ("Count",))),
        ('{"Count": true}', ("type", ("Count",))),
        ('{"Ratio": "five"}', ("type", ("Ratio",))),
        ('{"Ratio": false}', ("type", ("Ratio",))),
        ('{"On": "true"}', ("type", ("On",))),
        ('{"On": 0}', ("type", ("On",))),
        ('{"At": "2020-01-02T00:00:00Z"}', ("type", ("At",))),
        ('{"At": "1577923200"}', ("type", ("At",))),
        ('{"At": 1577923200000000}', ("type", ("At",))),
        ('{"At": true}', ("type", ("At",))),
        ('{"Data": "not base64!"}', ("type", ("Data",))),
        ('{"Data": "AAE"}', ("type", ("Data",))),
        ('{"Data": [0, 1]}', ("type", ("Data",))),
        ('{"Names": "a"}', ("type", ("Names",))),
        ('{"Names": {"member": ["a"]}}', ("type", ("Names",))),
        ('{"Names": [1]}', ("type", ("Names", 0))),
        ('{"Names": ["a", null]}', ("null", ("Names", 1))),
        ('{"Tags": [{"Key": "k"}]}', ("type", ("Tags",))),
        ('{"Tags": {"k": null}}', ("null", ("Tags", Key("k")))),
        ('{"Tags": {"k": 1}}', ("type", ("Tags", Key("k")))),
        ('{"Tags": {"k": "a", "k": "b"}}', ("duplicate", ("Tags", Key("k")))),
        ('{"Name": "a", "Name": "b"}', ("duplicate", ("Name",))),
        ('{"Name": null}', ("null", ("Name",))),
        ('{"Node": "x"}', ("type", ("Node",))),
        ('{"Node": {"Next": {"Nmae": "x"}}}', ("members", ("Node", "Next", "Nmae"))),
        ('{"name": "a"}', ("members", ("name",))),
        ('{"Nodes": [{"Size": "1"}]}', ("type", ("Nodes", 0, "Size"))),
    ],
)
def test_wrong_answers_are_seen_at_their_place(things: Things, protocol: str, body: str, fault: Any) -> None:
    answer = answered(things, body, protocol=protocol)
    assert answer.parsed
    assert faults(answer) == [fault]


def test_what_is_wrong_stays_in_its_place_and_null_is_none(things: Things) -> None:
    answer = answered(things, '{"Count": "5", "Name": null, "Names": [null, "b"], "Extra": 1}')
    assert answer.output == {"Count": "5", "Name": None, "Names": [None, "b"]}
    count = answer.problems[0]
    assert (count.expected, count.got) == ("an integer", "string '5'")


NO_ANSWERS = [
    "<html><body>It works!</body></html>",
    "OK",
    '{"Name": "a"',
    '{"Name": "a"} x',
    '{"Ratio": NaN}',
    '{"Ratio": -Infinity}',
    "{'Name': 'a'}",
    '["a"]',
    '"a"',
    "null",
    "5",
    '{"Name": "\\ud800"}',
    b'{"Name": "\xff"}',
    b"\xef\xbb\xbf{}",
    "[" * 100_000,
    '{"Node":' * 300 + "1" + "}" * 300,
    b"\0\1\2",
]


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize("body", NO_ANSWERS)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_what_is_no_json_object_is_not_the_protocol(
    things: Things, protocol: str, body: str | bytes, status: int
) -> None:
    answer = answered(things, body, protocol=protocol, status=status)
    assert not answer.parsed
    assert (answer.output, answer.error) == (None, None)
    assert faults(answer)[0] == ("body", ())


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize(
    ("body", "parsed"), [("", True), ("{}", True), ('{"a": 1}', True), ("[]", False), ("ok", False)]
)
def test_an_operation_without_output_may_answer_any_object(
    things: Things, protocol: str, body: str, parsed: bool
) -> None:
    answer = answered(things, body, protocol=protocol, operation="Drop")
    assert answer.parsed is parsed
    assert answer.output == ({} if parsed else None)
    assert parsed == (answer.problems == ())


@pytest.mark.parametrize(
    ("protocol", "got", "wrong"),
    [
        ("json", "application/x-amz-json-1.0", False),
        ("json", "application/x-amz-json-1.1; charset=utf-8", False),
        ("json", "application/json", True),
        ("json", "text/html", True),
        ("json", None, True),
        ("rest-json", "application/json;charset=UTF-8", False),
        ("rest-json", "application/x-amz-json-1.0", False),
        ("rest-json", "text/plain", True),
        ("rest-json", None, True),
    ],
)
def test_foreign_media_types_are_seen_and_the_body_is_read(
    things: Things, protocol: str, got: str | None, wrong: bool
) -> None:
    headers = {} if got is None else {"content-type": got}
    answer = answered(things, '{"Name": "a"}', protocol=protocol, headers=headers)
    assert body_of(answer) == {"Name": "a"}
    assert faults(answer) == ([("content-type", ())] if wrong else [])


def test_an_empty_body_needs_no_media_type(things: Things) -> None:
    assert answered(things, "", headers={}).problems == ()


@pytest.mark.parametrize("protocol", BOTH)
@pytest.mark.parametrize(
    ("header", "body", "code", "message"),
    [
        (None, '{"__type": "ValidationException", "message": "1 error"}', "ValidationException", "1 error"),
        (None, '{"__type": "com.amazon.coral#Throttled", "Message": "Rate"}', "Throttled", "Rate"),
        (None, '{"__type": "a.b#Gone:http://internal/x/"}', "Gone", None),
        (None, '{"code": "Gone", "errorMessage": "m"}', "Gone", "m"),
        (None, '{"Code": "Gone", "message": null}', "Gone", None),
        ("Throttled:http://internal.amazon.com/coral/x/", '{"message": null}', "Throttled", None),
        ("a.b#Throttled", '{"Message": "m"}', "Throttled", "m"),
        ("Throttled", "", "Throttled", None),
        ("Throttled", '{"__type": "Other"}', "Throttled", None),
    ],
)
def test_errors_are_read_from_header_and_body(
    things: Things, protocol: str, header: str | None, body: str, code: str, message: str | None
) -> None:
    headers = {"content-type": TYPES[protocol], **({"x-amzn-errortype": header} if header else {})}
    answer = answered(things, body, protocol=protocol, status=400, headers=headers)
    assert answer.parsed
    assert answer.output is None
    assert answer.error is not None
    assert (answer.error.code, answer.error.message) == (code, message)
    assert ("header" in answer.error.sources) is (header is not None)
    assert faults(answer) == []


def test_both_sources_of_a_code_are_kept(things: Things) -> None:
    headers = {"content-type": TYPES["json"], "x-amzn-errortype": "A", "x-amzn-query-error": "Old.A;Sender"}
    answer = answered(things, '{"__type": "x#B"}', status=400, headers=headers)
    assert answer.error is not None
    assert dict(answer.error.sources) == {"header": "A", "body": "B", "query": "Old.A"}
    assert answer.error.query_code == "Old.A"


@pytest.mark.parametrize("code", ["Gone", "Thing.Gone"])
def test_members_of_a_modelled_error_are_read_by_code_or_shape(things: Things, code: str) -> None:
    body = f'{{"__type": "{code}", "Message": "it is", "Which": {{"Name": "x", "Size": 1}}}}'
    answer = answered(things, body, status=404)
    assert answer.error is not None
    assert answer.error.members == {"message": "it is", "Which": {"Name": "x", "Size": 1}}
    assert faults(answer) == []
    wrong = answered(things, body.replace("1}", '"1"}'), status=404)
    assert faults(wrong) == [("type", ("Which", "Size"))]


def test_a_code_that_no_model_has_brings_no_members(things: Things) -> None:
    answer = answered(things, '{"__type": "Unheard", "message": "m", "fieldList": []}', status=400)
    assert answer.error is not None
    assert (answer.error.code, answer.error.members, answer.problems) == ("Unheard", {}, ())


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('{"message": "no code"}', ("envelope", ())),
        ('{"__type": 5}', ("type", ("__type",))),
        ('{"__type": "Gone", "message": {"a": 1}}', ("type", ("message",))),
    ],
)
def test_wrong_envelopes_are_seen(things: Things, body: str, fault: Any) -> None:
    answer = answered(things, body, status=400)
    assert answer.parsed
    assert answer.error is not None
    assert fault in faults(answer)


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_an_error_without_anything_is_not_the_protocol(things: Things, status: int) -> None:
    assert not answered(things, "", status=status).parsed


def test_places_outside_the_body_of_an_answer(things: Things) -> None:
    headers = {
        "content-type": "application/json",
        "x-owner": "me",
        "x-level": "3",
        "x-since": "Thu, 02 Jan 2020 00:00:00 GMT",
        "x-note-a": "1",
        "x-note-b": "2",
    }
    answer = answered(things, '{"Name": "a", "Owner": "body"}', protocol="rest-json", status=202, headers=headers)
    since = datetime(2020, 1, 2, tzinfo=timezone.utc)
    assert answer.output == {
        "Owner": "me",
        "Level": 3,
        "Since": since,
        "Notes": {"a": "1", "b": "2"},
        "Status": 202,
        "Name": "a",
    }
    assert faults(answer) == [("members", ("Owner",))]


@pytest.mark.parametrize(
    ("name", "text"),
    [("x-level", "three"), ("x-level", "3.0"), ("x-since", "2020-01-02T00:00:00Z"), ("x-since", "1577923200")],
)
def test_wrong_types_in_headers_are_seen(things: Things, name: str, text: str) -> None:
    answer = answered(things, "{}", protocol="rest-json", headers={"content-type": "application/json", name: text})
    assert [fault for fault, _ in faults(answer)] == ["type"]


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\0"])
def test_a_payload_of_bytes_is_any_bytes(things: Things, body: bytes) -> None:
    answer = answered(things, body, protocol="rest-json", operation="Get", headers={"content-type": "image/png"})
    assert answer.output == {"Content": body}
    assert answer.problems == ()
