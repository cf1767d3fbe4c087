"""An application called in process answers as it would behind a server."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.exchanges.wsgi_transport import Application, WsgiTransport
from conformance.wire.message import Response

URL = "http://127.0.0.1:5000"


def application(status: str, headers: list[tuple[str, str]], pieces: Iterable[bytes]) -> Application:
    def app(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(status, headers)
        return pieces

    return app


def send(app: Application, method: str = "GET", target: str = "/", **more: Any) -> Response:
    return WsgiTransport(app).send(SignedRequest(method, URL + target, more.get("headers", ()), more.get("body", b"")))


def environ_for(target: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, read=environ["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    send(app, "POST", target, headers=headers, body=body)
    return seen


@pytest.mark.parametrize(
    ("target", "path", "query", "raw"),
    [
        ("/a%20b?x=%20&y", "/a b", "x=%20&y", "/a%20b?x=%20&y"),
        ("/a/../b", "/a/../b", "", "/a/../b"),
        ("/%2F%2e", "//.", "", "/%2F%2e"),
        ("//a//b", "/a//b", "", "/a//b"),
        ("/%C3%A9", "/Ã©", "", "/%C3%A9"),
        ("/?acl", "/", "acl", "/?acl"),
    ],
)
def test_the_servers_view_of_a_path(target: str, path: str, query: str, raw: str) -> None:
    environ = environ_for(target)
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == (path, query)
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == raw


def test_headers_and_body_reach_the_application() -> None:
    headers = (("Content-Type", "x/y"), ("Content-Length", "3"), ("X-A", "1"), ("x-a", "2"), ("X_A", "3"), ("X-U", "é"))
    environ = environ_for("/", headers, b"abc")
    assert environ["read"] == b"abc"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"], environ["HTTP_X_A"]) == ("x/y", "3", "1,2")
    assert environ["HTTP_X_U"].encode("latin-1").decode() == "é"


def test_pieces_are_put_together_and_closed() -> None:
    class Pieces:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"", b"b"])

        def close(self) -> None:
            self.closed = True

    pieces = Pieces()
    answer = send(application("200 OK", [("X-A", "1"), ("x-a", "2")], pieces))
    assert (answer.status, answer.body, answer.headers) == (200, b"ab", {"x-a": "1, 2"})
    assert pieces.closed


def test_an_application_that_raises_answers_500_in_html() -> None:
    def app(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise KeyError("Content-Type")

    answer = send(app)
    assert answer.status == 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert b"Internal Server Error" in answer.body


def test_an_application_that_raises_after_start_and_before_bytes_answers_500() -> None:
    def pieces() -> Iterator[bytes]:
        raise ValueError
        yield b""

    assert send(application("200 OK", [], pieces())).status == 500


def test_an_application_that_raises_within_its_body_cuts_the_connection() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ValueError

    with pytest.raises(TransportFailure, match="closed"):
        send(application("200 OK", [], pieces()))


def test_a_body_shorter_than_announced_is_cut_and_a_longer_one_not_read() -> None:
    with pytest.raises(TransportFailure, match="closed"):
        send(application("200 OK", [("Content-Length", "5")], [b"abc"]))
    assert send(application("200 OK", [("Content-Length", "2")], [b"abc"])).body == b"ab"


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 No")])
def test_no_body_where_http_has_none(method: str, status: str) -> None:
    answer = send(application(status, [("Content-Length", "3")], [b"abc"]), method)
    assert answer.body == b""
    assert answer.headers["content-length"] == "3"


def test_warnings_and_complaints_of_the_application_stay_inside(capfd: pytest.CaptureFixture[str]) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        environ["wsgi.errors"].write("trouble")
        start_response("200 OK", [])
        return []

    assert send(app).status == 200
    assert capfd.readouterr() == ("", "")


def test_headers_that_a_server_cannot_write_are_no_answer() -> None:
    assert send(application("200 OK", [("X-A", "\xe9")], [])).headers == {"x-a": "\xe9"}
    with pytest.raises(TransportFailure, match="closed"):
        send(application("200 OK", [("X-A", "\u65e5")], []))


def test_what_http_cannot_carry_is_not_carried_here_either() -> None:
    with pytest.raises(TransportFailure, match="unsendable"):
        send(application("200 OK", [], []), headers=(("a", "b\n"),))
