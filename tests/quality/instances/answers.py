"""Answers that AWS gives, and answers that it does not."""

from __future__ import annotations

from quality.instance import Instance, findings_of, none_of, some_of


def _error(code: str, message: str = "x") -> dict[str, str]:
    return {"Code": code, "Message": message}


def _json_error_status() -> str | None:
    line = {"operation": "StartTranscriptionJob", "http_status": 400, "error": _error("ConflictException")}
    return none_of(findings_of("transcribe", line))


def _rest_error_status() -> str | None:
    line = {"operation": "GetFunction", "http_status": 400, "error": _error("ResourceNotFoundException")}
    return some_of(findings_of("lambda", line), "wrong-error-status", "error")


INSTANCES = (
    Instance(
        "answers/json-error-status",
        "AWS answers errors over JSON with 400, whatever status the model has for them",
        _json_error_status,
    ),
    Instance(
        "answers/rest-error-status",
        "an error over REST with another status than the model's is an error",
        _rest_error_status,
    ),
)
