"""One run at a time writes into a folder; what a dead process held is free."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.exceptions import InUse, Unwritable
from conformance.record.folder_lock import locked
from conformance.record.writer import RecordWriter

_HOLD = """
import sys, time
from pathlib import Path
from conformance.record.folder_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_folder_is_locked_for_others_and_free_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path / "new" / "out"):
        with pytest.raises(InUse, match="another run"), locked(tmp_path / "new" / "out"):
            pass
        with locked(tmp_path / "other"):
            pass
    assert not (tmp_path / "new" / "out").exists()
    with locked(tmp_path / "new" / "out"):
        (tmp_path / "new" / "out" / "file").touch()
    assert (tmp_path / "new" / "out" / "file").exists()


def test_another_process_holds_it_until_it_dies(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(InUse), locked(tmp_path):
            pass
        process.kill()
    with locked(tmp_path):
        pass


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(Unwritable), locked(tmp_path / "out"):
        pass


def test_a_record_that_is_being_written_is_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text("before\n")
    with RecordWriter(path):
        path.write_text("a line\n")
        with pytest.raises(InUse):
            RecordWriter(path)
        assert path.read_text() == "a line\n"
    with RecordWriter(path):
        assert path.read_text() == ""
