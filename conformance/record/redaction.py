"""The last gate before a record: credentials, signatures and session tokens do not pass it.

Requests are recorded as they were before signing, so nothing of the kind should arrive here. Should it arrive all
the same (a target that echoes headers, an answer that hands out session credentials), it is taken out:

    case line  --> headers and query arguments that sign are dropped, secrets in answers are blanked
    header line --> user and password of the target's URL are dropped
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any

BLANK = "***"

SECRET_HEADERS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie",
        "x-amz-security-token", "x-amz-date", "x-amz-s3session-token",
    }
)  # fmt: skip
SECRET_QUERY = frozenset(
    {"x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-amz-date", "awsaccesskeyid"}
)

_NAMES = "secretaccesskey|sessiontoken|authorizationtoken|accesstoken|refreshtoken|idtoken"
_JSON_SECRET = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)*(")', re.IGNORECASE)
_XML_SECRET = re.compile(rf"(<(?P<name>{_NAMES})>)[^<]*(</(?P=name)>)", re.IGNORECASE)
_SECRET_BYTES = re.compile(_NAMES.encode(), re.IGNORECASE)
_URL_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_URL_SIGNATURE = re.compile(rf"(?<=[?&])(?:{'|'.join(sorted(SECRET_QUERY))})=[^&#\s]*&?", re.IGNORECASE)


def redacted(line: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a line of a record without credentials; lines that cannot carry any are returned as they are."""
    if line.get("type") == "header" and isinstance(line.get("target"), Mapping):
        return {**line, "target": _target(line["target"])}
    if line.get("type") == "case" and isinstance(line.get("steps"), list):
        return {**line, "steps": [_step(step) for step in line["steps"]]}
    return dict(line)


def clean_url(url: str) -> str:
    """`url` without user, password and signing arguments."""
    return _URL_SIGNATURE.sub("", _URL_USER.sub("", url))


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    texts = {key: clean_url(target[key]) for key in ("identity", "url") if isinstance(target.get(key), str)}
    return {**target, **texts}


def _step(step: Any) -> Any:
    if not isinstance(step, Mapping):
        return step
    changed = dict(step)
    if isinstance(step.get("request"), Mapping):
        changed["request"] = _request(step["request"])
    if isinstance(step.get("response"), Mapping):
        changed["response"] = _response(step["response"])
    return changed


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    changed = _without_secret_headers(request)
    if isinstance(request.get("path"), str):
        changed["path"] = _URL_SIGNATURE.sub("", request["path"])
    if isinstance(request.get("query"), (list, tuple)):
        changed["query"] = [pair for pair in request["query"] if str(pair[0]).lower() not in SECRET_QUERY]
    return changed


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    changed = _without_secret_headers(response)
    if isinstance(response.get("body"), str):
        text = _JSON_SECRET.sub(rf"\1{BLANK}\2", response["body"])
        changed["body"] = _XML_SECRET.sub(rf"\1{BLANK}\3", text)
    if isinstance(response.get("body_base64"), str):
        changed |= _binary(changed.pop("body_base64"))
    return changed


def _binary(encoded: str) -> dict[str, Any]:
    """A binary body cannot be blanked in place: one that names a secret is kept as its digest only."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return {"body_base64": encoded}
    if not _SECRET_BYTES.search(content):
        return {"body_base64": encoded}
    return {"body_digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "body_size": len(content)}


def _without_secret_headers(message: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(message.get("headers"), Mapping):
        return dict(message)
    kept = {name: value for name, value in message["headers"].items() if name.lower() not in SECRET_HEADERS}
    return {**message, "headers": kept}
