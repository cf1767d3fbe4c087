"""A small SageMaker: models only, and no accounts. Strict where it is told to be; may be poisoned by what it takes.

with serving_models(Models(strict=False, poison="ListModels")) as server: ...
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from doubles.faulty_servers import JSON, Received, Reply, Server, answering

_NAME = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?")
_ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"


class _Refused(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.reply = Reply(status, json.dumps({"__type": code, "message": message}).encode(), _headers())


def _headers() -> tuple[tuple[str, str], ...]:
    return (("Content-Type", JSON), ("x-amzn-RequestId", f"request-{next(_numbers)}"))


_numbers = itertools.count()


@dataclass
class Models:
    """What is stored, and what was ever created and deleted, by name.

    Not strict, it takes any name, also none at all; after it took none, the operation `poison` answers 500 for ever.
    `crashes` is a member that no operation survives.
    """

    strict: bool = True
    crashes: str | None = None
    poison: str | None = None
    stored: dict[str, Any] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    poisoned: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Received) -> Reply:
        """The answer to a request."""
        if request.method != "POST":
            return Reply(404, b"", ())
        with self.lock:
            try:
                return Reply(200, json.dumps(self._act(request)).encode(), _headers())
            except _Refused as refused:
                return refused.reply

    def _act(self, request: Received) -> Any:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        action = {
            "CreateModel": self._create,
            "DescribeModel": self._describe,
            "DeleteModel": self._delete,
            "ListModels": self._list,
        }.get(operation)
        if action is None:
            raise _Refused("UnknownOperationException", "")
        try:
            params = json.loads(request.body or b"{}")
        except ValueError:
            raise _Refused("SerializationException", "not JSON") from None
        if not isinstance(params, dict):
            raise _Refused("SerializationException", "not a structure")
        if (self.poisoned and operation == self.poison) or self.crashes in params:
            raise _Refused("InternalFailure", "KeyError: None", 500)
        return action(params)

    def _name(self, params: dict[str, Any]) -> str:
        name = params.get("ModelName")
        if self.strict and not (isinstance(name, str) and len(name) <= 63 and _NAME.fullmatch(name)):
            told = "failed to satisfy constraint: Member must satisfy regular expression pattern: " + _NAME.pattern
            raise _Refused("ValidationException", f"1 validation error detected: Value '{name}' at 'modelName' {told}")
        if name is None:
            self.poisoned = self.poison is not None
        return str(name)

    def _create(self, params: dict[str, Any]) -> Any:
        name = self._name(params)
        if name in self.stored:
            raise _Refused("ValidationException", "Cannot create already existing model")
        self.created.append(name)
        self.stored[name] = params
        return {"ModelArn": _ARN + name}

    def _describe(self, params: dict[str, Any]) -> Any:
        name = self._name(params)
        if name not in self.stored:
            raise _Refused("ValidationException", f"Could not find model '{name}'.")
        return {"ModelName": name, "ModelArn": _ARN + name, "CreationTime": 1_700_000_000.0}

    def _delete(self, params: dict[str, Any]) -> Any:
        name = self._name(params)
        if name not in self.stored:
            raise _Refused("ValidationException", f"Could not find model '{name}'.")
        self.deleted.append(name)
        del self.stored[name]
        return {}

    def _list(self, params: dict[str, Any]) -> Any:
        found = [{"ModelName": n, "ModelArn": _ARN + n, "CreationTime": 1_700_000_000.0} for n in self.stored]
        return {"Models": found[:10]}


def serving_models(models: Models) -> AbstractContextManager[Server]:
    """A server of `models`."""
    return answering(models.answer)
