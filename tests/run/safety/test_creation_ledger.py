"""What a run makes, in a file that outlives it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.exceptions import BadFile
from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.safety.creation_ledger import CreationLedger, LedgerHead, read_ledger
from conformance.values.vocabulary import OutcomeClass

HEAD = LedgerHead("cfabcd", "eu-west-1", "https://127.0.0.1:1", "111122223333")


def thing(number: int, outcome: OutcomeClass | None = None) -> CreatedThing:
    removal = RemovalCall("DeleteQueue", {"QueueUrl": f"u{number}"})
    return CreatedThing(
        number, "sqs", "eu-west-1", None, "Queue", "CreateQueue", {"QueueName": f"cfabcd{number}", "Blob": b"\xff"},
        {"QueueUrl": f"u{number}"}, frozenset({f"u{number}"}), (removal,),
        frozenset({("Vpc", "v")}), outcome=outcome,
    )  # fmt: skip


def ledger(path: Path) -> CreationLedger:
    return CreationLedger(path, HEAD)


def test_what_is_made_is_on_the_disk_before_its_request_is_sent(tmp_path: Path) -> None:
    written = ledger(tmp_path / "new" / "ledger.jsonl")
    written.creating(thing(1))
    assert not written.path.exists()
    written.commit()
    assert read_ledger(written.path) == (HEAD, (thing(1),))
    written.created(thing(1, "accepted"))
    assert read_ledger(written.path)[1] == (thing(1, "accepted"),)
    written.removed(thing(1, "accepted"))
    assert read_ledger(written.path)[1] == ()
    written.close()


def test_how_a_thing_is_removed_and_what_showed_it_is_kept(tmp_path: Path) -> None:
    written = ledger(tmp_path / "ledger.jsonl")
    listed = replace(thing(1), removed_by="DeleteQueue", is_part=True, is_kept=True, is_listed=True)
    written.created(listed)
    assert read_ledger(written.path)[1] == (listed,)
    written.close()


def test_what_is_not_sent_leaves_no_line(tmp_path: Path) -> None:
    written = ledger(tmp_path / "ledger.jsonl")
    written.creating(thing(1))
    written.not_created(thing(1))
    written.commit()
    assert not written.path.exists()


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    written = ledger(tmp_path / "ledger.jsonl")
    for number in (1, 2):
        written.creating(thing(number))
        written.commit()
    written.close()
    content = written.path.read_text()
    written.path.write_text(content[:-30])
    assert [each.number for each in read_ledger(written.path)[1]] == [1]
    written.path.write_text(content.replace("}\n", "\n", 1))
    with pytest.raises(BadFile):
        read_ledger(written.path)


def test_a_ledger_is_continued(tmp_path: Path) -> None:
    for number in (1, 2):
        written = ledger(tmp_path / "ledger.jsonl")
        written.creating(thing(number))
        written.commit()
        written.close()
    assert [each.number for each in read_ledger(written.path)[1]] == [1, 2]
    assert written.path.read_text().count('"type": "ledger"') == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "x", "{}", '{"type": "ledger"}', '{"type": "ledger", "format": 1}\n', "\ud800",
                '{"type": "ledger", "format": 1, "run": "a", "region": "b"}\n{"type": "created", "number": 1}\n{}\n',
                "[" * 100_000]
)  # fmt: skip
def test_other_files_are_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(BadFile):
        read_ledger(path)


def test_no_credentials_are_in_a_ledger(tmp_path: Path) -> None:
    written = ledger(tmp_path / "ledger.jsonl")
    written.creating(thing(1))
    written.commit()
    written.close()
    head = json.loads(written.path.read_text().splitlines()[0])
    assert set(head) == {"type", "format", "run", "region", "url", "account"}
