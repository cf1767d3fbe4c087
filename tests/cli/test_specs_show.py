"""`specs show`: what is known of an operation, readable at 80 columns and through a pipe."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.cli.operation_text import Layout, operation_lines, printable, wrapped
from conformance.cli.specs_show import command
from conformance.exceptions import UnknownName
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from doubles.stored_specs import stored_spec


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def section(text: str, head: str) -> str:
    """The lines of a section, up to the next empty line."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(head))
    return "\n".join(lines[start : lines.index("", start) if "" in lines[start:] else None])


def test_an_operation_has_all_its_sections() -> None:
    text = shown("sagemaker:CreateEndpoint")
    assert "POST /  json 1.1, X-Amz-Target: SageMaker.CreateEndpoint" in text
    assert "EndpointName: string, required\n      length 0 to 63\n      pattern " in section(text, "INPUT")
    assert "one of ALL_AT_ONCE, CANARY, LINEAR" in section(text, "INPUT")
    assert "EndpointArn: string, required" in section(text, "OUTPUT")
    assert "ResourceLimitExceeded" in section(text, "ERRORS")
    assert "  REF-01  The endpoint configuration that a request names exists." in section(text, "RULES")
    assert "enforcement: RECORDED - 400 ValidationException" in section(text, "RULES")
    assert "valid: from botocore 1.29.165 on" in section(text, "RULES")
    assert "AWS does not enforce it" in section(text, "KNOWN, NOT CHECKED")
    assert "input/EndpointName  #required #type #max #pattern" in section(text, "CLAUSES")
    assert "#ID-01 #ID-02 #ID-06 #REF-01" in section(text, "CLAUSES")
    assert "lifecycle  #created #listed #Creating->InService #duplicate #one-winner" in section(text, "CLAUSES")


def test_required_members_come_first() -> None:
    text = section(shown("sagemaker:CreateEndpoint"), "INPUT")
    assert text.index("  EndpointName:") < text.index("  DeploymentConfig:")


def test_a_rule_of_another_version_is_told_apart() -> None:
    text = shown("sagemaker:CreateEndpointConfig")
    assert "CFG-01" not in section(text, "RULES (")
    assert "CFG-01" in section(text, "RULES OF OTHER VERSIONS")
    assert "from botocore 1.23.18 to 1.43.26" in text


def test_long_enums_are_shown_whole_on_demand() -> None:
    assert "values, --all shows them)" in shown("sagemaker:CreateEndpointConfig").replace("\n", " ")
    whole = shown("sagemaker:CreateEndpointConfig", "--all")
    assert "--all" not in whole
    assert "ml.inf2.48xlarge" in whole


def test_a_structure_is_written_out_once_and_recursion_ends() -> None:
    text = shown("dynamodb:PutItem", "--spec", "installed")
    assert "M: map to structure AttributeValue" in text
    assert "(as above)" in text
    assert section(text, "INPUT").count("BOOL: boolean") == 1


def test_places_of_rest_members_are_told() -> None:
    text = shown("s3:PutObject", "--spec", "installed")
    assert "PUT /{Bucket}" in text
    assert "Key: string, required, in the path as Key" in text
    assert "ACL: string, in the header x-amz-acl" in text


def test_what_is_not_there_is_told_as_none() -> None:
    text = shown("sagemaker:DeleteEndpoint")
    assert section(text, "OUTPUT").splitlines()[1] == "  none"


def test_several_operations() -> None:
    text = shown("sagemaker:DeleteModel,DescribeModel,DeleteModel")
    assert text.count("\nINPUT") == 2


def test_lines_are_at_most_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = shown("sagemaker:CreateEndpointConfig") + shown("sagemaker")
    # Words that cannot be broken without harm, such as patterns and paths, may be longer.
    assert [line for line in text.splitlines() if len(line) > 80 and len(line.split()) > 2] == []


def test_the_overview_names_every_operation() -> None:
    text = shown("sagemaker")
    assert "RESOURCES (" in text
    assert "ready when EndpointStatus is InService" in text.replace("\n      ", " ")
    listed = {line.split()[0] for line in section(text, "OPERATIONS").splitlines()[1:]}
    assert {"CreateEndpoint", "ListTags"} <= listed
    assert "another service: sagemaker-runtime" in text


def test_a_service_without_an_overlay() -> None:
    text = shown("sts", "--spec", "installed")
    assert "RESOURCES" not in text
    assert "GetCallerIdentity" in text


@pytest.mark.parametrize(
    ("target", "near"), [("sagemaker:CreateEndpont", "CreateEndpoint"), ("sagemakr", "sagemaker"), ("sqs:x", None)]
)
def test_unknown_names(target: str, near: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnknownName) as caught:
        command.main([target], standalone_mode=False)
    assert caught.value.hint
    assert near is None or near in caught.value.near
    assert main(["specs", "show", target]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("error: unknown")
    assert told.out == ""


def test_a_reader_that_leaves_is_no_error() -> None:
    code = "import sys; from conformance.cli import main; sys.exit(main(['specs', 'show', 'sagemaker']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"sagemaker")
        process.stdout.close()
        assert process.stderr.read() == b""


def test_every_operation_of_a_service_can_be_shown() -> None:
    spec = stored_spec("sagemaker")
    for operation in list(spec.service.operations.values())[::25]:
        lines = list(operation_lines(spec, operation, EMPTY_OVERLAY, Layout(80)))
        assert lines[0] == f"sagemaker:{operation.name}"
        assert all("\n" not in line for line in lines)


def test_text_that_a_terminal_would_not_show() -> None:
    assert printable("a\tb\x1b[0m\ud800\u00fc") == "a\\tb\\x1b[0m\\ud800\u00fc"
    assert wrapped("one two", 2, Layout(80), hang=2) == ["  one two"]
