"""The implementation under test, from how the user names it.

    moto | http(s)://... | aws:REGION | recording:PATH --resolve--> Target (frozen) --open--> Connection

`resolve` reports every mistake that can be found without the network, so that a run that starts can send its first
request. A target holds credentials; its `repr` does not show them.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from conformance.exceptions import BadEndpoint, MissingPart, UsageError, near
from conformance.exchanges import accounts, credentials, embedded_moto
from conformance.exchanges.configured_endpoints import configured_endpoint
from conformance.exchanges.connection import Connection, ConnectionSettings, TargetKind
from conformance.exchanges.credentials import DEFAULT_REGION, Login
from conformance.exchanges.endpoints import AwsEndpoints, Endpoint
from conformance.exchanges.http_transport import HttpTransport
from conformance.exchanges.proxies import is_loopback
from conformance.exchanges.transport import no_checkpoint
from conformance.exchanges.wsgi_transport import WsgiTransport

SPELLINGS = "moto, http://HOST:PORT, aws:REGION or recording:PATH"

_PROBE_SECONDS = 5.0
# Addresses that no name can be put before.
_NUMERIC = re.compile(r"[\d.]+|.*:.*")
_BARE_HOST = re.compile(r"(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?(/\S*)?")


@dataclass(frozen=True, slots=True)
class Target:
    """An implementation, how to reach it, and the credentials to use; `path` is set for recordings only.

    `chosen_by` is the variable or setting that names the target; it is empty where the caller does, or nobody.
    """

    kind: TargetKind
    region: str
    seed: int
    timeout: float
    url: str | None = None
    path: Path | None = None
    ca_bundle: str | None = None
    verify: bool = True
    chosen_by: str = ""
    login: Login | None = field(default=None, repr=False)
    session: Any = field(default=None, repr=False, compare=False)

    @property
    def is_near(self) -> bool:
        """Whether the implementation runs on this machine."""
        return self.kind == "moto" or (self.url is not None and is_loopback(urlsplit(self.url).hostname or ""))

    def open(self, checkpoint: Callable[[], None] = no_checkpoint) -> Connection:
        """A connection to the target; for a URL, asks it which product it is.

        `checkpoint` is called several times a second while an answer is awaited; what it raises ends the wait.

        Raises MissingPart where moto cannot be embedded and UsageError for a recording, which answers nothing.
        """
        return Connection(_CONNECT[self.kind](self, checkpoint))


def in_fresh_account(target: Target) -> Target:
    """The target with an account that no run has used, where the account is free to choose and outlives the run."""
    return replace(target, seed=secrets.randbelow(2**31)) if target.kind == "http" else target


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The arguments of `resolve`, with the session that configuration is read from."""

    text: str
    region: str | None
    ca_bundle: str | None
    verify: bool
    seed: int
    timeout: float
    session: Any
    stands_in: str | None = None

    def target(self, kind: TargetKind, region: str, **fields: Any) -> Target:
        return Target(kind, region, self.seed, self.timeout, session=self.session, **fields)

    def certificates(self) -> str | None:
        return credentials.ca_bundle_from(self.session, self.ca_bundle) if self.verify else None


def resolve(
    target: str | None,
    *,
    endpoint_url: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    ca_bundle: str | None = None,
    no_verify_ssl: bool = False,
    seed: int,
    timeout: float,
    services: Collection[str] = (),
) -> Target:
    """The target that the user means; without any, the configured endpoint URL, and without that, embedded moto.

    With `aws:REGION`, `endpoint_url` is what stands in for the region: a VPC endpoint, a proxy, a test.

    A URL may be configured for single `services`, by botocore's names; `chosen_by` of the target then says where.

    `timeout` is in seconds and bounds each request as a whole. Raises BadEndpoint for text that names no target,
    UnknownName for unknown profiles and regions, BadFile for unreadable certificates, MissingPart where moto is
    wanted and not installed, UsageError where credentials or a region are needed and there are none.
    """
    on_aws = bool(target and target.strip().lower().startswith("aws:"))
    if target and endpoint_url and not on_aws:
        raise UsageError(
            f"both a target ({target}) and an endpoint URL ({endpoint_url}) are given", hint="leave one of them out"
        )
    session = credentials.open_session(profile)
    configured = None if target or endpoint_url else configured_endpoint(session, services)
    text = target or endpoint_url or (configured.url if configured is not None else "moto")
    stands_in = endpoint_url if on_aws else None
    arguments = _Arguments(text.strip(), region, ca_bundle, not no_verify_ssl, seed, timeout, session, stands_in)
    if endpoint_url and "://" not in endpoint_url:
        raise _no_target(endpoint_url)
    kind, _, rest = arguments.text.partition(":")
    reader = _READERS.get(kind.lower())
    if reader is None:
        raise _no_target(arguments.text)
    return replace(reader(arguments, rest), chosen_by=configured.source if configured is not None else "")


def _moto(arguments: _Arguments, rest: str) -> Target:
    if rest:
        raise _no_target(arguments.text)
    if embedded_moto.version() is None:
        raise MissingPart("moto is not installed", hint=f"{embedded_moto.HINT}, or name a target: {SPELLINGS}")
    region = credentials.region_from(arguments.session, arguments.region) or DEFAULT_REGION
    return arguments.target("moto", region, login=credentials.dummy_login())


def _url(arguments: _Arguments, _rest: str) -> Target:
    url, host = _checked_url(arguments.text)
    local = is_loopback(host)
    login = credentials.login_from(arguments.session, metadata=not local)
    region = credentials.region_from(arguments.session, arguments.region)
    if local:
        login, region = login or credentials.dummy_login(), region or DEFAULT_REGION
    if login is None:
        raise UsageError(
            f"no credentials for {url}",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (emulators take any), or use --profile",
        )
    if region is None:
        raise UsageError(f"no region for {url}", hint="use --region, or set AWS_REGION")
    bundle = arguments.certificates() if url.startswith("https") else None
    return arguments.target("http", region, url=url, login=login, ca_bundle=bundle, verify=arguments.verify)


def _aws(arguments: _Arguments, region: str) -> Target:
    if not region:
        raise BadEndpoint(f"'{arguments.text}' names no region", hint="as in aws:eu-west-1")
    if arguments.region and arguments.region != region:
        raise UsageError(f"target {arguments.text} and region {arguments.region} disagree", hint="leave out --region")
    AwsEndpoints(arguments.session, region)
    url, host = _checked_url(arguments.stands_in.strip()) if arguments.stands_in else (None, "")
    login = credentials.login_from(arguments.session, metadata=not is_loopback(host))
    if login is None:
        raise UsageError("no credentials for AWS", hint="use --profile, or run 'aws configure'")
    return arguments.target(
        "aws", region, url=url, login=login, ca_bundle=arguments.certificates(), verify=arguments.verify
    )


def _recording(arguments: _Arguments, rest: str) -> Target:
    if not rest:
        raise BadEndpoint(f"'{arguments.text}' names no file", hint="as in recording:out/record.jsonl")
    region = credentials.region_from(arguments.session, arguments.region) or DEFAULT_REGION
    return arguments.target("recording", region, path=Path(rest).expanduser())


_READERS: Mapping[str, Callable[[_Arguments, str], Target]] = MappingProxyType(
    {"moto": _moto, "http": _url, "https": _url, "aws": _aws, "recording": _recording}
)


def _checked_url(text: str) -> tuple[str, str]:
    """The URL without a slash at its end, and its host; raises BadEndpoint."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as problem:
        raise BadEndpoint(f"'{text}' is not a URL: {problem}", hint="as in http://localhost:4566") from problem
    if not host or port == 0 or re.search(r"[\s\x00-\x20\x7f]", text) or not text.lower().startswith(_schemes):
        raise BadEndpoint(f"'{text}' is not a URL to send to", hint="as in http://localhost:4566")
    if parts.username is not None or parts.query or parts.fragment:
        raise BadEndpoint(
            "an endpoint URL has a scheme, host, port and path, and nothing else",
            hint=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", host


_schemes = ("http://", "https://")


def _no_target(text: str) -> BadEndpoint:
    bare = _BARE_HOST.fullmatch(text)
    if "://" in text:
        return BadEndpoint(f"'{text}' is neither http:// nor https://", hint=f"a target is {SPELLINGS}")
    if bare and (":" in text or "." in text or is_loopback(bare["host"])):
        return BadEndpoint(f"'{text}' is no URL", hint=f"did you mean http://{text}?")
    close = near(text.partition(":")[0], _READERS)
    hint = f"did you mean {close[0]}? a target is {SPELLINGS}" if close else f"a target is {SPELLINGS}"
    return BadEndpoint(f"unknown target '{text}'", hint=hint)


Checkpoint: TypeAlias = "Callable[[], None]"


def _connect_moto(target: Target, _checkpoint: Checkpoint) -> ConnectionSettings:
    return ConnectionSettings(
        kind="moto",
        identity=f"moto {embedded_moto.version()} (embedded)",
        url=None,
        region=target.region,
        seed=target.seed,
        login=_login(target),
        transport=WsgiTransport(embedded_moto.application(), embedded_moto.PACKAGE, target.timeout),
        endpoint=_one_address(embedded_moto.URL, target.region),
        scheme=accounts.ACCOUNT_SCHEMES[0],
        prepare_account=embedded_moto.reset_account,
    )


def _connect_url(target: Target, checkpoint: Checkpoint) -> ConnectionSettings:
    url, login = target.url or "", _login(target)
    # The user's own key names no account of a run: then only products that take the account from a header are probed.
    schemes = tuple(each for each in accounts.ACCOUNT_SCHEMES if each.by == "header" or not login.own)
    prober = _http(target, min(target.timeout, _PROBE_SECONDS), checkpoint)
    scheme = accounts.detect_scheme(url, prober, schemes)
    prober.close()
    return ConnectionSettings(
        kind="http",
        identity=f"{scheme.product} at {url}" if scheme else url,
        url=url,
        region=target.region,
        seed=target.seed,
        login=login,
        transport=_http(target, target.timeout, checkpoint),
        endpoint=_one_address(url, target.region),
        scheme=scheme,
    )


def _connect_aws(target: Target, checkpoint: Checkpoint) -> ConnectionSettings:
    endpoints = AwsEndpoints(target.session, target.region, target.url)
    host = urlsplit(target.url or "").hostname or ""
    return ConnectionSettings(
        kind="aws",
        identity=f"AWS {target.region}" + (f" at {target.url}" if target.url else ""),
        url=target.url,
        region=target.region,
        seed=target.seed,
        login=_login(target),
        transport=_http(target, target.timeout, checkpoint),
        endpoint=endpoints.resolve,
        host_prefixes=not is_loopback(host) and _NUMERIC.fullmatch(host) is None,
    )


def _connect_recording(target: Target, _checkpoint: Checkpoint) -> ConnectionSettings:
    raise UsageError(f"the recording {target.path} answers no requests", hint="a recording is judged, not run")


_CONNECT: Mapping[TargetKind, Callable[[Target, Checkpoint], ConnectionSettings]] = MappingProxyType(
    {"moto": _connect_moto, "http": _connect_url, "aws": _connect_aws, "recording": _connect_recording}
)


def _http(target: Target, timeout: float, checkpoint: Checkpoint) -> HttpTransport:
    return HttpTransport(timeout=timeout, verify=target.verify, ca_bundle=target.ca_bundle, checkpoint=checkpoint)


def _one_address(url: str, region: str) -> Callable[[str, str | None], Endpoint]:
    endpoint = Endpoint(url, region)
    return functools.partial(_same, endpoint)


def _same(endpoint: Endpoint, _service: str, _prefix: str | None) -> Endpoint:
    return endpoint


def _login(target: Target) -> Login:
    return target.login or credentials.dummy_login()
