"""A server that tells what later requests need: a reply for each request in turn, with given values at given places.

steps of a case --told_by--> {path: value} for each step --reply--> an answer in the protocol of the service
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel

from conformance.values.paths import Path, get, parse_path
from doubles.faulty_servers import JSON, Received, Reply, Responder


def told_by(steps: Sequence[Mapping[str, Any]]) -> list[dict[Path, str]]:
    """For each step of a case, where its answer has to have which value, for the others to be as they were planned."""
    makers: dict[str, dict[Path, str]] = {}
    told: list[dict[Path, str]] = []
    for step in steps:
        for binding in step.get("bound", ()):
            if binding["side"] == "answer" and binding["resource"] in makers:
                value = get(step["params"], parse_path(binding["path"]))
                makers[binding["resource"]][parse_path(binding["source"])] = value
        told.append({})
        if "makes" in step:
            makers[step["makes"]] = told[-1]
    return told


def in_turn(service: str, steps: Iterable[tuple[str, Mapping[Path, str]]]) -> Responder:
    """Answers to the calls of operations, one after the other."""
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    replies = iter([reply(model, operation, values) for operation, values in steps])
    lock = threading.Lock()

    def respond(_request: Received) -> Reply:
        with lock:
            return next(replies, Reply(200, b"{}"))

    return respond


def reply(model: Any, operation: str, values: Mapping[Path, str]) -> Reply:
    """An answer that has values at places of the output and nothing else."""
    shape, tree = model.operation_model(operation).output_shape, _tree(values)
    if not values or shape is None:
        return Reply(200, b"{}", (("Content-Type", JSON),)) if "json" in _protocol(model) else _xml("<answer/>")
    payload = shape.serialization.get("payload")
    if payload is not None:
        shape, tree = shape.members[payload], tree[payload]
    if "json" in _protocol(model):
        return Reply(200, json.dumps(_named(shape, tree)).encode())
    inner = _elements(shape, tree)
    wrapper = model.operation_model(operation).output_shape.serialization.get("resultWrapper")
    return _xml(f"<answer>{f'<{wrapper}>{inner}</{wrapper}>' if wrapper else inner}</answer>")


def _protocol(model: Any) -> str:
    return str(getattr(model, "resolved_protocol", model.metadata["protocol"]))


def _xml(text: str) -> Reply:
    return Reply(200, text.encode(), (("Content-Type", "text/xml"),))


def _tree(values: Mapping[Path, str]) -> Any:
    """Nested mappings of the values; what is in a list is the one element of it."""
    tree: dict[Any, Any] = {}
    for path, value in values.items():
        place = tree
        for segment in path[:-1]:
            place = place.setdefault(segment, {})
        place[path[-1]] = value
    return tree


def _named(shape: Any, tree: Any) -> Any:
    if shape.type_name == "structure":
        return {
            shape.members[name].serialization.get("name", name): _named(shape.members[name], item)
            for name, item in tree.items()
        }
    return [_named(shape.member, item) for item in tree.values()] if shape.type_name == "list" else tree


def _elements(shape: Any, tree: Any) -> str:
    if shape.type_name != "structure":
        return escape(tree)
    text = ""
    for name, item in tree.items():
        member = shape.members[name]
        tag = member.serialization.get("name", name)
        if member.type_name == "list":
            element = member.member.serialization.get("name", "member")
            inner = "".join(f"<{element}>{_elements(member.member, each)}</{element}>" for each in item.values())
        else:
            inner = _elements(member, item)
        text += f"<{tag}>{inner}</{tag}>"
    return text
