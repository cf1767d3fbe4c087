"""The table of protocols, calibration requests, and that no bytes make a decoder raise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exceptions import UnknownName
from conformance.specs import ingest
from conformance.specs.model import Service
from conformance.wire.cbor_protocol.cbor import NotCbor, parse_cbor
from conformance.wire.json_protocols.jsontext import NotJson, parse_json
from conformance.wire.message import Answer, Codec, Decoded, Request, Response
from conformance.wire.protocols import CODECS, codec_for
from conformance.wire.xml_protocols.xmltext import NotXml, parse_xml
from doubles.stored_specs import stored_service

Things = Callable[[str], Service]

ALL = ["json", "query", "ec2", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"]


def test_every_protocol_of_every_service_has_a_codec() -> None:
    assert sorted(CODECS) == sorted(ALL)
    for name in ("sagemaker", "s3", "ec2", "iam", "lambda", "cloudwatch"):
        service = ingest.installed_spec(name).service
        assert codec_for(service).name == service.protocol
        assert {codec_for(service, protocol).name for protocol in service.protocols} == set(service.protocols)


def test_a_protocol_that_the_service_does_not_have_is_refused_with_a_hint(things: Things) -> None:
    with pytest.raises(UnknownName) as caught:
        codec_for(things("json"), "jsn")
    assert caught.value.hint == "did you mean json?"
    with pytest.raises(UnknownName):
        codec_for(things("json"), "query")


@pytest.mark.parametrize("protocol", ALL)
def test_a_request_for_no_operation_is_well_formed(things: Things, protocol: str) -> None:
    service = things(protocol)
    request = codec_for(service).unknown_operation(service)
    text = repr(request)
    assert "NoSuchOperationForConformance" in text
    assert not any(f"{name}'" in text for name in service.operations)
    if protocol == "json":
        assert parse_json(request.body) == {}
    if protocol.startswith("rest-"):
        assert request.method not in {operation.method for operation in service.operations.values()}


@pytest.mark.parametrize(
    ("protocol", "parse", "refusal"),
    [
        ("json", parse_json, NotJson),
        ("rest-json", parse_json, NotJson),
        ("rest-xml", parse_xml, NotXml),
        ("smithy-rpc-v2-cbor", parse_cbor, NotCbor),
    ],
)
def test_a_broken_body_does_not_parse(
    things: Things, protocol: str, parse: Callable[[bytes], Any], refusal: type[Exception]
) -> None:
    service = things(protocol)
    codec, put = codec_for(service), service.operations["Put"]
    request = codec.broken_body(service, put)
    assert request is not None
    with pytest.raises(refusal):
        parse(request.body)
    whole = codec.encode(service, put, {"Bucket": "conformance"} if protocol.startswith("rest-") else {})
    assert (request.method, request.path, request.query) == (whole.method, whole.path, whole.query)
    assert dict(request.headers)["Content-Type"] == dict(whole.headers).get("Content-Type", "application/xml")
    decoded = codec.decode_request(service, put, request)
    assert [problem.name for problem in decoded.problems] == ["body"]


@pytest.mark.parametrize("protocol", ["query", "ec2"])
def test_a_form_cannot_be_broken(things: Things, protocol: str) -> None:
    service = things(protocol)
    assert codec_for(service).broken_body(service, service.operations["Put"]) is None


def test_an_operation_without_a_parsed_body_has_no_broken_one(things: Things) -> None:
    service = things("rest-json")
    assert codec_for(service).broken_body(service, service.operations["Get"]) is None
    s3 = stored_service("s3")
    assert codec_for(s3).broken_body(s3, s3.operations["PutObject"]) is None
    assert codec_for(s3).broken_body(s3, s3.operations["PutBucketCors"]) is not None


STATUS = st.sampled_from([200, 204, 301, 304, 400, 404, 500])
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "x-amzn-errortype", "x-level", "x-note-a", "x-since", "x-amzn-query-error"]),
    st.sampled_from(["", ":", "#", ";", "application/json", "text/xml", "a#b:c", "\u00ff", "1", "a,b"]),
    max_size=3,
)
NAMES = st.sampled_from(["Name", "Tags", "Node", "Names", "At", "Choice", "__type", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Name", "Tags", "Node", "Names", "At", "Choice", "__type", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
ELEMENTS = st.recursive(
    st.text("ab1 \n&<", max_size=4),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["Name", "Tags", "entry", "key", "Node", "member", "Names", "Error", "Code"]), inner),
        max_size=3,
    ).map(lambda pairs: "".join(f"<{tag}>{content}</{tag}>" for tag, content in pairs)),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=40),
    VALUES.map(lambda value: json.dumps(value).encode()),
    ELEMENTS.map(lambda text: f"<PutResponse><PutResult>{text}</PutResult></PutResponse>".encode()),
    ELEMENTS.map(lambda text: f"<ErrorResponse><Error>{text}</Error></ErrorResponse>".encode()),
)


@pytest.mark.parametrize("protocol", ALL)
@settings(deadline=None)
@given(status=STATUS, headers=HEADERS, body=BODIES, operation=st.sampled_from(["Put", "Drop"]))
def test_any_answer_is_judged_and_none_raises(
    things: Things, protocol: str, status: int, headers: dict[str, str], body: bytes, operation: str
) -> None:
    service = things(protocol)
    codec: Codec = codec_for(service)
    answer = codec.decode_response(service, service.operations[operation], Response(status, headers, body))
    assert isinstance(answer, Answer)
    assert answer.status == status
    assert answer.parsed or (answer.problems and answer.output is None and answer.error is None)
    assert not answer.parsed or (answer.output is None) is not (answer.error is None)
    assert all(isinstance(problem.path, tuple) and problem.expected for problem in answer.problems)


@pytest.mark.parametrize("protocol", ALL)
@settings(deadline=None)
@given(body=BODIES, path=st.sampled_from(["/", "/things/a", "/things/%ff", "/x"]), text=st.text(max_size=4))
def test_any_request_is_read_and_none_raises(things: Things, protocol: str, body: bytes, path: str, text: str) -> None:
    service = things(protocol)
    request = Request("POST", path, ((text, text), ("limit", text)), (("X-Level", text), ("X-Note-a", text)), body)
    decoded = codec_for(service).decode_request(service, service.operations["Put"], request)
    assert isinstance(decoded, Decoded)
