"""Whose account a run works in.

Emulators differ in how a request chooses its account. Where the choice is free, each run takes an account of its own,
derived from its seed: nothing that others left there can be met, and the same seed meets the same emptiness.

    URL --probes of ACCOUNT_SCHEMES--> Product -- by "header": a header names it (credentials do not matter)
                                              '-- by "key": a 12-digit access key id is the account
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conformance.exchanges.transport import SignedRequest, Transport, TransportFailure
from conformance.wire.message import Response

ACCOUNT_HEADER = "x-moto-account-id"


def account_for(seed: int, n: int = 0) -> str:
    """The `n`-th account of a run with `seed`: 12 digits, the first not 0."""
    digest = hashlib.sha256(f"aws-conformance {seed} {n}".encode()).digest()
    return str(10**11 + int.from_bytes(digest[:16], "big") % (9 * 10**11))


@dataclass(frozen=True, slots=True)
class AccountScheme:
    """A product that lets requests choose their account: how it is recognised, and how the account is named."""

    product: str
    probe: str
    recognises: Callable[[bytes], bool]
    by: Literal["header", "key"]


def _is_dashboard(body: bytes) -> bool:
    return b"<title>moto</title>" in body.lower()


def _is_health(body: bytes) -> bool:
    """Health as LocalStack's authors shaped it and others copied it: an object that lists services."""
    try:
        value = json.loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and isinstance(value.get("services"), dict)


# In this order: a product that imitates another's address answers at its own, too.
ACCOUNT_SCHEMES: tuple[AccountScheme, ...] = (
    AccountScheme("moto", "/moto-api/", _is_dashboard, "header"),
    AccountScheme("MiniStack", "/_ministack/health", _is_health, "key"),
    AccountScheme("LocalStack", "/_localstack/health", _is_health, "key"),
)


def detect_scheme(
    url: str, transport: Transport, schemes: tuple[AccountScheme, ...] = ACCOUNT_SCHEMES
) -> AccountScheme | None:
    """Which product answers at `url`, or None: unknown, silent or broken targets have no account to choose."""
    headers = (("Host", url.partition("://")[2].partition("/")[0]), ("Accept-Encoding", "identity"))
    for scheme in schemes:
        try:
            answer = transport.send(SignedRequest("GET", url.rstrip("/") + scheme.probe, headers))
        except TransportFailure:
            return None
        if _recognised(scheme, answer):
            return scheme
    return None


def _recognised(scheme: AccountScheme, answer: Response) -> bool:
    return answer.status == 200 and scheme.recognises(answer.body)
