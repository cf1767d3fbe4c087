"""What a run could not remove is in every report that people read, with the command that removes it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rich.console import Console

from conformance.record.combination import combine
from conformance.record.rows import LeftoverRow, Record, RemovalStep
from conformance.reports import formats
from conformance.reports.leftovers import leftover_lines
from conformance.reports.terminal import MAX_LEFTOVERS, terminal_report

BUCKET = LeftoverRow(
    service="s3",
    resource="Bucket",
    operation="CreateBucket",
    reason="refused",
    identifiers={"Bucket": "it's"},
    detail="DeleteBucket was rejected for the state of a resource (BucketNotEmpty)",
    removals=(RemovalStep("DeleteBucket", {"Bucket": "it's"}),),
    region="eu-west-1",
)
COMMAND = "aws s3api delete-bucket --region eu-west-1"
JOB = LeftoverRow("x", "Job", "StartJob", "no-removal", {"JobId": "one"})


def printed(record: Record) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(terminal_report(record), crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_each_report_names_the_thing_and_the_command(record: Record) -> None:
    left = replace(record, leftovers=(BUCKET, JOB))
    for text in (printed(left), formats.render("html", left), formats.render("markdown", left)):
        assert "2 things that this run created are still there" in text
        assert COMMAND in text
        assert "BucketNotEmpty" in text
        assert "no operation is known that removes it" in text
    document = json.loads(formats.render("json", left))
    assert document["totals"]["leftovers"] == 2
    assert document["leftovers"][0]["commands"][0].startswith(COMMAND)
    assert document["leftovers"][0]["commands"][0].endswith("""'{"Bucket": "it'"'"'s"}'""")
    assert document["leftovers"][1]["commands"] == []


def test_nothing_is_said_where_nothing_is_left(record: Record) -> None:
    for text in (printed(record), formats.render("html", record), formats.render("markdown", record)):
        assert "still there" not in text


def test_a_long_list_is_cut_on_the_terminal_and_whole_in_json(record: Record) -> None:
    left = replace(record, leftovers=(BUCKET,) * (MAX_LEFTOVERS + 30))
    assert printed(left).count(COMMAND) == MAX_LEFTOVERS
    assert len(json.loads(formats.render("json", left))["leftovers"]) == MAX_LEFTOVERS + 30


def test_hostile_names_are_harmless(record: Record, evil: str) -> None:
    hostile = replace(
        BUCKET, identifiers={"Bucket": evil}, detail=evil, removals=(RemovalStep("DeleteBucket", {"Bucket": evil}),)
    )
    left = replace(record, leftovers=(hostile,))
    assert "\x1b" not in printed(left)
    for name in formats.FORMATS:
        text = formats.render(name, left)
        assert text.encode("utf-8")
        assert "<script>alert" not in text or name == "json"
    (line,) = leftover_lines(left)
    assert "\n" not in line.name


def test_leftovers_are_written_read_and_combined(
    record: Record, written: Callable[[list[dict[str, Any]]], Record], lines: list[dict[str, Any]]
) -> None:
    row = {
        "type": "leftover",
        "service": "s3",
        "resource": "Bucket",
        "operation": "CreateBucket",
        "reason": "refused",
        "identifiers": {"Bucket": "one"},
        "certain": True,
        "removals": [],
    }
    read = written([*lines[:-1], row, lines[-1]])
    assert [each.identifiers for each in read.leftovers] == [{"Bucket": "one"}]
    assert len(combine([read, replace(record, leftovers=(JOB,))]).leftovers) == 2
