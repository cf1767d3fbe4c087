"""A target that refuses what is valid does not pass for one that conforms."""

from __future__ import annotations

from pathlib import Path

import pytest

from doubles import faulty_servers
from doubles.command_line import CommandResult, conformance, of_type, rows_of
from doubles.faulty_servers import Received, Reply

pytestmark = pytest.mark.usefixtures("clean_aws")


def run(url: str, folder: Path, selection: str, *options: str) -> CommandResult:
    return conformance(
        "run", selection, "--target", url, "--out", str(folder), "--max-examples", "0", "--poll-interval", "0", *options
    )


def refusing(operations: tuple[str, ...], message: str, code: str = "ValidationException") -> faulty_servers.Responder:
    """200 and an empty list for everything but some operations, and 400 where there is no such operation."""

    def respond(request: Received) -> Reply:
        asked = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if asked in operations:
            return Reply(400, f'{{"__type": "{code}", "message": "{message}"}}'.encode())
        if asked.startswith("NoSuch"):
            return Reply(400, b'{"__type": "UnknownOperationException", "message": "no such operation"}')
        return Reply(200, b"{}")

    return respond


def test_where_nothing_is_accepted_the_run_says_that_nothing_was_shown(tmp_path: Path) -> None:
    with faulty_servers.answering(refusing(("ListKeys", "ListAliases"), "no")) as server:
        result = run(server.url, tmp_path, "kms:ListKeys,ListAliases")
    assert result.status == 3
    assert "no operation has reached level L2" in result.err
    found = of_type(rows_of(tmp_path), "finding")
    assert {each["code"] for each in found if each["severity"] != "info"} == {"never-accepts"}
    # one cause: the second operation is below the first
    never = [each for each in found if each["code"] == "never-accepts"]
    assert [each["folded_into"] for each in never] == [None, never[0]["fingerprint"]]


@pytest.mark.parametrize(
    ("code", "message", "is_blamed"),
    [
        ("ValidationException", "1 validation error detected", True),
        ("ValidationException", "Value at 'limit' failed to satisfy constraint: Member must be less than 0", True),
        ("ValidationException", "The marker has expired", False),
        ("NotFoundException", "no such thing", False),
        ("ThrottlingException", "slow down", False),
    ],
)
def test_an_operation_that_refuses_every_valid_request_is_told(
    code: str, message: str, is_blamed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.exchanges.exchange.THROTTLE_WAITS", ())
    with faulty_servers.answering(refusing(("ListKeys",), message, code)) as server:
        run(server.url, tmp_path, "kms:ListKeys,ListAliases")
    found = {(each["operation"], each["code"]) for each in of_type(rows_of(tmp_path), "finding")}
    assert (("ListKeys", "never-accepts") in found) is is_blamed
    assert ("ListAliases", "never-accepts") not in found
