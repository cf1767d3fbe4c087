"""Targets that check signatures and certificates, as AWS Emulator does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles import faulty_servers
from doubles.command_line import MODELS, CommandResult, codes, conformance, of_type, passed, rows_of, verdicts
from doubles.sigv4 import SignedServer, signed_server

pytestmark = pytest.mark.usefixtures("clean_aws")


@pytest.fixture(scope="module")
def server() -> Iterator[SignedServer]:
    with signed_server(otherwise=faulty_servers.moto()) as running:
        yield running


@pytest.fixture
def _login(server: SignedServer, monkeypatch: pytest.MonkeyPatch, clean_aws: None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_key)


def run(server: SignedServer, folder: Path, *options: str) -> CommandResult:
    selected = (
        MODELS,
        "--only",
        "*/ModelName#*",
        "--only",
        "*/protocol#*",
        "--only",
        "*#accepted",
        "--max-examples",
        "1",
    )
    where = ("--endpoint-url", server.url, "--region", "eu-west-1", "--out", str(folder))
    return conformance("run", *selected, *where, *options)


@pytest.mark.usefixtures("_login")
def test_requests_are_really_signed(server: SignedServer, tmp_path: Path) -> None:
    result = run(server, tmp_path, "--ca-bundle", server.ca_bundle)
    assert (result.status, result.err) == (1, "")
    rows = rows_of(tmp_path)
    outcomes = {row["outcome"] for row in of_type(rows, "case")}
    assert "accepted" in outcomes
    assert "rejected-auth" not in outcomes
    assert server.secret_key not in (tmp_path / "record.jsonl").read_text()
    assert server.access_key not in (tmp_path / "record.jsonl").read_text()


@pytest.mark.usefixtures("_login")
def test_a_wrong_secret_proves_nothing(server: SignedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    result = run(server, tmp_path, "--ca-bundle", server.ca_bundle)
    assert result.status == 3
    error, hint = result.error_lines
    assert error.startswith("error: ")
    assert "credentials" in error
    assert "AWS_SECRET_ACCESS_KEY" in hint
    rows = rows_of(tmp_path)
    assert {row["outcome"] for row in of_type(rows, "case")} == {"rejected-auth"}
    words = Counter(verdicts(rows).values())
    assert set(words) <= {"errored", "unreached"}
    assert words.most_common(1)[0][0] == "errored"
    assert (passed(rows), codes(rows)) == ([], set())


@pytest.mark.usefixtures("_login")
def test_an_unknown_authority_is_one_line_that_names_the_option(server: SignedServer, tmp_path: Path) -> None:
    result = run(server, tmp_path / "out")
    assert result.status == 3
    error, hint = result.error_lines
    assert "certificate" in error
    assert hint.startswith("hint: ")
    assert "--ca-bundle" in hint
    assert not (tmp_path / "out" / "record.jsonl").exists()


@pytest.mark.usefixtures("_login")
def test_certificates_need_not_be_verified(server: SignedServer, tmp_path: Path) -> None:
    result = run(server, tmp_path, "--no-verify-ssl")
    assert (result.status, result.err) == (1, "")
    assert passed(rows_of(tmp_path))
