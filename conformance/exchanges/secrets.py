"""The run's own secrets, masked in whatever a target answers.

    credentials --Secrets--> pattern --.
    signature of the request        ---+--masked--> the same answer, with `*` in the place of each

A target may echo what it was sent: S3 answers the string to sign and the signature where they do not match, others
answer the headers of the request. Answers are masked where they come in, so that nothing behind that (records, reports,
messages, details of a crash) can show a secret. A mask has the length of what it hides: lengths within the answer stay
right. A character of a secret is known in every encoding in which it may have been sent or is answered: plain,
URL-encoded (once or twice), XML references, JSON escapes; and secrets as a whole in base64.
"""

from __future__ import annotations

import base64
import functools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from conformance.exchanges.signing import Credentials
from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.wire.message import Response

SHORTEST = 16
"""Characters of a text that may be a secret: AWS's have 40 and more, emulators are given words such as `test`."""

VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")

LONGEST_FORM = 100_000
"""Bytes of a body in which a signature is looked for."""

SIGNATURE = "Signature="
_SIGNATURE = re.compile(rf"(?:^|[\s,&?])(?:X-Amz-)?{SIGNATURE}([0-9A-Za-z%+/=]{{{SHORTEST},}})")
_NEVER_ENCODED = re.compile("[0-9A-Za-z]+")
_XML_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}

# What the connections of this process have signed with; only the details of a crash are masked by it.
_known: set[str] = set()


class Secrets:
    """The secrets of one set of credentials: secret key and session token."""

    def __init__(self, *texts: str | None) -> None:
        found = tuple(text for text in texts if text and len(text) >= SHORTEST)
        _known.update(found)
        self._mask = _Mask(found)

    def masked_answer(self, response: Response, request: SignedRequest) -> Response:
        """The answer to a request without these secrets and without the request's signature."""
        masks = (_Mask(_signatures(request)), self._mask)
        body = _masked(response.body, masks)
        headers = {name: _masked_text(value, masks) for name, value in response.headers.items()}
        crash = _masked_text(response.crash, masks)
        if body == response.body and headers == response.headers and crash == response.crash:
            return response
        return replace(response, headers=headers, body=body, crash=crash)

    def masked_failure(self, failure: TransportFailure, request: SignedRequest) -> TransportFailure:
        """The failure of a request with the secrets in its detail masked."""
        masks = (_Mask(_signatures(request)), self._mask)
        return TransportFailure(failure.kind, _masked_text(failure.detail, masks))


class _Mask:
    """Hides some secrets in bytes. Nearly every answer holds none, and that is found out without a pattern."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secrets)
        self._marks = frozenset(mark for secret in self._secrets for mark in _marks(secret))

    def hide(self, data: bytes) -> bytes:
        """The bytes with `*` in the place of each secret."""
        if not any(mark in data for mark in self._marks):
            return data
        return _pattern(self._secrets).sub(_stars, data)


def _masked(data: bytes, masks: Iterable[_Mask]) -> bytes:
    for mask in masks:
        data = mask.hide(data)
    return data


def _masked_text(text: str, masks: Iterable[_Mask]) -> str:
    return _masked(text.encode("utf-8", "surrogatepass"), masks).decode("utf-8", "surrogatepass")


def secrets_of(credentials: Credentials) -> Secrets:
    """The secrets of credentials as they are now."""
    now = credentials.get_frozen_credentials()
    return _secrets(now.secret_key, now.token)


@functools.lru_cache(maxsize=64)
def _secrets(secret_key: str, token: str | None) -> Secrets:
    return Secrets(secret_key, token)


def masked_text(text: str) -> str:
    """A text without any secret that this process has signed with, or that its environment has."""
    environment = (os.environ.get(name) for name in VARIABLES)
    return _masked_text(text, [_Mask((*_known, *(value for value in environment if value and len(value) >= SHORTEST)))])


def _stars(found: re.Match[bytes]) -> bytes:
    return b"*" * len(found[0])


@functools.lru_cache(maxsize=64)
def _pattern(secrets: frozenset[str]) -> re.Pattern[bytes]:
    """What matches any of the secrets in any encoding, the longest first."""
    forms = (form for secret in sorted(secrets, key=len, reverse=True) for form in _forms(secret))
    return re.compile(b"|".join(b"".join(map(_character, form)) for form in forms))


def _marks(secret: str) -> Iterator[bytes]:
    """Bytes of which one is in every text that holds the secret: what no encoding changes of each form."""
    for form in _forms(secret):
        yield max(_NEVER_ENCODED.findall(form), key=len, default="").encode()


def _forms(secret: str) -> Iterator[str]:
    """The secret, and what is fixed of its base64."""
    yield secret
    encoded = secret.encode()
    for shift in range(3):  # base64 looks different by where in a longer text the secret begins
        inner = base64.b64encode(b"\0" * shift + encoded)
        # Neither the first nor the last characters depend on the secret alone.
        core = inner[(4 if shift else 0) : len(inner) - 4]
        if len(core) >= SHORTEST:
            yield core.decode()


def _character(character: str) -> bytes:
    """A pattern for one character in every encoding."""
    if _NEVER_ENCODED.fullmatch(character):
        return character.encode()
    raw, code = character.encode("utf-8", "surrogatepass"), ord(character)
    url = "".join(f"%{byte:02X}" for byte in raw)
    forms = {raw, b"\\" + raw, url.encode(), url.replace("%", "%25").encode(), f"&#{code};".encode()}
    forms |= {f"&#x{code:X};".encode(), f"\\u{code:04X}".encode(), f"\\u{code:04x}".encode()}
    forms |= {url.lower().encode(), url.lower().replace("%", "%25").encode(), f"&#x{code:x};".encode()}
    if character in _XML_NAMES:
        forms.add(_XML_NAMES[character].encode())
    return b"(?:" + b"|".join(re.escape(each) for each in sorted(forms, key=len, reverse=True)) + b")"


def _signatures(request: SignedRequest) -> set[str]:
    """The signatures that a request has in its headers, its URL or its body."""
    headers = [value for name, value in request.headers if name.lower() == "authorization"]
    texts = (*headers, request.url, request.body[:LONGEST_FORM].decode("utf-8", "replace"))
    return {unquote(each[1]) for text in texts if SIGNATURE in text for each in _SIGNATURE.finditer(text)}
