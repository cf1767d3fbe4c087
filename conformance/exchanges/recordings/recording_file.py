"""A recording as a file: indexed once, then read operation by operation, so that no more than one line is in memory.

    file --open_recording--> Recording -- answers_of(service, operation) --> RecordedAnswer, RecordedAnswer ...
              every line is checked       seeks the lines of that operation

It is separate from `sdk_output` because that knows what an answer means, and this only where it is.
"""

from __future__ import annotations

import base64
import binascii
import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.exceptions import BadFile
from conformance.exchanges.recordings.recorded_answers import RecordedAnswer
from conformance.record.json_form import BadValue, parsed
from conformance.record.steps import RecordedResponse
from conformance.values.text_formats import NotADocument, json_document
from conformance.wire.message import Response

_HINT = "each line is an object with service, operation, http_status and output, or a line of a record"


@dataclass(frozen=True, slots=True)
class Recording:
    """The answers in a file, in the order of its lines.

    `_places` are the lines of each service and operation: number of the line, offset in the file, by turns.
    """

    path: Path
    _places: Mapping[tuple[str, str], array[int]] = field(repr=False)

    def __iter__(self) -> Iterator[RecordedAnswer]:
        for number, _, line in _lines(self.path):
            yield from _answers(self.path, number, line)

    def answers_of(self, service: str, operation: str) -> Iterator[RecordedAnswer]:
        """The answers of one operation; raises BadFile where the file can no longer be read."""
        places = self._places.get((service, operation))
        if places is None:
            return
        with _opened(self.path) as file:
            for number, offset in zip(places[::2], places[1::2], strict=True):
                file.seek(offset)
                yield from _answers(self.path, number, file.readline())

    def operations(self) -> frozenset[tuple[str, str]]:
        """The services and operations of which the recording has answers."""
        return frozenset(self._places)

    def lines_of(self, service: str, operation: str) -> int:
        """How many lines have answers of an operation."""
        return len(self._places.get((service, operation), ())) // 2


def read_recording(path: Path) -> Recording:
    """The recording in a file; raises BadFile, with the number of the line, for a file that is none."""
    places: dict[tuple[str, str], array[int]] = {}
    for number, offset, line in _lines(path):
        for name in {(each.service, each.operation) for each in _answers(path, number, line)}:
            places.setdefault(name, array("Q")).extend((number, offset))
    if not places:
        raise BadFile(path, "holds no answers", hint="a recording has one answer a line, a record those of a run")
    return Recording(path, places)


def _opened(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """The lines that are not blank: number, offset, content. Only a line feed ends a line: JSON may hold others."""
    offset = 0
    with _opened(path) as file:
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, offset, line
                offset += len(line)
        except OSError as problem:
            raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem


def _answers(path: Path, number: int, line: bytes) -> Iterator[RecordedAnswer]:
    """The answers in a line; raises BadFile."""
    try:
        document = json_document(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except NotADocument as problem:
        raise BadFile(path, f"line {number} is {problem}", hint=_HINT) from problem
    if not isinstance(document, dict):
        raise BadFile(path, f"line {number} is not an object", hint=_HINT)
    try:
        if "type" in document and "http_status" not in document:
            yield from _of_case(document) if document["type"] == "case" else ()
        else:
            yield _of_line(number, document)
    except KeyError as problem:
        raise BadFile(path, f"line {number} lacks {problem}", hint=_HINT) from problem
    except (TypeError, ValueError) as problem:
        raise BadFile(path, f"line {number}: {problem}", hint=_HINT) from problem


def _of_line(number: int, document: Mapping[str, Any]) -> RecordedAnswer:
    """The answer of a line as an SDK shows it; raises KeyError and ValueError."""
    error, headers = document.get("error"), document.get("headers") or {}
    for name, value in (("error", error), ("headers", headers)):
        if value is not None and not isinstance(value, Mapping):
            raise ValueError(f"'{name}' is not an object")
    return RecordedAnswer(
        service=_text(document, "service"),
        operation=_text(document, "operation"),
        where=str(document.get("where", f"line {number}")),
        status=_status(document["http_status"]),
        output=document.get("output"),
        error=error,
        headers=headers,
    )


def _of_case(case: Mapping[str, Any]) -> Iterator[RecordedAnswer]:
    """The answers of a case of a record whose bodies were kept; raises KeyError and ValueError."""
    steps = case.get("steps", ())
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        raise ValueError("'steps' is not a list of objects")
    for step in steps:
        if step.get("role") != "case" or step.get("response") is None:
            continue
        try:
            response: RecordedResponse = parsed(RecordedResponse, step["response"])
        except BadValue as problem:
            raise problem.within("response") from problem
        params = step.get("params") or {}
        if not isinstance(params, Mapping):
            raise ValueError("'params' is not an object")
        if response.body_digest is not None:
            continue
        yield RecordedAnswer(
            service=_text(case, "service"),
            operation=_text(case, "operation"),
            where=_text(case, "id"),
            status=_status(response.status),
            response=Response(
                _status(response.status), dict(response.headers), _body(response), repeated=response.repeated
            ),
            params=params,
        )


def _body(response: RecordedResponse) -> bytes:
    if response.body_base64 is None:
        return (response.body or "").encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(response.body_base64, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValueError("'body_base64' is not base64") from problem


def _text(document: Mapping[str, Any], name: str) -> str:
    if not isinstance(document[name], str):
        raise ValueError(f"'{name}' is not text")
    return str(document[name])


def _status(value: Any) -> int:
    """An HTTP status, which recorders also write as text."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not (is_number or (isinstance(value, str) and value.isdecimal())) or not 100 <= int(value) <= 999:
        raise ValueError(f"the HTTP status is {str(value)[:40]!r}")
    return int(value)
