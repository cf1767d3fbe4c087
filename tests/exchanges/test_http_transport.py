"""HTTP against servers that misbehave, each in one way."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchanges.http_transport import HttpTransport
from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.wire.message import Response
from doubles import faulty_servers
from doubles.faulty_servers import Conversation, Reply, Server, serving
from doubles.sigv4 import signed_server


@contextlib.contextmanager
def transport(timeout: float = 5.0, **options: object) -> Iterator[HttpTransport]:
    over = HttpTransport(timeout=timeout, **options)  # type: ignore[arg-type]
    try:
        yield over
    finally:
        over.close()


def request(server: Server, target: str = "/", method: str = "POST", body: bytes = b"{}") -> SignedRequest:
    host = server.url.partition("://")[2]
    headers = [("Host", host), *([("Content-Length", str(len(body)))] if body else [])]
    return SignedRequest(method, server.url + target, tuple(headers), body)


def failure_of(double: AbstractContextManager[Server], timeout: float = 5.0, **options: object) -> TransportFailure:
    with double as server, transport(timeout, **options) as over:
        with pytest.raises(TransportFailure) as caught:
            over.send(request(server))
        return caught.value


@pytest.mark.parametrize(
    ("double", "kind"),
    [
        (faulty_servers.nobody, "refused"),
        (faulty_servers.garbage_bytes, "not-http"),
        (faulty_servers.garbage_headers, "not-http"),
        (faulty_servers.speaks_first, "not-http"),
        (faulty_servers.cuts_before_answer, "closed"),
        (faulty_servers.cuts_within_headers, "closed"),
        (faulty_servers.cuts_within_body, "closed"),
        (faulty_servers.cuts_within_chunks, "closed"),
    ],
)
def test_a_fault_has_the_name_of_its_kind(double: Callable[[], AbstractContextManager[Server]], kind: str) -> None:
    assert failure_of(double()).kind == kind


@pytest.mark.parametrize("double", [faulty_servers.silent, faulty_servers.drips, faulty_servers.drips_headers])
def test_no_answer_takes_longer_than_the_timeout(double: Callable[[], AbstractContextManager[Server]]) -> None:
    started = time.monotonic()
    assert failure_of(double(), timeout=0.4).kind == "timeout"
    assert time.monotonic() - started < 2.0


class Stopped(BaseException):
    """The wait is to end."""


def stop() -> None:
    raise Stopped


@contextlib.contextmanager
def deaf(*, takes: int = 5) -> Iterator[str]:
    """The address of a server that hears nobody; `takes` is how many connections the system makes for it."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(takes)
        for _ in range(0 if takes else 4):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield "{}:{}".format(*server.getsockname())


@pytest.mark.parametrize(("takes", "scheme"), [(0, "http"), (5, "https"), (5, "http")])
def test_a_wait_ends_when_it_is_told_to(takes: int, scheme: str) -> None:
    """While a connection is made, in the middle of a handshake, and before an answer."""
    with deaf(takes=takes) as address, transport(30, checkpoint=stop) as over:
        started = time.monotonic()
        with pytest.raises(Stopped):
            over.send(SignedRequest("GET", f"{scheme}://{address}", ()))
    assert time.monotonic() - started < 10


def test_a_connection_that_nobody_takes_is_given_up_in_time() -> None:
    with deaf(takes=0) as address, transport(0.3) as over, pytest.raises(TransportFailure, match="no conn") as caught:
        over.send(SignedRequest("GET", f"http://{address}", ()))
    assert caught.value.kind == "timeout"


def test_a_slow_answer_is_an_answer() -> None:
    with faulty_servers.slow(0.2) as server, transport() as over:
        answer = over.send(request(server))
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.elapsed >= 0.2


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_without_end_is_cut_off(announced: bool) -> None:
    failure = failure_of(faulty_servers.huge_answer(announced=announced), max_answer=1 << 20)
    assert failure.kind == "too-large"


def test_an_answer_as_large_as_allowed_is_taken() -> None:
    body = b"x" * (1 << 20)
    with faulty_servers.answering(lambda _: Reply(200, body)) as server, transport(max_answer=1 << 20) as over:
        assert over.send(request(server)).body == body


def test_an_unknown_host_is_a_matter_of_names() -> None:
    with transport() as over, pytest.raises(TransportFailure) as caught:
        over.send(SignedRequest("GET", "http://nowhere.invalid/", (("Host", "nowhere.invalid"),)))
    assert caught.value.kind in ("dns", "refused")  # without a network some resolvers refuse instead


@pytest.mark.parametrize(
    "double",
    [
        faulty_servers.html_everywhere,
        faulty_servers.yes_to_everything,
        faulty_servers.no_to_everything,
        faulty_servers.empty_reply,
        faulty_servers.redirects,
    ],
)
def test_what_is_http_is_an_answer_whatever_it_says(double: Callable[[], AbstractContextManager[Server]]) -> None:
    with double() as server, transport() as over:
        answers = [over.send(request(server)) for _ in range(3)]
    assert len({(answer.status, answer.body) for answer in answers}) == 1
    assert len(server.requests) == 3  # neither redirected nor retried
    assert server.connections == 1


def test_throttling_is_answered_by_nobody_here() -> None:
    with faulty_servers.throttles(2, 503) as server, transport() as over:
        assert [over.send(request(server)).status for _ in range(3)] == [503, 503, 200]
    assert len(server.requests) == 3


def test_a_connection_that_the_server_closed_in_between_is_no_failure() -> None:
    with faulty_servers.leaves_without_a_word() as server, transport() as over:
        for _ in range(5):
            assert over.send(request(server)).status == 200
            time.sleep(0.01)
    assert len(server.requests) == 5


def test_a_kept_connection_that_dies_before_it_answers_is_made_anew_once() -> None:
    def fault(conversation: Conversation) -> None:
        if conversation.number == 2:
            conversation.cut()
        conversation.reply(Reply(200, str(conversation.number).encode()))

    with serving(fault) as server, transport() as over:
        assert [over.send(request(server)).body for _ in range(2)] == [b"1", b"3"]


def test_a_new_connection_that_dies_is_not_tried_again() -> None:
    with faulty_servers.cuts_before_answer() as server, transport() as over:
        for _ in range(2):
            with pytest.raises(TransportFailure, match="closed"):
                over.send(request(server))
    assert len(server.requests) == 2


def test_a_kept_connection_that_dies_within_its_answer_is_a_failure() -> None:
    def fault(conversation: Conversation) -> None:
        if conversation.number == 2:
            conversation.raw(b"HTTP/1.1 2")
            conversation.cut()
        conversation.reply(Reply(200))

    with serving(fault) as server, transport() as over:
        over.send(request(server))
        with pytest.raises(TransportFailure):
            over.send(request(server))
    assert len(server.requests) == 2


def test_bytes_beyond_the_announced_end_are_not_the_next_answer() -> None:
    with faulty_servers.announces_too_little() as server, transport() as over:
        for _ in range(3):
            assert over.send(request(server)).body == b"{}"
            time.sleep(0.03)


def test_a_body_that_lasts_until_the_connection_ends() -> None:
    def fault(conversation: Conversation) -> None:
        conversation.raw(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nhello")
        conversation.cut()

    with serving(fault) as server, transport() as over:
        assert over.send(request(server)).body == b"hello"


def test_nothing_is_decompressed() -> None:
    packed = gzip.compress(b"{}")
    headers = (("Content-Encoding", "gzip"),)
    with faulty_servers.answering(lambda _: Reply(200, packed, headers)) as server, transport() as over:
        answer = over.send(request(server))
    assert answer.body == packed
    assert answer.headers["content-encoding"] == "gzip"


def test_headers_have_lower_case_names_and_are_joined() -> None:
    headers = (("X-One", "a"), ("x-ONE", "b"), ("Connection", "keep-alive"))
    with faulty_servers.answering(lambda _: Reply(200, b"", headers)) as server, transport() as over:
        answer = over.send(request(server))
    assert answer.headers == {"x-one": "a, b", "content-length": "0"}
    assert answer.repeated == ("x-one",)


@pytest.mark.parametrize("status", [200, 204, 304])
def test_answers_without_a_body_leave_the_connection_in_order(status: int) -> None:
    def respond(received: faulty_servers.Received) -> Reply:
        return Reply(status, b"" if status != 200 else b"body", (("Content-Length", "4" if status == 200 else "0"),))

    with faulty_servers.answering(respond) as server, transport() as over:
        assert [over.send(request(server, method="HEAD", body=b"")).body for _ in range(3)] == [b""] * 3
    assert server.connections == 1


targets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40).map(lambda text: "/" + text)


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[Server, HttpTransport]]:
    with faulty_servers.yes_to_everything() as server, transport() as over:
        yield server, over


@settings(max_examples=60)
@given(target=targets, body=st.binary(max_size=200))
def test_target_and_body_arrive_byte_for_byte(echo: tuple[Server, HttpTransport], target: str, body: bytes) -> None:
    server, over = echo
    over.send(request(server, target=target, body=body))
    assert (server.requests[-1].target, server.requests[-1].body) == (target, body)


@pytest.mark.parametrize("target", ["/a/../b", "/a//b", "/%2f%2F", "/%zz", "//x", "/a;b=c?d#e", "/{x}|y", "/?acl"])
def test_no_target_is_put_in_order(echo: tuple[Server, HttpTransport], target: str) -> None:
    server, over = echo
    over.send(request(server, target=target))
    assert server.requests[-1].target == target


@pytest.mark.parametrize("value", ["å", "日本", "a b", ""])
def test_header_values_arrive_in_utf_8(echo: tuple[Server, HttpTransport], value: str) -> None:
    server, over = echo
    base = request(server)
    over.send(SignedRequest(base.method, base.url, (*base.headers, ("x-amz-meta-a", value)), base.body))
    assert server.requests[-1].headers["x-amz-meta-a"] == value


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://127.0.0.1:1/a b", ("a", "b")),
        ("http://127.0.0.1:1/é", ("a", "b")),
        ("127.0.0.1/", ("a", "b")),
        ("http://127.0.0.1:99999/", ("a", "b")),
        ("ftp://127.0.0.1/", ("a", "b")),
        ("http://127.0.0.1:1/", ("a", "b\r\nc: d")),
        ("http://127.0.0.1:1/", ("a b", "c")),
        ("http://127.0.0.1:1/", ("", "c")),
        ("http://127.0.0.1:1/", ("a", "\ud800")),
    ],
)
def test_what_http_cannot_carry_is_our_fault_and_not_the_targets(url: str, header: tuple[str, str]) -> None:
    with transport() as over, pytest.raises(TransportFailure) as caught:
        over.send(SignedRequest("GET", url, (header,)))
    assert caught.value.kind == "unsendable"


def test_proxies_are_not_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with faulty_servers.yes_to_everything() as server, transport() as over:
        assert over.send(request(server)).status == 200


def test_a_proxy_gets_the_whole_url(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty_servers.yes_to_everything() as proxy, transport() as over:
        monkeypatch.setenv("http_proxy", proxy.url.replace("://", "://us%3Aer:pass@"))
        monkeypatch.delenv("no_proxy", raising=False)
        over.send(SignedRequest("GET", "http://emulator.example/a/../b", (("Host", "emulator.example"),)))
    assert proxy.requests[0].target == "http://emulator.example:80/a/../b"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXM6ZXI6cGFzcw=="


def answer_over_tls(url: str, **options: object) -> Response:
    with transport(**options) as over:  # type: ignore[arg-type]
        return over.send(SignedRequest("GET", url, (("Host", url.partition("://")[2]),)))


def test_a_certificate_of_the_given_authority_is_trusted_and_the_connection_kept() -> None:
    with signed_server() as server, transport(ca_bundle=server.ca_bundle) as over:
        for _ in range(3):
            assert over.send(request(server.server)).status == 403
    assert server.server.connections == 1


def test_a_certificate_of_anybody_else_is_not() -> None:
    with signed_server() as server, signed_server() as other:
        with pytest.raises(TransportFailure, match="certificate not trusted") as caught:
            answer_over_tls(server.url, ca_bundle=other.ca_bundle)
        assert caught.value.kind == "tls"
        with pytest.raises(TransportFailure, match="tls"):
            answer_over_tls(server.url)


def test_certificates_are_not_checked_where_that_is_asked_for() -> None:
    with signed_server() as server:
        assert answer_over_tls(server.url, verify=False).status == 403


def test_a_certificate_for_another_name_is_not_trusted() -> None:
    with signed_server(names=("emulator.example",)) as server, pytest.raises(TransportFailure, match="tls"):
        answer_over_tls(server.url, ca_bundle=server.ca_bundle)


def test_tls_to_a_server_that_has_none() -> None:
    with faulty_servers.speaks_first() as server, pytest.raises(TransportFailure, match="tls"):
        answer_over_tls(server.url.replace("http:", "https:"))


def test_https_goes_through_a_proxy_in_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty_servers.answering(lambda _: Reply(403)) as proxy, transport() as over:
        monkeypatch.setenv("https_proxy", proxy.url.replace("://", "://user:pass@"))
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(TransportFailure, match="refused"):
            over.send(SignedRequest("GET", "https://emulator.example/", (("Host", "emulator.example"),)))
    assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", "emulator.example:443")
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXNlcjpwYXNz"
