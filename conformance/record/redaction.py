"""The last gate before a record: credentials, signatures and session tokens do not pass it.

Requests are recorded as they were before signing, so nothing of the kind should arrive here. Should it arrive all
the same (a target that echoes headers, an answer that hands out session credentials), it is taken out:

    case row   --> headers and query arguments that sign are dropped, secrets in answers are blanked
    header row --> user and password of the target's URL are dropped
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace

from conformance.record.bodies import digested
from conformance.record.rows import CaseRow, HeaderRow, Row, TargetInfo
from conformance.record.steps import RecordedRequest, RecordedResponse, Step

BLANK = "***"

SECRET_HEADERS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie",
        "x-amz-security-token", "x-amz-date", "x-amz-s3session-token", "x-moto-account-id",
    }
)  # fmt: skip
"""Lower-case names of the headers that carry credentials or signatures, choose an account, or sign with the clock."""

SECRET_QUERY = frozenset(
    {"x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-amz-date", "awsaccesskeyid"}
)
"""Lower-case names of the query arguments that do the same."""

_NAMES = "secretaccesskey|sessiontoken|authorizationtoken|accesstoken|refreshtoken|idtoken"
_JSON_SECRET = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)*(")', re.IGNORECASE)
_XML_SECRET = re.compile(rf"(<(?P<name>{_NAMES})>)[^<]*(</(?P=name)>)", re.IGNORECASE)
_SECRET_BYTES = re.compile(_NAMES.encode(), re.IGNORECASE)
_URL_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_URL_SIGNATURE = re.compile(rf"(?<=[?&])(?:{'|'.join(sorted(SECRET_QUERY))})=[^&#\s]*&?", re.IGNORECASE)


def redacted(row: Row) -> Row:
    """A row without credentials; rows that cannot carry any are returned as they are."""
    if isinstance(row, HeaderRow):
        return replace(row, target=_target(row.target))
    if isinstance(row, CaseRow):
        return replace(row, steps=tuple(_step(step) for step in row.steps))
    return row


def clean_url(url: str) -> str:
    """`url` without user, password and signing arguments."""
    return _URL_SIGNATURE.sub("", _URL_USER.sub("", url))


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without the secret ones."""
    return {name: value for name, value in headers.items() if name.lower() not in SECRET_HEADERS}


def _target(target: TargetInfo) -> TargetInfo:
    url = None if target.url is None else clean_url(target.url)
    return replace(target, identity=clean_url(target.identity), url=url)


def _step(step: Step) -> Step:
    response = None if step.response is None else _response(step.response)
    return replace(step, request=_request(step.request), response=response)


def _request(request: RecordedRequest) -> RecordedRequest:
    return replace(
        request,
        path=_URL_SIGNATURE.sub("", request.path),
        query=tuple(pair for pair in request.query if pair[0].lower() not in SECRET_QUERY),
        headers=without_secrets(request.headers),
    )


def _response(response: RecordedResponse) -> RecordedResponse:
    headers, body = without_secrets(response.headers), response.body
    if body is not None:
        body = _XML_SECRET.sub(rf"\1{BLANK}\3", _JSON_SECRET.sub(rf"\1{BLANK}\2", body))
    response = replace(response, headers=headers, body=body)
    return response if response.body_base64 is None else _without_binary_secret(response, response.body_base64)


def _without_binary_secret(response: RecordedResponse, encoded: str) -> RecordedResponse:
    """A binary body cannot be blanked in place: one that names a secret is kept as its digest only."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return response
    return replace(response, body_base64=None, **digested(content)) if _SECRET_BYTES.search(content) else response
