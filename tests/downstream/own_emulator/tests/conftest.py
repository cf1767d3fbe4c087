"""Starts the emulator once for all tests, and adds a check and a rule of the project's own."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from queue_emulator import create_app
from werkzeug.serving import make_server

import conformance
from conformance.extending import Context, Match, Mismatch


@pytest.fixture(scope="session")
def conformance_target() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pytest_conformance_checks() -> None:
    @conformance.register_check(
        name="request-id",
        statement="the id of a request is a UUID",
        source="docs: the emulator's handbook",
        operations="sqs:*",
    )
    def request_id(context: Context) -> Iterator[Match | Mismatch]:
        response = context.exchange.response
        value = response.headers.get("x-amzn-requestid", "") if response is not None else ""
        try:
            uuid.UUID(value)
        except ValueError:
            yield Mismatch("x-amzn-RequestId", "a UUID", value)
        else:
            yield Match()


def pytest_conformance_rules() -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield (
        "sqs",
        {
            "id": "EMU-01",
            "operations": ["CreateQueue"],
            "statement": "A queue's URL has the queue's name at its end.",
            "source": "the emulator's handbook",
            "enforcement": "DOC-MUST",
            "answer": "ends_with(answer.QueueUrl, join('', ['/', request.QueueName]))",
        },
    )
