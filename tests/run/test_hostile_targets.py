"""Targets that answer anything but AWS: the run ends, says so, and passes nothing that was not earned."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import jsonschema
import pytest

from conformance.exchanges import exchange
from conformance.record.reader import read
from conformance.record.schema import schema
from doubles import faulty_servers
from doubles.command_line import MODELS, CommandResult, Row, codes, conformance, of_type, passed, rows_of, verdicts
from doubles.faulty_servers import Received, Reply, Server

pytestmark = pytest.mark.usefixtures("clean_aws", "quick_waits")

Double: TypeAlias = Callable[[], AbstractContextManager[Server]]

SELECTED = (
    MODELS, "--only", "*/ModelName#*", "--only", "*/protocol#*", "--only", "*#accepted", "--only", "*/output/*",
    "--only", "*/errors#*", "--max-examples", "2", "--seed", "5", "--poll-interval", "0",
)  # fmt: skip

# More than enough for a run that does not hang, also on a machine that is busy.
BOUND = 60


@pytest.fixture
def quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "THROTTLE_WAITS", (0.001,) * 4)


def run(url: str, folder: Path, *options: str) -> tuple[CommandResult, list[Row]]:
    """A run, and the lines of its record, which must be readable, end with a footer, and be as published."""
    started = time.monotonic()
    result = conformance("run", *SELECTED, "--target", url, "--out", str(folder), *options)
    assert time.monotonic() - started < BOUND
    assert "Traceback" not in result.err + result.out
    rows = rows_of(folder)
    validator = jsonschema.Draft202012Validator(schema())
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []
    record = read(folder / "record.jsonl")
    assert not record.truncated
    assert len(verdicts(rows)) > 40
    assert (folder / "report.html").exists()
    assert (folder / "junit.xml").exists()
    return result, rows


NOT_AWS: dict[str, Double] = {
    "html": faulty_servers.html_everywhere,
    "html 404": functools.partial(faulty_servers.html_everywhere, 404),
    "html 500": functools.partial(faulty_servers.html_everywhere, 500),
    "html 503": functools.partial(faulty_servers.html_everywhere, 503),
    "empty 404": functools.partial(faulty_servers.empty_reply, 404),
    "empty 500": functools.partial(faulty_servers.empty_reply, 500),
    "redirects": faulty_servers.redirects,
    "garbage": faulty_servers.garbage_bytes,
    "garbage headers": faulty_servers.garbage_headers,
    "mail server": faulty_servers.speaks_first,
    "silent": faulty_servers.silent,
    "cut before answer": faulty_servers.cuts_before_answer,
    "cut within headers": faulty_servers.cuts_within_headers,
    "cut within body": faulty_servers.cuts_within_body,
    "cut within chunks": faulty_servers.cuts_within_chunks,
    "drips": faulty_servers.drips,
    "drips headers": faulty_servers.drips_headers,
    "huge": faulty_servers.huge_answer,
    "huge, announced": functools.partial(faulty_servers.huge_answer, announced=True),
    "always no": faulty_servers.no_to_everything,
    "throttles for ever": functools.partial(faulty_servers.throttles, 10**9),
}


@pytest.mark.parametrize("double", NOT_AWS.values(), ids=NOT_AWS)
def test_a_target_that_never_answers_like_aws_passes_nothing(double: Double, tmp_path: Path) -> None:
    with double() as server:
        result, rows = run(server.url, tmp_path, "--timeout", "0.5")
    assert result.status == 3
    error, hint = result.error_lines
    assert error.startswith("error: ")
    assert server.url in error
    assert hint.startswith("hint: ")
    assert passed(rows) == []
    assert {word for _, word in verdicts(rows).items()} <= {"errored", "unreached", "failed"}
    assert {row["level"] for row in of_type(rows, "operation")} <= {None, "L0"}


def changing_pages() -> AbstractContextManager[Server]:
    """A web site whose pages are never twice the same."""
    pages = iter(f"<html>{word * 3}</html>".encode() for word in (chr(97 + n % 26) + "x" * n for n in range(10_000)))
    return faulty_servers.answering(lambda _: Reply(404, next(pages), (("Content-Type", "text/html"),)))


def test_pages_that_change_are_no_operations_either(tmp_path: Path) -> None:
    with changing_pages() as server:
        result, rows = run(server.url, tmp_path)
    assert result.status == 3
    assert passed(rows) == []


@pytest.mark.parametrize(
    "double", [faulty_servers.yes_to_everything, faulty_servers.empty_reply], ids=["yes", "empty 200"]
)
def test_yes_to_everything_is_named_and_earns_nothing(double: Double, tmp_path: Path) -> None:
    with double() as server:
        result, rows = run(server.url, tmp_path)
    assert result.status == 1
    assert passed(rows, "protocol", "input") == []
    assert any("answers 2xx to" in note for note in rows[0]["target"]["fingerprint"]["sagemaker"]["notes"])
    assert "answers 2xx to" in " ".join(result.out.split())
    assert {row["level"] for row in of_type(rows, "operation")} <= {None, "L0", "L1"}


def test_surplus_bytes_are_not_taken_for_the_next_answer(tmp_path: Path) -> None:
    with faulty_servers.announces_too_little() as server:
        result, rows = run(server.url, tmp_path)
    assert result.status in (1, 3)
    assert passed(rows, "protocol", "input") == []


def judged(rows: list[Row]) -> tuple[set[tuple[str, str]], dict[str, str]]:
    return codes(rows), verdicts(rows)


@pytest.fixture(scope="module")
def normal(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """What a run against moto comes to, when nothing is in its way."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        return judged(run("moto", tmp_path_factory.mktemp("normal"))[1])


def fresh_moto() -> faulty_servers.Responder:
    """Moto without what earlier tests left in the account that the seed chooses."""
    from moto.sagemaker.models import sagemaker_backends

    sagemaker_backends.clear()
    return faulty_servers.moto()


ODD_BUT_RIGHT: dict[str, Callable[[faulty_servers.Responder], AbstractContextManager[Server]]] = {
    "slow": lambda moto: faulty_servers.slow(0.02, moto),
    "closes connections without a word": faulty_servers.leaves_without_a_word,
    "throttles at first, 400": lambda moto: faulty_servers.throttles(9, 400, moto),
    "throttles at first, 429": lambda moto: faulty_servers.throttles(9, 429, moto),
}


@pytest.mark.parametrize("double", ODD_BUT_RIGHT.values(), ids=ODD_BUT_RIGHT)
def test_odd_manners_do_not_change_what_is_found(
    double: Callable[[faulty_servers.Responder], AbstractContextManager[Server]],
    normal: tuple[set[tuple[str, str]], dict[str, str]],
    tmp_path: Path,
) -> None:
    with double(fresh_moto()) as server:
        result, rows = run(server.url, tmp_path)
    assert (result.status, result.err) == (1, "")
    assert judged(rows) == normal


def test_throttling_now_and_then_is_waited_out(
    normal: tuple[set[tuple[str, str]], dict[str, str]], tmp_path: Path
) -> None:
    moto = fresh_moto()
    count = iter(range(10**6))

    def every_third(request: Received) -> Reply:
        if not faulty_servers.is_probe(request) and next(count) % 3 == 2:
            return Reply(400, faulty_servers.THROTTLES[400])
        return moto(request)

    with faulty_servers.answering(every_third) as server:
        _, rows = run(server.url, tmp_path)
    assert judged(rows) == normal
    assert any(step["throttled"] for case in of_type(rows, "case") for step in case["steps"])


def test_a_target_that_dies_is_not_blamed_clause_by_clause(tmp_path: Path) -> None:
    with faulty_servers.dies_after(25, fresh_moto()) as server:
        result, rows = run(server.url, tmp_path)
    assert result.status == 3
    assert "stopped answering" in result.error_lines[0]
    assert "its log" in result.error_lines[1]
    assert rows[-1]["ended"] == "target-lost"
    assert "connection-closed" not in {code for code, _ in codes(rows)}
    assert "errored" in verdicts(rows).values()


def test_what_a_known_product_lacks_is_told_and_nothing_passes(tmp_path: Path) -> None:
    result = conformance("run", "sagemaker:UpdateEndpoint", "--target", "moto", "--out", str(tmp_path))
    assert result.status == 0
    rows = rows_of(tmp_path)
    assert {code for code, _ in codes(rows)} == {"not-implemented"}
    assert not passed(rows)
