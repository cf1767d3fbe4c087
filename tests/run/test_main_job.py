"""The job that the product exists for: SageMaker hosting against moto, from one command to reports to act on."""

from __future__ import annotations

import fnmatch
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from conformance.record.schema import schema
from doubles.command_line import CommandResult, Row, codes, conformance, of_type, rows_of, verdicts

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("clean_aws")]


@pytest.fixture(scope="module")
def rows(main_job: tuple[CommandResult, Path]) -> list[Row]:
    return rows_of(main_job[1])


def found(rows: list[Row], code: str, pattern: str) -> list[str]:
    return [clause for of, clause in codes(rows) if of == code and fnmatch.fnmatchcase(clause, pattern)]


def test_it_ends_with_findings_and_says_nothing_on_stderr(main_job: tuple[CommandResult, Path]) -> None:
    result, folder = main_job
    assert (result.status, result.err) == (1, "")
    assert {path.name for path in folder.iterdir()} >= {"record.jsonl", "report.html", "junit.xml"}


def test_every_line_of_the_record_is_as_published(rows: list[Row]) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    problems = [
        f"{number}: {error.message}" for number, row in enumerate(rows, 1) for error in validator.iter_errors(row)
    ]
    assert problems == []
    assert (rows[0]["type"], rows[-1]["type"], rows[-1]["ended"]) == ("header", "footer", "complete")


def test_every_clause_has_one_verdict_and_the_footer_counts_them(rows: list[Row]) -> None:
    words = Counter(row["verdict"] for row in of_type(rows, "verdict"))
    assert len(verdicts(rows)) == sum(words.values())
    assert {word: count for word, count in rows[-1]["verdicts"].items() if count} == dict(words)
    assert {clause for _, clause in codes(rows)} <= {c for c, word in verdicts(rows).items() if word == "failed"}


def test_the_evidence_that_lines_name_is_in_the_record(rows: list[Row]) -> None:
    cases = {row["id"] for row in of_type(rows, "case")}
    assert len(cases) == len(of_type(rows, "case")), "two cases of one id"
    named = {row["case"] for row in of_type(rows, "finding")} | {
        c for row in of_type(rows, "verdict") for c in row["cases"]
    }
    assert named <= cases


def test_an_operation_that_moto_lacks_is_not_implemented_rather_than_crashed(rows: list[Row]) -> None:
    of = [row for row in of_type(rows, "case") if row["operation"] == "UpdateEndpoint"]
    assert {row["outcome"] for row in of} == {"not-implemented"}
    words = Counter(w for clause, w in verdicts(rows).items() if clause.startswith("sagemaker:UpdateEndpoint/"))
    assert set(words) == {"failed", "unreached"}
    assert words["failed"] == 1
    assert found(rows, "not-implemented", "*") == ["sagemaker:UpdateEndpoint/protocol#implemented"]
    (line,) = [row for row in of_type(rows, "operation") if row["operation"] == "UpdateEndpoint"]
    assert line["level"] is None


def test_names_that_break_their_pattern_are_taken(rows: list[Row]) -> None:
    assert found(rows, "accepts-invalid", "sagemaker:CreateEndpoint/input/EndpointName#pattern")
    assert found(rows, "accepts-invalid", "sagemaker:CreateModel/input/ModelName#pattern")


def test_a_missing_required_member_is_answered_with_500(rows: list[Row]) -> None:
    crashed = found(rows, "crash", "*/input/*#required")
    assert crashed
    cases = {row["id"]: row for row in of_type(rows, "case")}
    finding = next(row for row in of_type(rows, "finding") if row["clause"] == crashed[0])
    (step,) = [step for step in cases[finding["case"]]["steps"] if step["role"] == "case"]
    assert step["response"]["status"] == 500
    assert finding["where"].rpartition("/")[2] not in json.loads(step["request"]["body"])


def test_no_finding_rests_on_a_request_whose_valid_counterpart_was_refused(rows: list[Row]) -> None:
    cases = {row["id"]: row for row in of_type(rows, "case")}
    for finding in of_type(rows, "finding"):
        base = cases[finding["case"]].get("base")
        if finding["code"] == "accepts-invalid" and base is not None:
            assert cases[base]["outcome"] == "accepted", finding["case"]


def test_no_secret_gets_into_the_results(main_job: tuple[CommandResult, Path]) -> None:
    for name in ("record.jsonl", "report.html", "junit.xml"):
        text = (main_job[1] / name).read_text("utf-8")
        assert not re.search(r"AWS4-HMAC-SHA256|Signature=|x-amz-security-token\W+[A-Za-z0-9]", text, re.IGNORECASE), (
            name
        )


class _Links(HTMLParser):
    """What a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag in ("link", "img", "iframe", "object", "embed") or (tag == "script" and "src" in of):
            address = of.get("href") or of.get("src") or of.get("data") or ""
            self.fetched += [] if address.startswith("data:") else [f"{tag} {address}"]


def test_reports_in_every_format(main_job: tuple[CommandResult, Path], rows: list[Row], tmp_path: Path) -> None:
    record = str(main_job[1] / "record.jsonl")
    reports = {name: conformance("report", record, "--format", name) for name in ("html", "markdown", "junit", "json")}
    assert {(result.status, result.err) for result in reports.values()} == {(0, "")}
    links = _Links()
    links.feed(reports["html"].out)
    assert links.fetched == []
    assert not re.search(r"@import|url\(\s*['\"]?https?:", reports["html"].out)
    cases = ElementTree.fromstring(reports["junit"].out).iter("testcase")
    assert len(list(cases)) == len(of_type(rows, "verdict"))
    assert len(reports["markdown"].out) < 65_536, "does not fit a pull request comment"
    assert json.loads(reports["json"].out)
    assert (main_job[1] / "report.html").read_text("utf-8").startswith(reports["html"].out[:60])
    assert conformance("report", record, "--format", "markdown", "-o", str(tmp_path / "report.md")).status == 0
    assert (tmp_path / "report.md").read_text("utf-8") == reports["markdown"].out


def test_the_terminal_tells_what_to_do(main_job: tuple[CommandResult, Path]) -> None:
    out = main_job[0].out
    assert "not implemented (1): sagemaker:UpdateEndpoint" in out
    assert "conformance replay" in out
    first = next(line for line in out.splitlines() if re.match(r"(error|warning|info) ", line))
    assert first.startswith("error sagemaker:")
