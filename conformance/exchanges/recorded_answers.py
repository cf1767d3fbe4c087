"""Recorded answers, read as if they had just been received.

    recording: an SDK's view of one answer a line          --.
               (service, operation, http_status,             +--read_recording--> RecordedAnswer
               error, output)                                |
    record of a run: requests and answers, byte for byte   --'

The first kind holds outputs as an SDK shows them: timestamps as text, blobs as text, JSON held in a string sometimes
expanded, values replaced by placeholders such as `<function-name:1>` or `datetime`. A value that the recorder changed
is replaced by a sample value, so it is not held against the service.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.samples import Unbuildable, sample_leaf
from conformance.errors import BadFile
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, NUMBER_TYPES, STRING_TYPES, Service, Shape
from conformance.values.paths import Key
from conformance.values.paths import Path as ValuePath
from conformance.wire.message import Answer, ErrorAnswer, Problem, Response

PLACEHOLDER = re.compile(r"<[^<>]+>|datetime|timestamp|date", re.IGNORECASE)

# Members that SDKs add to every output.
SDK_MEMBERS = frozenset({"ResponseMetadata"})

_TIMES = ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f%z")


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


def answer_from_sdk_output(service: Service, shape: Shape, recorded: RecordedAnswer) -> Answer:
    """The answer that an SDK showed as `recorded.output` or `recorded.error`, with values in the types of `shape`."""
    if recorded.error is not None:
        code, message = recorded.error.get("Code"), recorded.error.get("Message", recorded.error.get("message"))
        error = ErrorAnswer(None if code is None else str(code), None if message is None else str(message))
        return Answer(recorded.status, parsed=True, error=error)
    problems: list[Problem] = []
    output = recorded.output if isinstance(recorded.output, dict) else {}
    plain = {name: value for name, value in output.items() if name not in SDK_MEMBERS}
    value = _value(service, shape, plain, (), problems)
    return Answer(recorded.status, parsed=True, output=value, problems=tuple(problems))


def _value(service: Service, shape: Shape, value: Any, path: ValuePath, problems: list[Problem]) -> Any:
    if value is None or shape.document:
        return value
    if shape.type == "structure" and isinstance(value, dict):
        return _structure(service, shape, value, path, problems)
    if shape.element is not None and isinstance(value, list):
        element = service.target(shape.element)
        return [_value(service, element, item, (*path, index), problems) for index, item in enumerate(value)]
    if shape.value is not None and isinstance(value, dict):
        target = service.target(shape.value)
        return {key: _value(service, target, item, (*path, Key(key)), problems) for key, item in value.items()}
    return _scalar(shape, value, path, problems)


def _structure(
    service: Service, shape: Shape, value: Mapping[str, Any], path: ValuePath, problems: list[Problem]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            problems.append(Problem("members", (*path, name), "a member of the model", name))
        elif member.jsonvalue:
            found[name] = item if isinstance(item, str) else json.dumps(item)
        else:
            found[name] = _value(service, service.target(member), item, (*path, name), problems)
    return found


def _scalar(shape: Shape, value: Any, path: ValuePath, problems: list[Problem]) -> Any:
    converted = _converted(shape, value)
    if converted is not None:
        return converted
    if _is_changed_by_recorder(shape, value) or _is_member_name(value, path):
        return _sample(shape)
    problems.append(Problem("type", path, shape.type, abbreviated(value)))
    return value


def _converted(shape: Shape, value: Any) -> Any:
    """The value in the type of its shape; None where it is of another."""
    if shape.type in STRING_TYPES and isinstance(value, str):
        return _sample(shape) if PLACEHOLDER.search(value) and "<" in value else value
    if shape.type == "blob" and isinstance(value, (str, bytes)):
        return value.encode() if isinstance(value, str) else value
    if shape.type == "timestamp":
        return _time(value)
    if shape.type == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, bool):
        return None
    if shape.type in INTEGER_TYPES and isinstance(value, (int, float)) and value == int(value):
        return int(value)
    return value if shape.type in FLOAT_TYPES and isinstance(value, (int, float)) else None


def _time(value: Any) -> datetime.datetime | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.datetime.fromtimestamp(value, tz=datetime.timezone.utc)
    if not isinstance(value, str):
        return None
    for form in _TIMES:
        try:
            return datetime.datetime.strptime(value.replace("Z", "+0000"), form)
        except ValueError:
            continue
    return None


def _is_changed_by_recorder(shape: Shape, value: Any) -> bool:
    """Whether a value has another type because the recorder changed it, not because the service answered so."""
    if shape.type in STRING_TYPES or shape.type == "blob":
        return isinstance(value, (dict, list))
    if isinstance(value, str) and shape.type in (*NUMBER_TYPES, "timestamp", "boolean", "list", "map", "structure"):
        return PLACEHOLDER.search(value) is not None
    return False


def _is_member_name(value: Any, path: ValuePath) -> bool:
    """Whether a value is its member's own name in kebab case, which some recorders write for values that vary."""
    if not isinstance(value, str) or not path or not isinstance(path[-1], str):
        return False
    return value.replace("-", "").lower() == path[-1].lower()


def _sample(shape: Shape) -> Any:
    if shape.type in ("structure", "map"):
        return {}
    if shape.type == "list":
        return []
    try:
        return sample_leaf(shape)
    except Unbuildable:
        return None
