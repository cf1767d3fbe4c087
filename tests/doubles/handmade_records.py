"""Sample records, made by hand: small ones that hold every kind of line, hostile ones, huge ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.record.reader import read, row_of
from conformance.record.rows import CaseRow, HeaderRow, Record
from conformance.record.writer import RecordWriter

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}`|\x1b[2J]]>&amp;</script>"

Lines = list[dict[str, Any]]


def header(**changes: Any) -> dict[str, Any]:
    target = {
        "kind": "http",
        "identity": "moto 5.2.5",
        "url": "http://127.0.0.1:5001",
        "region": "us-east-1",
        "fingerprint": {"unknown_operation": {"status": 404}, "broken_body": {"status": 500}, "notes": []},
    }
    service = {
        "service": "sagemaker",
        "api_version": "2017-07-24",
        "protocol": "json",
        "spec": {
            "botocore": "1.40.0",
            "digest": "sha256:" + "0" * 64,
            "origin": "repository",
            "older_than_installed": True,
        },
    }
    selection = {"services": ["sagemaker"], "only": [], "skip": [], "max_examples": 20}
    line = {
        "type": "header",
        "format": 1,
        "tool": {"name": "aws-conformance", "version": "0.1.0"},
        "botocore": "1.44.5",
        "target": target,
        "services": [service],
        "seed": 7,
        "started": "2026-11-20T10:00:00Z",
        "selection": selection,
    }
    return {**line, **changes}


def step(role: str, operation: str, params: dict[str, Any], **changes: Any) -> dict[str, Any]:
    request = {
        "method": "POST",
        "path": "/",
        "query": [],
        "headers": {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"},
        "body": json.dumps(params),
    }
    response = {"status": 200, "headers": {"content-type": "application/x-amz-json-1.1"}, "body": "{}"}
    line: dict[str, Any] = {
        "role": role,
        "operation": operation,
        "params": params,
        "request": request,
        "response": response,
        "failure": None,
        "outcome": "accepted",
        "throttled": 0,
        "elapsed": 0.0012,
    }
    line["request"] = {**request, **changes.pop("request", {})}
    if "response" in changes:
        line["response"] = changes.pop("response")
    return {**line, **changes}


def case(identity: str, operation: str, steps: Lines, **changes: Any) -> dict[str, Any]:
    line = {
        "type": "case",
        "id": identity,
        "service": "sagemaker",
        "operation": operation,
        "intent": "invalid",
        "title": "EndpointName breaks its pattern",
        "clauses": [f"sagemaker:{operation}/input/EndpointName#pattern"],
        "fault": None,
        "steps": steps,
        "outcome": steps[-1]["outcome"] if steps else "unreachable",
    }
    return {**line, **changes}


def finding(number: int, operation: str, rest: str, **changes: Any) -> dict[str, Any]:
    line = {
        "type": "finding",
        "clause": f"sagemaker:{operation}/{rest}",
        "code": "accepts-invalid",
        "severity": "error",
        "service": "sagemaker",
        "operation": operation,
        "where": rest.partition("#")[0].removeprefix("input/"),
        "expected": "a rejection: 'bad name!' does not match [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        "got": "200, accepted",
        "statement": "EndpointName matches ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        "source": "model: botocore 1.40.0",
        "case": f"sagemaker:{operation}/invalid/EndpointName#pattern/near-miss",
        "steps": [],
        "count": 3,
        "fingerprint": f"{number:016x}",
        "folds": [],
        "folded_into": None,
    }
    return {**line, **changes}


def verdict(operation: str, rest: str, name: str, reason: str | None = None, *cases: str) -> dict[str, Any]:
    return {
        "type": "verdict",
        "clause": f"sagemaker:{operation}/{rest}",
        "verdict": name,
        "reason": reason,
        "cases": list(cases),
    }


def operation(name: str, level: str | None, reachable: str | None, **outcomes: int) -> dict[str, Any]:
    counts = {key.replace("_", "-"): count for key, count in outcomes.items()}
    return {
        "type": "operation",
        "service": "sagemaker",
        "operation": name,
        "level": level,
        "reachable": reachable,
        "outcomes": counts,
    }


def footer(lines: Lines, **changes: Any) -> dict[str, Any]:
    verdicts = dict.fromkeys(("passed", "failed", "errored", "unreached", "skipped"), 0)
    findings = dict.fromkeys(("error", "warning", "info"), 0)
    for line in lines:
        if line["type"] == "verdict":
            verdicts[line["verdict"]] += 1
        elif line["type"] == "finding":
            findings[line["severity"]] += 1
    line = {"type": "footer", "verdicts": verdicts, "findings": findings, "duration": 12.3, "requests": 456}
    return {**line, "ended": "complete", **changes}


def base_lines() -> Lines:
    """One of everything: headline with folds, crash, HTML answer, binary body, no answer, every verdict."""
    near_miss = "sagemaker:CreateEndpoint/invalid/EndpointName#pattern/near-miss"
    crash = "sagemaker:CreateModel/invalid/ModelName#required/absent"
    page = "sagemaker:ListEndpoints/valid/smallest"
    binary = "sagemaker:DescribeEndpoint/valid/smallest"
    lost = "sagemaker:DeleteEndpoint/valid/smallest"
    model = {"ModelName": "m-1", "PrimaryContainer": {"Image": "image:1"}}
    lines = [
        header(),
        case(
            near_miss,
            "CreateEndpoint",
            [
                step("setup", "CreateModel", model),
                step("setup", "CreateEndpointConfig", {"EndpointConfigName": "c-1"}),
                step("base", "CreateEndpoint", {"EndpointName": "e-1", "EndpointConfigName": "c-1"}),
                step(
                    "case",
                    "CreateEndpoint",
                    {"EndpointName": "e-2", "EndpointConfigName": "c-1"},
                    request={"body": '{"EndpointName": "bad name!", "EndpointConfigName": "c-1"}'},
                    response={
                        "status": 200,
                        "headers": {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "abc"},
                        "body": '{"EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/bad name!"}',
                    },
                ),
                step("cleanup", "DeleteEndpoint", {"EndpointName": "bad name!"}),
            ],
            fault={"constraint": "pattern", "path": "EndpointName"},
        ),
        case(
            crash,
            "CreateModel",
            [
                step("base", "CreateModel", model),
                step(
                    "case",
                    "CreateModel",
                    model,
                    request={"body": "{}"},
                    outcome="crashed",
                    response={"status": 500, "headers": {"content-type": "text/html"}, "body": "KeyError: 'ModelName'"},
                ),
            ],
            fault={"constraint": "required", "path": "ModelName"},
            title="ModelName is missing",
            clauses=["sagemaker:CreateModel/input/ModelName#required"],
        ),
        case(
            page,
            "ListEndpoints",
            [
                step(
                    "case",
                    "ListEndpoints",
                    {},
                    outcome="malformed",
                    response={
                        "status": 200,
                        "headers": {"content-type": "text/html"},
                        "body": "<!doctype html><html><body><h1>It works!</h1></body></html>",
                    },
                )
            ],
            intent="valid",
            title="the smallest valid request",
            clauses=["sagemaker:ListEndpoints/protocol#content-type"],
        ),
        case(
            binary,
            "DescribeEndpoint",
            [
                step(
                    "case",
                    "DescribeEndpoint",
                    {"Blob": {"$base64": "AAEC/w=="}},
                    request={"body": None, "body_base64": "AAEC/4A="},
                    outcome="malformed",
                    response={"status": 200, "headers": {}, "body_base64": "gIGCgw=="},
                )
            ],
            intent="boundary",
            title="a body of bytes",
            clauses=["sagemaker:DescribeEndpoint/protocol#body"],
        ),
        case(
            lost,
            "DeleteEndpoint",
            [
                step(
                    "case",
                    "DeleteEndpoint",
                    {"EndpointName": "e-9"},
                    response=None,
                    failure="timeout after 10 s",
                    outcome="unreachable",
                )
            ],
            intent="valid",
            title="the smallest valid request",
            clauses=["sagemaker:DeleteEndpoint/output#type"],
        ),
        finding(
            1,
            "CreateEndpoint",
            "input#validation",
            code="validates-nothing",
            folds=[f"{2:016x}", f"{3:016x}"],
            statement="Broken constraints of the input are rejected",
            got="2 of 2 broken constraints accepted",
        ),
        finding(2, "CreateEndpoint", "input/EndpointName#pattern", folded_into=f"{1:016x}"),
        finding(3, "CreateEndpoint", "input/EndpointConfigName#pattern", folded_into=f"{1:016x}"),
        finding(
            4,
            "CreateModel",
            "input/ModelName#required",
            code="crash",
            case=crash,
            got="500 with a page of HTML",
            expected="400 ValidationException",
            statement="ModelName is required",
        ),
        finding(
            5,
            "ListEndpoints",
            "protocol#content-type",
            severity="warning",
            code="content-type",
            case=page,
            expected="application/x-amz-json-1.1",
            got="text/html",
            statement="Answers are application/x-amz-json-1.1",
        ),
        finding(
            6,
            "DescribeEndpoint",
            "output/EndpointStatus#enum",
            severity="info",
            code="enum",
            case=binary,
            expected="one of InService, Creating",
            got="Ready",
            statement="EndpointStatus is one of its values",
        ),
        verdict("CreateEndpoint", "input#validation", "failed", None, near_miss),
        verdict("CreateEndpoint", "input/EndpointName#pattern", "failed", None, near_miss),
        verdict("CreateEndpoint", "input/EndpointConfigName#pattern", "failed", None, near_miss),
        verdict("CreateEndpoint", "input/EndpointName#required", "passed", None, near_miss),
        verdict("CreateModel", "input/ModelName#required", "failed", None, crash),
        verdict("ListEndpoints", "protocol#content-type", "failed", None, page),
        verdict("DescribeEndpoint", "output/EndpointStatus#enum", "failed", None, binary),
        verdict("DescribeEndpoint", "output/EndpointArn#required", "errored", "the decoder gave up"),
        verdict("UpdateEndpoint", "input/EndpointName#min", "skipped", "the operation is not implemented"),
        verdict("DeleteEndpoint", "output#type", "unreached", "no answer within 10 s", lost),
        operation("CreateEndpoint", "L2", "L5", accepted=5, rejected_validation=2),
        operation("CreateModel", "L4", "L5", accepted=9, crashed=1),
        operation("DeleteEndpoint", "L0", "L5", unreachable=1),
        operation("DescribeEndpoint", "L1", "L5", malformed=1),
        operation("ListEndpoints", None, "L5", malformed=1),
        operation("UpdateEndpoint", None, "L5", not_implemented=4),
        operation("UpdateEndpointWeightsAndCapacities", None, "L5", not_implemented=4),
    ]
    for line in lines:
        for part in line.get("steps", []):
            part["request"] = {key: value for key, value in part["request"].items() if value is not None}
    return [*lines, footer(lines)]


def huge_lines(operations: int = 400, verdicts: int = 20_000, findings: int = 1500) -> Lines:
    """A run over hundreds of operations, with bodies that are worth leaving out."""
    lines: Lines = [header()]
    names = [f"CreateThing{number:03d}" for number in range(operations)]
    kinds = [("failed", None), ("passed", None), ("unreached", "the base was rejected"), ("skipped", "not implemented")]
    big = json.dumps({"Text": "x" * 20_000})
    for number in range(findings):
        name = names[number % operations]
        identity = f"sagemaker:{name}/invalid/Member{number}#pattern/near-miss"
        steps = [
            step("setup", "CreateModel", {"ModelName": f"m-{number}"}),
            step(
                "case",
                name,
                {"Member": "x"},
                request={"body": big},
                response={"status": 200, "headers": {}, "body": big},
            ),
        ]
        lines.append(case(identity, name, steps))
        severity = ("error", "warning", "info")[number % 3]
        lines.append(finding(number, name, f"input/Member{number}#pattern", case=identity, severity=severity))
    for number in range(verdicts):
        kind, reason = kinds[number % 4]
        name = names[number % operations]
        lines.append(verdict(name, f"input/Member{number}#pattern", kind, reason, f"sagemaker:{name}/valid/smallest"))
    lines += [operation(name, f"L{number % 5}", "L5", accepted=number) for number, name in enumerate(names)]
    return [*lines, footer(lines)]


def poisoned(value: Any, *, key: str = "") -> Any:
    """`value` with every text that a reader does not interpret replaced by hostile text."""
    kept = {
        "type", "role", "severity", "verdict", "level", "reachable", "outcome", "fingerprint", "folded_into", "folds",
        "intent", "kind", "started", "body_base64", "$base64", "ended", "url", "service", "operation",
    }  # fmt: skip
    if isinstance(value, dict):
        return {name: poisoned(item, key=name) if name not in kept else item for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, key=key) for item in value]
    if not isinstance(value, str):
        return value
    if key in ("clause", "clauses"):
        return f"{value}{EVIL}"
    if key in ("id", "case", "cases"):
        return f"{value}/{EVIL}"
    return EVIL


Written = Callable[[Lines], Record]


def as_case(line: Mapping[str, Any]) -> CaseRow:
    """The case that a line writes."""
    row = row_of(line)
    assert isinstance(row, CaseRow)
    return row


def as_header(line: Mapping[str, Any]) -> HeaderRow:
    """The header that a line writes."""
    row = row_of(line)
    assert isinstance(row, HeaderRow)
    return row


def write_lines(path: Path, lines: Lines) -> Path:
    """A record of these lines, written as a run writes it."""
    with RecordWriter(path) as writer:
        for line in lines:
            row = row_of(line)
            assert row is not None
            writer.write(row)
    return path


@pytest.fixture
def lines() -> Lines:
    """The lines of a small record with one of everything."""
    return base_lines()


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes lines to a record and reads it back."""

    def write(lines: Lines) -> Record:
        return read(write_lines(tmp_path / "record.jsonl", lines))

    return write


@pytest.fixture
def record(written: Written, lines: Lines) -> Record:
    """The small record with one of everything, as read."""
    return written(lines)


@pytest.fixture
def hostile(written: Written) -> Record:
    """The small record with `<script>` and worse in every text."""
    changed = [poisoned(line) for line in base_lines()]
    for line in changed:
        if line["type"] in ("case", "finding", "operation"):
            line["service"] = EVIL
            line["operation"] = EVIL
    return written(changed)


@pytest.fixture(scope="session")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """400 operations, 20,000 verdicts, 1,500 findings with big bodies."""
    return read(write_lines(tmp_path_factory.mktemp("huge") / "record.jsonl", huge_lines()))


@pytest.fixture
def evil() -> str:
    """The text that `hostile` is full of."""
    return EVIL


@pytest.fixture
def parts() -> Mapping[str, Callable[..., Any]]:
    """The builders of single lines, for tests that need a record of their own."""
    return {
        "header": header,
        "case": case,
        "step": step,
        "finding": finding,
        "verdict": verdict,
        "operation": operation,
        "footer": footer,
    }
