"""JUnit XML: counts that add up, a failure for what fails a build, never a silent pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.record.rows import Record
from conformance.reports import junit
from conformance.reports.report_options import FailOn, Options

Written = Callable[[list[dict[str, Any]]], Record]


def _cases(text: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(text)
    return {f"{test.get('classname')}/{test.get('name')}": test for test in root.iter("testcase")}


def _tags(test: ElementTree.Element) -> list[str]:
    return [child.tag for child in test]


def test_each_verdict_has_its_form(record: Record) -> None:
    cases = _cases(junit.render_junit(record))
    assert len(cases) == 10
    assert _tags(cases["sagemaker.CreateEndpoint/input/EndpointName#required"]) == []
    assert _tags(cases["sagemaker.CreateModel/input/ModelName#required"]) == ["failure"]
    assert _tags(cases["sagemaker.DescribeEndpoint/output/EndpointArn#required"]) == ["error"]
    for name, reason in (
        ("UpdateEndpoint/input/EndpointName#min", "skipped: the operation is not implemented"),
        ("DeleteEndpoint/output#type", "unreached: no answer within 10 s"),
    ):
        (skipped,) = cases[f"sagemaker.{name}"]
        assert (skipped.tag, skipped.get("message")) == ("skipped", reason)


def test_a_failure_has_the_details_that_a_person_needs(record: Record) -> None:
    (failure,) = _cases(junit.render_junit(record))["sagemaker.CreateModel/input/ModelName#required"]
    assert failure.get("type") == "crash"
    assert failure.get("message") == "crash: expected 400 ValidationException; got 500 with a page of HTML"
    text = failure.text or ""
    for piece in (
        "ModelName is required",
        "model: botocore 1.40.0",
        "conformance replay record.jsonl 'sagemaker:CreateM",
    ):
        assert piece in text


@pytest.mark.parametrize(
    ("fail_on", "failures", "outputs"), [("error", 4, 2), ("warning", 5, 1), ("info", 6, 0), ("never", 0, 6)]
)
def test_what_fails_a_build(record: Record, fail_on: FailOn, failures: int, outputs: int) -> None:
    root = ElementTree.fromstring(junit.render_junit(record, Options(fail_on=fail_on)))
    assert len(list(root.iter("failure"))) == failures
    assert len(list(root.iter("system-out"))) == outputs
    assert root.get("failures") == str(failures)


def test_known_findings_do_not_fail(record: Record) -> None:
    known = {f"{4:016x}": "reported upstream"}
    test = _cases(junit.render_junit(record, Options(known=known)))["sagemaker.CreateModel/input/ModelName#required"]
    assert _tags(test) == ["system-out"]
    assert "reported upstream" in (test[0].text or "")


def test_counts_and_times_add_up(record: Record, huge: Record) -> None:
    for sample in (record, huge):
        root = ElementTree.fromstring(junit.render_junit(sample))
        assert root.get("tests") == str(len(list(root.iter("testcase"))))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert sum(int(suite.get(name, "x")) for suite in root) == len(list(root.iter(tag)))
            assert name == "skipped" or root.get(name) == str(len(list(root.iter(tag))))
        for suite in root:
            assert float(suite.get("time", "x")) >= 0
            assert suite.get("timestamp") == "2026-11-20T10:00:00"


def test_the_elements_are_those_that_readers_know(record: Record) -> None:
    """Attributes and children as in the schema of Jenkins' xUnit plugin (junit-10.xsd)."""
    allowed = {
        "testsuites": {"name", "time", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
        "testcase": {"name", "classname", "time"},
        "failure": {"message", "type"},
        "error": {"message", "type"},
        "skipped": {"message"},
        "system-out": set(),
    }
    for element in ElementTree.fromstring(junit.render_junit(record)).iter():
        assert set(element.attrib) <= allowed[element.tag]
        if element.tag == "testcase":
            assert sum(child.tag in ("failure", "error", "skipped") for child in element) <= 1


def test_a_cut_off_run_is_not_green(written: Written, lines: list[dict[str, Any]]) -> None:
    good = [line for line in lines if line["type"] in ("header", "footer") or line.get("verdict") == "passed"]
    assert ElementTree.fromstring(junit.render_junit(written(good))).get("errors") == "0"
    cut = ElementTree.fromstring(junit.render_junit(written(good[:-1])))
    assert cut.get("errors") == "1"
    assert "did not finish" in junit.render_junit(written(good[:-1]))


def test_a_finding_without_a_verdict_is_a_failure(written: Written, lines: list[dict[str, Any]]) -> None:
    kept = [line for line in lines if line["type"] != "verdict"]
    root = ElementTree.fromstring(junit.render_junit(written(kept)))
    assert root.get("failures") == "4"


def test_a_failed_clause_without_a_finding_is_a_failure(written: Written, lines: list[dict[str, Any]]) -> None:
    kept = [line for line in lines if line["type"] != "finding"]
    assert ElementTree.fromstring(junit.render_junit(written(kept))).get("failures") == "6"


def test_hostile_text_is_still_xml(hostile: Record) -> None:
    text = junit.render_junit(hostile)
    root = ElementTree.fromstring(text)
    assert root.get("tests") == "10"
    assert "\x1b" not in text
    assert "&lt;script&gt;" in text
