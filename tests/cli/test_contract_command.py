"""`conformance contract check|changes` and `run --contract`: what they print, their exit status, and wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.contracts.contract_file import write_contract
from conformance.contracts.usage import Contract, MemberUse, OperationUse, Use
from doubles.command_line import CommandResult, conformance, of_type, rows_of, sent, verdicts
from doubles.hosting import hosting

pytestmark = pytest.mark.usefixtures("clean_aws")

ONCE = {"tests/test_app.py::test_models": 1}
CREATE = OperationUse(ONCE, sent={"ModelName": MemberUse()}, read={"ModelArn": MemberUse()})
LIST = OperationUse(ONCE, read={"Models": MemberUse(), "NextToken": MemberUse()}, paginator=Use())
WEIGHTS = OperationUse(ONCE, sent={"EndpointName": MemberUse()})
MODELS = {"CreateModel": CREATE, "ListModels": LIST}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    return written(tmp_path, **MODELS)


def written(folder: Path, **operations: OperationUse) -> Path:
    write_contract(Contract(services={"sagemaker": operations}), folder / "contract.json")
    return folder / "contract.json"


def check(contract: Path, *arguments: str) -> CommandResult:
    return conformance("contract", "check", str(contract), "--spec", "1.44.5", "--seed", "1", *arguments)


def states(result: CommandResult) -> dict[str, str]:
    found: dict[str, Any] = json.loads(result.out)
    return {each["operation"]: each["state"] for each in found["operations"]}


def test_a_check_prints_what_works_and_sends_no_more(contract: Path, tmp_path: Path) -> None:
    with hosting() as url:
        result = check(contract, "--target", url, "--out", str(tmp_path / "out"))
    assert result.status == 0, result.err
    assert result.out.splitlines()[1:] == [
        "",
        "sagemaker",
        "  CreateModel  works",
        "  ListModels   works",
        "",
        "2 operations: 2 work",
    ]
    clauses = verdicts(rows_of(tmp_path / "out"))
    assert {"sagemaker:CreateModel/output/ModelArn#required", "sagemaker:ListModels/pagination#complete"} <= set(
        clauses
    )
    assert not [each for each in clauses if "PrimaryContainer" in each or "/DeleteModel" in each]


def test_what_deviates_is_printed_and_fails(contract: Path, tmp_path: Path) -> None:
    with hosting(member_missing=True, page_repeats=True) as url:
        text, document = (check(contract, "--endpoint-url", url, "--format", form) for form in ("text", "json"))
    assert (text.status, document.status) == (1, 1)
    assert "      warning: sagemaker:CreateModel/output/ModelArn#required (missing-member) at ModelArn: " in text.out
    assert "\n2 operations: 2 deviate" in text.out
    assert states(document) == {"CreateModel": "deviates", "ListModels": "deviates"}
    found = json.loads(document.out)
    assert found["totals"] == {"deviates": 2, "not-implemented": 0, "unknown": 0, "works": 0}
    assert found["operations"][0]["deviations"][0]["code"] == "missing-member"


def test_a_record_is_enough(contract: Path, tmp_path: Path) -> None:
    with hosting(operation_missing=True) as url:
        run = conformance(
            "run", "sagemaker:ListModels,UpdateEndpointWeightsAndCapacities", "--target", url, "--spec", "1.44.5",
            "--only", "*/input#accepted", "--only", "*/protocol*", "--only", "*/pagination*", "--out", str(tmp_path),
            "--max-examples", "0",
        )  # fmt: skip
    assert run.status in (0, 1), run.err
    contract = written(tmp_path, **MODELS, UpdateEndpointWeightsAndCapacities=WEIGHTS)
    result = check(contract, "--record", str(tmp_path / "record.jsonl"), "--format", "json")
    assert result.status == 1
    assert states(result) == {
        "CreateModel": "unknown",
        "ListModels": "works",
        "UpdateEndpointWeightsAndCapacities": "not-implemented",
    }


def test_where_nothing_is_shown_the_status_is_three(tmp_path: Path) -> None:
    with hosting() as url:
        run = conformance(
            "run", "sagemaker:ListModels", "--target", url, "--spec", "1.44.5", "--only", "*/input#accepted",
            "--max-examples", "0", "--out", str(tmp_path),
        )  # fmt: skip
    assert run.status == 0, run.err
    record = str(tmp_path / "record.jsonl")
    assert check(written(tmp_path, CreateModel=CREATE), "--record", record).status == 3
    assert check(written(tmp_path, **MODELS), "--record", record).status == 0
    assert check(written(tmp_path, **MODELS), "--record", record, "--strict").status == 1


def test_a_target_that_is_not_there_is_said(contract: Path) -> None:
    result = check(contract, "--target", "http://127.0.0.1:9")
    assert (result.status, result.out) == (3, "")
    assert result.error_lines[0].startswith("error: http://127.0.0.1:9")


def test_aws_is_asked_only_with_consent_and_only_reads(
    contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with hosting() as url:
        aws = ("--target", "aws:us-east-1", "--endpoint-url", url, "--format", "json")
        refused = check(contract, *aws)
        agreed = check(contract, *aws, "--yes", "--out", str(tmp_path / "out"))
    assert refused.status == 2
    assert "nobody can be asked" in refused.err
    assert states(agreed) == {"CreateModel": "unknown", "ListModels": "works"}
    assert {step["operation"] for step in sent(rows_of(tmp_path / "out"), "case")} == {"ListModels"}


def test_a_run_of_a_contract_is_of_its_clauses(contract: Path, tmp_path: Path) -> None:
    with hosting() as url:
        result = conformance(
            "run", "--contract", str(contract), "--target", url, "--spec", "1.44.5", "--only", "*:CreateModel/*",
            "--max-examples", "0", "--out", str(tmp_path),
        )  # fmt: skip
    assert result.status == 0, result.err
    rows = rows_of(tmp_path)
    assert [row["operation"] for row in of_type(rows, "operation")] == ["CreateModel"]
    found = set(verdicts(rows))
    assert "sagemaker:CreateModel/output/ModelArn#required" in found
    assert found == set(of_type(rows, "header")[0]["selection"]["only"])
    assert not [each for each in found if "PrimaryContainer" in each]


def test_changes_print_what_is_touched(tmp_path: Path) -> None:
    status = OperationUse(ONCE, read={"EndpointStatus": MemberUse()})
    arn = OperationUse(ONCE, read={"EndpointArn": MemberUse()})
    versions = ("--from", "1.22.12", "--to", "1.35.61")
    result = conformance("contract", "changes", str(written(tmp_path, DescribeEndpoint=status)), *versions)
    assert result.status == 1, result.err
    assert result.out.splitlines()[2:4] == [
        "breaking",
        "  sagemaker:DescribeEndpoint  response EndpointStatus: values added: UpdateRollbackFailed",
    ]
    result = conformance("contract", "changes", str(written(tmp_path, DescribeEndpoint=arn)), *versions)
    assert (result.status, result.out) == (
        0,
        "botocore 1.22.12 -> 1.35.61: nothing that the contract uses is different\n",
    )


@pytest.mark.parametrize(
    "command",
    [("contract", "check"), ("contract", "changes", "--from", "1.44.5", "--to", "1.44.5"), ("run", "--contract")],
)
@pytest.mark.parametrize(
    ("content", "error", "hint"),
    [
        (None, "No such file or directory", "pytest --conformance-contract"),
        ("{", "not JSON", "pytest --conformance-contract"),
        ('{"format": 9, "services": {}}', "of format 9", "format 1"),
        ('{"format": 1, "services": {}}', "no operations", "pytest --conformance-contract"),
        ('{"format": 1, "services": {"sqss": {"CreateQueue": {"tests": {"a": 1}}}}}', "'sqss'", "did you mean sqs"),
    ],
)
def test_another_file_is_wrong_use(
    command: tuple[str, ...], content: str | None, error: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "contract.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = conformance(*command, str(path))
    assert (result.status, result.out) == (2, "")
    assert len(result.error_lines) == 2
    assert error in result.error_lines[0]
    assert hint in result.error_lines[1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("contract", "check", "FILE", "--record", "r.jsonl", "--target", "moto"), "both --record and a target"),
        (("contract", "check", "FILE", "--record", "none.jsonl"), "none.jsonl"),
        (("contract", "check", "FILE", "--target", "mto"), "mto"),
        (("contract", "check", "FILE", "--target", "aws:eu-west-1"), "no credentials for AWS"),
        (("contract", "check", "FILE", "--target", "aws:eu-west-1", "--allow-writes"), "--allow-writes needs --out"),
        (("contract", "changes", "FILE", "--from", "x", "--to", "installed"), "'x' is neither a version nor a path"),
        (("run", "sqs", "--contract", "FILE"), "both a selection and --contract"),
    ],
)
def test_arguments_that_do_not_go_together_are_wrong_use(
    arguments: tuple[str, ...], error: str, contract: Path
) -> None:
    result = conformance(*(str(contract) if each == "FILE" else each for each in arguments))
    assert result.status == 2
    assert error in result.error_lines[0]


def test_an_operation_that_there_is_not_is_named(tmp_path: Path) -> None:
    result = check(written(tmp_path, CreateModl=CREATE), "--target", "moto")
    assert result.status == 2
    assert result.error_lines[1].startswith("hint: did you mean CreateModel ")
