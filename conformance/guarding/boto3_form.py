"""Params and outputs in the form that boto3 has them, as values of the model, without repairing what is wrong.

what boto3 takes, too       file objects, tuples, text for times, decimals      --> the value of the shape
what boto3 adds or opens    ResponseMetadata, bodies to be read, policies       --> left out, or a value of the shape
what a record cannot hold   files, objects of the user's own, long bodies       --> what they are, in angle brackets
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.specs.model import FLOAT_TYPES, STRING_TYPES, Service, Shape
from conformance.values.paths import Key, Path
from conformance.wire.message import Problem

# Members that botocore adds to outputs: the second is the text of a header that holds no time.
SDK_MEMBERS = frozenset({"ResponseMetadata", "ExpiresString"})

# How the names of members end whose text botocore replaces by the document that it holds.
DECODED_MEMBERS = ("PolicyDocument", "Document", "TemplateBody")

# The longest body of a request that a record holds, in bytes.
LONGEST_RECORDED = 4096

_TIME = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


@dataclass(slots=True)
class Boto3Form:
    """Reads values; `problems` are the members that the model does not have.

    With `is_input` the value is what a client is given, which may have more forms than what it returns. With
    `is_final` it is what a client returned to its caller: botocore has opened the documents in it.
    """

    service: Service
    is_input: bool = False
    is_final: bool = False
    problems: list[Problem] = field(default_factory=list)

    def read(self, shape: Shape, value: Any, path: Path = ()) -> Any:
        """The value with what boto3 allows beside the model replaced."""
        if value is None or shape.document:
            return value
        if shape.type == "structure" and isinstance(value, Mapping):
            return self._structure(shape, value, path)
        if shape.element is not None and isinstance(value, (list, tuple)):
            element = self.service.target(shape.element)
            return [self.read(element, item, (*path, index)) for index, item in enumerate(value)]
        if shape.value is not None and isinstance(value, Mapping):
            target = self.service.target(shape.value)
            return {key: self.read(target, item, (*path, Key(str(key)))) for key, item in value.items()}
        return self._scalar(shape, value, path)

    def _structure(self, shape: Shape, value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, item in value.items():
            member = shape.members.get(name)
            if member is None:
                if path or name not in SDK_MEMBERS:
                    text = abbreviated(str(name), 60)
                    self.problems.append(Problem("members", (*path, str(name)), "a member of the model", text))
                continue
            target = self.service.target(member)
            if target.event_stream or member.jsonvalue:
                continue
            found[name] = self.read(target, item, (*path, name))
        return found

    def _scalar(self, shape: Shape, value: Any, path: Path) -> Any:
        if shape.type == "blob":
            return self._blob(value)
        if shape.type == "timestamp" and self.is_input and isinstance(value, (str, int, float, datetime.date)):
            return _TIME
        if shape.type in FLOAT_TYPES and isinstance(value, decimal.Decimal):
            return float(value)
        if shape.type in STRING_TYPES and isinstance(value, (dict, list)) and self._is_document(path):
            with contextlib.suppress(TypeError, ValueError):  # no document: a key that is no text, a circle
                return json.dumps(value, default=str)
        return value

    def _blob(self, value: Any) -> Any:
        if isinstance(value, str) and self.is_input:
            return value.encode("utf-8", "surrogatepass")
        if isinstance(value, (bytearray, memoryview)):
            return bytes(value)
        return None if hasattr(value, "read") else value

    def _is_document(self, path: Path) -> bool:
        """Whether a text may be there as the object that it holds: botocore opens some, and writes some."""
        if self.is_input:
            return len(path) == 1
        return self.is_final and bool(path) and str(path[-1]).endswith(DECODED_MEMBERS)


def recordable(value: Any) -> Any:
    """Params as a record can hold them: data and times stay, of all else there is only what it is."""
    if isinstance(value, Mapping):
        return {str(key): recordable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [recordable(item) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        body = bytes(value)
        return body if len(body) <= LONGEST_RECORDED else f"<{len(body)} bytes>"
    if value is None or isinstance(value, (str, int, float, datetime.datetime)):
        return value
    return str(value) if isinstance(value, (datetime.date, decimal.Decimal)) else f"<{type(value).__name__}>"
