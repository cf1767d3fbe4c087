"""The transport to a WSGI application in this process: real bytes, no sockets.

    SignedRequest --environ--> WSGI application --start_response, pieces--> Response

The response is the one that the same application gives behind the server that it usually runs with (werkzeug's), so a
record of a run in process and one over HTTP agree: how the server reads a path, its answer when the application raises,
no body where HTTP has none. Only the server's own headers, `Server` and `Date`, are missing. The application runs in
the calling thread; a deadline can be set in the main thread only.
"""

from __future__ import annotations

import contextlib
import io
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, NoReturn, TypeAlias
from urllib.parse import unquote, urlsplit

from conformance.exchanges.crash_origin import origin_of_exception
from conformance.exchanges.transport import (
    SignedRequest,
    TransportFailure,
    merged_headers,
    repeated_headers,
    serialise,
    split_url,
)
from conformance.wire.message import Response

Environ: TypeAlias = "dict[str, Any]"
StartResponse: TypeAlias = "Callable[..., Callable[[bytes], object]]"
Application: TypeAlias = "Callable[[Environ, StartResponse], Iterable[bytes]]"

# The key of the headers as they were sent: the names in an environ do not keep their spelling.
SENT_HEADERS = "conformance.sent_headers"

# Limits of Python's http.server: the bytes of a line without its end, and the lines of a request before its body.
_LONGEST_LINE = 65534
_MOST_LINES = 100

_UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
_BODILESS = frozenset({204, 304})
_CRASH_HEADERS = (("Content-Type", "text/html; charset=utf-8"),)
_CRASH_BODY = (
    b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"
    b"<h1>Internal Server Error</h1>\n"
    b"<p>The server encountered an internal error and was unable to complete your request. "
    b"Either the server is overloaded or there is an error in the application.</p>\n"
)


class WsgiTransport:
    """Calls a WSGI application for each request; the places of its exceptions are those in its `package`.

    An answer that takes more than `timeout` seconds is waited for no longer, in the main thread.
    """

    def __init__(self, application: Application, package: str = "", timeout: float | None = None) -> None:
        self._application = application
        self._package = package
        self._timeout = timeout

    def send(self, request: SignedRequest) -> Response:
        """The application's answer; raises TransportFailure where a client behind a server would have none."""
        started = time.perf_counter()
        message = serialise(request, split_url(request.url)[1])  # what HTTP cannot carry is refused here as well
        answer = _refusal(message) or _Answer(self._package)
        if answer.status == 0:
            self._call(request, answer)
        headers = _written(answer.headers)
        body = _as_received(request.method, answer.status, headers, b"".join(answer.pieces), answer.broken)
        elapsed = time.perf_counter() - started
        repeated = repeated_headers(answer.headers)
        return Response(answer.status, headers, body, elapsed, repeated, answer.crash)

    def _call(self, request: SignedRequest, answer: _Answer) -> None:
        environ = environ_of(request)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the application's own, which the user cannot change
            try:
                with deadline(self._timeout):
                    answer.take(self._application, environ)
            except Overdue:
                raise TransportFailure("timeout", f"no answer within {self._timeout:g} s") from None

    def close(self) -> None:
        """Do nothing: no connection is open."""


class _Answer:
    """The server's side of WSGI for one request."""

    def __init__(self, package: str = "") -> None:
        self.package = package
        self.crash = ""
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.pieces: list[bytes] = []
        self.broken = False

    def take(self, application: Application, environ: Environ) -> None:
        """Call the application; where it raises, answer as a server does: 500, or a cut where it had begun."""
        try:
            pieces = application(environ, self._start)
            try:
                self.pieces.extend(pieces)
            finally:
                close = getattr(pieces, "close", None)
                if close is not None:
                    close()
        except Exception as problem:  # noqa: BLE001 - any exception is the answer of the implementation under test
            self.crash = origin_of_exception(problem, self.package)
            self.broken = any(self.pieces)
            if not self.broken:
                self._start("500 INTERNAL SERVER ERROR", [*_CRASH_HEADERS, ("Content-Length", str(len(_CRASH_BODY)))])
                self.pieces = [_CRASH_BODY]

    def _start(
        self, status: str, headers: Iterable[tuple[str, str]], __exc_info: object = None
    ) -> Callable[[bytes], object]:
        self.status = int(status.split(None, 1)[0])
        self.headers = list(headers)
        return self.pieces.append


def _refusal(message: bytes) -> _Answer | None:
    """What Python's http.server says to a request whose lines are longer or more than it reads, else None."""
    lines = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    if len(lines[0]) > _LONGEST_LINE:
        status = HTTPStatus.REQUEST_URI_TOO_LONG
        return _error_page(status, status.phrase, status.description)
    if any(len(line) > _LONGEST_LINE for line in lines):
        explanation = "got more than 65536 bytes when reading header line"
        return _error_page(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Line too long", explanation)
    if len(lines) > _MOST_LINES:
        explanation = "got more than 100 headers"
        return _error_page(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Too many headers", explanation)
    return None


def _error_page(status: HTTPStatus, message: str, explanation: str) -> _Answer:
    answer = _Answer()
    fields = {"code": status, "message": message, "explain": explanation}
    page = BaseHTTPRequestHandler.error_message_format % fields
    answer.status = status.value
    answer.headers = [("Content-Type", BaseHTTPRequestHandler.error_content_type), ("Content-Length", str(len(page)))]
    answer.pieces = [page.encode()]
    return answer


def environ_of(request: SignedRequest) -> Environ:
    """The environ of werkzeug's server for `request`, with `RAW_URI` and `REQUEST_URI` (PEP 3333 and usage)."""
    where, target = split_url(request.url)
    if target.startswith("//"):
        target = "/" + target.lstrip("/")  # as Python's http.server does, so that a path is not taken for a host
    parts = urlsplit(target)
    origin = urlsplit(where)
    port = str(origin.port or (443 if origin.scheme == "https" else 80))
    environ: Environ = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": origin.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": wsgi_text(unquote(parts.path)),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": 0,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        SENT_HEADERS: request.headers,
    }
    _add_headers(environ, request.headers)
    return environ


def _add_headers(environ: Environ, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        if "_" in name:
            continue  # servers drop them: in an environ they would look like those with hyphens
        key = name.upper().replace("-", "_")
        text = wsgi_text(value.strip(" \t"))
        if key in _UNPREFIXED:
            environ[key] = text
        else:
            key = f"HTTP_{key}"
            environ[key] = f"{environ[key]},{text}" if key in environ else text


def wsgi_text(text: str) -> str:
    """Text as PEP 3333 wants it: the bytes of its UTF-8 form, each as one character."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _written(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Headers as a client reads them; a server gives up on those that PEP 3333 does not let be written."""
    if not all(value.isascii() or max(value) <= "\xff" for _, value in pairs):
        raise TransportFailure("closed", "headers that cannot be written: characters beyond latin-1")
    return merged_headers(pairs)


def _as_received(method: str, status: int, headers: dict[str, str], body: bytes, broken: bool) -> bytes:
    """The body that a client reads: none where HTTP has none, and exactly as long as announced.

    Raises TransportFailure where it is shorter.
    """
    if method == "HEAD" or status in _BODILESS or 100 <= status < 200:
        return b""
    length = headers.get("content-length", "")
    announced = int(length) if length.isascii() and length.isdigit() else None
    if broken or (announced is not None and len(body) < announced):
        raise TransportFailure("closed", "connection cut within the body")
    return body if announced is None else body[:announced]


class Overdue(BaseException):
    """The deadline has passed. No `Exception`: whoever handles those is not to take it for one of its own."""


@contextlib.contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """End what runs within after so many seconds by Overdue.

    Python can only do it in the main thread, by a signal, and not where somebody else has set that timer.
    """
    if seconds is None or not _can_be_bounded():
        yield
        return
    before = signal.signal(signal.SIGALRM, _end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _can_be_bounded() -> bool:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def _end(_number: int, _frame: object) -> NoReturn:
    raise Overdue
