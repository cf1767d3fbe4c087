"""What only REST requests have: paths, checksums, host names, headers that are lists, event streams."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.specs import ingest
from conformance.specs.model import Service
from conformance.values.paths import Edit
from conformance.wire.input_locations import render_locations
from conformance.wire.message import Inexpressible, Request, Response
from conformance.wire.protocols import codec_for


@functools.cache
def service_of(name: str) -> Service:
    return ingest.installed_spec(name).service


def request_for(name: str, operation: str, params: Mapping[str, Any], *edits: Edit) -> Request:
    service = service_of(name)
    return codec_for(service).encode(service, service.operations[operation], params, edits)


def header(request: Request, name: str) -> str | None:
    return {key.lower(): text for key, text in request.headers}.get(name)


@pytest.mark.parametrize(
    ("template", "labels", "path", "query"),
    [
        ("/{A}/x", {"A": "a b/c"}, "/a%20b%2Fc/x", []),
        ("/{A+}", {"A": "a b/c//d~"}, "/a%20b/c//d~", []),
        ("/{A}?acl", {"A": "é"}, "/%C3%A9", [("acl", "")]),
        ("/{A}?x-id=Get&y", {"A": "?#"}, "/%3F%23", [("x-id", "Get"), ("y", "")]),
        ("/{A}", {"A": "..."}, "/...", []),
    ],
)
def test_paths(template: str, labels: dict[str, str], path: str, query: list[tuple[str, str]]) -> None:
    assert render_locations(template, labels) == (path, query)


@pytest.mark.parametrize(
    ("template", "text"), [("/{A}", "."), ("/{A}", ""), ("/{A+}", "a/../b"), ("/{A+}", "./a"), ("/{A}", "\ud800")]
)
def test_labels_that_do_not_arrive_are_refused(template: str, text: str) -> None:
    with pytest.raises(Inexpressible):
        render_locations(template, {"A": text})


CHECKED = b"123456789"


@pytest.mark.parametrize(
    ("algorithm", "hexadecimal"),
    [
        ("CRC32", "cbf43926"),
        ("CRC32C", "e3069283"),
        ("CRC64NVME", "ae8b14860a799888"),
        ("SHA1", hashlib.sha1(CHECKED).hexdigest()),
        ("SHA256", hashlib.sha256(CHECKED).hexdigest()),
    ],
)
def test_checksums_that_params_ask_for(algorithm: str, hexadecimal: str) -> None:
    params = {"Bucket": "b", "Key": "k", "Body": CHECKED, "ChecksumAlgorithm": algorithm}
    request = request_for("s3", "PutObject", params)
    expected = base64.b64encode(bytes.fromhex(hexadecimal)).decode()
    assert header(request, f"x-amz-checksum-{algorithm.lower()}") == expected
    assert header(request, "x-amz-sdk-checksum-algorithm") == algorithm


def test_checksums_that_operations_require_are_of_the_body_as_edited() -> None:
    params = {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}
    whole = request_for("s3", "DeleteObjects", params)
    edited = request_for("s3", "DeleteObjects", params, Edit("set", ("Delete", "Objects", 0, "Key"), "other"))
    for request in (whole, edited):
        crc = base64.b64encode(zlib.crc32(request.body).to_bytes(4, "big")).decode()
        assert header(request, "x-amz-checksum-crc32") == crc
    assert whole.body != edited.body


def test_checksums_of_the_caller_are_kept_and_none_is_added() -> None:
    params = {"Bucket": "b", "Key": "k", "ContentMD5": "own", "ChecksumAlgorithm": "CRC32"}
    request = request_for("s3", "PutObject", params)
    assert header(request, "content-md5") == "own"
    assert header(request, "x-amz-checksum-crc32") is None
    assert header(request_for("s3", "PutObject", {"Bucket": "b", "Key": "k"}), "x-amz-checksum-crc32") is None


def test_md5_where_the_model_has_no_algorithms() -> None:
    params = {"AccountId": "1", "IdentityCenterArn": "arn:aws:sso"}
    request = request_for("s3control", "AssociateAccessGrantsIdentityCenter", params)
    digest = hashlib.md5(request.body, usedforsecurity=False).digest()
    assert header(request, "content-md5") == base64.b64encode(digest).decode()


def test_an_algorithm_that_is_not_computed_is_said() -> None:
    with pytest.raises(Inexpressible, match="XXHASH64"):
        request_for("s3", "PutObject", {"Bucket": "b", "Key": "k", "ChecksumAlgorithm": "XXHASH64"})


def test_host_names() -> None:
    params = {"AccountId": "123", "IdentityCenterArn": "arn:aws:sso"}
    operation = "AssociateAccessGrantsIdentityCenter"
    assert request_for("s3control", operation, params).host_prefix == "123."
    for wrong in ("under_score", "", "a/b"):
        with pytest.raises(Inexpressible, match="AccountId"):
            request_for("s3control", operation, params, Edit("set", ("AccountId",), wrong))
    with pytest.raises(Inexpressible, match="AccountId"):
        request_for("s3control", operation, params, Edit("remove", ("AccountId",)))


def test_a_payload_that_is_taken_away_leaves_no_body() -> None:
    params = {"accountId": "-", "vaultName": "v", "policy": {"Policy": "{}"}}
    absent = {name: value for name, value in params.items() if name != "policy"}
    assert request_for("glacier", "SetVaultAccessPolicy", params).body == b'{"Policy": "{}"}'
    assert request_for("glacier", "SetVaultAccessPolicy", absent).body == b"{}"
    assert request_for("glacier", "SetVaultAccessPolicy", params, Edit("remove", ("policy",))).body == b""


def test_edits_speak_in_members_and_are_written_under_their_names_on_the_wire() -> None:
    edits = [
        Edit("set", ("ReservationPlanSettings",), {"Commitment": "TWO_YEAR", "Unheard": [1]}),
        Edit("set", ("ReservationPlanSettings", "RenewalType"), 5),
        Edit("remove", ("Tags",)),
    ]
    request = request_for("mediaconvert", "CreateQueue", {"Name": "q", "Tags": {"a": "b"}}, *edits)
    assert json.loads(request.body) == {
        "name": "q",
        "reservationPlanSettings": {"commitment": "TWO_YEAR", "renewalType": 5, "Unheard": [1]},
    }


def test_media_types_are_sent_unless_they_are_members() -> None:
    assert header(request_for("lambda", "Invoke", {"FunctionName": "f", "Payload": b"1"}), "content-type") == (
        "application/octet-stream"
    )
    assert header(request_for("lambda", "Invoke", {"FunctionName": "f"}), "content-type") is None
    assert header(request_for("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"1"}), "content-type") is None
    cors = {"Bucket": "b", "CORSConfiguration": {"CORSRules": []}}
    assert header(request_for("s3", "PutBucketCors", cors), "content-type") == "application/xml"


def lists() -> Service:
    kinds = {"Texts": "Text", "Numbers": "Number", "Moments": "Moment"}
    model = {
        "metadata": {"apiVersion": "1", "endpointPrefix": "x", "protocol": "rest-json"},
        "operations": {"Get": {"http": {"method": "GET", "requestUri": "/"}, "output": {"shape": "Out"}}},
        "shapes": {
            "Out": {
                "type": "structure",
                "members": {name: {"shape": name, "location": "header", "locationName": f"X-{name}"} for name in kinds},
            },
            **{name: {"type": "list", "member": {"shape": item}} for name, item in kinds.items()},
            "Text": {"type": "string"},
            "Number": {"type": "integer"},
            "Moment": {"type": "timestamp"},
        },
    }
    return ingest.spec_from_documents("x", model, botocore="", source="", digest="").service


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Texts", "a, b", ["a", "b"]),
        ("Texts", 'a,"b,c", "d\\"e"', ["a", "b,c", 'd"e']),
        ("Texts", "", []),
        ("Numbers", "1, -2,3", [1, -2, 3]),
    ],
)
def test_lists_in_headers(name: str, text: str, value: list[Any]) -> None:
    service = lists()
    response = Response(200, {f"x-{name.lower()}": text}, b"")
    answer = codec_for(service).decode_response(service, service.operations["Get"], response)
    assert answer.output == {name: value}
    assert answer.problems == ()


def test_moments_in_a_header_list_have_commas_of_their_own() -> None:
    service = lists()
    text = "Thu, 02 Jan 2020 00:00:00 GMT, Fri, 03 Jan 2020 00:00:00 GMT"
    answer = codec_for(service).decode_response(
        service, service.operations["Get"], Response(200, {"x-moments": text}, b"")
    )
    assert [time.day for time in answer.output["Moments"]] == [2, 3]


def test_an_input_that_is_a_stream_is_inexpressible() -> None:
    with pytest.raises(Inexpressible, match="event stream"):
        request_for("bedrock-runtime", "InvokeModelWithBidirectionalStream", {"modelId": "m", "body": {}})
