"""What a target repeats of credentials and signatures is masked in every encoding, and nothing else is touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchanges.secrets import Secrets, masked_text, secrets_of
from conformance.exchanges.signing import Signer
from conformance.exchanges.transport import SignedRequest, TransportFailure
from conformance.wire.message import Request, Response

KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr/////////wEaCXVz+LWVhc3Q&<>=="
UNSIGNED = SignedRequest("GET", "http://127.0.0.1/", ())

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL": lambda text: quote(text, safe=""),
    "URL, lower case": lambda text: "".join(each if each.isalnum() else f"%{ord(each):02x}" for each in text),
    "URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "XML": escape,
    "XML, by number": lambda text: "".join(each if each.isalnum() else f"&#x{ord(each):X};" for each in text),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON, by number": lambda text: "".join(each if each.isalnum() else f"\\u{ord(each):04x}" for each in text),
}


def masked(text: str, request: SignedRequest = UNSIGNED, secrets: Secrets | None = None) -> str:
    known = secrets or Secrets(KEY, TOKEN)
    return known.masked_answer(Response(403, {}, text.encode()), request).body.decode()


@pytest.mark.parametrize("secret", [KEY, TOKEN])
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_a_secret_is_masked_in_every_encoding(encode: Callable[[str], str], secret: str) -> None:
    shown = encode(secret)
    assert masked(f"<a>{shown}</a>") == f"<a>{'*' * len(shown)}</a>"


@pytest.mark.parametrize("before", ["", "x", "xx", "user:"])
def test_a_secret_in_base64_is_masked_wherever_it_begins(before: str) -> None:
    found = masked(base64.b64encode(f"{before}{KEY}".encode()).decode())
    assert found.count("*") > 40
    assert KEY[6:-6].encode() not in base64.b64decode(found.replace("*", "A"))


def test_headers_and_failures_are_masked() -> None:
    secrets = Secrets(KEY, TOKEN)
    answer = secrets.masked_answer(Response(200, {"x-echo": f"a {KEY}"}, b"ok"), UNSIGNED)
    assert answer.headers == {"x-echo": f"a {'*' * len(KEY)}"}
    failure = secrets.masked_failure(TransportFailure("not-http", f"the answer is no HTTP: {TOKEN}"), UNSIGNED)
    assert TOKEN not in failure.detail + str(failure)


@pytest.mark.parametrize("version", ["v4", "s3", "s3v4", "v2"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_signature_of_a_request_is_masked(version: str, method: str) -> None:
    credentials = Credentials("AKIDEXAMPLE", KEY, TOKEN)
    request = Request(method, "/", (), (), b"Action=A&Version=1" if method == "POST" else b"")
    signed = Signer(credentials, "eu-west-1", "any", version).sign(request, "http://127.0.0.1:1")
    text = " ".join((signed.url, *(f"{name}: {value}" for name, value in signed.headers), signed.body.decode()))
    assert "Signature=" in text
    found = masked(text, signed, secrets_of(credentials))
    signature = text.partition("Signature=")[2].split("&")[0].split()[0]
    assert signature not in found
    assert TOKEN not in found
    assert quote(TOKEN, safe="") not in found


@settings(max_examples=100)
@given(st.binary())
def test_any_other_answer_stays_as_it_is(body: bytes) -> None:
    answer = Response(200, {"content-type": "text/plain"}, body)
    assert Secrets(KEY, TOKEN).masked_answer(answer, UNSIGNED) is answer


def test_words_that_emulators_are_given_are_no_secrets() -> None:
    assert masked("test test", secrets=Secrets("test", None)) == "test test"


def test_a_text_of_this_process_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "x" * 20)
    Secrets("y" * 20)
    assert masked_text(f"{'x' * 20} {'y' * 20} z") == f"{'*' * 20} {'*' * 20} z"
