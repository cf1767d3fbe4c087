"""Signing: a `Request` of a codec becomes the `SignedRequest` that a transport sends.

    Request + base URL --addressed--> URL, Host --botocore's signer--> Authorization ... --> SignedRequest

The model's signature version decides on the signer, never a service's name. botocore's signers do the work of version
4. They are called step by step, because their own `add_auth` logs what it signs, tokens included, reads the machine's
clock, and derives the same key again for every request.
"""

from __future__ import annotations

import base64
import datetime
import functools
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4Auth, SigV4Auth

from conformance.exceptions import UsageError
from conformance.exchanges.transport import SignedRequest
from conformance.wire.message import Request

USER_AGENT = "aws-conformance"

_BODILESS = ("GET", "HEAD", "OPTIONS")

TimeSource: TypeAlias = "Callable[[], datetime.datetime]"


class AccessKey(Protocol):
    """An access key at one point in time, as botocore's `ReadOnlyCredentials`."""

    @property
    def access_key(self) -> str: ...

    @property
    def secret_key(self) -> str: ...

    @property
    def token(self) -> str | None: ...


class Credentials(Protocol):
    """Credentials that may change over time, as botocore's `Credentials`."""

    def get_frozen_credentials(self) -> AccessKey:
        """The access key to sign with now."""


def utc_now() -> datetime.datetime:
    """This machine's clock."""
    return datetime.datetime.now(datetime.timezone.utc)


class UnsupportedSignature(UsageError):
    """The requests of a service are signed in a way that is not supported."""

    code = "unsupported-signature"


class Signer:
    """Signs requests to one service in one region.

    `signature_version` is the model's: `v4`, `s3`, `s3v4` or `v2`; raises Unsupported for any other.
    """

    def __init__(
        self,
        credentials: Credentials,
        region: str,
        signing_name: str,
        signature_version: str,
        *,
        clock: TimeSource = utc_now,
    ) -> None:
        scheme = SIGNATURE_SCHEMES.get(signature_version)
        if scheme is None:
            raise UnsupportedSignature(
                f"requests of '{signing_name}' are signed with '{signature_version}', which is not supported",
                hint="supported are " + ", ".join(sorted(SIGNATURE_SCHEMES)),
            )
        self._sign: Callable[[SignedRequest, bool], SignedRequest] = scheme(credentials, region, signing_name, clock)

    def sign(self, request: Request, base_url: str, *, unsigned_payload: bool = False) -> SignedRequest:
        """`request` signed for the endpoint `base_url`; `unsigned_payload` leaves the body out of the signature."""
        return self._sign(addressed(request, base_url), unsigned_payload)


def unsigned(request: Request, base_url: str) -> SignedRequest:
    """`request` for the endpoint `base_url`, without any signature."""
    return _finished(addressed(request, base_url))


def addressed(request: Request, base_url: str) -> SignedRequest:
    """`request` with URL and Host; path bytes as they are, query percent-encoded, the endpoint's own path in front."""
    origin, host, prefix = _base(base_url, request.host_prefix)
    path = request.path if request.path.startswith("/") else f"/{request.path}"
    url = f"{origin}{prefix}{path}"
    if request.query:
        pairs = (f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in request.query)
        url = f"{url}?{'&'.join(pairs)}"
    named = any(name.lower() == "host" for name, _ in request.headers)
    headers = request.headers if named else (("Host", host), *request.headers)
    return SignedRequest(request.method, url, headers, request.body)


@functools.lru_cache(maxsize=256)
def _base(base_url: str, host_prefix: str) -> tuple[str, str, str]:
    """Origin, Host header and path of an endpoint."""
    scheme, _, rest = base_url.partition("://")
    netloc, slash, path = rest.partition("/")
    host = host_prefix + netloc
    default = {"http": ":80", "https": ":443"}.get(scheme, ":")
    prefix = f"{slash}{path}".rstrip("/")
    return f"{scheme}://{host}", host.removesuffix(default), prefix


def _finished(request: SignedRequest) -> SignedRequest:
    """The request with the headers that no signature covers."""
    present = {name.lower() for name, _ in request.headers}
    more = []
    framed = "content-length" in present or "transfer-encoding" in present
    if not framed and (request.body or request.method not in _BODILESS):
        more.append(("Content-Length", str(len(request.body))))
    if "user-agent" not in present:
        more.append(("User-Agent", USER_AGENT))
    if "accept-encoding" not in present:
        more.append(("Accept-Encoding", "identity"))
    return SignedRequest(request.method, request.url, (*request.headers, *more), request.body)


@dataclass(slots=True)
class _AwsRequest:
    """The part of botocore's `AWSRequest` that its signers use, without its preparations for each use of the body."""

    method: str
    url: str
    body: bytes
    headers: HTTPMessage = field(default_factory=HTTPMessage)
    params: Mapping[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


class _StepwiseAuth:
    """botocore's `add_auth` without its log and its clock, with key and header list computed once."""

    credentials: Any
    _key: tuple[tuple[str, str], bytes] | None = None

    def add_auth(self: Any, request: Any) -> None:
        self._modify_request_before_signing(request)
        text = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))

    def headers_to_sign(self: Any, request: Any) -> Any:
        chosen = request.context.get("headers_to_sign")
        if chosen is None:
            chosen = request.context["headers_to_sign"] = super().headers_to_sign(request)  # type: ignore[misc]
        return chosen

    def signature(self: Any, string_to_sign: str, request: Any) -> str:
        day, secret = request.context["timestamp"][:8], self.credentials.secret_key
        if self._key is None or self._key[0] != (day, secret):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region_name, self._service_name, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = (day, secret), key
        return hmac.new(self._key[1], string_to_sign.encode(), "sha256").hexdigest()


class _V4(_StepwiseAuth, SigV4Auth):  # type: ignore[misc]
    """The path is normalised and encoded once more before it is signed."""


class _V4AsSent(_StepwiseAuth, S3SigV4Auth):  # type: ignore[misc]
    """The path is signed as it is sent, and the digest of the body is a header."""


class _Version4:
    """Signature version 4 in the Authorization header."""

    def __init__(self, auth: Any, credentials: Credentials, region: str, name: str, clock: TimeSource) -> None:
        self._credentials = credentials
        self._clock = clock
        self._auth = auth(None, name, region)

    def __call__(self, request: SignedRequest, unsigned_payload: bool) -> SignedRequest:
        aws = _AwsRequest(request.method, request.url, request.body)
        for name, value in request.headers:
            aws.headers[name] = value
        if unsigned_payload:
            aws.context["payload_signing_enabled"] = False
        aws.context["timestamp"] = self._clock().strftime(SIGV4_TIMESTAMP)
        self._auth.credentials = self._credentials.get_frozen_credentials()
        self._auth.add_auth(aws)
        return _finished(SignedRequest(request.method, request.url, tuple(aws.headers.items()), request.body))


class _Version2:
    """Signature version 2: parameters of the form in the body, or of the query."""

    def __init__(self, credentials: Credentials, _region: str, _name: str, clock: TimeSource) -> None:
        self._credentials = credentials
        self._clock = clock

    def __call__(self, request: SignedRequest, _unsigned_payload: bool) -> SignedRequest:
        url, _, query = request.url.partition("?")
        in_body = request.method == "POST"
        text = request.body.decode("utf-8", "replace") if in_body else query
        secrets = self._credentials.get_frozen_credentials()
        form = dict(parse_qsl(text, keep_blank_values=True))
        form.update(
            AWSAccessKeyId=secrets.access_key,
            SignatureVersion="2",
            SignatureMethod="HmacSHA256",
            Timestamp=self._clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        if secrets.token:
            form["SecurityToken"] = secrets.token
        encoded = urlencode(sorted(form.items()), quote_via=quote, safe="-_.~")
        parts = urlsplit(url)
        signed = "\n".join((request.method, request.header("host") or parts.netloc, parts.path or "/", encoded))
        digest = hmac.digest(secrets.secret_key.encode(), signed.encode(), "sha256")
        encoded += "&Signature=" + quote(base64.b64encode(digest), safe="-_.~")
        if in_body:
            return _finished(SignedRequest(request.method, request.url, request.headers, encoded.encode()))
        return _finished(SignedRequest(request.method, f"{url}?{encoded}", request.headers, request.body))


SIGNATURE_SCHEMES: Mapping[str, Any] = MappingProxyType(
    {
        "v4": functools.partial(_Version4, _V4),
        "s3": functools.partial(_Version4, _V4AsSent),
        "s3v4": functools.partial(_Version4, _V4AsSent),
        "v2": _Version2,
    }
)
