"""Markdown, JSON and the terminal: bounded, escaped, complete."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from conformance.exceptions import UnknownName
from conformance.record.bodies import LONGEST_BINARY, LONGEST_TEXT, content, hex_dump, readable, stored
from conformance.record.rows import Finding, Record
from conformance.record.steps import RecordedResponse
from conformance.reports import formats, markdown, summary_json
from conformance.reports.report_options import Options
from conformance.reports.summary import clause_parts, grouped_by_cause, summarize
from conformance.reports.terminal import print_report, report_console, terminal_report
from conformance.values.text import one_line, visible, well_formed, xml_text

Written = Callable[[list[dict[str, Any]]], Record]
Parts = Mapping[str, Callable[..., Any]]


def _printed(record: Record, options: Options | None = None, *, width: int = 80, color: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=color)
    console.print(terminal_report(record, options or Options()), crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_format_renders_every_record(record: Record, hostile: Record) -> None:
    empty = Record(record.header)
    for name in formats.FORMATS:
        for sample in (record, hostile, empty):
            text = formats.render(name, sample)
            assert text == formats.render(name, sample)
            assert text.encode("utf-8")


def test_an_unknown_format_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownName, match="unknown report format 'htm'") as caught:
        formats.writer("htm")
    assert caught.value.hint == "did you mean html?"


def test_lone_surrogates_do_not_break_a_report(written: Written, lines: list[dict[str, Any]]) -> None:
    changed = [{**line, "got": "\udc00", "reason": "\ud800"} for line in lines]
    sample = written([{name: value for name, value in line.items() if value is not None} for line in changed])
    for name in formats.FORMATS:
        assert formats.render(name, sample).encode("utf-8")


def test_markdown_shows_totals_operations_and_findings(record: Record) -> None:
    text = markdown.render_markdown(record)
    assert "| 1 | 6 | 1 | 1 | 1 | 4 | 1 | 1 |" in text
    assert "<code>sagemaker:CreateEndpoint</code> | L2 of L5 | 3 / 4 |" in text
    assert text.count("<details>") == text.count("</details>") == 5
    assert text.index("validates-nothing") < text.index("content-type")
    assert "Not implemented: 2 operations" in text
    assert "- 1 skipped: the operation is not implemented" in text
    assert "older than the installed" in text
    assert "conformance replay record.jsonl" in text


def test_markdown_fits_a_comment(huge: Record, hostile: Record, written: Written, lines: list[dict[str, Any]]) -> None:
    text = markdown.render_markdown(huge)
    assert len(text) < 65_000
    assert "more findings (see <code>report.html</code>)" in text
    assert text.count("<details>") == text.count("</details>")
    assert len(markdown.render_markdown(hostile)) < 65_000
    long = [
        {**line, **({"got": "`|<" * 9000, "service": "&" * 3000} if line["type"] == "finding" else {})}
        for line in lines
    ]
    assert len(markdown.render_markdown(written(long))) < 65_000


def test_markdown_counts_what_it_leaves_out(huge: Record) -> None:
    text = markdown.render_markdown(huge)
    shown = len(re.findall(r"^(?:<details><summary>|- )[^N]", text, re.MULTILINE)) - text.count("\n- expected")
    left_out = int(re.findall(r"and ([\d,]+) more findings", text)[0].replace(",", ""))
    titles = len(
        re.findall(r"<summary>. error|<summary>.\ufe0f? ?(?:warning|info)|^- . (?:error|warning|info)", text, re.M)
    )
    assert titles + left_out == 1500
    assert shown > 0


def test_markdown_escapes(hostile: Record) -> None:
    text = markdown.render_markdown(hostile)
    outside = re.sub(r"(`{3,})text\n.*?\n\1", "", text, flags=re.DOTALL)
    assert "<script" not in outside
    assert "<img" not in outside
    assert "`" not in outside
    rows = [line for line in outside.splitlines() if line.startswith("| <code>")]
    assert rows
    assert {row.count("|") for row in rows} == {5}


def test_no_fence_can_be_closed_from_inside(written: Written, lines: list[dict[str, Any]]) -> None:
    lines[1]["steps"][3]["response"]["body"] = "a\n```\n<b>out</b>\n`````\n"
    text = markdown.render_markdown(written(lines))
    assert "``````text\n200\na\n```" in text


def test_markdown_mentions_nobody(written: Written, lines: list[dict[str, Any]]) -> None:
    changed = [{**line, "got": "@everyone fixes #1"} if line["type"] == "finding" else line for line in lines]
    assert "@everyone" not in markdown.render_markdown(written(changed))


def test_json_has_everything_but_bodies(record: Record) -> None:
    document = json.loads(summary_json.render_json(record, Options(known={f"{4:016x}": "reported"})))
    assert document["totals"]["verdicts"] == {"passed": 1, "failed": 6, "errored": 1, "unreached": 1, "skipped": 1}
    assert document["totals"]["findings"] == {"error": 4, "warning": 1, "info": 1}
    assert (document["totals"]["failing"], document["totals"]["known"]) == (3, 1)
    assert document["ended"] == "complete"
    assert [row["fingerprint"][-1] for row in document["findings"]] == ["1", "3", "2", "4", "5", "6"]
    assert document["findings"][3]["known"] == "reported"
    assert len(document["verdicts"]) == 10
    assert "bad name!" not in json.dumps(document["header"])
    assert "cases" not in document


def test_the_terminal_shows_totals_operations_and_findings(record: Record) -> None:
    text = _printed(record)
    for piece in (
        "! The spec of sagemaker (botocore 1.40.0) is older",
        "L2 of L5 ###...",
        "3/4",
        "5 accepted, 2 rejected",
        "not implemented (2): sagemaker:UpdateEndpoint,",
        "error sagemaker:CreateEndpoint input validates-nothing (3 times)",
        "with the same cause, 2 more:",
        "KeyError: 'ModelName'",
        "ModelName is required (model: botocore 1.40.0)",
        "- 1 unreached: no answer within 10 s",
        "sagemaker: 2 of 7 operations not implemented, 1 validates no input; 1 clause \nholds, 6 fail, 3 not tested\n",
        "10 clauses: 1 passed, 6 failed, 1 errored, 1 unreached, 1 skipped",
        "6 findings: 4 error, 1 warning, 1 info; 4 root causes",
        "seed 7",
        "hint: report.html shows all findings",
    ):
        assert piece in text, piece
    assert text.index("validates-nothing") < text.index("content-type")
    assert "\x1b" not in text


def test_lines_that_reproduce_can_be_copied_whole(record: Record) -> None:
    whole = "  conformance replay record.jsonl 'sagemaker:CreateEndpoint/invalid/EndpointName#pattern/near-miss'"
    assert whole in [line.rstrip() for line in _printed(record).splitlines()]
    others = [line for line in _printed(record).splitlines() if "conformance replay" not in line]
    assert max(map(len, others)) <= 80


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_terminal_fits(huge: Record, width: int) -> None:
    text = _printed(huge, width=width)
    assert "... and 1,490 more (see report.html)" in text
    assert "... and 340 more (see report.html)" in text
    assert max(len(line) for line in text.splitlines() if "conformance replay" not in line) <= width


@pytest.mark.parametrize("width", [60, 80, 200])
def test_long_names_are_broken_between_words(written: Written, parts: Parts, width: int) -> None:
    names = ("PutBucketIntelligentTieringConfiguration", "UpdateEndpointWeightsAndCapacities")
    lines = [parts["operation"](name, "L5", "L5", accepted=120, rejected_validation=33) for name in names]
    lines[0]["service"] = "s3"
    text = _printed(written([parts["header"](), *lines, parts["footer"](lines)]), width=width)
    rows = text[text.index("\noperation") + 1 : text.index("levels:")].splitlines()[1:]
    column = ["" if row.startswith("   ") else re.split(r"  +", row.strip())[0] for row in rows]
    assert "".join(column) == "".join(sorted(["s3:" + names[0], "sagemaker:" + names[1]]))
    assert all(part[:1].isupper() or part.startswith(("s3:", "sagemaker:")) for part in column if part)


def test_the_terminal_is_not_steered(hostile: Record) -> None:
    assert "\x1b" not in _printed(hostile)
    coloured = re.sub(r"\x1b\[[\d;]*m", "", _printed(hostile, color=True))
    assert "\x1b" not in coloured
    assert "\\x1b[2J" in coloured


def test_the_terminal_only_counts_known_findings(record: Record) -> None:
    text = _printed(record, Options(known={f"{4:016x}": "reported"}))
    assert "KeyError" not in text
    assert "1 known finding (baseline) is not shown." in text


def test_an_operation_is_not_implemented_only_if_nothing_else_came(
    written: Written, lines: list[dict[str, Any]]
) -> None:
    for line in lines:
        if line["type"] == "operation" and line["operation"] == "UpdateEndpoint":
            line["outcomes"] = {"not-implemented": 4, "accepted": 1}
    assert summarize(written(lines)).not_implemented == ("sagemaker:UpdateEndpointWeightsAndCapacities",)


def test_no_finding_is_lost_by_folding(record: Record) -> None:
    rows = [row for line in grouped_by_cause(record.findings) for row in (line.finding, *line.folded)]
    assert sorted(row.fingerprint for row in rows) == sorted(row.fingerprint for row in record.findings)
    orphans = grouped_by_cause(row for row in record.findings if not row.folds)
    assert len(orphans) == 5


def test_a_finding_folded_into_a_plain_one_is_below_it(record: Record) -> None:
    first, second, *_ = (row for row in record.findings if not row.folds and row.folded_into is None)
    (group,) = grouped_by_cause([first, replace(second, folded_into=first.fingerprint)])
    assert (group.finding, [row.fingerprint for row in group.folded]) == (first, [second.fingerprint])


@given(st.lists(st.tuples(*[st.sampled_from("abcd")] * 2, st.sampled_from([*"abcde", None])), max_size=8))
def test_no_folding_of_a_hostile_record_loses_or_repeats_a_finding(drawn: list[tuple[str, str, str | None]]) -> None:
    rows = [
        Finding("s:O/x#y", f"code-{number}", "error", "s", "O", fingerprint, folds=folds, folded_into=parent)
        for number, (fingerprint, child, parent) in enumerate(drawn)
        for folds in ((child,) if number % 2 else (),)
    ]
    grouped = [row for group in grouped_by_cause(rows) for row in (group.finding, *group.folded)]
    assert sorted(row.code for row in grouped) == sorted(row.code for row in rows)


@pytest.mark.parametrize(("columns", "width"), [(None, 100), ("130", 130)])
def test_a_piped_report_has_a_fixed_width(monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert report_console().width == width


def test_a_piped_report_has_no_blanks_at_the_ends_of_lines(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None)
    table.add_column(ratio=1)
    table.add_row("short")
    print_report(Group(table, Text("x" * 200, no_wrap=True, overflow="ignore")))
    assert capsys.readouterr().out.splitlines()[-2:] == [" short", "x" * 200]


@pytest.mark.parametrize(
    ("fingerprint", "result"),
    [
        ({"notes": ["answers 2xx to everything"]}, 1),
        ({"a": {"notes": ["answers 2xx to everything"]}, "b": {"notes": ["answers 2xx to everything", "slow"]}}, 2),
        ({"a": {"notes": []}, "unknown_operation": {"status": 404}}, 0),
    ],
)
def test_what_calibration_noted_is_said(
    written: Written, lines: list[dict[str, Any]], fingerprint: dict[str, Any], result: int
) -> None:
    lines[0]["target"]["fingerprint"] = fingerprint
    warnings = summarize(written(lines)).warnings
    assert sum(text.startswith("Target: ") for text in warnings) == result


def test_clause_ids_come_apart() -> None:
    place = clause_parts("sagemaker:CreateEndpointConfig/input/ProductionVariants[]/ModelName#pattern")
    assert (place.service, place.name) == ("sagemaker", "CreateEndpointConfig")
    assert place.rest == "input/ProductionVariants[]/ModelName#pattern"
    assert clause_parts("odd").rest == "odd"


def message(body: bytes) -> RecordedResponse:
    return RecordedResponse(200, **stored(body))


@given(st.binary(max_size=300))
def test_stored_bodies_give_back_their_bytes(body: bytes) -> None:
    assert content(message(body)) == body


@pytest.mark.parametrize(("longest", "text"), [(LONGEST_TEXT, b"x"), (LONGEST_BINARY, b"\xff")])
def test_bodies_that_are_too_long_are_kept_as_digests(longest: int, text: bytes) -> None:
    assert content(message(text * longest)) == text * longest
    assert content(message(text * (longest + 1))) is None
    assert message(text * (longest + 1)).body_size == longest + 1


@given(st.binary(max_size=400), st.integers(16, 200))
def test_readable_bodies_are_bounded(body: bytes, limit: int) -> None:
    assert len(readable(message(body), limit=limit)) <= 6 * limit + 200


def test_readable_bodies_change_nothing_but_space() -> None:
    assert readable(RecordedResponse(200, body='{"a":1,"a":2.50,"b":[],"c":{},"d":[null,"\u00e9"]}')) == (
        '{\n  "a": 1,\n  "a": 2.50,\n  "b": [],\n  "c": {},\n  "d": [\n    null,\n    "\u00e9"\n  ]\n}'
    )
    assert (
        readable(RecordedResponse(200, body="<a><b>x</b><c/><d><e>y</e></d></a>"))
        == "<a>\n  <b>x</b>\n  <c/>\n  <d>\n    <e>y</e>\n  </d>\n</a>"
    )
    assert readable(RecordedResponse(200, body='{"a": ')) == '{"a": '
    assert readable(RecordedResponse(200, body="[" * 100_000), limit=50).startswith("[" * 50 + "\n...")
    assert readable(RecordedResponse(200, body="<" * 1000 + ">")).startswith("<")
    assert readable(RecordedResponse(200, body_digest="sha256:00", body_size=7)) == "(7 bytes, not kept; sha256:00)"
    assert hex_dump(b"\x00a") == "0000  00 61                                            .a"


@given(st.text(st.characters(exclude_categories=())))
def test_harmless_text(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", visible(text))
    assert len(one_line(text, 50)) <= 50
    assert "\n" not in one_line(text)
    well_formed(text).encode("utf-8")
    assert not re.search("[\x00-\x08\ud800-\udfff\ufffe]", xml_text(text))
