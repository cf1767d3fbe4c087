"""Baselines excuse what they name and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.exceptions import BadFile
from conformance.record.rows import Finding, Record
from conformance.record.writer import RecordWriter
from conformance.reports import baselines
from conformance.reports.report_options import Options
from conformance.values.vocabulary import Severity

Parts = Mapping[str, Callable[..., Any]]
Written = Callable[[list[dict[str, Any]]], Record]

BASELINE = """
known:
- fingerprint: "0000000000000004"
  reason: reported upstream
- clause: "sagemaker:Create*/input/*Name#pattern"
  code: accepts-invalid
  reason: patterns are not checked
- clause: "sagemaker:Delete*/*"
  reason: mended long ago
"""


def _load(place: Path, text: str, name: str = "baseline.yaml") -> baselines.Baseline:
    (place / name).write_text(text, "utf-8")
    return baselines.load(place / name)


def _finding(clause: str, code: str = "accepts-invalid", fingerprint: str = "0" * 16) -> Finding:
    return Finding(clause, code, "error", "s", "O", fingerprint)


def test_new_and_known_findings_are_separated(record: Record, tmp_path: Path) -> None:
    parts = baselines.match_findings(record.findings, _load(tmp_path, BASELINE))
    assert [row.fingerprint[-1] for row in parts.new] == ["1", "5", "6"]
    assert [(row.fingerprint[-1], entry.reason) for row, entry in parts.known] == [
        ("2", "patterns are not checked"),
        ("3", "patterns are not checked"),
        ("4", "reported upstream"),
    ]
    assert [entry.reason for entry in parts.stale] == ["mended long ago"]
    assert parts.reasons[f"{4:016x}"] == "reported upstream"


def test_what_was_not_judged_is_not_stale(record: Record, tmp_path: Path) -> None:
    baseline = _load(tmp_path, BASELINE)
    assert not baselines.match_findings(record.findings, baseline, judged=["sagemaker:CreateModel/input#x"]).stale
    judged = [row.clause for row in record.verdicts]
    assert len(baselines.match_findings(record.findings, baseline, judged=judged).stale) == 1


def test_json_a_bare_list_and_nothing_are_baselines(tmp_path: Path) -> None:
    entries = [{"clause": "*", "reason": "all"}]
    assert len(_load(tmp_path, json.dumps({"known": entries}), "b.json").entries) == 1
    assert len(_load(tmp_path, json.dumps(entries)).entries) == 1
    assert _load(tmp_path, "").entries == ()
    assert _load(tmp_path, "known:\n").entries == ()


def test_an_older_record_is_a_baseline(record: Record, tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "old.jsonl") as writer:
        for row in record.rows():
            if not isinstance(row, Finding) or row.fingerprint.endswith(("1", "2", "3")):
                writer.write(row)
    parts = baselines.match_findings(record.findings, baselines.load(tmp_path / "old.jsonl"))
    assert [row.fingerprint[-1] for row in parts.new] == ["4", "5", "6"]
    assert parts.known[0][1].reason == "found before, in old.jsonl"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("known: 7", "no list 'known'"),
        ("just text", "no list 'known'"),
        ("other: []", "no list 'known'"),
        ("known: [7]", "entry 1 is not a mapping"),
        ("known: [{reason: x}]", "neither 'fingerprint' nor 'clause'"),
        ("known: [{clause: x}]", "no 'reason'"),
        ("known: [{clause: x, reason: ''}]", "'reason' is not text"),
        ("known: [{fingerprint: 0123, reason: x}]", "'fingerprint' is not text; put it in quotes"),
        ("known: [{clause: x, reason: y, clauses: z}]", "unknown 'clauses'"),
        ("known: [", "is not YAML (line"),
        ("known: !!python/object/apply:os.system [id]", "is not YAML"),
        ("a: \x00", "is not YAML"),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadFile) as caught:
        _load(tmp_path, text)
    assert problem in caught.value.message
    assert caught.value.hint


def test_missing_baselines(tmp_path: Path) -> None:
    for name in ("none.yaml", "none.jsonl", "."):
        with pytest.raises(BadFile):
            baselines.load(tmp_path / name)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFile):
        baselines.load(tmp_path / "bytes.yaml")


@pytest.mark.parametrize(
    ("pattern", "clause", "matches"),
    [
        ("s:O/input/A[]/B#max", "s:O/input/A[]/B#max", True),
        ("s:O/input/A[]/B[]#max", "s:O/input/A/#max", False),
        ("*[]*", "s:O/input/A[]/B#max", True),
        ("*[]*", "s:O/input/A/B#max", False),
        ("s:O?/*", "s:O1/x#y", True),
        ("s:O?/*", "s:O/x#y", False),
        ("s:o/*", "s:O/x#y", False),
        ("s:O/x#y", "s:O/x#yy", False),
        ("*{}*", "s:O/input/A{}#max", True),
    ],
)
def test_globs_take_brackets_as_they_are(pattern: str, clause: str, matches: bool) -> None:
    assert baselines.BaselineEntry("r", clause=pattern).matches(_finding(clause)) is matches


@given(st.text(), st.text())
def test_a_glob_of_plain_text_matches_itself_alone(one: str, two: str) -> None:
    plain = one.replace("*", "").replace("?", "") or "x"
    assert baselines.BaselineEntry("r", clause=plain).matches(_finding(plain))
    assert baselines.BaselineEntry("r", clause=plain).matches(_finding(two)) is (two == plain)


def test_a_code_narrows(record: Record) -> None:
    assert baselines.BaselineEntry("r", clause="*", code="crash").matches(_finding("s:O/x#y", "crash"))
    assert not baselines.BaselineEntry("r", clause="*", code="crash").matches(_finding("s:O/x#y"))
    assert not baselines.BaselineEntry("r", fingerprint="1" * 16).matches(_finding("s:O/x#y"))


@pytest.mark.parametrize(("fail_on", "severity", "fails"), [
    ("error", "error", True), ("error", "warning", False), ("warning", "warning", True), ("warning", "info", False),
    ("info", "info", True), ("never", "error", False),
])  # fmt: skip
def test_what_fails(fail_on: Any, severity: Severity, fails: bool) -> None:
    row = Finding("s:O/x#y", "c", severity, "s", "O", "f")
    assert Options(fail_on=fail_on).fails(row) is fails
    assert not Options(fail_on=fail_on, known={"f": "why"}).fails(row)
