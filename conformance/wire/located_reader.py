"""Reads members that are not in a body: from the path, query string and headers of a request, or from the
headers and status of an answer.

    Request  --read_request-->  {member: value} + problems
    Response --read_answer--->  {member: value} + problems
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from conformance.specs.model import Member, Operation, Service, Shape
from conformance.values.paths import Key, Path
from conformance.wire.input_locations import LABEL, located_name
from conformance.wire.json_protocols.jsontext import NotJson, describe, parse_json
from conformance.wire.message import Problem, Request, Response
from conformance.wire.scalar_text import read_text
from conformance.wire.timestamps import ISO8601, RFC822
from conformance.wire.traits import timestamp_format

_LIST_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)')


_OF_ANSWERS = ("header", "headers", "statusCode")
_OF_REQUESTS = ("uri", "querystring", "header", "headers")


@dataclass(slots=True)
class LocatedReader:
    """Reads texts by their shapes, and collects what is wrong in `problems`."""

    service: Service
    problems: list[Problem] = field(default_factory=list)

    def read_request(self, operation: Operation, request: Request) -> dict[str, Any]:
        """The input members in the path, the query string and the headers."""
        shape = self.service.input_of(operation)
        value = self._labels(shape, operation.uri, request.path)
        value.update(self._queries(shape, operation.uri, request.query))
        value.update(self._headers(shape, dict(request.headers)))
        value.update(self._prefixed(shape, dict(request.headers), empties=False))
        return value

    def read_answer(self, shape: Shape, response: Response) -> dict[str, Any]:
        """The members of an output or an error in the headers and the status."""
        value = self._headers(shape, response.headers)
        value.update(self._prefixed(shape, response.headers, empties=True))
        for name, member in shape.members.items():
            if member.location == "statusCode":
                value[name] = response.status
        return value

    def _labels(self, shape: Shape, uri: str, path: str) -> dict[str, Any]:
        template = uri.partition("?")[0]
        pattern, names, position = "", [], 0
        for match in LABEL.finditer(template):
            pattern += re.escape(template[position : match.start()])
            pattern += "(.+)" if match[2] else "([^/]+)"
            names.append(match[1])
            position = match.end()
        found = re.fullmatch(pattern + re.escape(template[position:]), path)
        if found is None:
            self.problems.append(Problem("envelope", (), f"a path like {template}", path))
            return {}
        texts = dict(zip(names, map(unquote, found.groups()), strict=True))
        members = _at(self.service, shape, "uri")
        return {
            name: self._scalar(member, texts[label], (name,), ISO8601)
            for label, (name, member) in members.items()
            if label in texts
        }

    def _queries(self, shape: Shape, uri: str, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
        fixed = parse_qsl(uri.partition("?")[2], keep_blank_values=True)
        texts: dict[str, list[str]] = {}
        for key, text in pairs:
            if (key, text) not in fixed:
                texts.setdefault(key, []).append(text)
        value: dict[str, Any] = {}
        maps: list[tuple[str, Shape]] = []
        for label, (name, member) in _at(self.service, shape, "querystring").items():
            target = self.service.target(member)
            if target.type == "map":
                maps.append((name, target))
            elif label in texts:
                value[name] = self._repeated(member, texts.pop(label), (name,))
        for name, target in maps:
            value.update(self._query_map(name, target, texts))
        if not maps:
            for key, found in texts.items():
                self.problems.append(Problem("members", (key,), "a parameter of the operation", describe(found)))
        return value

    def _query_map(self, name: str, shape: Shape, texts: Mapping[str, list[str]]) -> dict[str, Any]:
        member = shape.value
        if not texts or member is None:
            return {}
        return {name: {key: self._repeated(member, found, (name, Key(key))) for key, found in texts.items()}}

    def _repeated(self, member: Member, texts: list[str], path: Path) -> Any:
        shape = self.service.target(member)
        if shape.type == "list" and shape.element is not None:
            element = shape.element
            return [self._scalar(element, text, (*path, at), ISO8601) for at, text in enumerate(texts)]
        if len(texts) > 1:
            self.problems.append(Problem("duplicate", path, "one parameter", f"{len(texts)} of them"))
        return self._scalar(member, texts[0], path, ISO8601)

    def _headers(self, shape: Shape, headers: Mapping[str, str]) -> dict[str, Any]:
        lowered = {key.lower(): text for key, text in headers.items()}
        value: dict[str, Any] = {}
        for label, (name, member) in _at(self.service, shape, "header").items():
            if label.lower() in lowered:
                value[name] = self._header(member, lowered[label.lower()].strip(), (name,))
        return value

    def _prefixed(self, shape: Shape, headers: Mapping[str, str], *, empties: bool) -> dict[str, Any]:
        """Maps of headers; where there is none, an empty map in an answer, as in botocore, and nothing in a request."""
        value: dict[str, Any] = {}
        for label, (name, member) in _at(self.service, shape, "headers").items():
            found = {key[len(label) :]: text for key, text in headers.items() if _starts(key, label)}
            target = self.service.target(member)
            if target.value is not None and (found or empties):
                item = target.value
                value[name] = {key: self._header(item, text, (name, Key(key))) for key, text in found.items()}
        return value

    def _header(self, member: Member, text: str, path: Path) -> Any:
        shape = self.service.target(member)
        if shape.type == "list" and shape.element is not None:
            element = shape.element
            parts = self._parts(element, text)
            return [self._scalar(element, part, (*path, index), RFC822) for index, part in enumerate(parts)]
        if member.jsonvalue:
            return self._json(text, path)
        return self._scalar(member, text, path, RFC822)

    def _parts(self, element: Member, text: str) -> list[str]:
        kind = self.service.target(element).type
        if kind == "timestamp" and (timestamp_format(self.service, element) or RFC822) == RFC822:
            return re.findall(r"\w{3}, [^,]+", text)
        if kind != "string":
            return [part.strip() for part in text.split(",")]
        parts, position = [], 0
        while position < len(text):
            match = _LIST_ITEM.match(text, position)
            if match is None:
                return [part.strip() for part in text.split(",")]
            parts.append(match[2].strip() if match[1] is None else re.sub(r"\\(.)", r"\1", match[1]))
            position = match.end()
        return parts

    def _json(self, text: str, path: Path) -> Any:
        try:
            return parse_json(base64.b64decode(text, validate=True))
        except (NotJson, ValueError):
            self.problems.append(Problem("type", path, "JSON in base64", describe(text)))
            return text

    def _scalar(self, member: Member, text: str, path: Path, stamp: str) -> Any:
        try:
            return read_text(self.service, member, text, stamp)
        except ValueError as problem:
            self.problems.append(Problem("type", path, str(problem), describe(text)))
            return text


def body_member_names(shape: Shape, *, answer: bool = False) -> list[str]:
    """The members of a structure that its body holds; an answer has no labels and no query string."""
    elsewhere = _OF_ANSWERS if answer else _OF_REQUESTS
    return [name for name, member in shape.members.items() if member.location not in elsewhere]


def modelled_header_names(service: Service, shape: Shape) -> set[str]:
    """The headers that are members of the structure, in lower case."""
    return {label.lower() for label in _at(service, shape, "header")}


def _at(service: Service, shape: Shape, location: str) -> dict[str, tuple[str, Member]]:
    return {
        located_name(service, name, member): (name, member)
        for name, member in shape.members.items()
        if member.location == location
    }


def _starts(header: str, prefix: str) -> bool:
    return header.lower().startswith(prefix.lower())
