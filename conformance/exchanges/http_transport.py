"""HTTP and HTTPS without any correction of what is sent or received.

    SignedRequest --serialise--> bytes --connection (kept alive, one a request)--> http.client's parser --> Response

The request is written here, the answer is read with the standard library's parser. Higher-level clients normalise paths
(`..`, `//`, `%2f`), which is wrong for object keys and for requests that are broken on purpose. They also have no
deadline for an answer as a whole, so a server that sends a byte a second would block a run for ever. Nothing is sent
again, redirected or decompressed.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import os
import select
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from conformance.exchanges.proxies import Origin, Proxy
from conformance.exchanges.transport import (
    SignedRequest,
    TransportFailure,
    merged_headers,
    no_checkpoint,
    repeated_headers,
    serialise,
    split_url,
)
from conformance.wire.message import Response

MAX_ANSWER = 64 * 1024 * 1024

_BROKEN_HEADERS = ("MissingHeaderBodySeparatorDefect", "FirstHeaderLineIsContinuationDefect")
_PIECE = 256 * 1024

# Seconds after which a wait for an answer looks whether it is still wanted.
_LONGEST_WAIT = 0.1

# What OpenSSL makes of "HTTP/1.1 400 ..." in the place of a handshake, by version.
_ANSWERS_OF_PLAIN_HTTP = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
# How a server that expects TLS answers plain HTTP: with the record of an alert.
_TLS_ALERT = "\x15\x03"


class HttpTransport:
    """HTTP and HTTPS with keep-alive.

    `timeout` is in seconds and bounds one `send` as a whole, from connecting to the last byte. `verify` switches
    the check of certificates, `ca_bundle` is a file of certificates to trust instead of the system's. `checkpoint` is
    called several times a second while a connection or an answer is awaited; what it raises ends the wait.
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        verify: bool = True,
        ca_bundle: str | None = None,
        max_answer: int = MAX_ANSWER,
        checkpoint: Callable[[], None] = no_checkpoint,
    ) -> None:
        self._timeout = timeout
        self._verify = verify
        self._ca_bundle = ca_bundle
        self._max_answer = max_answer
        self._checkpoint = checkpoint
        self._context: ssl.SSLContext | None = None
        self._origins: dict[str, Origin] = {}
        self._idle: dict[str, list[socket.socket]] = {}

    def send(self, request: SignedRequest) -> Response:
        """The answer to `request`; raises TransportFailure where there is none."""
        started = time.perf_counter()
        deadline = time.monotonic() + self._timeout
        where, target = split_url(request.url)
        origin = self._origin(where)
        message = serialise(request, origin.target_prefix + target, origin.extra_headers)
        connection, cut = self._reused(where), None
        if connection is not None:
            try:
                return self._exchange(connection, where, request.method, message, deadline, started)
            except _Stale as stale:
                cut = stale  # most likely the server closed the idle connection before it read anything: no answer
        connection = self._connect_again(origin, deadline, cut)
        try:
            return self._exchange(connection, where, request.method, message, deadline, started)
        except _Stale as stale:
            raise TransportFailure("closed", stale.detail) from stale

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            _, connections = self._idle.popitem()
            for connection in connections:
                connection.close()

    def _origin(self, where: str) -> Origin:
        origin = self._origins.get(where)
        if origin is None:
            origin = self._origins[where] = Origin.of(where)
        return origin

    def _reused(self, where: str) -> socket.socket | None:
        """An idle connection that the server has neither closed nor sent anything on."""
        idle = self._idle.get(where)
        while idle:
            connection = idle.pop()
            if not _readable(connection):
                return connection
            connection.close()
        return None

    def _connect(self, origin: Origin, deadline: float) -> socket.socket:
        host, port = origin.first_hop
        try:
            if origin.tunnel is not None and origin.proxy is not None:
                return self._through_tunnel(origin.tunnel, origin.proxy, _remaining(deadline))
            connection = _connected(host, port, deadline, self._checkpoint)
            return self._secured(connection, host, deadline) if origin.scheme == "https" else connection
        except (OSError, http.client.HTTPException, UnicodeError) as problem:
            raise _connect_failure(problem, f"{host}:{port}", self._timeout) from problem

    def _through_tunnel(self, to: tuple[str, int], proxy: Proxy, timeout: float) -> socket.socket:
        channel = http.client.HTTPSConnection(proxy.host, proxy.port, timeout=timeout, context=self._tls)
        channel.set_tunnel(*to, headers=dict(proxy.headers))
        channel.connect()
        connection: socket.socket = channel.sock
        return connection

    def _secured(self, connection: socket.socket, host: str, deadline: float) -> socket.socket:
        secured = connection
        try:
            secured = self._tls.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
            _wait_for(secured.do_handshake, secured, deadline, self._checkpoint)
        except BaseException:
            secured.close()
            raise
        return secured

    @property
    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = _tls_context(self._ca_bundle, self._verify)
        return self._context

    def _connect_again(self, origin: Origin, deadline: float, cut: _Stale | None) -> socket.socket:
        """A new connection, after the kept one was `cut`: if nobody listens now, the request did reach somebody."""
        try:
            return self._connect(origin, deadline)
        except TransportFailure as failure:
            if cut is None or failure.kind != "refused":
                raise
            raise TransportFailure("closed", f"{cut.detail}, and no connection since") from failure

    def _exchange(
        self, connection: socket.socket, where: str, method: str, message: bytes, deadline: float, started: float
    ) -> Response:
        """Send one request over `connection` and read its answer; the answer decides whether it is kept open."""
        keep = False
        stream = _Deadlined(connection, deadline, self._checkpoint)
        answer = http.client.HTTPResponse(cast(socket.socket, stream), method=method)
        try:
            _write(connection, message, deadline)
            _begin(answer, stream)
            body = _read(answer, self._max_answer)
            keep = not answer.will_close
            pairs = answer.getheaders()
            elapsed = time.perf_counter() - started
            return Response(answer.status, merged_headers(pairs), body, elapsed, repeated_headers(pairs))
        except TimeoutError as problem:
            state = "the answer did not end" if stream.received else "no answer"
            raise TransportFailure("timeout", f"{state} within {self._timeout:g} s") from problem
        except OSError as problem:
            raise TransportFailure("closed", f"connection lost: {_reason(problem)}") from problem
        finally:
            answer.close()
            if keep:
                self._idle.setdefault(where, []).append(connection)
            else:
                connection.close()


class _Stale(Exception):
    """The connection ended before the first byte of an answer."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class _Deadlined(io.RawIOBase):
    """The reading side of a socket, with one deadline for all reads together."""

    def __init__(self, connection: socket.socket, deadline: float, checkpoint: Callable[[], None]) -> None:
        self._connection = connection
        self._deadline = deadline
        self._checkpoint = checkpoint
        self.received = False
        self.ended = False

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `http.client.HTTPResponse` asks of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._received_into(buffer)
        self.received = self.received or size > 0
        self.ended = size == 0
        return size

    def _received_into(self, buffer: Any) -> int:
        """Wait in short pieces: a signal handler only takes note, it does not end a wait."""
        while True:
            self._connection.settimeout(min(_remaining(self._deadline), _LONGEST_WAIT))
            try:
                return self._connection.recv_into(buffer)
            except TimeoutError:
                self._checkpoint()


def _remaining(deadline: float) -> float:
    """Seconds left; never 0, which sockets take for "do not wait"."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def _connected(host: str, port: int, deadline: float, checkpoint: Callable[[], None]) -> socket.socket:
    """A connection to the first of a host's addresses that takes one, which no read and no write waits for.

    Only the look-up of the name cannot be ended before it is over.
    """
    problem: OSError = ConnectionRefusedError(errno.ECONNREFUSED, "the name has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _check(connection.connect_ex(address))
            while not select.select([], [connection], [connection], min(_remaining(deadline), _LONGEST_WAIT))[1]:
                _check(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
                checkpoint()
            _check(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        except OSError as one:
            connection.close()
            problem = one
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise problem


def _check(code: int) -> None:
    """Raise what an error number stands for, if it is more than that there is something to wait for."""
    if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN):
        raise OSError(code, os.strerror(code))


def _wait_for(
    step: Callable[[], None], connection: socket.socket, deadline: float, checkpoint: Callable[[], None]
) -> None:
    """Repeat a step of TLS until it is done; each time when the connection is ready for it."""
    while True:
        try:
            return step()
        except ssl.SSLWantReadError:
            select.select([connection], [], [], min(_remaining(deadline), _LONGEST_WAIT))
        except ssl.SSLWantWriteError:
            select.select([], [connection], [], min(_remaining(deadline), _LONGEST_WAIT))
        checkpoint()


def _readable(connection: socket.socket) -> bool:
    """Whether there is something to read; on an idle connection that is its end, or bytes that no request asked for."""
    try:
        return bool(select.select([connection], [], [], 0)[0])
    except (OSError, ValueError):
        return True


def _write(connection: socket.socket, message: bytes, deadline: float) -> None:
    connection.settimeout(_remaining(deadline))
    # A server may refuse a request before it has read it: the answer, if there is one, is still read.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(message)


def _begin(answer: http.client.HTTPResponse, stream: _Deadlined) -> None:
    """Read status line and headers."""
    try:
        answer.begin()
    except (http.client.RemoteDisconnected, ConnectionError) as problem:
        if not stream.received:
            raise _Stale("connection cut before the answer") from problem
        raise TransportFailure("closed", "connection cut within the headers") from problem
    except (http.client.HTTPException, ValueError) as problem:
        if _TLS_ALERT in str(problem):
            raise TransportFailure("not-http", "TLS: its address begins with https://") from problem
        raise TransportFailure("not-http", f"bytes that are no HTTP: {_reason(problem)}") from problem
    if any(type(defect).__name__ in _BROKEN_HEADERS for defect in answer.headers.defects):
        raise TransportFailure("not-http", "headers that are no HTTP")
    if stream.ended:  # the parser takes the end of the stream for the end of the headers
        raise TransportFailure("closed", "connection cut within the headers")


def _read(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """The whole body, as it was sent: whatever its content-encoding, it is not decoded."""
    if answer.length is not None and answer.length > limit:
        raise TransportFailure("too-large", f"an answer of {answer.length} bytes; {limit} are taken")
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := answer.read(min(_PIECE, answer.length) if answer.length else _PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise TransportFailure("too-large", f"an answer of more than {limit} bytes")
    except http.client.HTTPException as problem:
        raise TransportFailure("closed", f"connection cut after {size} bytes of the body") from problem
    if answer.length:
        missing = answer.length
        raise TransportFailure("closed", f"connection cut after {size} of {size + missing} bytes of the body")
    return b"".join(pieces)


def _tls_context(ca_bundle: str | None, verify: bool) -> ssl.SSLContext:
    """The trust of the AWS CLI: a file or directory of certificates, without the extra strictness of RFC 5280."""
    folder = ca_bundle is not None and Path(ca_bundle).is_dir()
    context = ssl.create_default_context(cafile=None if folder else ca_bundle, capath=ca_bundle if folder else None)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _connect_failure(problem: Exception, where: str, timeout: float) -> TransportFailure:
    if isinstance(problem, (socket.gaierror, UnicodeError)):
        return TransportFailure("dns", f"{where}: {_reason(problem)}")
    if isinstance(problem, TimeoutError):
        return TransportFailure("timeout", f"{where}: no connection within {timeout:g} s")
    if isinstance(problem, ssl.SSLError) and (problem.reason or "") in _ANSWERS_OF_PLAIN_HTTP:
        return TransportFailure("not-tls", f"{where}: the answer to https:// is not TLS")
    if isinstance(problem, ssl.SSLError):
        return TransportFailure("tls", f"{where}: {_reason(problem)}")
    if isinstance(problem, OSError) and problem.errno in (errno.ECONNRESET, errno.EPIPE):
        return TransportFailure("closed", f"{where}: connection cut while it was made")
    return TransportFailure("refused", f"{where}: {_reason(problem)}")


def _reason(problem: Exception) -> str:
    """One line about a problem, without error numbers, which differ between systems."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return str(problem.reason or problem).replace("_", " ").lower()
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror.lower()
    text = str(problem).strip() or type(problem).__name__
    return text if len(text) <= 120 else text[:117] + "..."
