"""The account that a run works in.

Emulators differ in how a request chooses its account. Where the choice is free, each run takes an account of its own,
derived from its seed: it is empty, whatever earlier runs have left in others, and the same seed gives the same account.

    URL --probes of ACCOUNT_SCHEMES--> Product -- by "header": a header names it (credentials do not matter)
                                              '-- by "key": a 12-digit access key id is the account
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conformance.exchanges.transport import SignedRequest, Transport, TransportFailure
from conformance.values.text_formats import NotADocument, json_document
from conformance.wire.message import Response

ACCOUNT_HEADER = "x-moto-account-id"


def account_for(seed: int, n: int = 0) -> str:
    """The `n`-th account of a run with `seed`: 12 digits, the first not 0."""
    digest = hashlib.sha256(f"aws-conformance {seed} {n}".encode()).digest()
    return str(10**11 + int.from_bytes(digest[:16], "big") % (9 * 10**11))


@dataclass(frozen=True, slots=True)
class AccountScheme:
    """A product that lets requests choose their account.

    `recognises` is true of the body that the product answers at `probe`; `by` says whether a header or the access key
    id names the account.
    """

    product: str
    probe: str
    recognises: Callable[[bytes], bool]
    by: Literal["header", "key"]


def _is_dashboard(body: bytes) -> bool:
    return b"<title>moto</title>" in body.lower()


def _is_health(body: bytes) -> bool:
    """Whether a body is the health page of LocalStack, which others copied: an object that lists services."""
    try:
        value = json_document(body)
    except NotADocument:
        return False
    return isinstance(value, dict) and isinstance(value.get("services"), dict)


# In this order: a product that imitates the address of another one answers at its own as well.
ACCOUNT_SCHEMES: tuple[AccountScheme, ...] = (
    AccountScheme("moto", "/moto-api/", _is_dashboard, "header"),
    AccountScheme("MiniStack", "/_ministack/health", _is_health, "key"),
    AccountScheme("LocalStack", "/_localstack/health", _is_health, "key"),
)


def detect_scheme(
    url: str, transport: Transport, schemes: tuple[AccountScheme, ...] = ACCOUNT_SCHEMES
) -> AccountScheme | None:
    """The scheme of the product at `url`; None for unknown products and where nothing answers."""
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
