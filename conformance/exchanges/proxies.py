"""The proxy, if any, through which a host is reached.

    URL --environment (HTTPS_PROXY, NO_PROXY ... as botocore and curl read them)--> Proxy | None

A loopback address is never reached through a proxy, whatever the environment says: on the proxy's machine the address
means another host.
"""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

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
