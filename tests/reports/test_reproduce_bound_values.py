"""Scripts of cases in which later requests need values of earlier answers: really run, against new ids."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.record.reader import read
from conformance.reports.reproduce import aws_cli_script, boto3_script, context_of, curl_script
from conformance.reports.reproduce.bound_values import bound_values
from conformance.reports.reproduce.script_context import ReproductionContext, ordered_steps
from doubles import faulty_servers
from doubles.command_line import conformance
from doubles.handmade_records import as_case

Parts = Mapping[str, Callable[..., Any]]
Seen = list[tuple[int, str]]

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_boto3 = pytest.mark.skipif(importlib.util.find_spec("boto3") is None, reason="boto3 is not installed")
needs_aws = pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")

CASES = {
    "ec2:CreateSubnet": "ec2:CreateSubnet/scenario/creation/Subnet",
    "kms:DescribeKey": "kms:DescribeKey/scenario/steady/Key",
    "apigateway:DeleteRestApi": "apigateway:DeleteRestApi/scenario/removal/RestApi",
    "route53:DeleteHostedZone": "route53:DeleteHostedZone/scenario/removal/HostedZone",
}
TOOLS = {
    "boto3": (boto3_script, [sys.executable, "-"]),
    "aws-cli": (aws_cli_script, ["sh", "-s"]),
    "curl": (curl_script, ["sh", "-s"]),
}


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[str, Seen]]:
    """A moto with the status of each answer and the body of each request."""
    seen: Seen = []
    respond = faulty_servers.moto()

    def answer(request: faulty_servers.Received) -> faulty_servers.Reply:
        reply = respond(request)
        seen.append((reply.status, request.target + request.body.decode("utf-8", "replace")))
        return reply

    with faulty_servers.answering(answer) as server:
        yield server.url, seen


@pytest.fixture(scope="module")
def records(moto: tuple[str, Seen], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A record for each of the cases."""
    folder, found = tmp_path_factory.mktemp("records"), {}
    for number, operation in enumerate(CASES):
        place = folder / str(number)
        arguments = ("--only", "*/lifecycle#*", "--max-examples", "1", "--seed", "5", "--target", moto[0])
        conformance("run", operation, *arguments, "--out", str(place))
        found[operation] = place / "record.jsonl"
    return found


@pytest.mark.slow
@pytest.mark.parametrize("operation", CASES)
@pytest.mark.parametrize(
    "tool",
    [
        pytest.param("boto3", marks=needs_boto3),
        pytest.param("aws-cli", marks=needs_aws),
        pytest.param("curl", marks=needs_curl),
    ],
)
def test_scripts_use_the_ids_of_resources_they_created(
    tool: str, operation: str, moto: tuple[str, Seen], records: dict[str, Path], tmp_path: Path
) -> None:
    record = read(records[operation])
    case = record.cases[CASES[operation]]
    write, command = TOOLS[tool]
    script = write(case, context_of(record.header, case.service))
    if "cannot send this request" in script:
        pytest.skip("the AWS CLI does not send what rest-xml needs")
    kept = {"PATH", "LANG", "PYENV_ROOT", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name in kept} | {"HOME": str(tmp_path)}
    _, seen = moto
    seen.clear()
    done = subprocess.run(
        command, input=script, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    wanted = [each.step.response and each.step.response.status for each in ordered_steps(case)]
    assert [status for status, _ in seen] == wanted, (script, done.stdout, done.stderr)
    recorded = {value.recorded for inputs in bound_values(case.steps).inputs.values() for value in inputs}
    assert recorded
    sent = [body for _, body in seen if any(value in body for value in recorded)]
    assert not sent, "an id of the recorded run was sent"


def _bound_case(parts: Parts, answer: Any, *, asked: str = "id-1", **changes: Any) -> dict[str, Any]:
    bound = [{"path": "ThingId", "resource": "Thing", "side": "answer", "source": "Thing.ThingId"}]
    response = {"status": 200, "headers": {}, "body": json.dumps(answer)}
    make = {**parts["step"]("setup", "CreateThing", {"Name": "n"}, response=response), "makes": "Thing"}
    ask = {**parts["step"]("case", "DescribeThing", {"ThingId": asked}), "bound": bound}
    return dict(
        parts["case"]("sagemaker:DescribeThing/valid/x", "DescribeThing", [{**make, **changes}, ask], intent="valid")
    )


CONTEXT = ReproductionContext("sagemaker", "us-east-1", "json", "http://127.0.0.1:9", "sagemaker", "sagemaker")


def test_a_value_has_one_name_in_every_script(parts: Parts) -> None:
    case = _bound_case(parts, {"Thing": {"ThingId": "id-1"}})
    assert "thing = call(" in boto3_script(as_case(case), CONTEXT)
    assert 'ThingId=thing["Thing"]["ThingId"],' in boto3_script(as_case(case), CONTEXT)
    shell = aws_cli_script(as_case(case), CONTEXT)
    assert "thing_id=$(aws sagemaker create-thing" in shell
    assert "--query Thing.ThingId --output text)" in shell
    assert """'{"ThingId": "'"$thing_id"'"}'""" in shell
    assert """--data-binary '{"ThingId": "'"$thing_id"'"}'""" in curl_script(as_case(case), CONTEXT)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "rejected-validation"},
        {"makes": "Other"},
        {"request": {"method": "POST", "path": "/", "body_digest": "sha256:0", "body_size": 9}},
    ],
)
def test_what_was_not_created_binds_nothing(parts: Parts, changes: dict[str, Any]) -> None:
    case = _bound_case(parts, {"Thing": {"ThingId": "id-1"}}, **changes)
    for write in (boto3_script, aws_cli_script, curl_script):
        assert '"id-1"' in write(as_case(case), CONTEXT)


def test_repeated_reads_are_one_step_that_says_so(parts: Parts) -> None:
    def reading(state: str) -> dict[str, Any]:
        return {**parts["step"]("case", "DescribeThing", {"Name": "n"}), "label": "read", "state": state}

    make = {**parts["step"]("case", "CreateThing", {"Name": "n"}), "label": "at-once"}
    steps = [make, make, *map(reading, ["Creating", "Creating", "Ready"])]
    case = parts["case"]("sagemaker:CreateThing/scenario/x", "CreateThing", steps, intent="scenario")
    assert [each.title for each in ordered_steps(as_case(case))] == [
        "at-once: CreateThing",
        "at-once: CreateThing",
        "read: DescribeThing, 3 times (Creating x2 -> Ready)",
    ]
    assert curl_script(as_case(case), CONTEXT).count("SageMaker.DescribeThing") == 1


@needs_curl
def test_hostile_bound_values_stay_text(parts: Parts, tmp_path: Path) -> None:
    evil = "$(touch pwned)`touch pwned`'; touch pwned #"
    case = _bound_case(parts, {"Thing": {"ThingId": evil}}, asked=evil)
    case["steps"][0]["makes"] = case["steps"][1]["bound"][0]["resource"] = f"os.system('touch pwned'){evil}"
    for key in (f"A{{{evil}}}", "A{\"]);import os;os.system('touch pwned');([\"x}", "a-b.c:d"):
        case["steps"][1]["bound"][0]["source"] = key
        for write, command in TOOLS.values():
            script = write(as_case(case), CONTEXT)
            if command[0] == sys.executable:
                compile(script, "script", "exec")
            subprocess.run(command, input=script, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)
            assert not list(tmp_path.iterdir()), script
    assert re.search(r"^[a-z_0-9]+ = call\($", boto3_script(as_case(case), CONTEXT), re.MULTILINE)
