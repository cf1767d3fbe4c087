"""The lines of a record as typed values: what every report reads.

A line is a JSON object; here it becomes a `FindingRow`, `VerdictRow` or `OperationRow`, or stays a mapping whose
shape has been checked (header, case, footer). Unknown fields are dropped, missing optional ones get their default,
and a known field of the wrong type is a `BadRow` that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

LEVELS = ("L0", "L1", "L2", "L3", "L4", "L5", "L6")
SEVERITIES = ("error", "warning", "info")
VERDICTS = ("passed", "failed", "errored", "unreached", "skipped")
OUTCOMES = (
    "accepted", "rejected-validation", "rejected-state", "rejected-auth", "throttled", "not-implemented",
    "crashed", "malformed", "unreachable",
)  # fmt: skip


class BadRow(ValueError):
    """A line of a record that is not what its type says; the message names the field."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One contradiction. With `folds`, a headline; with `folded_into`, shown below the headline of that fingerprint."""

    clause: str
    code: str
    severity: str
    service: str
    operation: str
    fingerprint: str
    where: str = ""
    expected: str = ""
    got: str = ""
    statement: str = ""
    source: str = ""
    case: str = ""
    steps: tuple[int, ...] = ()
    count: int = 1
    folds: tuple[str, ...] = ()
    folded_into: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What became of one clause, and the ids of the cases that put it to the test."""

    clause: str
    verdict: str
    reason: str | None = None
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation: the evidence level reached and reachable (None: not even routed), answers counted by outcome."""

    service: str
    operation: str
    level: str | None = None
    reachable: str | None = None
    outcomes: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """`service:Operation`."""
        return f"{self.service}:{self.operation}"


def finding_row(line: Mapping[str, Any]) -> FindingRow:
    """The finding that `line` writes; raises BadRow."""
    return FindingRow(**_taken(line, FindingRow))


def verdict_row(line: Mapping[str, Any]) -> VerdictRow:
    """The verdict that `line` writes; raises BadRow."""
    return VerdictRow(**_taken(line, VerdictRow))


def operation_row(line: Mapping[str, Any]) -> OperationRow:
    """The operation that `line` writes; raises BadRow."""
    return OperationRow(**_taken(line, OperationRow))


def as_line(row: FindingRow | VerdictRow | OperationRow) -> dict[str, Any]:
    """The line that writes `row` down."""
    kind = {FindingRow: "finding", VerdictRow: "verdict", OperationRow: "operation"}[type(row)]
    line: dict[str, Any] = {"type": kind}
    for field in fields(row):
        value = getattr(row, field.name)
        line[field.name] = list(value) if isinstance(value, tuple) else value
    return line


def checked_case(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """`line` itself, when every part of a case that reports read has its type; raises BadRow."""
    for name in ("id", "service", "operation"):
        _check(line, name, "text", required=True)
    for name in ("intent", "title", "outcome", "resource"):
        _check(line, name, "text")
    _check(line, "clauses", "texts")
    _check(line, "fault", "object or null")
    steps = line.get("steps", [])
    if not isinstance(steps, list):
        raise BadRow("'steps' is not a list")
    for step in steps:
        _check_step(step)
    return line


def checked_header(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """`line` itself, when the parts of a header that reports read have their types; raises BadRow."""
    for name in ("tool", "target", "selection"):
        _check(line, name, "object")
    for name in ("botocore", "started"):
        _check(line, name, "text")
    target, selection = line.get("target", {}), line.get("selection", {})
    for name in ("kind", "identity", "region", "url"):
        _check(target, name, "text or null")
    _check(target, "fingerprint", "object")
    _check(target.get("fingerprint", {}), "notes", "texts")
    for name in ("services", "only", "skip"):
        _check(selection, name, "texts")
    services = line.get("services", [])
    if not isinstance(services, list):
        raise BadRow("'services' is not a list")
    for service in services:
        _check_service(service)
    return line


def _check_service(service: Any) -> None:
    if not isinstance(service, Mapping):
        raise BadRow("'services' holds something else than objects")
    _check(service, "service", "text", required=True)
    for name in ("api_version", "protocol", "signing_name", "cli_name", "endpoint"):
        _check(service, name, "text")
    _check(service, "spec", "object")


def checked_footer(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """`line` itself, when the parts of a footer that reports read have their types; raises BadRow."""
    _check(line, "duration", "number")
    _check(line, "requests", "number")
    _check(line, "ended", "text")
    return line


def _check_step(step: Any) -> None:
    if not isinstance(step, Mapping):
        raise BadRow("'steps' holds something else than objects")
    for name in ("role", "operation"):
        _check(step, name, "text", required=True)
    for name in ("label", "state", "code", "makes"):
        _check(step, name, "text")
    for name in ("failure", "outcome"):
        _check(step, name, "text or null")
    _check_bound(step.get("bound", []))
    _check(step, "elapsed", "number")
    for side, texts in (("request", ("method", "path", "body", "body_base64")), ("response", ("body", "body_base64"))):
        _check(step, side, "object or null")
        message = step.get(side) or {}
        _check(message, "headers", "object")
        for name in texts:
            _check(message, name, "text")
        if any(not isinstance(value, str) for value in message.get("headers", {}).values()):
            raise BadRow(f"a header of the {side} is not text")
    query = (step.get("request") or {}).get("query", [])
    if not isinstance(query, list) or not all(_is_pair(pair) for pair in query):
        raise BadRow("'query' is not a list of pairs of texts")


def _check_bound(bindings: Any) -> None:
    if not isinstance(bindings, list) or not all(isinstance(binding, Mapping) for binding in bindings):
        raise BadRow("'bound' is not a list of objects")
    for binding in bindings:
        for name in ("path", "resource", "side", "source"):
            _check(binding, name, "text", required=True)


def _is_pair(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(part, str) for part in value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "text or null": lambda value: value is None or isinstance(value, str),
    "texts": _is_texts,
    "object": lambda value: isinstance(value, Mapping),
    "object or null": lambda value: value is None or isinstance(value, Mapping),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "count": _is_count,
    "numbers": lambda value: isinstance(value, (list, tuple)) and all(_is_count(item) for item in value),
    "counts": lambda value: isinstance(value, Mapping) and all(_is_count(item) for item in value.values()),
}

_FIELD_KINDS: Mapping[str, str] = {
    "count": "count", "outcomes": "counts", "cases": "texts", "folds": "texts", "steps": "numbers",
    "reason": "text or null", "level": "text or null", "reachable": "text or null", "folded_into": "text or null",
}  # fmt: skip
_REQUIRED = {
    FindingRow: ("clause", "code", "severity", "service", "operation", "fingerprint"),
    VerdictRow: ("clause", "verdict"),
    OperationRow: ("service", "operation"),
}


def _check(line: Mapping[str, Any], name: str, kind: str, *, required: bool = False) -> None:
    if name not in line:
        if required:
            raise BadRow(f"'{name}' is missing")
        return
    if not _KINDS[kind](line[name]):
        raise BadRow(f"'{name}' is not {kind}: {line[name]!r:.60}")


def _taken(line: Mapping[str, Any], row: type[FindingRow | VerdictRow | OperationRow]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for field in fields(row):
        _check(line, field.name, _FIELD_KINDS.get(field.name, "text"), required=field.name in _REQUIRED[row])
        if field.name in line:
            value = line[field.name]
            taken[field.name] = tuple(value) if isinstance(value, list) else value
    return taken
