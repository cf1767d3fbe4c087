"""`conformance combine`: parts become one record, its exit status is that of the whole, and gaps are not hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.record.reader import read
from doubles import handmade_records
from doubles.command_line import CommandResult, conformance

Lines = list[dict[str, Any]]


def part(operation: str, *, failed: bool = False, header: dict[str, Any] | None = None, **footer: Any) -> Lines:
    """A record of one operation with one clause."""
    lines = [
        handmade_records.header(**header or {}),
        handmade_records.verdict(operation, "output#type", "failed" if failed else "passed", None, "c"),
        handmade_records.operation(operation, "L2", "L5", accepted=1),
    ]
    if failed:
        lines.insert(1, handmade_records.finding(len(operation), operation, "output#type"))
    return [*lines, handmade_records.footer(lines, **footer)]


def combined(folder: Path, *parts: Lines, options: tuple[str, ...] = ()) -> CommandResult:
    paths = [str(handmade_records.write_lines(folder / f"{number}.jsonl", lines)) for number, lines in enumerate(parts)]
    return conformance("combine", *paths, "-o", str(folder / "whole.jsonl"), *options)


def test_parts_that_conform_are_one_record_that_conforms(tmp_path: Path) -> None:
    result = combined(tmp_path, part("CreateModel"), part("DeleteModel"))
    assert (result.status, result.err) == (0, "")
    assert "2 clauses, 0 findings of 2 records" in result.out
    whole = read(tmp_path / "whole.jsonl")
    assert not whole.truncated
    assert [row.operation for row in whole.operations] == ["CreateModel", "DeleteModel"]
    assert whole.footer is not None
    assert whole.footer.requests == 912


def test_one_part_with_a_finding_fails_the_whole_unless_it_is_known(tmp_path: Path) -> None:
    parts = part("CreateModel"), part("DeleteModel", failed=True)
    assert combined(tmp_path, *parts).status == 1
    assert combined(tmp_path, *parts, options=("--fail-on", "never")).status == 0
    (tmp_path / "known.yaml").write_text("known: [{clause: '*', reason: known}]")
    assert combined(tmp_path, *parts, options=("--baseline", str(tmp_path / "known.yaml"))).status == 0


@pytest.mark.parametrize(
    ("gap", "note"),
    [
        (part("DeleteModel")[:-1], "the record is cut off"),
        (part("DeleteModel", ended="interrupted", code="interrupted"), "the run was interrupted"),
        (part("DeleteModel", ended="target-lost", reason="it stopped answering"), "ended early: it stopped answering"),
    ],
)
def test_a_part_that_did_not_run_to_its_end_is_a_gap(tmp_path: Path, gap: Lines, note: str) -> None:
    result = combined(tmp_path, part("CreateModel"), gap)
    assert result.status == 3
    assert result.err.startswith(f"note: {tmp_path / '1.jsonl'}: ")
    assert note in result.err
    assert read(tmp_path / "whole.jsonl").verdicts


def test_repeated_clauses_and_other_seeds_and_specs_are_noted(tmp_path: Path) -> None:
    service = handmade_records.header()["services"][0]
    other = {**service, "spec": {**service["spec"], "digest": "sha256:" + "1" * 64}}
    result = combined(
        tmp_path, part("CreateModel"), part("CreateModel", header={"seed": 8}), part("C", header={"services": [other]})
    )
    assert result.status == 0
    assert result.err.splitlines() == [
        f"note: {tmp_path / '1.jsonl'}: seed 8, not 7",
        f"note: {tmp_path / '1.jsonl'}: clauses that an earlier record has, too: 1; their findings are counted twice",
        f"note: {tmp_path / '2.jsonl'}: another spec of sagemaker",
    ]


def test_wrong_use(tmp_path: Path) -> None:
    foreign = {"target": {"kind": "http", "identity": "another"}}
    result = combined(tmp_path, part("CreateModel"), part("DeleteModel", header=foreign))
    assert result.status == 2
    assert "different targets" in result.err
    assert conformance("combine", "-o", str(tmp_path / "x.jsonl")).status == 2
    assert conformance("combine", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "x.jsonl")).status == 2
    path = str(tmp_path / "0.jsonl")
    assert conformance("combine", path, "-o", path).status == 2
    assert len(list(read(tmp_path / "0.jsonl").rows())) == 4
