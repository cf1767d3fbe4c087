"""Errors whose body is a tree: JSON, REST-JSON and RPC v2 CBOR.

The code is in a header, in the body, or in both; the message is in the body under one of three names:

    x-amzn-errortype: ValidationException:http://internal/coral/    {"__type": "com.amazon.coral#ValidationException",
    x-amzn-query-error: InvalidInput;Sender                          "message": "1 validation error detected: ..."}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.specs.model import Operation, Service
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Answer, ErrorAnswer, Problem, Response
from conformance.wire.traits import error_shape
from conformance.wire.tree import TreeReader

_CODES = ("__type", "code", "Code")
_MESSAGES = ("message", "Message", "errorMessage")
_ENVELOPE = frozenset({*_CODES, *_MESSAGES})


def clean_code(raw: str) -> str:
    """A code without the namespace before `#` and the URI after `:`."""
    return raw.strip().split(":", 1)[0].rsplit("#", 1)[-1]


def tree_error(
    service: Service,
    operation: Operation,
    response: Response,
    tree: Mapping[str, Any],
    reader: TreeReader,
    located: Mapping[str, Any] | None = None,
) -> Answer:
    """The error of a parsed body and its headers; `located` are members that were read from other places."""
    problems = reader.problems
    sources = _sources(response.headers, tree, problems)
    query_code = response.headers.get("x-amzn-query-error", "").split(";")[0] or None
    code = sources.get("header") or sources.get("body")
    if code is None:
        problems.append(Problem("envelope", (), "an error code in a header or the body", "none"))
    if query_code:
        sources["query"] = query_code
    message = _message(tree, problems)
    members = {**_members(service, operation, code, tree, reader, message), **(located or {})}
    error = ErrorAnswer(code, message, sources, members, query_code)
    return Answer(response.status, True, error=error, problems=tuple(problems))


def _sources(headers: Mapping[str, str], tree: Mapping[str, Any], problems: list[Problem]) -> dict[str, str]:
    sources = {}
    header = clean_code(headers.get("x-amzn-errortype", ""))
    if header:
        sources["header"] = header
    for key in _CODES:
        raw = tree.get(key)
        if raw is None:
            continue
        if not isinstance(raw, str):
            problems.append(Problem("type", (key,), "an error code as a string", describe(raw)))
        elif clean_code(raw):
            sources.setdefault("body", clean_code(raw))
    return sources


def _message(tree: Mapping[str, Any], problems: list[Problem]) -> str | None:
    for key in _MESSAGES:
        raw = tree.get(key)
        if isinstance(raw, str):
            return raw
        if raw is not None:
            problems.append(Problem("type", (key,), "a message as a string", describe(raw)))
    return None


def _members(
    service: Service,
    operation: Operation,
    code: str | None,
    tree: Mapping[str, Any],
    reader: TreeReader,
    message: str | None,
) -> dict[str, Any]:
    shape = error_shape(service, operation, code)
    if shape is None:
        return {}
    names = [name for name, member in shape.members.items() if member.location is None]
    own = {name for name in names if name in _ENVELOPE}
    members: dict[str, Any] = reader.structure(shape, tree, names=set(names) - own, ignored=_ENVELOPE)
    for name in own:
        if name.lower() == "message" and message is not None:
            members[name] = message
        elif tree.get(name) is not None:
            members[name] = tree[name]
    return members
