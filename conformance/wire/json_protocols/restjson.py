"""REST-JSON: JSON bodies, errors whose code is in a header or in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.specs.model import Member, Operation, Service, Shape
from conformance.wire.json_protocols.awsjson import json_type, read_object
from conformance.wire.json_protocols.jsonerrors import tree_error
from conformance.wire.json_protocols.jsonform import JSON_FORM
from conformance.wire.json_protocols.jsontext import NotJson, dump_json, parse_json
from conformance.wire.located_reader import body_member_names
from conformance.wire.message import Answer, Decoded, Problem, Response
from conformance.wire.rest import Rest
from conformance.wire.tree import TreeReader, write_structure, write_tree

_MEDIA_TYPE = "application/json"
# The second is what the front ends of some services of this protocol answer with.
_MEDIA_TYPES = (_MEDIA_TYPE, "application/x-amz-json-")
_IGNORED = frozenset({"__type"})


@dataclass(frozen=True, slots=True)
class JsonBody:
    """See `Body`."""

    empty: bytes = b"{}"
    media_type: str = _MEDIA_TYPE
    broken: bytes = b'{"'

    def write_payload(self, service: Service, name: str, member: Member, value: Any) -> bytes:
        """The payload's value is the whole document."""
        return dump_json(write_tree(service, member, value, JSON_FORM))

    def write_members(self, service: Service, operation: Operation, value: Mapping[str, Any]) -> bytes:
        """One object with the members."""
        return dump_json(write_structure(service, service.input_of(operation), value, JSON_FORM))

    def read_payload(self, service: Service, name: str, member: Member, body: bytes, answer: bool) -> Decoded:
        """The whole document is the payload's value."""
        reader = TreeReader(service, JSON_FORM, answer, _IGNORED if answer else frozenset())
        try:
            tree = parse_json(body)
        except NotJson as problem:
            return Decoded(None, (Problem("body", (), "one JSON value", str(problem)),))
        if tree is None and not service.target(member).document:
            return Decoded(None, (Problem("null", (name,), "a value or no body", "null"),) if answer else ())
        return Decoded(reader.value(member, tree, (name,)), tuple(reader.problems))

    def read_members(self, service: Service, shape: Shape, body: bytes, answer: bool) -> Decoded:
        """One object with the members."""
        reader = TreeReader(service, JSON_FORM, answer, _IGNORED if answer else frozenset())
        try:
            tree = parse_json(body)
        except NotJson as problem:
            return Decoded({}, (Problem("body", (), "one JSON object", str(problem)),))
        if not isinstance(tree, dict):
            name = "body" if answer else "type"
            return Decoded({}, (Problem(name, (), "one JSON object", type(tree).__name__),))
        value = reader.structure(
            shape, tree, names=body_member_names(shape, answer=answer), ignored=() if shape.name else tree
        )
        return Decoded(value, tuple(reader.problems))

    def content_type(self, response: Response) -> tuple[Problem, ...]:
        """application/json, with or without parameters."""
        return json_type(response, _MEDIA_TYPES)

    def error(self, service: Service, operation: Operation, response: Response) -> Answer:
        """The code from header or body, the error's members from headers and body."""
        tree, problems = read_object(response, _MEDIA_TYPES)
        if tree is None:
            return Answer(response.status, False, problems=problems)
        reader = TreeReader(service, JSON_FORM, True, _IGNORED, list(problems))
        return tree_error(service, operation, response, tree, reader)

    def hidden_error(self, service: Service, operation: Operation, response: Response) -> Answer | None:
        """None: a success is a success."""
        return None


REST_JSON = Rest("rest-json", JsonBody())
