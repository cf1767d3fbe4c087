"""The request that ends a target is in the record, is a finding, and can be sent again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import pytest

from doubles import faulty_servers
from doubles.command_line import CommandResult, Row, conformance, of_type, rows_of
from doubles.faulty_servers import Received, Reply, Server

pytestmark = pytest.mark.usefixtures("clean_aws")


def queues(request: Received) -> Reply:
    """A server of queues that knows no names, and no operation that does not exist."""
    asked = request.headers.get("x-amz-target", "").rpartition(".")[2]
    if asked.startswith("NoSuch"):
        return Reply(400, b'{"__type": "UnknownOperationException", "message": "no such operation"}')
    if not request.body.startswith(b"{}") and not request.body.endswith(b"}"):
        return Reply(400, b'{"__type": "SerializationException", "message": "no object"}')
    url = b'{"QueueUrl": "http://127.0.0.1/1/queue"}'
    return Reply(200, url if asked in ("CreateQueue", "GetQueueUrl") else b"{}")


def run(server: AbstractContextManager[Server], folder: Path, selection: str) -> tuple[CommandResult, list[Row]]:
    with server as there:
        result = conformance(
            "run",
            selection,
            "--target",
            there.url,
            "--out",
            str(folder),
            "--max-examples",
            "0",
            "--poll-interval",
            "0",
            "--timeout",
            "0.5",
        )
    return result, rows_of(folder)


def asks(operation: str, body: bytes | None = None) -> Callable[[Received], bool]:
    def is_last(request: Received) -> bool:
        asked = request.headers.get("x-amz-target", "").endswith(f".{operation}")
        return asked and (body is None or request.body == body)

    return is_last


def endings(rows: list[Row]) -> list[Row]:
    return [row for row in of_type(rows, "finding") if row["code"] == "ends-target"]


def silent_from(is_last: Callable[[Received], bool]) -> AbstractContextManager[Server]:
    """Answers nothing any more from the first request of a kind on."""
    is_over = False

    def fault(conversation: faulty_servers.Conversation) -> None:
        nonlocal is_over
        is_over = is_over or is_last(conversation.request)
        if is_over:
            conversation.wait()
        conversation.reply(queues(conversation.request))

    return faulty_servers.serving(fault)


def gone_from(is_last: Callable[[Received], bool]) -> AbstractContextManager[Server]:
    """Ends with the first request of a kind."""
    return faulty_servers.ends_on(is_last, queues)


Ending: TypeAlias = Callable[[Callable[[Received], bool]], AbstractContextManager[Server]]

BOTH = "sqs:ListQueues,PurgeQueue"
ENDINGS: dict[str, tuple[Ending, str, str]] = {
    "ends": (gone_from, "PurgeQueue", BOTH),
    "hangs": (silent_from, "PurgeQueue", BOTH),
    "ends in a setup": (gone_from, "CreateQueue", BOTH),
    "ends when it is calibrated": (gone_from, "PurgeQueue", "sqs:PurgeQueue"),
}


@pytest.mark.parametrize(("double", "operation", "selection"), ENDINGS.values(), ids=ENDINGS)
def test_the_request_that_ends_the_target_is_a_case_and_an_error(
    double: Ending, operation: str, selection: str, tmp_path: Path
) -> None:
    result, rows = run(double(asks(operation)), tmp_path, selection)
    assert result.status == 3
    (finding,) = endings(rows)
    assert finding["severity"] == "error"
    assert finding["got"].startswith(f"{operation} was not answered")
    (case,) = [row for row in of_type(rows, "case") if row["id"] == finding["case"]]
    assert next(step["operation"] for step in case["steps"] if step["response"] is None) == operation
    assert {row["verdict"] for row in of_type(rows, "verdict") if row["clause"] == finding["clause"]} == {"failed"}


def test_the_request_can_be_sent_again(tmp_path: Path) -> None:
    _, rows = run(faulty_servers.ends_on(asks("PurgeQueue"), queues), tmp_path, BOTH)
    with faulty_servers.answering(queues) as server:
        result = conformance("replay", str(tmp_path / "record.jsonl"), endings(rows)[0]["case"], "--target", server.url)
        assert any(asks("PurgeQueue")(request) for request in server.requests)
    assert "Traceback" not in result.err + result.out


@pytest.mark.parametrize("body", [b"null", b"[]", b"7"])
def test_json_that_is_no_object_is_sent_as_well(body: bytes, tmp_path: Path) -> None:
    result, rows = run(faulty_servers.ends_on(asks("ListQueues", body), queues), tmp_path, "sqs:ListQueues")
    assert result.status == 3
    assert [(row["clause"], row["case"].rpartition("/")[0]) for row in endings(rows)] == [
        ("sqs:ListQueues/protocol#malformed-body", "sqs:ListQueues/invalid/malformed-body")
    ]


def test_a_target_that_was_gone_before_is_no_finding_about_the_request(tmp_path: Path) -> None:
    result, rows = run(faulty_servers.ends_on(asks("PurgeQueue"), queues, answers=True), tmp_path, BOTH)
    assert result.status == 3
    assert endings(rows) == []
