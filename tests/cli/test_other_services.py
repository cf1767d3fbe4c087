"""A case that needs something of another service: recorded, replayed and written down as scripts of both services."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.reports.reproduce import aws_cli_script, boto3_script, context_of, curl_script
from doubles.command_line import Row, conformance, of_type, rows_of
from doubles.handmade_records import as_case, as_header

pytestmark = pytest.mark.usefixtures("clean_aws")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("functions")
    result = conformance(
        "run", "lambda:CreateFunction,GetFunction", "--only", "*/input#accepted", "--max-examples", "0", "--seed", "3",
        "--out", str(out),
    )  # fmt: skip
    assert result.err == ""
    return out


def case_of(folder: Path) -> Row:
    return next(row for row in of_type(rows_of(folder), "case") if row["id"] == "lambda:GetFunction/valid/smallest")


def test_the_role_of_a_function_is_made_where_roles_are_made(folder: Path) -> None:
    steps = [(step["operation"], step.get("service", {}).get("service")) for step in case_of(folder)["steps"]]
    assert steps[:2] == [("CreateRole", "iam"), ("CreateFunction", None)]
    assert steps[-1] == ("DeleteRole", "iam")
    assert case_of(folder)["outcome"] == "accepted"


def test_a_replay_speaks_to_both_services(folder: Path) -> None:
    result = conformance("replay", str(folder / "record.jsonl"), "lambda:GetFunction/valid/smallest")
    assert result.status == 0
    assert "<CreateRoleResponse" in result.out


def test_scripts_speak_to_both_services(folder: Path) -> None:
    case, context = as_case(case_of(folder)), context_of(as_header(rows_of(folder)[0]), "lambda")
    boto3 = boto3_script(case, context)
    assert "client_iam.create_role(" in boto3.replace("call(\n    client_iam.create_role,", "client_iam.create_role(")
    assert 'Role=iam_role["Role"]["Arn"]' in boto3
    assert "aws iam create-role" in aws_cli_script(case, context)
    assert "aws:amz:us-east-1:iam" in curl_script(case, context)
