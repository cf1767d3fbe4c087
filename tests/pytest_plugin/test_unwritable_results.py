"""Results that cannot be written: said in one line, with exit status 4, and what was found is shown all the same."""

from __future__ import annotations

import importlib
import json

import pytest

# Imported before: a session in this process would import them anew.
for needed in ("boto3", "moto.server", "conformance.reports.html"):
    importlib.import_module(needed)
for part in ("provider", "guard_session", "hooks"):
    importlib.import_module(f"conformance.pytest_plugin.{part}")

pytestmark = pytest.mark.usefixtures("clean_aws")

HEADER = {
    "type": "header", "format": 1, "tool": {"name": "aws-conformance", "version": "0"}, "botocore": "1",
    "target": {"kind": "moto", "identity": "moto"}, "services": [], "seed": 0, "started": "2026-01-01T00:00:00Z",
    "selection": {},
}  # fmt: skip

STUBBED = """
import boto3
import pytest
from botocore.stub import Stubber

def test_queues():
    client = boto3.client("sqs", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubs:
        stubs.add_client_error("list_queues", "NoSuchThing")
        with pytest.raises(client.exceptions.ClientError):
            client.list_queues()
"""

MODES = pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("--conformance", "sqs:ListQueues", "--conformance-target", "moto"), "sqs: 1 operation; *"),
        (("--conformance-guard", "report"), "1 AWS call: 1 finding, *"),
    ],
    ids=["provider", "guard"],
)


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    project.makepyfile(STUBBED)
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", "--conformance-max-examples", "0")
    return project.runpytest_inprocess(*options, *arguments)


@MODES
def test_a_place_below_a_file_is_refused_at_once(
    arguments: tuple[str, ...], shown: str, pytester: pytest.Pytester
) -> None:
    (pytester.path / "taken").write_text("")
    result = run(pytester, *arguments, "--conformance-out", "taken/results")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --conformance-out is '*taken/results', and *taken is no folder (*)"])
    result.stdout.no_fnmatch_line(shown)


def test_the_record_that_is_the_baseline_is_not_overwritten(pytester: pytest.Pytester) -> None:
    (pytester.path / "reports").mkdir()
    record = pytester.path / "reports" / "record.jsonl"
    record.write_text(json.dumps(HEADER) + "\n")
    arguments = ("--conformance", "sqs:ListQueues", "--conformance-baseline", "reports/record.jsonl")
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --conformance-baseline is '*record.jsonl', which is overwritten (*)"])
    assert record.read_text() == json.dumps(HEADER) + "\n"


@MODES
def test_a_folder_that_becomes_unwritable_loses_nothing_of_the_terminal(
    arguments: tuple[str, ...], shown: str, pytester: pytest.Pytester
) -> None:
    for name in ("report.html", "guard.html"):  # folders where the reports go
        (pytester.path / "results" / name).mkdir(parents=True)
    result = run(pytester, *arguments, "--conformance-out", "results")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines([shown, "ERROR: conformance: cannot write *results/*.html: *"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert "Traceback" not in result.stderr.str()
