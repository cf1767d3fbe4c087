"""Recorded answers, read as if they had just been received.

    recording: an SDK's view of one answer a line          --.
               (service, operation, http_status,             +--read_recording--> RecordedAnswer
               error, output)                                |
    record of a run: requests and answers, byte for byte   --'

The first kind holds outputs as an SDK shows them; `recordings/` reads those.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.errors import BadFile
from conformance.wire.message import Response


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One recorded answer of an operation; `output` and `error` as an SDK shows them, or `response` as bytes.

    `where` names its place in the recording: the test or the line.
    """

    service: str
    operation: str
    where: str
    status: int
    output: Any = None
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    response: Response | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def read_recording(path: Path) -> tuple[RecordedAnswer, ...]:
    """Every answer in a recording; raises BadFile for a file that cannot be read or is none."""
    try:
        # Not `splitlines`: JSON text may contain the line separators of Unicode.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(path, f"cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
    found: list[RecordedAnswer] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.extend(_answers(path, number, line))
    if not found:
        raise BadFile(path, "holds no answers", hint="a recording has one answer a line, a record those of a run")
    return tuple(found)


def _answers(path: Path, number: int, line: str) -> Iterator[RecordedAnswer]:
    hint = "each line is an object with service, operation, http_status and output, or a line of a record"
    try:
        document = json.loads(line)
    except ValueError as problem:
        raise BadFile(path, f"line {number} is not JSON", hint=hint) from problem
    if not isinstance(document, dict):
        raise BadFile(path, f"line {number} is not an object", hint=hint)
    if "type" in document and "http_status" not in document:
        yield from _of_case(document) if document["type"] == "case" else ()
        return
    try:
        yield RecordedAnswer(
            service=str(document["service"]),
            operation=str(document["operation"]),
            where=str(document.get("where", f"line {number}")),
            status=int(document["http_status"]),
            output=document.get("output"),
            error=document.get("error"),
            headers=document.get("headers") or {},
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadFile(path, f"line {number} lacks {problem}", hint=hint) from problem


def _of_case(case: Mapping[str, Any]) -> Iterator[RecordedAnswer]:
    for step in case.get("steps", ()):
        response = step.get("response")
        if step.get("role") != "case" or response is None or "body_digest" in response:
            continue
        encoded = response.get("body_base64")
        body = base64.b64decode(encoded) if encoded is not None else str(response.get("body", "")).encode()
        yield RecordedAnswer(
            service=str(case["service"]),
            operation=str(case["operation"]),
            where=str(case["id"]),
            status=int(response["status"]),
            response=Response(int(response["status"]), dict(response.get("headers", {})), body),
            params=step.get("params") or {},
        )
