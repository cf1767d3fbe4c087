"""Records: what is written is read again; what is cut off is said; what is foreign is refused; no secret gets in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exceptions import BadFile, Unwritable
from conformance.record.assembly import record_of
from conformance.record.json_form import parsed
from conformance.record.reader import read
from conformance.record.rows import FooterRow, HeaderRow, Record, Verdict
from conformance.record.schema import schema
from conformance.record.steps import RecordedResponse
from conformance.record.writer import RecordWriter, as_line
from doubles.handmade_records import write_lines

Parts = Mapping[str, Callable[..., Any]]
Lines = list[dict[str, Any]]


HEADER = (
    b'{"type": "header", "format": 1, "tool": {"name": "x", "version": "1"}, "botocore": "1.44.5", "target": '
    b'{"kind": "moto", "identity": "moto"}, "services": [], "seed": 7, "started": "2026-11-20T10:00:00Z", '
    b'"selection": {}}\n'
)
CASE = b'{"type": "case", "id": "a", "service": "b", "operation": "c", "intent": "valid", "clauses": [], "outcome": '
ROW = parsed(HeaderRow, json.loads(HEADER))


def _raw(path: Path, lines: Lines) -> Path:
    """Lines as another tool may have written them."""
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def test_what_is_written_is_read(record: Record, lines: Lines) -> None:
    assert not record.truncated
    assert [as_line(row) for row in record.rows()] == lines
    assert record.findings[0].folds == ("0000000000000002", "0000000000000003")
    assert record.operations[0].outcomes == {"accepted": 5, "rejected-validation": 2}


def test_rows_make_the_record_that_is_read_where_they_are_written(record: Record) -> None:
    made = record_of(record.rows())
    assert list(made.rows()) == list(record.rows())
    assert not made.truncated
    assert record_of(row for row in record.rows() if not isinstance(row, FooterRow)).truncated


def test_every_line_is_valid_against_the_published_schema(lines: Lines, tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    for line in write_lines(tmp_path / "r.jsonl", lines).read_text("utf-8").splitlines():
        validator.validate(json.loads(line))
        assert line.startswith('{"type": "')


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("verdict", {"verdict": "good"}),
        ("verdict", {"verdict": "skipped", "reason": None}),
        ("finding", {"severity": "fatal"}),
        ("finding", {"fingerprint": "abc"}),
        ("operation", {"level": "L9"}),
        ("header", {"format": 2}),
        ("header", {"seed": "7"}),
        ("case", {"intent": "evil"}),
        ("footer", {"ended": "somehow"}),
    ],
)
def test_the_schema_refuses(lines: Lines, kind: str, change: dict[str, Any]) -> None:
    line = {**next(line for line in lines if line["type"] == kind), **change}
    assert not jsonschema.Draft202012Validator(schema()).is_valid(line)


def test_keys_have_one_order(tmp_path: Path, lines: Lines) -> None:
    backwards = [dict(reversed(line.items())) for line in lines]
    one, two = write_lines(tmp_path / "1.jsonl", lines), write_lines(tmp_path / "2.jsonl", backwards)
    assert one.read_bytes() == two.read_bytes()


def test_unknown_fields_and_types_are_ignored(tmp_path: Path, lines: Lines) -> None:
    more = [{**line, "of_tomorrow": [1]} for line in lines]
    more.insert(3, {"type": "of_tomorrow", "x": 1})
    assert read(_raw(tmp_path / "r.jsonl", more)) == read(write_lines(tmp_path / "s.jsonl", lines))


def test_without_a_footer_a_record_is_truncated(tmp_path: Path, lines: Lines) -> None:
    assert read(write_lines(tmp_path / "r.jsonl", lines[:-1])).truncated


@pytest.mark.parametrize("cut", [1, 2, 30, 79])
def test_a_half_written_last_line_is_left_out(tmp_path: Path, lines: Lines, cut: int) -> None:
    path = write_lines(tmp_path / "r.jsonl", lines)
    path.write_bytes(path.read_bytes()[: -1 - cut])
    record = read(path)
    assert record.truncated
    assert record.footer is None
    assert len(record.operations) == 7


def test_cut_anywhere_after_the_header_it_can_be_read(tmp_path: Path, lines: Lines) -> None:
    content = write_lines(tmp_path / "r.jsonl", [*lines[:2], *lines[6:9], *lines[-3:]]).read_bytes()
    part = tmp_path / "part.jsonl"
    for end in range(content.index(b"\n"), len(content) - 2, 7):
        part.write_bytes(content[:end])
        assert read(part).truncated


def test_half_a_line_in_the_middle_is_damage(tmp_path: Path, lines: Lines) -> None:
    content = write_lines(tmp_path / "r.jsonl", lines).read_bytes().split(b"\n")
    content[4] = content[4][:-20]
    (tmp_path / "r.jsonl").write_bytes(b"\n".join(content))
    with pytest.raises(BadFile, match="line 5 is not a line of a record"):
        read(tmp_path / "r.jsonl")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"hello\n", "not JSON lines"),
        (b"\xff\xfe\x00\x01", "not JSON lines"),
        (b"[" * 100_000, "not JSON lines"),
        (b"{}\n", "first line is no header"),
        (b"[1, 2]\n", "first line is no header"),
        (b'{"type": "case", "id": "x"}\n', "first line is no header"),
        (b'{"type": "header"}\n', "first line is no header"),
        (b'{"type": "header", "format": "1"}\n', "first line is no header"),
        (b'{"type": "header", "format": 2}\n', "format 2"),
        (HEADER.replace(b'{"kind": "moto", "identity": "moto"}', b"7"), "line 1, header: 'target' is not an object: 7"),
        (HEADER.replace(b'"seed": 7, ', b""), "line 1, header: 'seed' is missing"),
        (HEADER + HEADER, "line 2 is a second header"),
        (HEADER + b'{"type": "finding"}\n', "line 2, finding: 'clause' is missing"),
        (HEADER + b'{"type": "verdict", "clause": 1, "verdict": "passed"}\n', "'clause' is not text: 1"),
        (
            HEADER + b'{"type": "footer", "verdicts": {}, "findings": {}, "duration": "long"}\n',
            "'duration' is not a number: 'long'",
        ),
        (HEADER + CASE + b'"accepted", "steps": [1]}\n', "'steps[0]' is not an object: 1"),
        (
            HEADER + CASE + b'"accepted", "steps": [{"role": "case", "operation": "c", "request": '
            b'{"method": "GET", "path": "/", "headers": {"a": 1}}}]}\n',
            "'steps[0].request.headers['a']' is not text: 1",
        ),
        (
            HEADER + CASE + b'"accepted", "steps": [{"role": "case", "operation": "c", "request": '
            b'{"method": "GET", "path": "/", "query": [["a"]]}}]}\n',
            "'steps[0].request.query[0]' is not a list of 2: ['a']",
        ),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "foreign.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        read(path)
    assert problem in caught.value.message
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


def test_missing_and_directory(tmp_path: Path, lines: Lines) -> None:
    with pytest.raises(BadFile, match="no such file"):
        read(tmp_path / "nothing.jsonl")
    write_lines(tmp_path / "record.jsonl", lines)
    with pytest.raises(BadFile, match="is a directory") as caught:
        read(tmp_path)
    assert "record.jsonl" in (caught.value.hint or "")


def test_unwritable_places(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "record.jsonl", tmp_path):
        with pytest.raises(Unwritable):
            RecordWriter(place)


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(Unwritable), RecordWriter(full) as writer:
        writer.write(ROW)


CREDENTIALS = ["AKIDEXAMPLE", "c2lnbmF0dXJl", "VE9LRU4=", "SECRETKEY", "hunter2", "20261120T100000Z"]


def _with_credentials(parts: Parts) -> Lines:
    signed = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, Signature=c2lnbmF0dXJl",
        "x-amz-security-token": "VE9LRU4=",
        "X-AMZ-DATE": "20261120T100000Z",
        "Content-Type": "text/plain",
    }
    query = [["X-Amz-Signature", "c2lnbmF0dXJl"], ["X-Amz-Credential", "AKIDEXAMPLE"], ["kept", "yes"]]
    answer = (
        '{"Credentials": {"SecretAccessKey": "SECRET\\"KEYSECRETKEY", "SessionToken" : "VE9LRU4=", "Expiration": 1}}'
    )
    xml = "<a><SecretAccessKey>SECRETKEY</SecretAccessKey><b>kept</b><SessionToken>VE9LRU4=</SessionToken></a>"
    binary = {"status": 200, "headers": signed, "body_base64": "gaxTZWNyZXRBY2Nlc3NLZXlpU0VDUkVUS0VZ/w=="}
    steps = [
        parts["step"](
            "setup", "A", {}, request={"headers": signed, "query": query, "path": "/?X-Amz-Date=20261120T100000Z&x=1"}
        ),
        parts["step"]("base", "A", {}, response={"status": 200, "headers": signed, "body": answer}),
        parts["step"]("base", "A", {}, response={"status": 200, "headers": signed, "body": xml}),
        parts["step"]("case", "A", {}, response={**binary, "body_base64": "U2VjcmV0QWNjZXNzS2V5U0VDUkVUS0VZ"}),
    ]
    target = {"kind": "http", "identity": "http://me:hunter2@localhost", "url": "http://me:hunter2@localhost:1/"}
    return [parts["header"](target=target), parts["case"]("s:A/x", "A", steps)]


def test_no_credential_reaches_a_record(tmp_path: Path, parts: Parts) -> None:
    path = write_lines(tmp_path / "r.jsonl", _with_credentials(parts))
    text = path.read_text("utf-8")
    assert not [secret for secret in CREDENTIALS if secret in text]
    assert "U2VjcmV0QWNjZXNzS2V5" not in text
    record = read(path)
    assert record.header.target.url == "http://localhost:1/"
    setup, base, *_, last = record.cases["s:A/x"].steps
    assert setup.request.headers == {"Content-Type": "text/plain"}
    assert setup.request.query == (("kept", "yes"),)
    assert setup.request.path == "/?x=1"
    assert base.response is not None
    assert last.response is not None
    assert json.loads(base.response.body or "")["Credentials"] == {
        "SecretAccessKey": "***",
        "SessionToken": "***",
        "Expiration": 1,
    }
    assert last.response.body_size == 24


def test_what_only_sounds_secret_stays(tmp_path: Path, parts: Parts) -> None:
    body = '{"NextToken": "abc", "Message": "SessionToken is required", "Signature": "x"}'
    line = parts["case"](
        "s:A/x", "A", [parts["step"]("case", "A", {}, response={"status": 200, "headers": {}, "body": body})]
    )
    record = read(write_lines(tmp_path / "r.jsonl", [parts["header"](), line]))
    assert record.cases["s:A/x"].steps[0].response == RecordedResponse(200, body=body)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=VALUES)
def test_any_params_can_be_written_and_read(tmp_path: Path, parts: Parts, params: Any) -> None:
    step = {**parts["step"]("case", "A", {}), "params": params}
    path = write_lines(tmp_path / "any.jsonl", [parts["header"](), parts["case"]("s:A/x", "A", [step])])
    path.read_text("utf-8")
    again = read(path).cases["s:A/x"].steps[0].params
    if isinstance(params, (str, int)) or params is None:
        assert again == params
    if isinstance(params, bytes):
        assert set(again) == {"$base64"}


KILLED = """
import sys, time
from conformance.record.rows import FORMAT, HeaderRow, SelectionInfo, TargetInfo, ToolInfo, Verdict
from conformance.record.writer import RecordWriter
target = TargetInfo("moto", "moto")
with RecordWriter(sys.argv[1]) as writer:
    writer.write(HeaderRow(FORMAT, ToolInfo("x", "1"), "1", target, (), 7, "2026-11-20T10:00:00Z", SelectionInfo()))
    number = 0
    while True:
        writer.write(Verdict(f"s:O/x#{number}", "passed", "x" * 3000))
        number += 1
        if number == 50:
            print("ready", flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_a_readable_record(tmp_path: Path, how: signal.Signals) -> None:
    path = tmp_path / "r.jsonl"
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            os.kill(process.pid, how)
            process.wait(10)
        finally:
            process.kill()  # it writes without end
    record = read(path)
    assert record.truncated
    assert len(record.verdicts) >= 50


def test_a_signal_in_the_middle_of_a_line_takes_the_line_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.jsonl"
    with RecordWriter(path) as writer:
        writer.write(ROW)
        whole = writer._file

        class Interrupted:
            def write(self, content: bytes) -> int:
                whole.write(content[:10])
                raise KeyboardInterrupt

            def __getattr__(self, name: str) -> Any:
                return getattr(whole, name)

        monkeypatch.setattr(writer, "_file", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            writer.write(Verdict("s:O/x#y", "passed"))
        monkeypatch.setattr(writer, "_file", whole)
        writer.write(FooterRow({}, {}, 1, 1, "interrupted", "interrupted"))
    record = read(path)
    assert not record.truncated
    assert record.verdicts == ()
