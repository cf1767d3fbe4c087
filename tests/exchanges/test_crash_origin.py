"""A crash comes with its exception and its place in the implementation, where the target lets them be seen."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.exchanges.crash_origin import origin_in_body, origin_of_exception
from conformance.exchanges.exchange import Exchanger
from conformance.exchanges.transport import SignedRequest
from conformance.exchanges.wsgi_transport import WsgiTransport
from conformance.verdicts.request_checks import outcome_text
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for
from doubles.handmade_exchanges import THINGS

TRACEBACK = """Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/flask/app.py", line 1473, in wsgi_app
    response = self.full_dispatch_request()
  File "/home/me/.venv/lib/python3.11/site-packages/thing/models.py", line 12, in put
    json.loads(body)
  File "/usr/lib/python3.11/json/decoder.py", line 337, in decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""
EXPECTED = "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0) (thing/models.py:12)"


@pytest.mark.parametrize(
    "body",
    [
        TRACEBACK,
        f"<html><textarea>{html.escape(TRACEBACK)}</textarea></html>",
        json.dumps({"message": f"Internal error\n{TRACEBACK}"}),
    ],
    ids=["text", "page", "json"],
)
def test_a_traceback_in_a_body_names_exception_and_place(body: str) -> None:
    assert origin_in_body(body.encode()) == EXPECTED


@pytest.mark.parametrize(
    "body", [b"", b"<h1>Internal Server Error</h1>", b"Traceback (most recent call last)", b"\xff"]
)
def test_a_body_without_a_traceback_names_nothing(body: bytes) -> None:
    assert origin_in_body(body) == ""


def crashing(package: str) -> Any:
    """An application in a module of that package that fails with an address in memory in its text."""
    module: dict[str, Any] = {"__name__": f"{package}.views"}
    source = "def app(environ, start_response):\n    raise KeyError('Name', object())\n"
    exec(compile(source, f"/somewhere/{package}/views.py", "exec"), module)
    return module["app"]


def test_an_application_in_this_process_is_asked_itself() -> None:
    answer = WsgiTransport(crashing("thing"), "thing").send(SignedRequest("GET", "http://127.0.0.1:5000/", ()))
    assert answer.status == 500
    assert answer.crash == "KeyError: ('Name', <object object at 0x...>) (thing/views.py:2)"


def test_an_exception_that_is_not_from_the_package_still_has_a_place() -> None:
    with pytest.raises(ValueError, match="Expecting") as problem:
        json.loads("{")
    assert re.search(r"decoder\.py:\d+\)$", origin_of_exception(problem.value, "thing"))


class Answers:
    """A sender that gets one answer to everything."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer

    def send(self, request: Request, **_: object) -> Response:
        return self.answer


def test_only_a_crash_has_an_origin_and_findings_show_it() -> None:
    def text(status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> str:
        sender = Answers(Response(status, dict(headers), body))
        exchanger = Exchanger(THINGS, codec_for(THINGS), sender)
        return outcome_text(exchanger.perform(Call("PutThing", {"Name": "ab"}), "case").outcome)

    assert text(500, TRACEBACK.encode()) == f"HTTP 500 from {EXPECTED}"
    refusal = json.dumps({"__type": "Taken", "message": TRACEBACK}).encode()
    assert " from json" not in text(400, refusal)
