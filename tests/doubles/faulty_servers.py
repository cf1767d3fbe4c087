"""Implementations on loopback, each named by its fault.

    with html_everywhere() as server:
        ... server.url ... server.requests

Every double is a context manager around a real server on a port of its own: a thread a connection, keep-alive unless
the fault is about connections, everything closed at the end. What a double does with a request is a `Fault`; those
that misbehave at times only have a `Responder` for the rest (`moto()` is one), so that whole runs can go through them.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Received:
    """A request as it came: header names in lower case, the target byte for byte."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reply:
    """An answer that is HTTP."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)

    def encoded(self, *, head: bool = False) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Reason", *(f"{name}: {value}" for name, value in self.headers)]
        if not any(name.lower() == "content-length" for name, _ in self.headers):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "\r\n"]).encode() + (b"" if head else self.body)


def is_probe(request: Received) -> bool:
    """Whether the request only asks which product this is."""
    return request.method == "GET" and request.target.startswith(("/moto-api/", "/_"))


@dataclass
class Conversation:
    """One request, and the connection that it came on; `number` counts from 1, probes for the product have 0."""

    request: Received
    connection: socket.socket
    stopped: threading.Event
    number: int
    end_server: Callable[[], None] = lambda: None

    def reply(self, answer: Reply) -> None:
        self.raw(answer.encoded(head=self.request.method == "HEAD"))

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)

    def cut(self) -> None:
        raise _Cut

    def wait(self, seconds: float | None = None) -> None:
        """Do nothing for a while, or for ever; the end of the server is the end of it."""
        if self.stopped.wait(seconds):
            raise _Cut


Fault: TypeAlias = "Callable[[Conversation], None]"
Responder: TypeAlias = "Callable[[Received], Reply]"


@dataclass
class Server:
    """A running double: where it is, and what it was asked."""

    url: str
    requests: list[Received] = field(default_factory=list)
    connections: int = 0


class _Cut(Exception):
    """The fault ends the connection."""


def ok(_request: Received) -> Reply:
    """`{}`, whatever was asked."""
    return Reply(200, b"{}")


def moto() -> Responder:
    """Moto, in this process."""
    from conformance.exchanges.embedded_moto import application
    from conformance.exchanges.transport import SignedRequest
    from conformance.exchanges.wsgi_transport import WsgiTransport

    transport = WsgiTransport(application())
    lock = threading.Lock()

    def respond(request: Received) -> Reply:
        url = f"http://{request.headers.get('host', '127.0.0.1')}{request.target}"
        with lock:
            answer = transport.send(SignedRequest(request.method, url, request.pairs, request.body))
        return Reply(answer.status, answer.body, tuple(answer.headers.items()))

    return respond


@contextlib.contextmanager
def serving(fault: Fault, *, tls: ssl.SSLContext | None = None, greeting: bytes = b"") -> Iterator[Server]:
    """A server that does `fault` with every request; `greeting` is said before any."""
    stopped = threading.Event()
    counter = itertools.count(1)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(_Cut, OSError):
                self._converse()

        def _converse(self) -> None:
            connection: socket.socket = self.request
            state.connections += 1
            if tls is not None:
                connection = self.request = tls.wrap_socket(connection, server_side=True)
            if greeting:
                connection.sendall(greeting)
            with connection.makefile("rb") as stream:
                while (request := _read_request(stream)) is not None:
                    state.requests.append(request)
                    number = 0 if is_probe(request) else next(counter)
                    fault(Conversation(request, connection, stopped, number, end_server))

        def finish(self) -> None:
            self.request.close()

    class Threads(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = True

        def shutdown_request(self, request: object) -> None:
            self.close_request(request)  # type: ignore[arg-type]

        def handle_error(self, request: object, client_address: object) -> None:
            """A double's own trouble is seen by the test, not on the terminal."""

    def end_server() -> None:
        server.shutdown()
        server.socket.close()

    with Threads(("127.0.0.1", 0), Handler) as server:
        host, port = server.server_address[:2]
        state = Server(f"{'https' if tls else 'http'}://{host!s}:{port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            stopped.set()
            server.shutdown()
            thread.join()


def answering(responder: Responder) -> contextlib.AbstractContextManager[Server]:
    """A server that answers as `responder` says."""
    return serving(lambda conversation: conversation.reply(responder(conversation.request)))


def html_everywhere(status: int = 200) -> contextlib.AbstractContextManager[Server]:
    """A web site: a page of HTML for everything."""
    page = b"<!doctype html><html><head><title>Welcome</title></head><body>It works!</body></html>"
    return answering(lambda _: Reply(status, page, (("Content-Type", "text/html; charset=utf-8"),)))


def yes_to_everything() -> contextlib.AbstractContextManager[Server]:
    """200 and `{}` for everything, also for what no service has."""
    return answering(ok)


def no_to_everything() -> contextlib.AbstractContextManager[Server]:
    """400 and a ValidationException for everything, also for what is valid."""
    body = b'{"__type": "ValidationException", "message": "1 validation error detected"}'
    return answering(lambda _: Reply(400, body))


def empty_reply(status: int = 200) -> contextlib.AbstractContextManager[Server]:
    """The status asked for, and not a byte of body."""
    return answering(lambda _: Reply(status, b"", ()))


def redirects(location: str = "http://127.0.0.1:9/elsewhere") -> contextlib.AbstractContextManager[Server]:
    """301 to another place."""
    return answering(lambda _: Reply(301, b"", (("Location", location),)))


def garbage_bytes() -> contextlib.AbstractContextManager[Server]:
    """Bytes that are no HTTP."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(bytes(range(256)) * 4 + b"\r\n\r\n")
        conversation.cut()

    return serving(fault)


def garbage_headers() -> contextlib.AbstractContextManager[Server]:
    """A status line, then lines that are no headers."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.1 200 OK\r\nthis is not a header\r\n\r\n{}")
        conversation.cut()

    return serving(fault)


def speaks_first() -> contextlib.AbstractContextManager[Server]:
    """No web server at all: mail servers greet before they are asked."""
    return serving(lambda conversation: conversation.cut(), greeting=b"220 mail.example ESMTP\r\n")


def silent() -> contextlib.AbstractContextManager[Server]:
    """Takes every request and never answers."""
    return serving(lambda conversation: conversation.wait())


def cuts_before_answer() -> contextlib.AbstractContextManager[Server]:
    """Ends the connection instead of answering."""
    return serving(lambda conversation: conversation.cut())


def cuts_within_headers() -> contextlib.AbstractContextManager[Server]:
    """Ends the connection in the middle of the headers, at the end of a line."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        conversation.cut()

    return serving(fault)


def cuts_within_body() -> contextlib.AbstractContextManager[Server]:
    """Announces 100 bytes, sends 12, ends the connection."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b'{"Name": "ab')
        conversation.cut()

    return serving(fault)


def cuts_within_chunks() -> contextlib.AbstractContextManager[Server]:
    """Sends a chunked body and never its last chunk."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        conversation.cut()

    return serving(fault)


def announces_too_little() -> contextlib.AbstractContextManager[Server]:
    """Announces 2 bytes and sends more, which would be taken for the next answer on the same connection."""

    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        conversation.wait(0.01)
        conversation.raw(b'{"more": true}')

    return serving(fault)


def drips(seconds: float = 0.05) -> contextlib.AbstractContextManager[Server]:
    """Sends an answer a byte at a time, for ever: each read succeeds, no answer ends."""

    def fault(conversation: Conversation) -> None:
        for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", itertools.repeat(32)):
            conversation.raw(bytes([byte]))
            conversation.wait(seconds)

    return serving(fault)


def drips_headers(seconds: float = 0.05) -> contextlib.AbstractContextManager[Server]:
    """As `drips`, but the headers never end."""

    def fault(conversation: Conversation) -> None:
        for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nX-Long: ", itertools.repeat(97)):
            conversation.raw(bytes([byte]))
            conversation.wait(seconds)

    return serving(fault)


def slow(seconds: float = 0.2, then: Responder = ok) -> contextlib.AbstractContextManager[Server]:
    """Answers rightly, after a while."""

    def fault(conversation: Conversation) -> None:
        conversation.wait(seconds)
        conversation.reply(then(conversation.request))

    return serving(fault)


def huge_answer(size: int = 1 << 40, *, announced: bool = False) -> contextlib.AbstractContextManager[Server]:
    """A body without end."""

    def fault(conversation: Conversation) -> None:
        length = f"Content-Length: {size}\r\n" if announced else "Connection: close\r\n"
        conversation.raw(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        for _ in range(size >> 16):
            conversation.raw(b" " * 65536)
        conversation.cut()

    return serving(fault)


THROTTLES: dict[int, bytes] = {
    400: b'{"__type": "ThrottlingException", "message": "Rate exceeded"}',
    429: b'{"__type": "TooManyRequestsException", "message": "Too Many Requests"}',
    503: b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
}


def throttles(first: int, status: int = 400, then: Responder = ok) -> contextlib.AbstractContextManager[Server]:
    """Turns the first requests (probes aside) away for being too many, in the way of `status`; then answers."""
    kind = "application/xml" if status == 503 else JSON

    def fault(conversation: Conversation) -> None:
        if 0 < conversation.number <= first:
            conversation.reply(Reply(status, THROTTLES[status], (("Content-Type", kind),)))
        else:
            conversation.reply(then(conversation.request))

    return serving(fault)


def dies_after(answered: int, then: Responder = ok) -> contextlib.AbstractContextManager[Server]:
    """Answers some requests, then only cuts connections: a target lost within a run."""

    def fault(conversation: Conversation) -> None:
        if conversation.number > answered:
            conversation.cut()
        conversation.reply(then(conversation.request))

    return serving(fault)


def ends_on(
    is_last: Callable[[Received], bool], then: Responder = ok, *, answers: bool = False
) -> contextlib.AbstractContextManager[Server]:
    """Ends with the first request of a kind, without an answer or after it: nobody listens from then on."""

    def fault(conversation: Conversation) -> None:
        if not is_last(conversation.request):
            conversation.reply(then(conversation.request))
            return
        conversation.end_server()
        if answers:
            answer = then(conversation.request)
            conversation.reply(Reply(answer.status, answer.body, (*answer.headers, ("Connection", "close"))))
        conversation.cut()

    return serving(fault)


def leaves_without_a_word(then: Responder = ok) -> contextlib.AbstractContextManager[Server]:
    """Answers as if it kept the connection, and closes it: what every server does to idle ones."""

    def fault(conversation: Conversation) -> None:
        conversation.reply(then(conversation.request))
        conversation.cut()

    return serving(fault)


@contextlib.contextmanager
def nobody() -> Iterator[Server]:
    """A port that nobody listens on."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield Server(f"http://127.0.0.1:{reserved.getsockname()[1]}")


def _read_request(stream: object) -> Received | None:
    """The next request of a connection, or None at its end."""
    readline: Callable[[], bytes] = stream.readline  # type: ignore[attr-defined]
    line = readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    method, target, _ = line.split(" ", 2)
    pairs = []
    while header := readline().decode("utf-8", "surrogateescape").rstrip("\r\n"):
        name, _, value = header.partition(":")
        pairs.append((name, value.strip()))
    headers = {name.lower(): value for name, value in pairs}
    body: bytes = stream.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]
    return Received(method, target, headers, body, tuple(pairs))
