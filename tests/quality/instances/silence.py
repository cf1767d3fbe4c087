"""Faults that once went without a word: recordings that no service answers so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quality.instance import Instance, Wrong, findings_of, none_of, some_of


def _line(status: int, error: str | None = None, output: Any = None) -> Mapping[str, Any]:
    shown = None if error is None else {"Code": error, "Message": "x"}
    return {"operation": "ListQueues", "http_status": status, "error": shown, "output": output}


def _found(code: str, *recorded: Any) -> Callable[[], Wrong]:
    return lambda: some_of(findings_of("sqs", _line(*recorded)), code, "error")


INSTANCES = (
    Instance("silence/recorded-crash", "a recorded 5xx of no service is an error", _found("crash", 500, "KeyError")),
    Instance("silence/status-without-error", "a 400 without an error is an error", _found("malformed-error", 400)),
    Instance(
        "silence/error-with-success",
        "a 200 with an error is an error",
        _found("error-with-success", 200, "InvalidAddress"),
    ),
    Instance(
        "silence/output-is-no-object", "an output that is a list is an error", _found("malformed-answer", 200, None, [])
    ),
    Instance(
        "silence/server-error",
        "a server error that any operation may answer is no finding",
        lambda: none_of(findings_of("sqs", _line(500, "InternalError"))),
    ),
    Instance(
        "silence/hidden-error",
        "an error in a 200 of object storage is documented",
        lambda: none_of(findings_of("s3", {**_line(200, "InternalError"), "operation": "CopyObject"})),
    ),
)
