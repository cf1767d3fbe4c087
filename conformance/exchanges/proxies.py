"""Where requests for a URL go: to its host, or to the proxy through which that is reached.

    URL --> Origin --environment (HTTPS_PROXY, NO_PROXY ... as botocore and curl read them)--> Proxy | None

A loopback address is never reached through a proxy, whatever the environment says: on the proxy's machine the address
means another host.
"""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from conformance.exchanges.transport import TransportFailure

LOOPBACK_SUFFIXES = (".localhost", ".localhost.localstack.cloud")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The address of a proxy, and the headers that it needs."""

    host: str
    port: int
    headers: tuple[tuple[str, str], ...] = ()


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address, without port) always means this machine."""
    name = host.lower().rstrip(".").strip("[]")
    if name == "localhost" or name.endswith(LOOPBACK_SUFFIXES) or name == LOOPBACK_SUFFIXES[1][1:]:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def proxy_for(url: str) -> Proxy | None:
    """The proxy that the environment names for `url`."""
    parts = urlsplit(url)
    if parts.hostname is None or is_loopback(parts.hostname):
        return None
    # Imported late: only runs that leave this machine need botocore here.
    from botocore.utils import get_environ_proxies

    address = get_environ_proxies(url).get(parts.scheme)
    return _parsed(address) if address else None


def _parsed(address: str) -> Proxy | None:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.hostname is None:
        return None
    headers: tuple[tuple[str, str], ...] = ()
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = (("Proxy-Authorization", "Basic " + base64.b64encode(login.encode()).decode()),)
    return Proxy(parts.hostname, parts.port or 80, headers)


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, host and port, and how they are reached."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None

    @staticmethod
    def of(where: str) -> Origin:
        """The origin of a URL; raises TransportFailure where it has none."""
        try:
            parts = urlsplit(where)
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except (ValueError, KeyError) as problem:
            raise TransportFailure("unsendable", f"not a URL to send to: {where}") from problem
        return Origin(parts.scheme, parts.hostname or "", port, proxy_for(where))

    @property
    def first_hop(self) -> tuple[str, int]:
        """Whom to connect to: the proxy, or the host itself."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.host, self.port)

    @property
    def tunnel(self) -> tuple[str, int] | None:
        """Whom a proxy is to connect to, where what is said is not for it."""
        return (self.host, self.port) if self.proxy and self.scheme == "https" else None

    @property
    def extra_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers for a proxy of plain HTTP; in a tunnel they are sent when the tunnel is opened."""
        return self.proxy.headers if self.proxy and self.scheme == "http" else ()

    @property
    def target_prefix(self) -> str:
        """What precedes the path in a request through a proxy of plain HTTP."""
        return f"{self.scheme}://{self.host}:{self.port}" if self.proxy and self.scheme == "http" else ""
