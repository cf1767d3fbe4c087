"""Lines that `cases` prints, really run, send the request that was planned: in every protocol, by every tool."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from conformance.record.bodies import content
from conformance.record.json_form import parsed
from conformance.record.steps import RecordedRequest
from conformance.reports.reproduce.script_context import semantic_headers
from conformance.specs import ingest
from doubles import faulty_servers
from doubles.botocore_versions import DATA_VERSION, installed_is_older
from doubles.command_line import UNWRITTEN, conformance
from doubles.faulty_servers import Received
from doubles.reply_server import in_turn, told_by

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_boto3 = pytest.mark.skipif(importlib.util.find_spec("boto3") is None, reason="boto3 is not installed")
needs_aws = pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")

# Two for each protocol, with bodies, blobs, headers, labels and query strings among them; the last three over
# protocols that botocore would not choose.
OPERATIONS = (
    "dynamodb:PutItem",
    "iam:CreateRole",
    "sts:AssumeRole",
    "ec2:RunInstances",
    "ec2:DescribeInstances",
    "lambda:CreateFunction",
    "lambda:ListFunctions",
    "sagemaker-runtime:InvokeEndpoint",
    "s3:PutObject",
    "s3:PutBucketLifecycleConfiguration",
    "route53:ChangeResourceRecordSets",
    "cloudwatch:PutMetricData --protocol smithy-rpc-v2-cbor",
    "cloudwatch:PutMetricAlarm --protocol query",
    "cloudwatch:DescribeAlarms --protocol query",
)

# The AWS CLI speaks the protocol that botocore chooses; its version 1 takes blobs in another form than version 2.
NOT_FOR_THE_CLI = {
    *(each for each in OPERATIONS if "--protocol" in each), "lambda:CreateFunction", "sagemaker-runtime:InvokeEndpoint",
}  # fmt: skip


def cases(operation: str, *options: str) -> str:
    result = conformance(
        "cases", *operation.split(), "--spec", "installed", "--intent", "valid", "--seed", "3", *options
    )
    assert result.status == 0
    assert [line for line in result.error_lines if not UNWRITTEN.match(line)] == []
    return result.out


def ran(
    operation: str, format_: str, number: int, command: list[str], place: Path
) -> list[tuple[Received, RecordedRequest]]:
    """Every request that the lines send, beside the one that was planned.

    Planned from the installed botocore's model: tools take what their own model has.
    """
    service, _, protocol = operation.partition(":")[0], *operation.partition(" --protocol ")[1:]
    if protocol and protocol not in ingest.installed_spec(service).service.protocols:
        assert installed_is_older(), f"{service} has lost {protocol}"
        pytest.skip(f"{service} speaks {protocol} since a later version of botocore; {DATA_VERSION} has it")
    kept = {"PATH", "LANG", "PYENV_ROOT", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name in kept} | {"HOME": str(place)}
    planned = {row["id"]: row for row in map(json.loads, cases(operation).splitlines())}
    first = cases(operation, "-n", str(number), "--format", format_)
    steps = [planned[each]["steps"] for each in ids_in(first, operation)]
    replies = [(step["operation"], values) for case in steps for step, values in zip(case, told_by(case), strict=True)]
    with faulty_servers.answering(in_turn(operation.partition(":")[0], replies)) as server:
        script = cases(operation, "-n", str(number), "--format", format_, "--endpoint-url", server.url)
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, env=environment, cwd=place, check=False
        )
        received = list(server.requests)
    assert len(steps) == number, script
    requests = [parsed(RecordedRequest, step["request"]) for case in steps for step in case]
    assert len(received) == len(requests), (script, done.stdout, done.stderr)
    return list(zip(received, requests, strict=True))


def ids_in(script: str, operation: str) -> list[str]:
    return [line[2:] for line in script.splitlines() if line.startswith(f"# {operation.split()[0]}/")]


def check(received: Received, planned: RecordedRequest, *, bytes_too: bool) -> None:
    target = urlsplit(received.target)
    assert received.method == planned.method
    assert unquote(target.path) == unquote(planned.path)
    assert sorted(parse_qsl(target.query, keep_blank_values=True)) == sorted(map(tuple, planned.query))
    for name, value in semantic_headers(planned):
        assert same_header(name.lower(), received.headers.get(name.lower()), value), (name, received.headers)
    assert "Credential=test/" in received.headers["authorization"]
    body = content(planned)
    assert body is not None
    if bytes_too:
        assert received.body == body
    else:
        assert meaning(received.body) == meaning(body)


def same_header(name: str, got: str | None, planned: str) -> bool:
    if name == "content-type":  # botocore names the character set of a form, and no type where nothing depends on it
        return got is None or got.partition(";")[0] == planned.partition(";")[0]
    return got == planned


def meaning(body: bytes) -> Any:
    """What a body says, without the order of keys and how it is written."""
    try:
        return json.loads(body)
    except ValueError:
        pass
    if body.startswith(b"<"):
        return ET.canonicalize(body.decode(), strip_text=True)
    return sorted(parse_qsl(body.decode(), keep_blank_values=True)) if b"Action=" in body else body


@needs_curl
@pytest.mark.parametrize("operation", OPERATIONS)
def test_curl_sends_the_very_bytes(operation: str, tmp_path: Path) -> None:
    for received, planned in ran(operation, "curl", 3, ["sh", "-s"], tmp_path):
        check(received, planned, bytes_too=True)


@needs_boto3
@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_boto3_sends_the_same_request(operation: str, tmp_path: Path) -> None:
    for received, planned in ran(operation, "boto3", 2, [sys.executable, "-"], tmp_path):
        check(received, planned, bytes_too=False)


@needs_aws
@pytest.mark.slow
@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each not in NOT_FOR_THE_CLI])
def test_the_aws_cli_sends_the_same_request(operation: str, tmp_path: Path) -> None:
    for received, planned in ran(operation, "aws-cli", 1, ["sh", "-s"], tmp_path):
        check(received, planned, bytes_too=False)
