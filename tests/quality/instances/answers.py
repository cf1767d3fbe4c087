"""Answers that AWS gives, and answers that it does not."""

from __future__ import annotations

from typing import Any

from quality.instance import Instance, findings_of, none_of, some_of


def _error(code: str, message: str = "x") -> dict[str, str]:
    return {"Code": code, "Message": message}


def _json_error_status() -> str | None:
    line = {"operation": "StartTranscriptionJob", "http_status": 400, "error": _error("ConflictException")}
    return none_of(findings_of("transcribe", line))


def _rest_error_status() -> str | None:
    line = {"operation": "GetFunction", "http_status": 400, "error": _error("ResourceNotFoundException")}
    return some_of(findings_of("lambda", line), "wrong-error-status", "error")


TIMES = (
    "2024-01-02T12:00:00", "2024-01-02 12:00:00", "2024-01-02T12:00:00.123456789Z", "2024-01-02",
    "Tue, 02 Jan 2024 12:00:00 GMT", "1704196800", 1704196800.5, 1704196800000,
)  # fmt: skip


def _recorded_times() -> str | None:
    lines = [_repositories({"createdAt": time}) for time in TIMES]
    return none_of(findings_of("ecr", *lines))


def _repositories(repository: dict[str, Any]) -> dict[str, Any]:
    return {"operation": "DescribeRepositories", "http_status": 200, "output": {"repositories": [repository]}}


def _no_times() -> str | None:
    wrong = (some_of(findings_of("ecr", _repositories({"createdAt": text})), "wrong-type", "error")
             for text in ("update-failed", "outdated", "yesterday"))  # fmt: skip
    return next((each for each in wrong if each is not None), None)


def _object_for_enum() -> str | None:
    return some_of(findings_of("ecr", _repositories({"imageTagMutability": ["MUTABLE"]})), "wrong-type", "error")


def _expanded_json() -> str | None:
    output = {"policyText": {"Version": "2012-10-17"}}
    return none_of(findings_of("ecr", {"operation": "GetRepositoryPolicy", "http_status": 200, "output": output}))


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
    Instance(
        "answers/recorded-times",
        "recordings spell times without a zone, with nanoseconds, as dates, HTTP dates, epoch text and milliseconds",
        _recorded_times,
    ),
    Instance(
        "answers/placeholders-are-anchored",
        "a text that only contains the letters of 'date' is no placeholder for a time",
        _no_times,
    ),
    Instance("answers/list-for-an-enum", "a list where an enum belongs is no expanded JSON", _object_for_enum),
    Instance("answers/expanded-json", "a recording shows JSON that a text holds as an object", _expanded_json),
)
