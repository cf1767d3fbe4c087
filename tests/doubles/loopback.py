"""A machine that reaches itself and nothing else: what a test sends elsewhere is an error, whatever it is."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

LOOPBACK = ("127.", "::1", "localhost")


class LeftLoopback(AssertionError):
    """A test was about to send something to another machine."""


@contextlib.contextmanager
def loopback_only() -> Iterator[None]:
    """Connections to this machine only; names of others are not even looked up."""

    def checked(host: Any) -> None:
        if not str(host).startswith(LOOPBACK):
            raise LeftLoopback(f"{host} is not this machine")

    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> Any:
        if self.family != getattr(socket, "AF_UNIX", None):
            checked(address[0])
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> Any:
        if self.family != getattr(socket, "AF_UNIX", None):
            checked(address[0])
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        checked(host)
        return lookup(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield
