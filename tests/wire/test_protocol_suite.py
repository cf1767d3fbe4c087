"""Every protocol test of botocore's sdist through our codecs.

The tests are data, fetched by the `botocore_tests` fixture. What our codecs do differently on purpose is in
EXCEPTIONS, with the reason; a case listed there that passes is a failure too, so that the list stays short.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.specs import ingest
from conformance.specs.model import Member, Operation, Service, Shape
from conformance.wire.cbor_protocol.cbor import Tagged, parse_cbor
from conformance.wire.json_protocols.jsontext import parse_json
from conformance.wire.message import Answer, Request, Response
from conformance.wire.protocols import codec_for
from conformance.wire.traits import event_stream_member

pytestmark = pytest.mark.slow

# Why the codecs do it otherwise -> "<folder>/<file>:<case id, or numbers of suite and case>"
REASONS: dict[str, tuple[str, ...]] = {
    "compressed bodies are optional, and asked for by one operation of all; it takes plain ones too": (
        "input/ec2:SDKAppliedContentEncoding_ec2Query",
        "input/ec2:SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query",
        "input/json:SDKAppliedContentEncoding_awsJson1_1",
        "input/json:SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1",
        "input/json_1_0:SDKAppliedContentEncoding_awsJson1_0",
        "input/json_1_0:SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0",
        "input/query:SDKAppliedContentEncoding_awsQuery",
        "input/query:SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery",
        "input/rest-json:SDKAppliedContentEncoding_restJson1",
        "input/rest-json:SDKAppendedGzipAfterProvidedEncoding_restJson1",
        "input/rest-xml:SDKAppliedContentEncoding_restXml",
        "input/rest-xml:SDKAppendedGzipAfterProvidedEncoding_restXml",
    ),
    "the root is named as the real models and botocore have it: by the reference, then by the shape": (
        "input/rest-xml:BodyWithXmlName",
        "input/rest-xml:RestXmlHttpPayloadWithUnion",
        "input/rest-xml:HttpPayloadWithXmlName",
        "input/rest-xml:HttpPayloadWithXmlNamespace",
        "input/rest-xml:HttpPayloadWithXmlNamespaceAndPrefix",
        "input/rest-xml:XmlAttributesOnPayload",
    ),
    "a shape's own name on the wire is that of the members that refer to it, as in botocore": (
        "output/rest-xml:BodyWithXmlName",
    ),
    "an empty list makes no header, as in botocore": (
        "input/rest-json:RestJsonNullAndEmptyHeaders",
        "input/rest-xml:NullAndEmptyHeaders",
    ),
    "an absent payload is an empty object, as in botocore": ("input/rest-json:RestJsonHttpPayloadWithUnsetUnion",),
    "a body that is not there has no media type": ("legacy/input/rest-json:25.7",),
    "a JSON value in a header is given and returned as the value, not as its text": (
        "input/rest-json:MediaTypeHeaderInputBase64",
        "output/rest-json:MediaTypeHeaderOutputBase64",
    ),
    "an empty body is an empty payload, as in botocore": (
        "output/rest-json:RestJsonHttpPayloadTraitsWithNoBlobBody",
        "output/rest-xml:HttpPayloadTraitsWithNoBlobBody",
    ),
    "an event stream without a body was not read": ("legacy/output/rest-xml:14.2",),
    "a strict decoder does not take text for JSON": ("legacy/output/rest-json:8.0",),
    "a response as we keep it has its header names in lower case": ("legacy/output/rest-json:9.0",),
    "an unknown member of a union is a problem `members`, not a made-up member": (
        "legacy/output/rest-json:17.2",
        "legacy/output/rest-xml:16.2",
    ),
}
EXCEPTIONS = {name: reason for reason, names in REASONS.items() for name in names}

TOKEN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    service: Service
    operation: Operation
    document: Mapping[str, Any]


def cases(folder: Path) -> Iterator[Case]:
    """Every case of a folder of protocol tests."""
    for path in sorted(folder.glob("*.json")):
        for number, suite in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            for index, document in enumerate(suite["cases"]):
                given = document["given"]
                operation = given.get("name", "OperationName")
                metadata = {"endpointPrefix": "test", "apiVersion": "2014-01-01", **suite["metadata"]}
                model = modern({**suite, "metadata": metadata, "operations": {operation: given}})
                spec = ingest.spec_from_documents("test", model, botocore="", source="", digest="")
                label = document.get("id") or f"{number}.{index}"
                parent = f"{folder.parent.name}/" if folder.parent.name == "legacy" else ""
                name = f"{parent}{folder.name}/{path.stem}:{label}"
                document.setdefault("clientEndpoint", suite.get("clientEndpoint", "https://example.com"))
                yield Case(name, spec.service, spec.service.operations[operation], document)


def modern(model: dict[str, Any]) -> dict[str, Any]:
    """The model with two traits where all models of today have them: legacy tests have them elsewhere."""
    model = copy.deepcopy(model)
    shapes = model["shapes"]
    for shape in shapes.values():
        for member in shape.get("members", {}).values():
            for trait in ("location", "locationName"):
                if "location" in shapes[member["shape"]] and trait in shapes[member["shape"]]:
                    member.setdefault(trait, shapes[member["shape"]][trait])
    for operation in model["operations"].values():
        given = operation.get("input", {})
        if "payload" in given:
            shapes[given["shape"]]["payload"] = given["payload"]
    return model


def failures(folder: Path, check: Any) -> tuple[dict[str, str], int]:
    """The cases that a check refuses, with what it says, and how many there were."""
    failed, total = {}, 0
    for case in cases(folder):
        total += 1
        try:
            check(case)
        except Exception as problem:  # noqa: BLE001 - whatever a codec raises is a failed case
            failed[case.name] = f"{type(problem).__name__}: {problem}"
    return failed, total


def typed(service: Service, member: Member, value: Any) -> Any:
    """A value of a protocol test as params have it: words for special numbers become numbers."""
    shape = service.target(member)
    if value is None or shape.document:
        return value
    if shape.type == "structure":
        return structure(service, shape, value)
    if shape.type == "list" and shape.element:
        element = shape.element
        return [typed(service, element, item) for item in value]
    if shape.type == "map" and shape.value:
        item_member = shape.value
        return {key: typed(service, item_member, item) for key, item in value.items()}
    if shape.type in ("float", "double") and isinstance(value, str):
        return float(value)
    return value


def structure(service: Service, shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed(service, shape.members[name], item) for name, item in value.items() if item is not None}


def check_input(case: Case) -> None:
    shape = case.service.input_of(case.operation)
    params = structure(case.service, shape, case.document.get("params", {}))
    for name, member in shape.members.items():
        if member.idempotency_token:  # tokens are the caller's to make
            params.setdefault(name, TOKEN)
    request = codec_for(case.service).encode(case.service, case.operation, params)
    expected = case.document["serialized"]
    assert request.method == expected.get("method", request.method)
    if "uri" in expected:
        path, _, query = expected["uri"].partition("?")
        base = urlsplit(case.document["clientEndpoint"]).path  # is the transport's to put in front
        assert base + request.path == path
        assert sorted(request.query) == sorted(parse_qsl(query, keep_blank_values=True))
    if "body" in expected:
        check_body(case.service.protocol, request, expected["body"])
    check_headers(case, request, expected)
    if "host" in expected:
        netloc = urlsplit(case.document["clientEndpoint"]).netloc
        assert expected["host"].partition("/")[0] == request.host_prefix + netloc


def check_body(protocol: str, request: Request, expected: str) -> None:
    if protocol == "smithy-rpc-v2-cbor":
        if request.body or expected:
            assert same(parse_cbor(request.body), parse_cbor(base64.b64decode(expected)))
    elif protocol in ("json", "rest-json") and expected.lstrip().startswith(("{", "[")):
        assert parse_json(request.body) == parse_json(expected.encode())
    elif protocol == "rest-xml" and expected.lstrip().startswith("<"):
        ours, theirs = ET.canonicalize(request.body, strip_text=True), ET.canonicalize(expected, strip_text=True)
        assert ours == theirs
    else:
        assert request.body.decode() == expected


def check_headers(case: Case, request: Request, expected: Mapping[str, Any]) -> None:
    ours = {name.lower(): value for name, value in request.headers}
    lists = {
        (member.location_name or name).lower()
        for name, member in case.service.input_of(case.operation).members.items()
        if member.location == "header" and case.service.target(member).type == "list"
    }
    for name, value in expected.get("headers", {}).items():
        assert name.lower() in ours, f"no header {name}"
        got = ours[name.lower()]
        if name.lower() in lists:
            value, got = value.replace(", ", ","), got.replace(", ", ",")  # how lists are spaced is free
        if name.lower() == "content-md5":  # the test's is of a JSON text with other spaces
            value = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
        if name.lower() == "content-type":
            value, got = value.replace("; charset=utf-8", ""), got.replace("; charset=utf-8", "")
        assert got == value, f"{name}: {got} is not {value}"
    for name in expected.get("forbidHeaders", ()):
        assert name.lower() not in ours, f"header {name} is there"


def check_output(case: Case) -> None:
    codec = codec_for(case.service)
    given = case.document["response"]
    body = given.get("body", "").encode("utf-8")
    stream = event_stream_member(case.service, case.service.output_of(case.operation))
    if stream or case.service.protocol == "smithy-rpc-v2-cbor":
        body = base64.b64decode(body)
    headers = {name.lower(): value for name, value in given.get("headers", {}).items()}
    answer = codec.decode_response(case.service, case.operation, Response(given["status_code"], headers, body))
    assert answer.parsed, answer.problems
    if "error" in case.document or "errorCode" in case.document:
        check_error(case, answer)
        return
    assert same(plain(answer.output), case.document["result"]), (
        f"{plain(answer.output)} is not {case.document['result']}; {answer.problems}"
    )


def check_error(case: Case, answer: Answer) -> None:
    document = case.document
    assert answer.error is not None
    code, query_code = answer.error.code, answer.error.query_code
    assert document.get("errorCode", code) in (code, query_code), f"{code} is not {document['errorCode']}"
    assert document.get("errorMessage", answer.error.message) == answer.error.message
    members = {key: value for key, value in plain(answer.error.members).items() if key.lower() != "message"}
    expected = {key: value for key, value in document["error"].items() if key.lower() != "message"}
    assert same(members, expected), f"{members} is not {expected}"


def plain(value: Any) -> Any:
    """A decoded value as the protocol tests write it; null members are left out, as botocore leaves them out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def same(left: Any, right: Any) -> bool:
    return json.dumps(canonical(left), sort_keys=True) == json.dumps(canonical(right), sort_keys=True)


def canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, Tagged):
        return [value.tag, canonical(value.value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    return repr(value) if isinstance(value, bytes | datetime) else value


@pytest.mark.parametrize("folder", ["input", "output", "legacy/input", "legacy/output"])
def test_botocores_protocol_tests(botocore_tests: Path, folder: str) -> None:
    check = check_input if folder.endswith("input") else check_output
    failed, total = failures(botocore_tests / "protocols" / folder, check)
    assert total > 100
    expected = {name for name in EXCEPTIONS if name.startswith(f"{folder}/")}
    assert {name: why for name, why in failed.items() if name not in expected} == {}
    assert expected - failed.keys() == set(), "these pass now: take them off the list"
