"""An unexpected failure ends with a status of its own, one line, and a file with the details and no credentials."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from conformance.cli import UNEXPECTED, specs
from doubles.command_line import conformance

pytestmark = pytest.mark.usefixtures("clean_aws")

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command `specs` fails with its secrets in the message; the folder for temporary files is returned."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError(f"CreateThing {SECRET}")

    monkeypatch.setattr(specs.command, "invoke", fail)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


def test_the_details_are_in_a_file(broken: Path) -> None:
    result = conformance("specs", "show", "http://user:password@127.0.0.1/?X-Amz-Signature=abc")
    assert result.status == UNEXPECTED == 4
    (line,) = result.error_lines
    assert result.out == ""
    (written,) = broken.iterdir()
    assert line.endswith(str(written))
    assert "KeyError" in line
    text = written.read_text("utf-8")
    assert "Traceback (most recent call last)" in text
    assert re.search(r"botocore \d", text)
    assert "Python 3" in text
    assert "specs show http://127.0.0.1/" in text
    for secret in (SECRET, "password", "abc"):
        assert secret not in text + line


def test_the_details_are_in_the_output_folder_where_there_is_one(broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    result = conformance("specs", "show", "sts", f"--out={out}")
    assert result.status == UNEXPECTED
    assert len(list(out.iterdir())) == 1
    assert list(broken.iterdir()) == []


def test_a_failure_is_said_where_no_folder_takes_it(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(broken / "nowhere"))
    result = conformance("specs", "show", "sts")
    assert result.status == UNEXPECTED
    assert "could not be written" in result.error_lines[0]
