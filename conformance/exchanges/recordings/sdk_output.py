"""Outputs and errors as an SDK shows them, in a recording, read as an answer.

output --members, by their shapes--> values as a codec decodes them, and problems
             '-- replaced by the recorder --> a sample value, so that it is not held against the service
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.samples import Sampler, Unbuildable
from conformance.exchanges.recordings.placeholders import PLACEHOLDER, is_replaced
from conformance.exchanges.recordings.recorded_answers import RecordedAnswer
from conformance.exchanges.recordings.times import recorded_time
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, STRING_TYPES, Service, Shape
from conformance.values.paths import Key
from conformance.values.paths import Path as ValuePath
from conformance.wire.json_protocols.jsontext import describe
from conformance.wire.message import Answer, ErrorAnswer, Problem

# Members that SDKs add to outputs: botocore keeps the text of a header that holds no time in the second.
SDK_MEMBERS = frozenset({"ResponseMetadata", "ExpiresString"})


def answer_from_sdk_output(service: Service, shape: Shape, recorded: RecordedAnswer) -> Answer:
    """The answer that an SDK showed as `recorded.output` or `recorded.error`, with values in the types of `shape`."""
    if recorded.error is not None:
        code, message = recorded.error.get("Code"), recorded.error.get("Message", recorded.error.get("message"))
        error = ErrorAnswer(None if code is None else str(code), None if message is None else str(message))
        return Answer(recorded.status, parsed=True, error=error)
    if not 200 <= recorded.status < 300:
        return Answer(recorded.status, parsed=False, problems=(Problem("body", (), "an error", "none"),))
    if not isinstance(recorded.output, dict | None) and not _is_placeholder(recorded.output):
        wrong = Problem("body", (), "an object with the members of the output", describe(recorded.output))
        return Answer(recorded.status, parsed=False, problems=(wrong,))
    problems: list[Problem] = []
    output = recorded.output if isinstance(recorded.output, dict) else {}
    plain = {name: value for name, value in output.items() if name not in SDK_MEMBERS}
    value = _value(service, shape, plain, (), problems)
    return Answer(recorded.status, parsed=True, output=value, problems=tuple(problems))


def _is_placeholder(output: Any) -> bool:
    return isinstance(output, str) and PLACEHOLDER.fullmatch(output) is not None


def _value(service: Service, shape: Shape, value: Any, path: ValuePath, problems: list[Problem]) -> Any:
    if value is None or shape.document:
        return value
    if shape.type == "structure" and isinstance(value, dict):
        return _structure(service, shape, value, path, problems)
    if shape.element is not None and isinstance(value, list):
        element = service.target(shape.element)
        return [_value(service, element, item, (*path, index), problems) for index, item in enumerate(value)]
    if shape.value is not None and isinstance(value, dict):
        return _map(service, shape, value, path, problems)
    return _scalar(service, shape, value, path, problems)


def _structure(
    service: Service, shape: Shape, value: Mapping[str, Any], path: ValuePath, problems: list[Problem]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            problems.append(Problem("members", (*path, name), "a member of the model", name))
        elif service.target(member).event_stream:
            events = service.target(member)
            if _are_events(events, item):  # an SDK gives an iterator: some recorders write forms of their own
                found[name] = [_value(service, events, each, (*path, name), problems) for each in item]
        elif member.jsonvalue:
            found[name] = item if isinstance(item, str) else json.dumps(item)
        else:
            found[name] = _value(service, service.target(member), item, (*path, name), problems)
    return found


def _are_events(stream: Shape, value: Any) -> bool:
    """Whether a recorder wrote the events of a stream: a list of structures with one event of the model each."""
    return isinstance(value, list) and all(
        isinstance(each, Mapping) and len(each) == 1 and set(each) <= set(stream.members) for each in value
    )


def _map(
    service: Service, shape: Shape, value: Mapping[str, Any], path: ValuePath, problems: list[Problem]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, (key, item) in enumerate(value.items()):
        if shape.key is not None and shape.value is not None:
            keys = service.target(shape.key)
            name = _sample(service, keys, index) if is_replaced(service, keys, key, path) else key
            found[name] = _value(service, service.target(shape.value), item, (*path, Key(key)), problems)
    return found


def _scalar(service: Service, shape: Shape, value: Any, path: ValuePath, problems: list[Problem]) -> Any:
    if is_replaced(service, shape, value, path):
        return _sample(service, shape)
    converted = _converted(shape, value)
    if converted is not None:
        return converted
    problems.append(Problem("type", path, shape.type, abbreviated(value)))
    return value


def _converted(shape: Shape, value: Any) -> Any:
    """The value in the type of its shape; None where it is of another."""
    if shape.type in STRING_TYPES and isinstance(value, str):
        return value
    if shape.type == "blob" and isinstance(value, (str, bytes)):
        return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    if shape.type == "timestamp":
        return recorded_time(value)
    if shape.type == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, bool):
        return None
    if shape.type in INTEGER_TYPES and (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
        return int(value)
    return value if shape.type in FLOAT_TYPES and isinstance(value, (int, float)) else None


def _sample(service: Service, shape: Shape, index: int = 0) -> Any:
    try:
        return Sampler(service).element(shape, index)
    except Unbuildable:
        return None
