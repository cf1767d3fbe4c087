"""`pytest --conformance-guard` in small projects: what is passed over and why, workers, and wrong use.

The sessions run in this process. What they need is imported before, so that it is not imported anew in each of them.
"""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import pytest

from conformance.record.reader import read

for needed in ("boto3", "conformance.pytest_plugin.guard_session", "conformance.reports.html"):
    importlib.import_module(needed)

PLUGINS = Path(__file__).resolve().parent.parent / "downstream" / "app_with_plugins"

pytestmark = pytest.mark.usefixtures("clean_aws")

# Two lies (a member that there is not, a status that there is not) and what is true.
LIES = """
import boto3, pytest
from unittest import mock

SNS, TABLES = (
    boto3.client(name, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    for name in ("sns", "dynamodb")
)

def answered(output):
    return mock.patch("botocore.client.BaseClient._make_api_call", return_value=output)

def test_member():
    with answered({"Total": 3}):
        SNS.list_topics()

@IGNORING
def test_status():
    with answered({"Table": {"TableName": "orders", "TableStatus": "READY"}}):
        TABLES.describe_table(TableName="orders")

def test_truth():
    with answered({"Topics": []}):
        SNS.list_topics()
"""
MEMBER, STATUS = "sns:ListTopics/output#members", "dynamodb:DescribeTable/output/Table/TableStatus#enum"
IGNORING = f'@pytest.mark.conformance_ignore("{STATUS}", reason="as we like it")'


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_lies=LIES.replace("@IGNORING\n", ""))
    return pytester


def run(project: pytest.Pytester, *arguments: str, mode: str = "fail") -> pytest.RunResult:
    fixed = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", f"--conformance-guard={mode}")
    return project.runpytest_inprocess(*fixed, *arguments)


def clauses(project: pytest.Pytester) -> list[str]:
    """The clauses of the findings in the record that are not info."""
    record = read(project.path / "reports" / "guard.jsonl")
    return sorted(each.clause for each in record.findings if each.severity != "info")


@pytest.mark.parametrize(("mode", "outcomes"), [("fail", {"passed": 1, "failed": 2}), ("report", {"passed": 3})])
def test_only_mode_fail_changes_results(project: pytest.Pytester, mode: str, outcomes: dict[str, int]) -> None:
    result = run(project, mode=mode)
    result.assert_outcomes(**outcomes)
    assert clauses(project) == [STATUS, MEMBER]
    result.stdout.fnmatch_lines(["3 AWS calls: 2 findings, * known", f"warning: {STATUS} (not-in-enum)*test_lies.py:*"])


def test_mode_warn_warns_at_the_line_of_the_test(project: pytest.Pytester) -> None:
    result = run(project, "-W", "default", mode="warn")
    result.assert_outcomes(passed=3, warnings=2)
    result.stdout.fnmatch_lines(["*test_lies.py:14: ConformanceWarning: *invented-member*"])


def test_a_list_in_the_configuration_is_passed_over(project: pytest.Pytester) -> None:
    project.makeini(
        f"[pytest]\nconformance_guard_ignore =\n    {MEMBER} = the team counts topics\n    sqs:* = none such"
    )
    result = run(project)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["3 AWS calls: 1 finding, * 1 known", "the entry 'sqs:[*]' matches nothing"])
    assert "the team counts topics" in (project.path / "reports" / "guard.html").read_text("utf-8")


def test_a_baseline_is_passed_over(project: pytest.Pytester) -> None:
    (project.path / "known.yaml").write_text(f"- clause: '{STATUS}'\n  reason: as in production\n")
    result = run(project, "--conformance-baseline=known.yaml")
    result.assert_outcomes(passed=2, failed=1)
    assert "FAILED test_lies.py::test_member" in result.stdout.str()


def test_a_marker_is_for_its_test_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_lies=LIES.replace("@IGNORING", IGNORING))
    result = run(pytester, "--strict-markers")
    result.assert_outcomes(passed=2, failed=1)
    assert clauses(pytester) == [MEMBER]


@pytest.mark.slow
def test_two_workers_find_the_same_and_write_one_record(project: pytest.Pytester) -> None:
    run(project, mode="report")
    alone = read(project.path / "reports" / "guard.jsonl")
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2", "--conformance-guard=report")
    result.assert_outcomes(passed=3)
    together = read(project.path / "reports" / "guard.jsonl")
    assert {row.clause: row.verdict for row in together.verdicts} == {row.clause: row.verdict for row in alone.verdicts}
    assert {row.fingerprint: row.places for row in together.findings} == {
        row.fingerprint: row.places for row in alone.findings
    }
    assert [each.name for each in (project.path / "reports").glob("*.jsonl")] == ["guard.jsonl"]
    assert together.footer is not None
    assert together.footer.requests == 3


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        ("conformance_guard = loud", "*'loud', not one of report, warn, fail"),
        ("conformance_guard_ignore = sns:*", "*'sns:[*]' has no reason*"),
        ("conformance_baseline = none.yaml", "*none.yaml*"),
        ("conformance_fail_on = all", "*'all'*"),
    ],
)
def test_wrong_use_is_told_in_one_line(project: pytest.Pytester, ini: str, said: str) -> None:
    project.makeini(f"[pytest]\n{ini}")
    options = () if "guard =" in ini else ("--conformance-guard=report",)
    result = project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len([line for line in result.errlines if line]) == 1
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_without_the_plugin_the_options_and_the_marker_are_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_lies=LIES.replace("@IGNORING", IGNORING))
    pytester.makeini("[pytest]\naddopts = --strict-markers")
    result = pytester.runpytest_inprocess("-p", "no:conformance", "-p", "no:xdist", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=3)


def test_places_are_relative_to_the_project(project: pytest.Pytester) -> None:
    run(project, mode="report")
    record = read(project.path / "reports" / "guard.jsonl")
    places = {each.clause: each.places for each in record.findings}
    assert places[MEMBER] == ("test_lies.py:14 (test_lies.py::test_member)",)
    page = (project.path / "reports" / "guard.html").read_text("utf-8")
    assert "<dt>Called at</dt><dd><code>test_lies.py:14 (test_lies.py::test_member)</code></dd>" in page
    assert "answered by a patch" in page
    assert "conformance replay" not in page


def test_clients_of_threads_cassettes_and_unittest_are_seen(pytester: pytest.Pytester) -> None:
    shutil.copytree(PLUGINS, pytester.path, dirs_exist_ok=True)
    result = run(pytester, mode="report")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] >= 4
    assert outcomes.keys() <= {"passed", "skipped"}
