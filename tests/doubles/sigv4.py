"""A server as AWS Emulator is one: HTTPS with certificates of its own making, and no request without a right signature.

    with signed_server() as server:
        ... server.url, server.ca_bundle, server.access_key, server.secret_key ...

The signature is checked by an implementation of its own, written from AWS's description ("Create a signed AWS API
request", IAM User Guide) and not with botocore's, which makes the signatures under test.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import hmac
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

import trustme

from doubles.faulty_servers import Conversation, Received, Reply, Responder, Server, serving

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request,"
    r" ?SignedHeaders=(?P<names>[a-z0-9;\-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class Refused(Exception):
    """A request whose signature is missing, stale or wrong."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


@dataclass(frozen=True)
class Verifier:
    """Knows the secrets; `path_as_sent` is S3's way with paths; `ahead` is how far its clock is ahead, in seconds."""

    secrets: Mapping[str, str]
    path_as_sent: bool = False
    ahead: float = 0.0
    token: str | None = None

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead)

    def check(self, request: Received) -> None:
        """Raises Refused unless `request` carries the signature that it must have."""
        if "authorization" not in request.headers:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        match = _AUTHORIZATION.fullmatch(request.headers["authorization"])
        if match is None:
            raise Refused("IncompleteSignatureException", "not an Authorization header of version 4")
        secret = self.secrets.get(match["key"])
        if secret is None or request.headers.get("x-amz-security-token") != self.token:
            raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        self._check_time(request.headers.get("x-amz-date", ""), match["day"])
        if not hmac.compare_digest(self._signature(request, match, secret), match["signature"]):
            raise Refused("InvalidSignatureException", "The request signature we calculated does not match")

    def _check_time(self, stamp: str, day: str) -> None:
        try:
            signed = datetime.datetime.strptime(stamp, _TIMESTAMP).replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            raise Refused("IncompleteSignatureException", "no X-Amz-Date") from None
        age = (self.now() - signed).total_seconds()
        if age > 300:
            raise Refused("InvalidSignatureException", f"Signature expired: {stamp} is now earlier than allowed")
        if age < -300 or not stamp.startswith(day):
            raise Refused("InvalidSignatureException", f"Signature not yet current: {stamp} is still later")

    def _signature(self, request: Received, match: re.Match[str], secret: str) -> str:
        names = match["names"].split(";")
        if "host" not in names or any(n.startswith("x-amz-") and n not in names for n in request.headers):
            raise Refused("InvalidSignatureException", "'Host' and every 'x-amz-*' header must be signed")
        values = {name: [v for k, v in request.pairs if k.lower() == name] for name in names}
        headers = "".join(f"{n}:{','.join(' '.join(v.split()) for v in values[n])}\n" for n in sorted(names))
        path, _, query = request.target.partition("?")
        digest = hashlib.sha256(request.body).hexdigest()
        claimed = request.headers.get("x-amz-content-sha256", digest)
        if claimed not in (digest, "UNSIGNED-PAYLOAD"):
            raise Refused("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match")
        lines = [request.method, self._path(path), _query(query), headers, ";".join(sorted(names)), claimed]
        canonical = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
        scope = f"{match['day']}/{match['region']}/{match['service']}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{canonical}"
        key = f"AWS4{secret}".encode()
        for part in [*scope.split("/"), text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()

    def _path(self, path: str) -> str:
        if self.path_as_sent:
            return path
        parts: list[str] = []
        for part in path.split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part not in ("", ".", ".."):
                parts.append(part)
        slash = "/" if path.endswith("/") and parts else ""
        return quote("/" + "/".join(parts) + slash, safe="/-_.~")


def _query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((quote(unquote(k), safe="-_.~"), quote(unquote(v), safe="-_.~")) for k, _, v in pairs)
    return "&".join(f"{key}={value}" for key, value in encoded)


@dataclass
class SignedServer:
    """A running server, what it trusts, and what must be trusted to reach it."""

    server: Server
    ca_bundle: str
    access_key: str
    secret_key: str

    @property
    def url(self) -> str:
        return self.server.url


def refusal(refused: Refused, date: datetime.datetime) -> Reply:
    """403 in the JSON envelope, with the server's time."""
    body = json.dumps({"__type": refused.code, "message": refused.message}).encode()
    stamp = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return Reply(403, body, (("Content-Type", "application/x-amz-json-1.1"), ("Date", stamp)))


@contextlib.contextmanager
def signed_server(
    actions: Mapping[str, Responder] | None = None,
    *,
    otherwise: Responder | None = None,
    path_as_sent: bool = False,
    ahead: float = 0.0,
    token: str | None = None,
    access_key: str = "EMULATORKEY",
    secret_key: str = "emulator/secret+key",
    names: tuple[str, ...] = ("127.0.0.1", "localhost"),
) -> Iterator[SignedServer]:
    """HTTPS; a wrong signature is refused with 403, an action that is not in `actions` answered with 501.

    `actions` has the values of `X-Amz-Target`; `otherwise` answers whatever is not in it.
    """
    verifier = Verifier({access_key: secret_key}, path_as_sent, ahead, token)
    unknown = Reply(501, b'{"__type": "NotImplemented", "message": "not implemented"}')

    def fault(conversation: Conversation) -> None:
        request = conversation.request
        try:
            verifier.check(request)
        except Refused as refused:
            conversation.reply(refusal(refused, verifier.now()))
            return
        responder = (actions or {}).get(request.headers.get("x-amz-target", ""), otherwise)
        conversation.reply(unknown if responder is None else responder(request))

    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(tls)
    with TemporaryDirectory() as folder, serving(fault, tls=tls) as server:
        bundle = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        yield SignedServer(server, str(bundle), access_key, secret_key)
