"""`specs resources`: what operations make, for a person and for a program."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from click.testing import CliRunner

from conformance.cli.specs_resources import command


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def block(text: str, name: str) -> list[str]:
    """The lines about a resource."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.split("  ")[0] == name)
    return [line.strip() for line in lines[start + 1 : lines.index("", start)]]


def test_a_person_reads_how_a_thing_is_made_named_and_removed() -> None:
    table = block(shown("dynamodb"), "Table")
    assert "created   by CreateTable" in table
    assert "named by  name TableName, chosen by the client; as TableName, SourceTableName" in table
    assert "read by   DescribeTable(TableName: Table.TableName), at Table of the answer" in table
    assert "removed   DeleteTable(TableName: Table.TableName)" in table
    assert "listed    ListTables, at TableNames" in table
    assert "status    TableStatus, polled every 20 s by the waiter" in table
    assert "creating: CREATING" in table
    assert any(line.startswith("tags      list of Key and Value; given as Tags;") for line in table)
    assert any(line.startswith("needed    by CreateBackup.TableName, ") for line in table)


def test_composite_names_show_what_they_are_made_of() -> None:
    found = block(shown("apigateway"), "Resource")
    assert "removed   DeleteResource(restApiId: answered RestApi.id, resourceId: answered Resource.id)" in found


def test_what_was_not_understood_is_said() -> None:
    text = shown("s3", "ec2")
    assert text.startswith("s3: ")
    assert "\nec2: " in text
    assert "CreateTags: " in text[text.index("not understood") :]
    assert "unclear   no operation to read it was found" in block(shown("iam"), "AccessKey")


def test_what_the_overlay_says_is_marked() -> None:
    text = shown("sagemaker")
    assert "\nEndpoint  (from the overlay)\n" in text
    assert "\nAlgorithm\n" in text


def test_a_program_reads_the_same() -> None:
    document: dict[str, Any] = json.loads(shown("dynamodb", "sqs", "--format", "json"))
    assert list(document) == ["dynamodb", "sqs"]
    table = document["dynamodb"]["resources"]["Table"]
    assert table["handles"][0] == {
        "kind": "name",
        "source": {"side": "request", "path": "TableName"},
        "members": ["TableName", "SourceTableName"],
        "operation_members": [],
    }
    assert table["read"] == {"operation": "DescribeTable", "at": "Table"}
    assert table["status"]["settled"][0] == "ACTIVE"
    assert document["sqs"]["not_understood"] == {}
    assert shown("dynamodb", "sqs", "--format", "json") == shown("dynamodb", "sqs", "--format", "json")


def test_an_unknown_service_is_named_with_what_was_meant() -> None:
    arguments = [sys.executable, "-m", "conformance", "specs", "resources", "dynamo"]
    found = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "unknown service 'dynamo'" in found.stderr
    assert "did you mean dynamodb?" in found.stderr
