"""`run --resume`: from the command line, with what it refuses; and seeds that are fixed unless one is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.record.reader import read
from doubles.command_line import conformance, rows_of, timeless, verdicts

pytestmark = pytest.mark.usefixtures("clean_aws")

SELECTED = (
    "sqs:ListQueues,CreateQueue,DeleteQueue",
    "--max-examples",
    "1",
    "--only",
    "*/input/*",
    "--only",
    "*/output*",
)


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    conformance("run", *SELECTED, "--out", str(tmp_path / "whole"))
    conformance("run", *SELECTED, "--out", str(tmp_path / "part"), "--max-requests", "20")
    assert read(tmp_path / "part" / "record.jsonl").operations[-1].cut
    result = conformance("run", "--resume", str(tmp_path / "part" / "record.jsonl"))
    assert (result.status, result.err) == (1, "")
    whole, again = rows_of(tmp_path / "whole"), rows_of(tmp_path / "part")
    assert verdicts(again) == verdicts(whole)
    assert again[-1]["verdicts"] == whole[-1]["verdicts"]
    assert again[-1]["ended"] == "complete"
    assert not list((tmp_path / "part").glob("*.part"))


def test_answers_that_refuse_a_part_are_gone_on_with_as_they_were(tmp_path: Path) -> None:
    selected = ("sqs:DeleteMessageBatch", "--max-examples", "0", "--only", "*#accepted", "--only", "*/output*")
    conformance("run", *selected, "--out", str(tmp_path / "whole"))
    conformance("run", *selected, "--out", str(tmp_path / "part"), "--max-requests", "14")
    conformance("run", "--resume", str(tmp_path / "part" / "record.jsonl"))
    whole = verdicts(rows_of(tmp_path / "whole"))
    assert verdicts(rows_of(tmp_path / "part")) == whole
    assert "failed" in whole.values()


@pytest.mark.parametrize(
    ("change", "arguments", "told"),
    [
        ({}, ("sqs",), "a SELECTION and --resume"),
        ({}, ("--seed", "3"), "--seed and --resume"),
        ({}, ("--target", "http://127.0.0.1:9"), "its target was moto"),
        ({"tool": {"name": "aws-conformance", "version": "0.0.1"}}, (), "version 0.0.1"),
        ({"target": {"kind": "moto", "identity": "moto 1.0 (embedded)", "region": "us-east-1"}}, (), "moto 1.0"),
        ({"target": {"kind": "recording", "identity": "x"}}, (), "recording"),
    ],
)
def test_what_is_not_the_same_run_is_refused(
    change: dict[str, object], arguments: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    conformance("run", *SELECTED, "--out", str(tmp_path), "--max-requests", "5")
    path = tmp_path / "record.jsonl"
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(json.dumps({**json.loads(header), **change}) + "\n" + "".join(lines))
    before = path.read_bytes()
    result = conformance("run", "--resume", str(path), *arguments)
    assert result.status in (2, 3)
    assert told in result.err
    assert path.read_bytes() == before


def test_another_spec_is_refused(tmp_path: Path) -> None:
    conformance("run", *SELECTED, "--out", str(tmp_path), "--max-requests", "5")
    path = tmp_path / "record.jsonl"
    header, *lines = path.read_text().splitlines(keepends=True)
    row = json.loads(header)
    row["services"][0]["spec"]["digest"] = "sha256:0"
    path.write_text(json.dumps(row) + "\n" + "".join(lines))
    result = conformance("run", "--resume", str(path))
    assert (result.status, "the spec of sqs" in result.err) == (2, True)
    # A report tells what is known all the same.
    assert conformance("report", str(path), "--format", "json").status == 0


def test_the_seed_is_fixed_unless_it_is_to_be_random(tmp_path: Path) -> None:
    quick = ("--max-examples", "0", "--only", "*/protocol#body")
    seeds = {}
    for name, selection in (
        ("a", ("sqs:ListQueues",)),
        ("b", ("sqs:ListQueues",)),
        ("c", ("sqs:CreateQueue", "sqs:ListQueues")),
    ):
        conformance("run", *selection, *quick, "--out", str(tmp_path / name))
        seeds[name] = read(tmp_path / name / "record.jsonl").header.seed
    assert len(set(seeds.values())) == 1
    assert timeless(rows_of(tmp_path / "a")) == timeless(rows_of(tmp_path / "b"))
    result = conformance("run", "sqs:ListQueues", *quick, "--seed", "random", "--out", str(tmp_path / "r"))
    drawn = read(tmp_path / "r" / "record.jsonl").header.seed
    assert drawn not in seeds.values()
    assert result.err == f"note: the seed is {drawn}\n"
    assert f"seed {drawn}" in result.out


def test_a_file_may_ask_for_a_random_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text("seed = 'random'")
    assert "the seed is" in conformance("run", "sqs:ListQueues", "--only", "*/protocol#body", "--max-examples", "0").err
    (tmp_path / "conformance.toml").write_text("seed = 'any'")
    result = conformance("run", "sqs:ListQueues")
    assert (result.status, "an integer or 'random'" in result.err) == (2, True)
