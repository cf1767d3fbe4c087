"""The JSON protocols 1.0 and 1.1: one object in, one object out, the operation in a header.

POST /   X-Amz-Target: Prefix.Operation   Content-Type: application/x-amz-json-1.1   {"Member": ...}
200      Content-Type: application/x-amz-json-1.1   {"Member": ...}
400      x-amzn-errortype or {"__type": "ValidationException", "message": ...}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.specs.model import Operation, Service
from conformance.values.paths import Edit
from conformance.wire import eventstream
from conformance.wire.conventions import NO_SUCH_OPERATION, host_prefix, is_error
from conformance.wire.json_protocols.jsonerrors import tree_error
from conformance.wire.json_protocols.jsonform import JSON_FORM
from conformance.wire.json_protocols.jsontext import Fields, NotJson, describe, dump_json, parse_json
from conformance.wire.message import Answer, Decoded, Problem, Request, Response
from conformance.wire.raw import mark_edits
from conformance.wire.traits import event_stream_member
from conformance.wire.tree import TreeReader, write_structure

_CONTENT_TYPE = "application/x-amz-json-"


class AwsJson:
    """Codec of `json`, both versions; the version is the service's."""

    name = "json"

    def encode(
        self, service: Service, operation: Operation, params: Mapping[str, Any], edits: Sequence[Edit] = ()
    ) -> Request:
        """See `Codec.encode`: the params as one JSON object, edits made in it as they are."""
        shape = service.input_of(operation)
        eventstream.refuse_event_stream_input(service, shape)
        value = mark_edits(params, edits)
        tree = write_structure(service, shape, value, JSON_FORM)
        prefix = host_prefix(service, operation, value)
        return self._request(service, operation.name, dump_json(tree), operation.method, prefix)

    def decode_request(self, service: Service, operation: Operation, request: Request) -> Decoded:
        """See `Codec.decode_request`: the body against the input shape."""
        try:
            tree = parse_json(request.body)
        except NotJson as problem:
            return Decoded(None, (Problem("body", (), "one JSON object", str(problem)),))
        reader = TreeReader(service, JSON_FORM, null_members=False)
        value = reader.structure(service.input_of(operation), tree)
        return Decoded(value, tuple(reader.problems))

    def decode_response(self, service: Service, operation: Operation, response: Response) -> Answer:
        """See `Codec.decode_response`: the body against the output shape, or as an error."""
        shape = service.output_of(operation)
        error = is_error(response)
        if not error and event_stream_member(service, shape):
            return eventstream.stream_answer(service, shape, response, _read_initial)
        tree, problems = read_object(response, (_CONTENT_TYPE,))
        if tree is None:
            return Answer(response.status, False, problems=problems)
        reader = TreeReader(service, JSON_FORM, True, frozenset({"__type"}), list(problems))
        if error:
            return tree_error(service, operation, response, tree, reader)
        output = reader.structure(shape, tree, ignored=() if operation.output else tree)
        return Answer(response.status, True, output, problems=tuple(reader.problems))

    def unknown_operation(self, service: Service) -> Request:
        """See `Codec.unknown_operation`: a target that no service has."""
        return self._request(service, NO_SUCH_OPERATION, b"{}")

    def broken_body(self, service: Service, operation: Operation) -> Request | None:
        """See `Codec.broken_body`: an object that is never closed."""
        return self._request(service, operation.name, b'{"', operation.method)

    def _request(
        self, service: Service, operation: str, body: bytes, method: str = "POST", prefix: str = ""
    ) -> Request:
        headers = [
            ("X-Amz-Target", f"{service.target_prefix or service.name}.{operation}"),
            ("Content-Type", f"{_CONTENT_TYPE}{service.json_version or '1.0'}"),
        ]
        if service.query_compatible:
            headers.append(("x-amzn-query-mode", "true"))
        return Request(method, "/", headers=tuple(headers), body=body, host_prefix=prefix)


def read_object(response: Response, content_types: tuple[str, ...]) -> tuple[Fields | None, tuple[Problem, ...]]:
    """The JSON object in a body and what is wrong with it; no object where the body is something else.

    An empty body counts as an empty object in a success, and in an error whose code is in a header.
    """
    if not response.body:
        if is_error(response) and "x-amzn-errortype" not in response.headers:
            return None, (Problem("body", (), "an error as a JSON object", "nothing"),)
        return Fields([]), ()
    try:
        tree = parse_json(response.body)
    except NotJson as problem:
        return None, (Problem("body", (), "one JSON object", str(problem)),)
    if not isinstance(tree, Fields):
        return None, (Problem("body", (), "one JSON object", describe(tree)),)
    return tree, json_type(response, content_types)


def json_type(response: Response, content_types: tuple[str, ...]) -> tuple[Problem, ...]:
    """The problem with the media type of a JSON body, if there is one; the types are beginnings of what is right."""
    got = response.headers.get("content-type")
    if got is not None and got.strip().lower().startswith(content_types):
        return ()
    return (Problem("content-type", (), " or ".join(content_types).replace("json-", "json-1.x"), got or "none"),)


def _read_initial(service: Service, shape: Any, body: bytes) -> Decoded:
    reader = TreeReader(service, JSON_FORM, True, frozenset({"__type"}))
    try:
        value = reader.structure(shape, parse_json(body))
    except NotJson as problem:
        return Decoded({}, (Problem("body", (), "one JSON object", str(problem)),))
    return Decoded(value, tuple(reader.problems))
