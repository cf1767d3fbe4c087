"""Wrong use: exit status 2 or 3, one line of error, one of hint, no traceback, and nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.command_line import CommandResult, conformance
from doubles.faulty_servers import nobody

pytestmark = pytest.mark.usefixtures("clean_aws")


def complaint(result: CommandResult, status: int = 2, *, hinted: bool = True) -> tuple[str, str]:
    """The two lines of a refusal; the second may be missing where there is nothing to advise."""
    assert result.status == status, result
    assert result.out == ""
    error, hint = result.error_lines if hinted else [*result.error_lines, "hint: "][:2]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert len(error) < 400
    return error, hint


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["sagemakr"], "sagemakr", "did you mean sagemaker"),
        (["sagemaker:CreateModl"], "CreateModl", "did you mean CreateModel"),
        (["sagemaker:CreateModel", "sqs:CreateQueu"], "CreateQueu", "did you mean CreateQueue"),
        (["sagemaker:"], "sagemaker:", "sqs:CreateQueue"),
        ([":CreateModel"], ":CreateModel", "sqs:CreateQueue"),
        (["sagemaker:CreateModel,,"], "CreateModel,,", "sqs:CreateQueue"),
        (["sagemaker:CreateModel", "--only", "nothing*"], "nothing*", "specs show"),
        (["sagemaker:CreateModel", "--skip", "*"], "--skip '*'", "specs show"),
        (["sts", "--seed", "abc"], "--seed", "--help"),
        (["sts", "--seed", "-1"], "--seed", "--help"),
        (["sts", "--max-examples", "-1"], "--max-examples", "--help"),
        (["sts", "--timeout", "0"], "--timeout", "--help"),
        (["sts", "--timeout", "inf"], "'inf' is not a finite number", "--help"),
        (["sts", "--max-time", "nan"], "'nan' is not a finite number", "--help"),
        (["sts", "--rate", "fast"], "'fast' is not a valid number", "--help"),
        (["sts", "--max-examples", "1.5"], "'1.5' is not a valid integer", "--help"),
        (["sts", "--region", ""], "'' is not the name of a region", "--region eu-west-1"),
        (["sts", "--region", "us east"], "'us east' is not the name of a region", "--region eu-west-1"),
        (["sts", "--fail-on", "sometimes"], "--fail-on", "--help"),
        (["sts", "--nonsense"], "--nonsense", "--help"),
        ([], "SELECTION", "--help"),
        (["sagemaker", "--protocol", "query"], "query", ""),
        (["sts", "--spec", "nonsense"], "nonsense", "installed"),
        (["sts", "--target", "localhost:4566"], "localhost:4566", "http://localhost:4566"),
        (["sts", "--endpoint-url", "localhost:4566"], "localhost:4566", "http://localhost:4566"),
        (["sts", "--target", "ftp://127.0.0.1"], "ftp://127.0.0.1", "http://"),
        (["sts", "--target", "mto"], "mto", "did you mean moto"),
        (["sts", "--target", "http://[::1"], "[::1", "http://localhost:4566"),
        (["sts", "--target", "http://u:secret@127.0.0.1:1"], "endpoint URL", "http://127.0.0.1:1"),
        (["sts", "--target", "aws:"], "region", "aws:eu-west-1"),
        (["sts", "--target", "aws:nowhere-1"], "nowhere-1", "region"),
        (["sts", "--target", "moto", "--endpoint-url", "http://127.0.0.1:1"], "both", "leave one"),
        (["sts", "--target", "http://no.invalid", "--region", "us-east-1"], "credentials", "AWS_ACCESS_KEY_ID"),
        (["sts", "--profile", "nobody"], "nobody", "profile"),
        (["sts", "--target", "https://127.0.0.1:1", "--ca-bundle", "/no/such"], "/no/such", "PEM"),
        (["sts", "--baseline", "/no/such"], "/no/such", "baseline"),
        (["sts", "--target", "recording:/no/such"], "/no/such", ""),
        (["sts", "--target", "recording:"], "recording:", "recording:out"),
    ],
)  # fmt: skip
def test_wrong_arguments_of_run(arguments: list[str], error: str, hint: str, tmp_path: Path) -> None:
    result = complaint(conformance("run", *arguments, "--out", str(tmp_path / "out")), hinted=bool(hint))
    assert error in result[0]
    assert hint in result[1]
    assert "secret" not in "".join(result)
    assert not (tmp_path / "out").exists()


def test_nobody_listens(tmp_path: Path) -> None:
    with nobody() as server:
        error, _ = complaint(conformance("run", "sts", "--target", server.url, "--out", str(tmp_path)), 3)
    assert server.url in error
    assert "refused" in error
    assert list(tmp_path.iterdir()) == []


def test_no_such_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    where = ("--endpoint-url", "http://unknown.invalid:4566", "--region", "us-east-1")
    error, hint = complaint(conformance("run", "sts", *where, "--out", str(tmp_path)), 3)
    assert "unknown.invalid" in error
    assert "spelled" in hint
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_record_survives_a_target_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_text("precious")
    with nobody() as server:
        complaint(conformance("run", "sts", "--target", server.url, "--out", str(tmp_path)), 3)
    assert (tmp_path / "record.jsonl").read_text() == "precious"


@pytest.mark.parametrize("place", ["file", "file/below", "folder"])
def test_an_out_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / "record.jsonl").mkdir(parents=True)  # these tests may run as root, whom no permission stops
    error, _ = complaint(conformance("run", "sagemaker:ListModels", "--out", str(tmp_path / place)))
    assert str(tmp_path / place) in error
    assert (tmp_path / "file").read_text() == "in the way"


HEADER = {
    "type": "header", "format": 1, "tool": {"name": "aws-conformance", "version": "0"}, "botocore": "1",
    "target": {"kind": "moto", "identity": "moto"}, "services": [], "seed": 0, "started": "2026-01-01T00:00:00Z",
    "selection": {},
}  # fmt: skip

FOREIGN = {
    "empty": b"",
    "text": b"hello\n",
    "binary": bytes(range(256)),
    "other json": b'{"a": 1}\n',
    "list": b"[1, 2]\n",
    "newer": json.dumps({**HEADER, "format": 99}).encode(),
    "damaged": json.dumps(HEADER).encode() + b'\nnonsense\n{"type": "footer"}\n',
    "wrong types": json.dumps(HEADER).encode() + b'\n{"type": "finding", "clause": 7}\n',
}

READERS = [
    ("report", "{}", "--format", "html"),
    ("report", "{}", "--format", "junit"),
    ("replay", "{}", "some-case"),
    ("compare", "{}", "{}"),
]


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_file_that_is_no_record(command: tuple[str, ...], content: bytes, tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    record.write_bytes(content)
    result = conformance(*(part.format(record) for part in command))
    assert (result.status, result.out) == (2, "")
    assert result.error_lines[0].startswith(f"error: {record}")
    assert len(result.error_lines) <= 2


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_record_that_is_not_there(command: tuple[str, ...], tmp_path: Path) -> None:
    error, hint = complaint(conformance(*(part.format(tmp_path / "none.jsonl") for part in command)))
    assert "none.jsonl" in error
    assert "conformance run" in hint


def test_a_folder_for_a_record_is_told_where_the_record_is(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_text("any")
    _, hint = complaint(conformance("report", str(tmp_path), "--format", "html"))
    assert str(tmp_path / "record.jsonl") in hint


def test_an_unknown_format(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_text(json.dumps(HEADER) + "\n")
    error, hint = complaint(conformance("report", str(tmp_path / "record.jsonl"), "--format", "htm"))
    assert "htm" in error
    assert "html" in hint


@pytest.mark.parametrize("command", [("report", "--format", "html"), ("combine",)], ids=" ".join)
def test_what_is_read_is_not_overwritten(command: tuple[str, ...], tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    record.write_text(json.dumps(HEADER) + "\n")
    error, hint = complaint(conformance(*command, str(record), "-o", str(tmp_path / "." / "record.jsonl")))
    assert "would be lost" in error
    assert "-o" in hint
    assert record.read_text() == json.dumps(HEADER) + "\n"


@pytest.mark.parametrize("option", [("--target", "recording:{}"), ("--baseline", "{}")], ids=" ".join)
def test_a_record_that_a_run_reads_is_not_overwritten(option: tuple[str, str], tmp_path: Path) -> None:
    answer = {"service": "sts", "operation": "GetCallerIdentity", "http_status": 200, "output": {}}
    record = tmp_path / "record.jsonl"
    content = json.dumps(HEADER if option[0] == "--baseline" else answer) + "\n"
    record.write_text(content)
    arguments = (option[0], option[1].format(record), "--out", str(tmp_path))
    error, hint = complaint(conformance("run", "sts:GetCallerIdentity", *arguments))
    assert "record.jsonl is read by this command, and would be lost" in error
    assert "--out" in hint
    assert record.read_text() == content


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_text(json.dumps(HEADER) + "\n")
    where = str(tmp_path / "none" / "report.html")
    result = conformance("report", str(tmp_path / "record.jsonl"), "--format", "html", "-o", where)
    assert result.status in (0, 2)
    assert result.status == 0 or where in result.error_lines[0]


@pytest.mark.parametrize("content", ["7", "- {nonsense: 1}", "{", "findings: nonsense", "\x00"])
def test_a_baseline_that_is_none(content: str, tmp_path: Path) -> None:
    baseline = tmp_path / "known.yaml"
    baseline.write_text(content)
    result = conformance("run", "sagemaker:ListModels", "--baseline", str(baseline), "--out", str(tmp_path / "out"))
    assert result.status == 2
    assert str(baseline) in result.error_lines[0]
    assert len(result.error_lines) <= 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["sagemaker:CreateModel,"], "CreateModel,", "sqs:CreateQueue"),
        (["sagemaker:Nothing*"], "Nothing*", "specs show sagemaker"),
        (["sagemaker:CreateModl"], "CreateModl", "did you mean CreateModel"),
        (["nothing:CreateModel"], "nothing", ""),
        (["sagemaker:CreateModel", "--format", "cobol"], "cobol", "--help"),
        (["sagemaker:CreateModel", "-n", "0"], "-n", "--help"),
        (["sagemaker:CreateModel", "--intent", "evil"], "evil", "--help"),
    ],
)
def test_wrong_arguments_of_cases(arguments: list[str], error: str, hint: str) -> None:
    result = complaint(conformance("cases", *arguments))
    assert error in result[0]
    assert hint in result[1]


@pytest.mark.parametrize("command", [(), ("specs",)], ids=" ".join)
def test_no_command_prints_the_help(command: tuple[str, ...]) -> None:
    result = conformance(*command)
    text = result.err or result.out  # older versions of click print the help themselves
    assert text.startswith("Usage: conformance")
    assert "Commands:" in text
    assert "..." not in text.partition("Commands:")[2]


def test_a_file_below_the_current_folder_is_named_as_a_person_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error, _ = complaint(conformance("run", "sts", "--baseline", str(tmp_path / "known.yaml")))
    assert error == "error: known.yaml: No such file or directory"


def test_an_option_without_its_value_names_the_help_of_its_command() -> None:
    error, hint = complaint(conformance("run", "sts", "--target"))
    assert "--target" in error
    assert hint == "hint: see 'conformance run --help'"


def test_an_unknown_command() -> None:
    error, _ = complaint(conformance("rnu"))
    assert "did you mean run" in error


_WITHOUT_MOTO = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "moto":
            raise ModuleNotFoundError(f"No module named {name!r}", name="moto")
sys.meta_path.insert(0, Hidden())
import importlib.metadata as metadata
version = metadata.version
def hidden(name):
    if name == "moto":
        raise metadata.PackageNotFoundError(name)
    return version(name)
metadata.version = hidden
from conformance.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_moto_is_not_installed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WITHOUT_MOTO, "run", "sagemaker:ListModels", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    error, hint = complaint(CommandResult(done.returncode, done.stdout, done.stderr))
    assert "moto" in error
    assert "aws-conformance[moto]" in hint
    assert not (tmp_path / "out").exists()


def test_a_locale_that_cannot_write_a_text(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    record.write_text(json.dumps({**HEADER, "target": {"kind": "moto", "identity": "m\u00f6to \u2713"}}) + "\n")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for arguments, text in (
        (["report", str(record), "--format", "html"], "m\u00f6to \u2713".encode()),
        (["compare", str(record), str(record)], rb"to \u2713"),
    ):
        command = [sys.executable, "-m", "conformance", *arguments]
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert text in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("command", [["cases", "sagemaker:ListModels"], ["specs", "show", "sagemaker:ListModels"]])
def test_a_full_disk(command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "conformance", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    error, _ = complaint(CommandResult(done.returncode, "", done.stderr), 3)
    assert "No space left" in error
