"""An emulator of four operations of SQS, as a small project would begin one."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request

ACCOUNT = "123456789012"
QUEUE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}(\.fifo)?")

# The members of each operation: whether it is required, and its type; of a map, that of its values.
MEMBERS: Mapping[str, Mapping[str, tuple[bool, type, type | None]]] = {
    "CreateQueue": {
        "QueueName": (True, str, None),
        "Attributes": (False, dict, str),
        "tags": (False, dict, str),
    },
    "GetQueueUrl": {"QueueName": (True, str, None), "QueueOwnerAWSAccountId": (False, str, None)},
    "ListQueues": {
        "QueueNamePrefix": (False, str, None),
        "NextToken": (False, str, None),
        "MaxResults": (False, int, None),
    },
    "DeleteQueue": {"QueueUrl": (True, str, None)},
}


class Refused(Exception):
    """An error that is answered with status 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Queues:
    """The queues, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, dict[str, Any]] = {}

    def create_queue(self, params: dict[str, Any]) -> dict[str, Any]:
        name, attributes = params["QueueName"], params.get("Attributes", {})
        if not QUEUE_NAME.fullmatch(name):
            raise Refused("InvalidParameterValue", "The queue name is not valid")
        if self.by_name.setdefault(name, attributes) != attributes:
            raise Refused("QueueNameExists", "A queue already exists with the same name and a different value")
        return {"QueueUrl": _url(name)}

    def get_queue_url(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"QueueUrl": _url(self._known(params["QueueName"]))}

    def list_queues(self, params: dict[str, Any]) -> dict[str, Any]:
        prefix, size = params.get("QueueNamePrefix", ""), params.get("MaxResults")
        if size is not None and not 1 <= size <= 1000:
            raise Refused("InvalidParameterValue", "MaxResults must be between 1 and 1000")
        after = params.get("NextToken", "")
        names = [name for name in sorted(self.by_name) if name.startswith(prefix) and name > after]
        page = names[: size or 1000]
        answer: dict[str, Any] = {"QueueUrls": [_url(name) for name in page]} if page else {}
        return {**answer, "NextToken": page[-1]} if size and len(names) > size else answer

    def delete_queue(self, params: dict[str, Any]) -> None:
        del self.by_name[self._known(params["QueueUrl"].rpartition("/")[2])]

    def _known(self, name: str) -> str:
        if name not in self.by_name:
            raise Refused("QueueDoesNotExist", "The specified queue does not exist.")
        return name


def create_app() -> Flask:
    """The emulator, without queues."""
    app, queues = Flask(__name__), Queues()
    actions: Mapping[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
        "CreateQueue": queues.create_queue,
        "GetQueueUrl": queues.get_queue_url,
        "ListQueues": queues.list_queues,
        "DeleteQueue": queues.delete_queue,
    }

    @app.post("/")
    def answer() -> Response:
        name = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            if name not in actions:
                raise Refused("UnknownOperationException", f"{name} is not known")
            return _json(200, actions[name](_checked(name, request.get_data())))
        except Refused as problem:
            return _json(400, {"__type": f"com.amazonaws.sqs#{problem.code}", "message": problem.message})

    return app


def _checked(operation: str, body: bytes) -> dict[str, Any]:
    try:
        params = json.loads(body)
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Refused("SerializationException", "the body is no JSON object")
    params = {name: value for name, value in params.items() if value is not None}
    for name, (required, kind, values) in MEMBERS[operation].items():
        if name not in params:
            if required:
                raise Refused("MissingParameter", f"The request must contain the parameter {name}.")
            continue
        inner = params[name].values() if values is not None and isinstance(params[name], dict) else ()
        if type(params[name]) is not kind or any(type(each) is not values for each in inner):
            raise Refused("SerializationException", f"{name} is of another type")
    return params


def _json(status: int, body: dict[str, Any] | None) -> Response:
    text = "" if body is None else json.dumps(body)
    answer = Response(text, status, content_type="application/x-amz-json-1.0")
    answer.headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return answer


def _url(name: str) -> str:
    return f"{request.host_url}{ACCOUNT}/{name}"
