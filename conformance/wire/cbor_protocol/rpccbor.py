"""Smithy RPC v2 with CBOR bodies: one map in, one map out, the operation in the path.

POST /service/<service>/operation/<operation>   smithy-protocol: rpc-v2-cbor   Content-Type: application/cbor
200  smithy-protocol: rpc-v2-cbor   {"Member": ...}
400  smithy-protocol: rpc-v2-cbor   {"__type": "com.amazon#ValidationException", "message": ...}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, Operation, Service, Shape
from conformance.values.paths import Edit
from conformance.wire import eventstream
from conformance.wire.cbor_protocol.cbor import NotCbor, Single, Tagged, dump_cbor, parse_cbor
from conformance.wire.conventions import NO_SUCH_OPERATION, host_prefix, is_error
from conformance.wire.json_protocols.jsonerrors import tree_error
from conformance.wire.json_protocols.jsonform import JSON_FORM
from conformance.wire.json_protocols.jsontext import Fields, describe
from conformance.wire.message import Answer, Decoded, Problem, Request, Response
from conformance.wire.raw import WireValue, mark_edits
from conformance.wire.timestamps import UNIX, read_timestamp, write_timestamp
from conformance.wire.traits import event_stream_member
from conformance.wire.tree import TreeReader, ValueForm, write_structure

_PROTOCOL = "rpc-v2-cbor"
_CONTENT_TYPE = "application/cbor"
_EPOCH_TAG = 1
_MAP = "one CBOR map"


def _write(kind: str, _stamp: str | None, value: Any) -> Any:
    if kind == "timestamp":
        return Tagged(_EPOCH_TAG, write_timestamp(value, UNIX))
    if kind == "blob":
        return value.encode("utf-8") if isinstance(value, str) else bytes(value)
    if kind == "float":
        return Single(float(value))
    return float(value) if kind in FLOAT_TYPES else value


def _read(kind: str, _stamp: str | None, raw: Any) -> Any:
    if kind == "timestamp":
        if not isinstance(raw, Tagged) or raw.tag != _EPOCH_TAG or isinstance(raw.value, str):
            raise ValueError("epoch seconds with tag 1")
        return read_timestamp(raw.value, UNIX)
    if kind == "blob":
        if not isinstance(raw, bytes):
            raise ValueError("a byte string")
        return raw
    if kind in FLOAT_TYPES and isinstance(raw, str):
        raise ValueError("a number")
    if kind in INTEGER_TYPES and isinstance(raw, float):
        raise ValueError("an integer")
    return JSON_FORM.read(kind, None, raw)


def _raw(value: Any) -> Any:
    if isinstance(value, WireValue):
        return _raw(value.value)
    if isinstance(value, datetime):
        return Tagged(_EPOCH_TAG, write_timestamp(value, UNIX))
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_raw(item) for item in value]
    return value


CBOR_FORM = ValueForm(write=_write, read=_read, raw=_raw)


class RpcV2Cbor:
    """Codec of `smithy-rpc-v2-cbor`."""

    name = "smithy-rpc-v2-cbor"

    def encode(
        self, service: Service, operation: Operation, params: Mapping[str, Any], edits: Sequence[Edit] = ()
    ) -> Request:
        """See `Codec.encode`: the params as one CBOR map, no body where the operation has no input."""
        shape = service.input_of(operation)
        eventstream.refuse_event_stream_input(service, shape)
        value = mark_edits(params, edits)
        tree = write_structure(service, shape, value, CBOR_FORM)
        body = dump_cbor(tree) if operation.input or tree else b""
        stream = event_stream_member(service, service.output_of(operation)) is not None
        return self._request(service, operation.name, body, host_prefix(service, operation, value), stream)

    def decode_request(self, service: Service, operation: Operation, request: Request) -> Decoded:
        """See `Codec.decode_request`: the body against the input shape."""
        reader = TreeReader(service, CBOR_FORM, null_members=False)
        try:
            tree = parse_cbor(request.body) if request.body else Fields([])
        except NotCbor as problem:
            return Decoded(None, (Problem("body", (), _MAP, str(problem)),))
        value = reader.structure(service.input_of(operation), tree)
        return Decoded(value, tuple(reader.problems))

    def decode_response(self, service: Service, operation: Operation, response: Response) -> Answer:
        """See `Codec.decode_response`: the body against the output shape, or as an error."""
        shape = service.output_of(operation)
        error = is_error(response)
        if not error and event_stream_member(service, shape):
            return eventstream.stream_answer(service, shape, response, _read_initial)
        tree, problems = _read_map(response)
        if tree is None:
            return Answer(response.status, False, problems=problems)
        reader = TreeReader(service, CBOR_FORM, True, frozenset({"__type"}), list(problems))
        if error:
            return tree_error(service, operation, response, tree, reader)
        output = reader.structure(shape, tree, ignored=() if operation.output else tree)
        return Answer(response.status, True, output, problems=tuple(reader.problems))

    def unknown_operation(self, service: Service) -> Request:
        """See `Codec.unknown_operation`: the path of an operation that no service has."""
        return self._request(service, NO_SUCH_OPERATION, dump_cbor({}))

    def broken_body(self, service: Service, operation: Operation) -> Request | None:
        """See `Codec.broken_body`: a map that is never closed; None without an input."""
        return self._request(service, operation.name, b"\xbf\x61") if operation.input else None

    def _request(
        self, service: Service, operation: str, body: bytes, prefix: str = "", stream: bool = False
    ) -> Request:
        headers = [("smithy-protocol", _PROTOCOL)]
        if service.query_compatible:
            headers.append(("x-amzn-query-mode", "true"))
        headers.append(("Accept", eventstream.CONTENT_TYPE if stream else _CONTENT_TYPE))
        if body:
            headers.append(("Content-Type", _CONTENT_TYPE))
        path = f"/service/{service.target_prefix or service.name}/operation/{operation}"
        return Request("POST", path, headers=tuple(headers), body=body, host_prefix=prefix)


def _read_map(response: Response) -> tuple[Fields | None, tuple[Problem, ...]]:
    if not response.body:
        if is_error(response):
            return None, (Problem("body", (), "an error as a CBOR map", "nothing"),)
        return Fields([]), ()
    try:
        tree = parse_cbor(response.body)
    except NotCbor as problem:
        return None, (Problem("body", (), _MAP, str(problem)),)
    if not isinstance(tree, Fields):
        return None, (Problem("body", (), _MAP, describe(tree)),)
    return tree, tuple(_header_problems(response.headers))


def _header_problems(headers: Mapping[str, str]) -> list[Problem]:
    problems = []
    media = headers.get("content-type", "none")
    if media.split(";")[0].strip().lower() != _CONTENT_TYPE:
        problems.append(Problem("content-type", (), _CONTENT_TYPE, media))
    protocol = headers.get("smithy-protocol", "none")
    if protocol != _PROTOCOL:
        problems.append(Problem("envelope", (), f"header smithy-protocol: {_PROTOCOL}", protocol))
    return problems


def _read_initial(service: Service, shape: Shape, body: bytes) -> Decoded:
    reader = TreeReader(service, CBOR_FORM, True, frozenset({"__type"}))
    try:
        value = reader.structure(shape, parse_cbor(body))
    except NotCbor as problem:
        return Decoded({}, (Problem("body", (), _MAP, str(problem)),))
    return Decoded(value, tuple(reader.problems))
