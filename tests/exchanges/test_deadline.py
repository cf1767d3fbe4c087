"""What never ends is ended, in the main thread; what somebody else bounds is left to them."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

import pytest

from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.exchanges.wsgi_transport import Environ, Overdue, StartResponse, WsgiTransport, deadline


@pytest.fixture(autouse=True)
def handler_is_put_back() -> Iterator[None]:
    before = signal.getsignal(signal.SIGALRM)
    yield
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def endless(_environ: Environ, _start: StartResponse) -> list[bytes]:
    while True:
        with contextlib.suppress(Exception):  # as emulators do
            sum(range(100))


def test_an_application_in_an_endless_loop_gives_no_answer() -> None:
    transport = WsgiTransport(endless, timeout=0.05)
    with pytest.raises(TransportFailure, match=r"no answer within 0.05 s") as failure:
        transport.send(SignedRequest("GET", "http://127.0.0.1:5000/", ()))
    assert failure.value.kind == "timeout"


def test_what_ends_in_time_is_not_touched() -> None:
    with deadline(5):
        found = sum(range(10))
    with deadline(None):
        found += 1
    assert found == 46


def test_a_timer_of_somebody_else_stays() -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        with deadline(0.01):
            assert signal.getitimer(signal.ITIMER_REAL)[0] > 20
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_other_threads_have_no_deadline() -> None:
    found: list[BaseException | str] = []

    def work() -> None:
        try:
            with deadline(0.001):
                threading.Event().wait(0.02)
            found.append("ended")
        except Overdue as overdue:
            found.append(overdue)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["ended"]
