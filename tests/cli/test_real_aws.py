"""Runs against a region of AWS, as far as that is possible without one: what stands in for it checks signatures.

Nothing leaves this machine: whatever else is connected to fails the test.
"""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from conformance.exchanges import embedded_moto
from conformance.specs.effects.operation_effects import effect_of
from doubles.command_line import CommandResult, conformance, of_type, rows_of
from doubles.loopback import LeftLoopback, loopback_only
from doubles.region import Region, region

READS = ("ListQueues", "GetQueueUrl")
SELECTION = "sqs:CreateQueue,ListQueues,GetQueueUrl"


@pytest.fixture(autouse=True)
def _this_machine_only(clean_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "EMULATORKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator/secret+key")
    embedded_moto.reset_account("123456789012")
    with loopback_only():
        yield


def run(stand_in: Region, *arguments: str, selection: str = SELECTION) -> CommandResult:
    return conformance("run", selection, *stand_in.arguments, "--max-examples", "0", "--seed", "3", *arguments)


def reasons(folder: Path, operation: str) -> set[tuple[str, str]]:
    prefix = f"sqs:{operation}/"
    return {
        (row["verdict"], row["reason"] or "")
        for row in of_type(rows_of(folder), "verdict")
        if row["clause"].startswith(prefix)
    }


def footer(folder: Path) -> dict[str, Any]:
    (found,) = of_type(rows_of(folder), "footer")
    return found


def test_the_guard_of_these_tests_sees_what_leaves_the_machine() -> None:
    with pytest.raises(LeftLoopback):
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    with pytest.raises(LeftLoopback):
        urllib.request.urlopen("http://sqs.eu-west-1.amazonaws.com", timeout=1)


def test_a_dry_run_says_what_would_be_done_where_and_as_whom_and_asks_for_nothing_else(tmp_path: Path) -> None:
    with region() as stand_in:
        result = run(stand_in, "--dry-run", "--allow-writes", "--out", str(tmp_path / "out"), selection="sqs")
        assert result.status == 0, result.err
        assert stand_in.asked == ["GetCallerIdentity"]
    assert not (tmp_path / "out").exists()
    for text in ("eu-west-1", stand_in.server.url, "123456789012", "CreateQueue", "removed by DeleteQueue", "ledger"):
        assert text in result.out
    assert re.search(r"^requests +about [\d,]+$", result.out, re.MULTILINE)


def test_a_dry_run_of_reads_says_that_nothing_is_changed() -> None:
    with region() as stand_in:
        result = run(stand_in, "--dry-run")
    assert "changes   none" in result.out
    assert "CreateQueue: it may change something, and is sent with --allow-writes only" in result.out


def test_where_nobody_can_be_asked_nothing_is_sent(tmp_path: Path) -> None:
    with region() as stand_in:
        result = run(stand_in, "--out", str(tmp_path))
        assert result.status == 2
        assert "--yes" in result.err
        assert stand_in.asked == ["GetCallerIdentity"]
    assert list(tmp_path.glob("*")) == []


def test_without_writes_only_reads_are_sent(tmp_path: Path) -> None:
    with region() as stand_in:
        result = run(stand_in, "--yes", "--out", str(tmp_path), selection="sqs")
        assert result.status in (0, 1), result.err
        sent = {each for each in stand_in.asked if not each.startswith("NoSuchOperation")}
    assert {"ListQueues", "GetQueueUrl"} <= sent
    assert all(effect_of("sqs", each).kind == "read" for each in sent)
    assert reasons(tmp_path, "CreateQueue") == {
        ("skipped", "it may change something, and is sent with --allow-writes only")
    }
    assert list(tmp_path.glob("ledger*")) == []


def test_what_is_made_bears_the_runs_id_is_in_the_ledger_and_is_removed(tmp_path: Path) -> None:
    with region() as stand_in:
        result = run(stand_in, "--yes", "--allow-writes", "--out", str(tmp_path))
        assert result.status in (0, 1), result.err
        made = [
            json.loads(body)
            for name, body in zip(stand_in.asked, stand_in.bodies, strict=True)
            if name == "CreateQueue" and body.endswith(b"}")
        ]
    (ledger,) = tmp_path.glob("ledger-*.jsonl")
    run_id = ledger.stem.removeprefix("ledger-")
    assert len(made) > 10
    assert all(each["QueueName"].startswith(run_id) for each in made if each.get("QueueName"))
    assert sum(each.get("tags") == {"conformance-run": run_id} for each in made) > len(made) / 2
    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert (rows[0]["type"], rows[0]["run"], rows[0]["account"]) == ("ledger", run_id, "123456789012")
    announced = {row["number"] for row in rows if row["type"] == "creating"}
    assert {row["number"] for row in rows if row["type"] == "created"} <= announced
    certain = {row["number"] for row in rows if row["type"] == "created" and row["outcome"] == "accepted"}
    assert certain <= {row["number"] for row in rows if row["type"] == "gone"}


def test_no_more_is_made_than_may_be(tmp_path: Path) -> None:
    with region() as stand_in:
        run(stand_in, "--yes", "--allow-writes", "--max-resources", "2", "--out", str(tmp_path))
    (ledger,) = tmp_path.glob("ledger-*.jsonl")
    created = [row for row in map(json.loads, ledger.read_text().splitlines()) if row["type"] == "created"]
    assert len(created) == 2


def test_denied_operations_are_unreached_and_no_finding(tmp_path: Path) -> None:
    with region(denied={"GetQueueUrl"}) as stand_in:
        result = run(stand_in, "--yes", "--out", str(tmp_path), selection="sqs:ListQueues,GetQueueUrl")
    assert result.status in (0, 1)
    assert not any("GetQueueUrl" in row["clause"] for row in of_type(rows_of(tmp_path), "finding"))
    found = reasons(tmp_path, "GetQueueUrl")
    denied = "denied: the credentials may not call it"
    assert any(word == "unreached" and reason.startswith(denied) for word, reason in found)
    assert not {word for word, _ in found} & {"failed", "errored"}
    assert any(word == "passed" for word, _ in reasons(tmp_path, "ListQueues"))


def test_throttling_is_waited_out_and_no_finding(tmp_path: Path) -> None:
    with region(throttled=3) as stand_in:
        result = run(stand_in, "--yes", "--out", str(tmp_path), selection="sqs:ListQueues")
    assert result.status in (0, 1), result.err
    assert footer(tmp_path)["ended"] == "complete"
    assert any(word == "passed" for word, _ in reasons(tmp_path, "ListQueues"))


def test_credentials_that_expire_end_the_run_in_order(tmp_path: Path) -> None:
    with region(expires_after=8) as stand_in:
        result = run(stand_in, "--yes", "--allow-writes", "--out", str(tmp_path))
    assert result.status == 3
    assert "expired" in result.err
    assert "cleanup" in result.err
    assert (footer(tmp_path)["ended"], footer(tmp_path)["code"]) == ("target-lost", "credentials-expired")


@pytest.mark.parametrize("arguments", [("--dry-run",), ("--yes",)])
def test_wrong_and_expired_credentials_are_told_before_anything_else(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with region(expires_after=0) as stand_in:
        result = run(stand_in, *arguments)
        assert (result.status, "ExpiredTokenException" in result.err) == (3, True)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        result = run(stand_in, *arguments)
        assert (result.status, "InvalidSignatureException" in result.err) == (3, True)
        assert stand_in.asked == ["GetCallerIdentity"]


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with region() as stand_in:
        result = run(stand_in, "--dry-run")
        assert (result.status, "no credentials" in result.err) == (2, True)
        assert stand_in.asked == []


def test_guarded_operations_are_not_sent_by_a_glob() -> None:
    with region() as stand_in:
        result = run(stand_in, "--yes", "--allow-writes", selection="ec2:PurchaseH*")
        assert result.status == 2
        assert "buys or reserves something" in result.err
        result = run(stand_in, "--dry-run", "--allow-writes", selection="ec2:PurchaseHostReservation")
        assert result.status == 0, result.err
        assert "PurchaseHostReservation" in result.out
        assert stand_in.asked == ["GetCallerIdentity"]


def test_a_region_without_the_service_is_told(tmp_path: Path) -> None:
    def unknown(host: str, *_arguments: Any, **_options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown)
        result = conformance("run", "sqs:ListQueues", "--target", "aws:eu-west-1", "--yes", "--out", str(tmp_path))
    assert result.status == 3
    assert "no endpoint" in result.err


def test_a_plan_of_another_target_asks_nobody(tmp_path: Path) -> None:
    result = conformance("run", "sqs:ListQueues", "--target", "moto", "--dry-run", "--out", str(tmp_path / "out"))
    assert result.status == 0
    assert "ListQueues" in result.out
    assert not (tmp_path / "out").exists()


def boto(stand_in: Region, operation: str, **params: Any) -> Any:
    """A call that somebody else makes in the same account."""
    client = botocore.session.Session().create_client(
        "sqs",
        "eu-west-1",
        endpoint_url=stand_in.server.url,
        verify=stand_in.server.ca_bundle,
        config=Config(retries={"max_attempts": 0}),
    )
    return getattr(client, operation)(**params)


def test_what_a_run_left_that_was_cut_off_is_removed_by_its_ledger(tmp_path: Path) -> None:
    """The credentials expire in the middle of the run: nothing can be removed then."""
    with region(queues=3) as stand_in:
        assert run(stand_in, "--yes", "--allow-writes", "--out", str(tmp_path)).status == 3
    (ledger,) = tmp_path.glob("ledger-*.jsonl")
    with region() as stand_in:
        boto(stand_in, "create_queue", QueueName="orders")
        arguments = (str(ledger), *stand_in.arguments)
        result = conformance("cleanup", *arguments)
        assert (result.status, "--yes" in result.err) == (2, True)
        result = conformance("cleanup", *arguments, "--dry-run")
        assert (result.status, "sqs Queue" in result.out) == (0, True)
        assert "DeleteQueue" not in stand_in.asked
        result = conformance("cleanup", *arguments, "--yes")
        assert result.status == 0, result.out + result.err
        assert "DeleteQueue" in stand_in.asked
        assert [each.rpartition("/")[2] for each in boto(stand_in, "list_queues")["QueueUrls"]] == ["orders"]
        result = conformance("cleanup", *arguments, "--yes")
        assert (result.status, result.out) == (0, "nothing is left\n")


def test_a_ledger_of_another_account_is_left_alone(tmp_path: Path) -> None:
    with region(queues=3) as stand_in:
        run(stand_in, "--yes", "--allow-writes", "--out", str(tmp_path))
    (ledger,) = tmp_path.glob("ledger-*.jsonl")
    ledger.write_text(ledger.read_text().replace("123456789012", "999999999999"))
    with region() as stand_in:
        result = conformance("cleanup", str(ledger), *stand_in.arguments, "--yes")
        assert (result.status, "999999999999" in result.err) == (2, True)
        assert stand_in.asked == ["GetCallerIdentity"]


def test_what_is_resumed_or_replayed_is_guarded_as_well(tmp_path: Path) -> None:
    """Both take the target from the record, and neither takes what stands in for the region for an emulator."""
    out = tmp_path / "reports"
    with region() as stand_in:
        run(stand_in, "--yes", "--allow-writes", "--out", str(out))
        certificates = ("--ca-bundle", stand_in.server.ca_bundle)
        before = len(stand_in.asked)
        result = conformance("replay", str(out / "record.jsonl"), "sqs:CreateQueue/valid/smallest", *certificates)
        assert (result.status, "--allow-writes" in result.err) == (3, True)
        result = conformance("replay", str(out / "record.jsonl"), "sqs:ListQueues/valid/smallest", *certificates)
        assert result.status == 0, result.out + result.err
        assert stand_in.asked[before:] == ["ListQueues"]
        result = conformance("run", "--resume", str(out / "record.jsonl"), *certificates)
        assert (result.status, "--yes" in result.err) == (2, True)
