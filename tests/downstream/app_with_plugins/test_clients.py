"""Tests of all kinds, each with a mock that lies, and the guard that sees it: `conformance_guard` is what it saw.

Run with pytest-asyncio, anyio, pytest-rerunfailures, pytest-randomly and pytest-html, with aiobotocore and vcrpy; the
tests of what is not installed are skipped.
"""

from __future__ import annotations

import asyncio
import re
import threading
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest

import conformance

KEYS = {"region_name": "eu-west-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
MADE_BEFORE = boto3.client("sns", **KEYS)
TRIES: list[int] = []
METHOD = "botocore.client.BaseClient._make_api_call"


@pytest.fixture
def lie() -> Iterator[None]:
    with mock.patch(METHOD, return_value={"Total": 3}):
        yield


class TestUnittest(unittest.TestCase):
    def setUp(self) -> None:
        self.sns = boto3.client("sns", **KEYS)

    def test_lie(self) -> None:
        with mock.patch(METHOD, return_value={"Total": 3}), conformance.guard("report") as guard:
            self.sns.list_topics()
        (lie,) = guard.lies()
        assert re.search(r"test_clients\.py:\d+: error: sns:ListTopics/output#members ", lie)


def test_client_made_before_the_session(lie: None, conformance_guard: Any) -> None:
    MADE_BEFORE.list_topics()
    assert len(conformance_guard.lies()) == 1


def test_clients_of_other_threads(lie: None, conformance_guard: Any) -> None:
    thread = threading.Thread(target=MADE_BEFORE.list_topics)
    thread.start()
    thread.join()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: boto3.client("sns", **KEYS).list_topics(), range(8)))
    assert conformance_guard.calls == 9


@pytest.mark.skipif("not config.pluginmanager.hasplugin('rerunfailures')")
@pytest.mark.flaky(reruns=1)
def test_that_is_run_again(lie: None, conformance_guard: Any) -> None:
    MADE_BEFORE.list_topics()
    TRIES.append(1)
    assert len(conformance_guard.lies()) == 1
    assert len(TRIES) == 2


@pytest.mark.skipif("not config.pluginmanager.hasplugin('asyncio')")
@pytest.mark.asyncio
async def test_asyncio(lie: None, conformance_guard: Any) -> None:
    await asyncio.gather(*(asyncio.to_thread(MADE_BEFORE.list_topics) for _ in range(3)))
    assert conformance_guard.calls == 3


@pytest.mark.skipif("not config.pluginmanager.hasplugin('anyio')")
@pytest.mark.anyio
async def test_anyio(lie: None, conformance_guard: Any) -> None:
    MADE_BEFORE.list_topics()
    assert len(conformance_guard.lies()) == 1


@pytest.mark.skipif("not config.pluginmanager.hasplugin('asyncio')")
@pytest.mark.asyncio
async def test_aiobotocore(conformance_guard: Any) -> None:
    sessions, stubs = pytest.importorskip("aiobotocore.session"), pytest.importorskip("aiobotocore.stub")
    async with sessions.get_session().create_client("sns", **KEYS) as sns:
        with stubs.AioStubber(sns) as stub:
            stub.add_response("list_topics", {"Topics": []})
            await sns.list_topics()
        assert (conformance_guard.calls, conformance_guard.lies()) == (1, ())
        with mock.patch("aiobotocore.client.AioBaseClient._make_api_call", return_value={"Total": 3}):
            await sns.list_topics()
    (lie,) = conformance_guard.lies()
    assert "invented-member" in lie


def test_cassette(conformance_guard: Any) -> None:
    vcr = pytest.importorskip("vcr")
    with vcr.use_cassette(Path(__file__).parent / "cassette.yaml", record_mode="none", match_on=["method", "host"]):
        boto3.client("sqs", **KEYS).list_queues()
    (lie,) = conformance_guard.lies()
    assert "sqs:ListQueues/output/QueueUrls#type (wrong-type)" in lie


def test_what_cannot_be_seen(conformance_guard: Any) -> None:
    """What takes the place of a client or of its method: botocore has no part in it."""
    sns = boto3.client("sns", **KEYS)
    with mock.patch.object(sns, "list_topics", return_value={"Total": 3}):
        sns.list_topics()
    mock.MagicMock(spec=sns).list_topics()
    assert conformance_guard.calls == 0


def test_a_status_that_is_passed_over(conformance_guard: Any) -> None:
    with mock.patch(METHOD, return_value={"Table": {"TableName": "orders", "TableStatus": "LOST"}}):
        boto3.client("dynamodb", **KEYS).describe_table(TableName="orders")
    assert len(conformance_guard.lies()) == 1  # the fixture sees it, too; the session passes over it
