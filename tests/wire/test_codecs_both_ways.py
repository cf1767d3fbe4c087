"""Requests for generated params: equal to botocore's, and read back to the very params.

The strategies are small and know no constraints of the model but required members: what a value means does not
matter on the wire.
"""

from __future__ import annotations

import functools
import gzip
import json
import math
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl

import botocore.serialize
import pytest
from botocore.model import ServiceModel
from botocore.utils import percent_encode_sequence
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conformance.specs import ingest
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, Member, Operation, Service, Shape
from conformance.wire.message import Codec, Decoded, Inexpressible, Request
from conformance.wire.protocols import codec_for
from conformance.wire.traits import event_stream_member
from doubles.botocore_versions import botocore_writes_fractions, installed_is_older
from doubles.stored_specs import stored_service

SERVICES = [
    ("json", "dynamodb"),
    ("json", "sagemaker"),
    ("json", "sqs"),
    ("json", "logs"),
    ("query", "iam"),
    ("query", "autoscaling"),
    ("query", "cloudwatch"),
    ("query", "sdb"),
    ("ec2", "ec2"),
    ("rest-json", "lambda"),
    ("rest-json", "apigateway"),
    ("rest-json", "iot-data"),
    ("rest-json", "sagemaker-runtime"),
    ("rest-json", "lex-runtime"),
    ("rest-json", "amp"),
    ("rest-xml", "s3"),
    ("rest-xml", "cloudfront"),
    ("rest-xml", "route53"),
    ("rest-xml", "s3control"),
    ("smithy-rpc-v2-cbor", "cloudwatch"),
    ("smithy-rpc-v2-cbor", "acm-pca"),
]

MANY = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"), min_size=1, max_size=6)
PRINTED = st.characters(min_codepoint=32, max_codepoint=0x1F600, exclude_categories=["Cs", "Cc", "Cn"])
TEXTS = st.text(PRINTED, max_size=8)
LABELS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_categories=["Cc"]), min_size=3, max_size=8
)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=6)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(timezone.utc))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


# A version of botocore whose models declare all that is in SERVICES.
ALL_PROTOCOLS = "1.44.5"


@functools.cache
def service_of(name: str) -> Service:
    return ingest.installed_spec(name).service


def declared(protocol: str, name: str) -> Service:
    """The model of a service that declares a protocol: the installed one, or what is stored; skips where neither does.

    1.40.0 declares `smithy-rpc-v2-cbor` for no service at all.
    """
    service = service_of(name)
    if protocol in service.protocols:
        return service
    assert installed_is_older(ALL_PROTOCOLS), f"{name} has lost {protocol}"
    if protocol in stored_service(name).protocols:  # of those that are stored
        return stored_service(name)
    pytest.skip(f"{name} speaks {protocol} since a later version of botocore; {ALL_PROTOCOLS} has it")


@functools.cache
def operations_of(protocol: str, name: str) -> tuple[str, ...]:
    service = declared(protocol, name)
    return tuple(
        operation.name
        for operation in service.operations.values()
        if event_stream_member(service, service.input_of(operation)) is None
        and not operation.deprecated  # some have two members of one name on the wire
    )


class Params:
    """Draws values for shapes; lists and maps are never empty where the wire cannot tell them from absent ones."""

    def __init__(self, draw: Any, service: Service, *, empties: bool) -> None:
        self.draw, self.service, self.empties = draw, service, empties

    def input(self, operation: Operation) -> dict[str, Any]:
        shape = self.service.input_of(operation)
        return {name: self.top(member) for name, member in self.members(shape, 0)}

    def members(self, shape: Shape, depth: int) -> list[tuple[str, Member]]:
        if shape.union:
            names = [self.draw(st.sampled_from(sorted(shape.members)))] if shape.members else []
            return [(name, shape.members[name]) for name in names]
        chosen = {}
        for name, member in shape.members.items():
            needed = name in shape.required or member.location == "uri" or member.host_label
            if needed or (depth < 3 and self.draw(st.integers(0, 3 if len(shape.members) < 12 else 7)) == 0):
                chosen[name] = member
        if not chosen and shape.members and depth and not self.empties:
            name = self.draw(st.sampled_from(sorted(shape.members)))
            chosen[name] = shape.members[name]
        return list(chosen.items())

    def top(self, member: Member) -> Any:
        shape = self.service.target(member)
        if member.host_label:
            return self.draw(TOKENS)
        if member.jsonvalue and member.location == "header":
            return {"": self.draw(PLAIN)}
        if shape.document:  # null is absent there
            return {"": self.draw(PLAIN)}
        if shape.type == "string" and member.location == "uri":
            return self.draw(LABELS)
        if member.location in ("header", "headers"):
            return self.header(shape)
        return self.value(member, 0)

    def header(self, shape: Shape) -> Any:
        if shape.type == "map":
            return self.draw(st.dictionaries(TOKENS, WORDS, min_size=1, max_size=2))
        if shape.type == "list":
            return self.draw(st.lists(WORDS, min_size=1, max_size=3))
        if shape.type == "timestamp":
            return self.draw(MOMENTS).replace(microsecond=0)
        return self.draw(WORDS) if shape.type == "string" and not shape.enum else self.scalar(shape)

    def value(self, member: Member, depth: int) -> Any:
        shape = self.service.target(member)
        if shape.document:
            return self.draw(PLAIN)
        if shape.type == "structure":
            return {name: self.value(item, depth + 1) for name, item in self.members(shape, depth + 1)}
        least = 0 if self.empties or depth > 6 else 1
        count = self.draw(st.integers(least, 2 if depth < 3 else least))
        if shape.type == "list" and shape.element is not None:
            return [self.value(shape.element, depth + 1) for _ in range(count)]
        if shape.type == "map" and shape.value is not None:
            keys = self.draw(st.lists(TOKENS, min_size=count, max_size=count, unique=True))
            return {key: self.value(shape.value, depth + 1) for key in keys}
        return self.scalar(shape)

    def scalar(self, shape: Shape) -> Any:
        return self.draw(st.sampled_from(shape.enum) if shape.enum else SCALARS[shape.type])


SCALARS: Mapping[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "character": TEXTS,
    "boolean": st.booleans(),
    "blob": st.binary(max_size=8),
    "timestamp": MOMENTS,
    "float": st.floats(width=32),
    **dict.fromkeys(FLOAT_TYPES - {"float"}, st.floats()),
    **dict.fromkeys(INTEGER_TYPES, st.integers(-(2**31), 2**31 - 1)),
}


def drawn(data: st.DataObject, protocol: str, name: str) -> tuple[Service, Operation, dict[str, Any]]:
    service = declared(protocol, name)
    operation = service.operations[data.draw(st.sampled_from(operations_of(protocol, name)))]
    empties = protocol in ("json", "smithy-rpc-v2-cbor")
    return service, operation, Params(data.draw, service, empties=empties).input(operation)


def encoded(codec: Codec, service: Service, operation: Operation, params: dict[str, Any]) -> Request:
    """The request; examples that ask for a checksum that nobody computes here are none."""
    try:
        return codec.encode(service, operation, params)
    except Inexpressible as problem:
        assume("checksums of" not in str(problem))
        raise


@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "name"), SERVICES)
@MANY
@given(data=st.data())
def test_requests_are_read_back_unchanged(protocol: str, name: str, data: st.DataObject) -> None:
    service, operation, params = drawn(data, protocol, name)
    codec = codec_for(service, protocol)
    request = encoded(codec, service, operation, params)
    decoded = codec.decode_request(service, operation, request)
    assert decoded.problems == ()
    shape = service.input_of(operation)
    read = {name: item for name, item in decoded.value.items() if name in params or not is_added(shape, name)}
    assert same(read, pruned(service, shape, params)), (decoded, request)


def is_added(shape: Shape, name: str) -> bool:
    """Whether a codec may add the member: checksums that are asked for, the type of a body, an absent payload."""
    label = (shape.members[name].location_name or "").lower()
    return label in ("content-md5", "content-type") or label.startswith("x-amz-checksum-") or name == shape.payload


def pruned(service: Service, shape: Shape, value: dict[str, Any]) -> dict[str, Any]:
    """What a REST request does not keep: an empty payload."""
    payload = shape.payload
    if payload and service.target(shape.members[payload]).type in ("blob", "string") and not value.get(payload):
        return {name: item for name, item in value.items() if name != payload}
    return value


def same(left: Any, right: Any) -> bool:
    """Equality where NaN equals NaN and 1 is not True."""
    return bool(comparable(left) == comparable(right))


def comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, float):
        return ("float", repr(value)) if math.isnan(value) else ("number", float(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return ("number", value)
    return (type(value).__name__, value)


@functools.cache
def botocore_model(name: str) -> ServiceModel:
    # Straight from the file: botocore's loader would add the parameters that exist for SDKs only.
    path = ingest.data_directory() / name / service_of(name).api_version / "service-2.json.gz"
    return ServiceModel(json.loads(gzip.decompress(path.read_bytes())), service_name=name)


@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "name"), SERVICES)
@MANY
@given(data=st.data())
def test_requests_are_those_of_botocore(protocol: str, name: str, data: st.DataObject) -> None:
    if protocol not in service_of(name).protocols:
        assert installed_is_older(ALL_PROTOCOLS), f"{name} has lost {protocol}"
        pytest.skip(f"{name} speaks {protocol} since a later version of botocore; {ALL_PROTOCOLS} has it")
    service, operation, params = drawn(data, protocol, name)
    if not botocore_writes_fractions():
        params = in_whole_seconds(params)
    ours = encoded(codec_for(service, protocol), service, operation, params)
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    theirs = serializer.serialize_to_request(params, botocore_model(name).operation_model(operation.name))
    assert ours.method == theirs["method"]
    assert (ours.path, sorted(ours.query)) == location(theirs)
    assert ours.host_prefix == (theirs.get("host_prefix") or "")
    assert ours.body == body(theirs)
    check_headers(protocol, ours, theirs)


def in_whole_seconds(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, dict):
        return {key: in_whole_seconds(item) for key, item in value.items()}
    return [in_whole_seconds(item) for item in value] if isinstance(value, list) else value


def location(theirs: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    path, _, fixed = theirs["url_path"].partition("?")
    encoded = percent_encode_sequence(theirs.get("query_string") or {})
    query = parse_qsl("&".join(filter(None, (fixed, encoded))), keep_blank_values=True)
    return path, sorted(query)


def body(theirs: Mapping[str, Any]) -> bytes:
    content = theirs["body"]
    if isinstance(content, dict):
        return bytes(percent_encode_sequence(content).encode())
    return content.encode() if isinstance(content, str) else bytes(content)


def check_headers(protocol: str, ours: Request, theirs: Mapping[str, Any]) -> None:
    mine = {name.lower(): value for name, value in ours.headers}
    assert len(mine) == len(ours.headers)
    expected = {name.lower(): value for name, value in theirs["headers"].items()}
    extra = mine.keys() - expected.keys()
    # What botocore leaves to handlers (checksums), or leaves out (the type of bodies in the REST protocols).
    allowed = {"content-md5", "content-type"}
    assert {name for name in extra if not name.startswith("x-amz-checksum-")} <= (
        allowed if protocol.startswith("rest-") else set()
    )
    assert {name: mine.get(name) for name in expected} == expected


@MANY
@given(tree=PLAIN)
def test_documents_are_kept_as_they_are(tree: Any) -> None:
    members = {"doc": {"shape": "Doc"}}
    model = {
        "metadata": {"apiVersion": "1", "endpointPrefix": "x", "protocol": "json", "targetPrefix": "X"},
        "operations": {"Put": {"input": {"shape": "In"}}},
        "shapes": {
            "In": {"type": "structure", "members": members},
            "Doc": {"type": "structure", "members": {}, "document": True},
        },
    }
    service = ingest.spec_from_documents("x", model, botocore="", source="", digest="").service
    codec = codec_for(service)
    request = codec.encode(service, service.operations["Put"], {"doc": tree})
    assert json.loads(request.body) == {"doc": tree}
    assert codec.decode_request(service, service.operations["Put"], request) == Decoded({"doc": tree})
