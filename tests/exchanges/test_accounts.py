"""Accounts of a run, and which products let a run choose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.exchanges.accounts import ACCOUNT_SCHEMES, account_for, detect_scheme
from conformance.exchanges.http_transport import HttpTransport
from doubles import faulty_servers
from doubles.faulty_servers import Received, Reply, Server

DASHBOARD = b"<!DOCTYPE html><html><head>\n  <title>Moto</title>\n</head></html>"
HEALTH = json.dumps({"services": {"one": "available"}, "edition": "light", "version": "1.5"}).encode()


@given(st.integers(), st.integers(0, 100))
def test_an_account_is_twelve_digits_and_the_same_for_the_same_seed(seed: int, n: int) -> None:
    account = account_for(seed, n)
    assert len(account) == 12
    assert account.isdigit()
    assert account[0] != "0"
    assert account == account_for(seed, n)
    assert account != account_for(seed, n + 1)
    assert account != account_for(seed + 1, n)


def answering_at(pages: Mapping[str, bytes]) -> AbstractContextManager[Server]:
    def respond(request: Received) -> Reply:
        page = pages.get(request.target)
        return Reply(404, b"<Error><Code>NoSuchBucket</Code></Error>") if page is None else Reply(200, page)

    return faulty_servers.answering(respond)


def product_at(double: AbstractContextManager[Server]) -> str | None:
    with double as server:
        transport = HttpTransport(timeout=0.5)
        scheme = detect_scheme(server.url, transport)
        transport.close()
        return scheme.product if scheme else None


@pytest.mark.parametrize(
    ("pages", "product"),
    [
        ({"/moto-api/": DASHBOARD}, "moto"),
        ({"/_ministack/health": HEALTH, "/_localstack/health": HEALTH}, "MiniStack"),
        ({"/_localstack/health": HEALTH}, "LocalStack"),
        ({"/moto-api/": HEALTH}, None),
        ({"/_localstack/health": b"[]"}, None),
        ({}, None),
    ],
)
def test_a_product_is_known_by_an_address_that_only_it_has(pages: Mapping[str, bytes], product: str | None) -> None:
    assert product_at(answering_at(pages)) == product


@pytest.mark.parametrize(
    "double",
    [
        faulty_servers.html_everywhere,
        faulty_servers.yes_to_everything,
        faulty_servers.no_to_everything,
        faulty_servers.garbage_bytes,
        faulty_servers.silent,
        faulty_servers.cuts_before_answer,
        faulty_servers.redirects,
        faulty_servers.nobody,
    ],
)
def test_who_answers_anything_or_nothing_is_no_product(double: Callable[[], AbstractContextManager[Server]]) -> None:
    assert product_at(double()) is None


def test_only_the_schemes_asked_for_are_tried() -> None:
    with answering_at({"/_localstack/health": HEALTH}) as server:
        transport = HttpTransport(timeout=1)
        assert detect_scheme(server.url, transport, ACCOUNT_SCHEMES[:1]) is None
        transport.close()
    assert [request.target for request in server.requests] == ["/moto-api/"]
