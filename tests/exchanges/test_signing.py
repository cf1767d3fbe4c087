"""Signatures, checked by a verifier that shares no code with the signer."""

from __future__ import annotations

import datetime
import logging

import pytest
from botocore.auth import S3SigV4Auth, SigV2Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from conformance.exchanges.signing import SIGNATURE_SCHEMES, Signer, UnsupportedSignature, unsigned
from conformance.exchanges.transport import SignedRequest, split_url
from conformance.record.redaction import SECRET_HEADERS
from conformance.wire.message import Request
from doubles.faulty_servers import Received
from doubles.sigv4 import Refused, Verifier

SECRETS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
BASE = "http://127.0.0.1:4566"


def received(request: SignedRequest) -> Received:
    headers = {name.lower(): value for name, value in request.headers}
    return Received(request.method, split_url(request.url)[1], headers, request.body, request.headers)


def verify(request: SignedRequest, *, as_sent: bool = False, token: str | None = None) -> None:
    Verifier({SECRETS.access_key: SECRETS.secret_key}, as_sent, token=token).check(received(request))


def signer(version: str = "v4", credentials: Credentials = SECRETS) -> Signer:
    return Signer(credentials, "eu-west-1", "anything", version)


texts = st.text(st.characters(codec="utf-8"), max_size=12)
words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12)
paths = st.text("abcABC019-_.~%2F/$@:+", max_size=20).filter(lambda text: "%" not in text)
requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    path=paths.map(lambda text: "/" + text),
    query=st.lists(st.tuples(texts.filter(bool), texts), max_size=4).map(tuple),
    headers=st.dictionaries(st.sampled_from(["X-Amz-Target", "Content-Type", "X-Amz-Meta-a"]), words).map(
        lambda headers: tuple(headers.items())
    ),
    body=st.binary(max_size=40),
)


@given(requests)
def test_version_4_holds_before_another_implementation(request: Request) -> None:
    verify(signer("v4").sign(request, BASE))


@given(requests, st.sampled_from(["s3", "s3v4"]))
def test_object_storage_signs_paths_as_they_are_sent(request: Request, version: str) -> None:
    verify(signer(version).sign(request, BASE), as_sent=True)


@given(requests, st.integers(0, 3))
def test_the_verifier_refuses_what_was_changed_on_the_way(request: Request, part: int) -> None:
    signed = signer().sign(request, BASE)
    method, target = ("PATCH" if part == 0 else signed.method), split_url(signed.url)[1]
    changed = SignedRequest(
        method,
        BASE + (target.replace("/", "/x", 1) if part == 1 else target),
        tuple((name, value + "1" if part == 2 and name == "Host" else value) for name, value in signed.headers),
        signed.body + (b"x" if part == 3 else b""),
    )
    with pytest.raises(Refused):
        verify(changed)


@pytest.mark.parametrize("path", ["/a/../b", "/a//b", "/a%2Fb", "/a%20b/~x", "/" + "%C3%A9", "/./a/"])
def test_paths_are_sent_untouched_and_signed_as_the_version_says(path: str) -> None:
    for version, as_sent in (("v4", False), ("s3v4", True)):
        signed = signer(version).sign(Request("GET", path), BASE)
        assert signed.url == BASE + path
        verify(signed, as_sent=as_sent)


@pytest.mark.parametrize(("version", "theirs"), [("v4", SigV4Auth), ("s3v4", S3SigV4Auth)])
def test_signatures_are_those_of_botocore(version: str, theirs: type[SigV4Auth]) -> None:
    path, headers = "/a%20b/%C3%BC", (("Content-Type", "text/plain"), ("X-Amz-Target", "A.B"))
    reference = AWSRequest("PUT", BASE + path, dict(headers), b"hi")
    theirs(SECRETS, "anything", "eu-west-1").add_auth(reference)
    # Where botocore has its clock differs between its versions; what it read is in the request.
    then = datetime.datetime.strptime(reference.context["timestamp"], "%Y%m%dT%H%M%SZ")
    ours = Signer(SECRETS, "eu-west-1", "anything", version, clock=lambda: then)
    signed = ours.sign(Request("PUT", path, (), headers, b"hi"), BASE)
    assert signed.url == BASE + path
    assert signed.header("authorization") == reference.headers["Authorization"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_version_2_is_that_of_botocore(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.datetime(2026, 11, 20, 10, 0, 0, tzinfo=datetime.timezone.utc)
    monkeypatch.setattr("botocore.auth.time.gmtime", lambda: now.timetuple())
    form = {"Action": "Select", "Expression": "a = 'é~*'", "Empty": ""}
    ours = Signer(SECRETS, "eu-west-1", "anything", "v2", clock=lambda: now)
    as_form = b"Action=Select&Expression=a+%3D+%27%C3%A9~%2A%27&Empty="
    if method == "POST":
        text = ours.sign(Request("POST", "/", (), (), as_form), BASE).body.decode()
        reference = AWSRequest("POST", BASE + "/", None, dict(form))
        SigV2Auth(SECRETS).add_auth(reference)
        expected = reference.data["Signature"]
    else:
        text = ours.sign(Request("GET", "/", tuple(form.items())), BASE).url
        reference = AWSRequest("GET", BASE + "/", None, b"", dict(form))
        SigV2Auth(SECRETS).add_auth(reference)
        expected = reference.params["Signature"]
    assert expected.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D") in text


def test_a_session_token_is_signed() -> None:
    credentials = Credentials(SECRETS.access_key, SECRETS.secret_key, "session-token")
    signed = signer(credentials=credentials).sign(Request("POST", "/"), BASE)
    assert signed.header("x-amz-security-token") == "session-token"
    verify(signed, token="session-token")


def test_a_body_can_stay_unsigned() -> None:
    signed = signer().sign(Request("PUT", "/", (), (), b"stream"), BASE, unsigned_payload=True)
    assert signed.header("x-amz-content-sha256") == "UNSIGNED-PAYLOAD"
    verify(signed)


def test_a_kept_key_is_not_used_on_another_day_nor_for_another_secret() -> None:
    days = iter([datetime.datetime(2026, 1, day, tzinfo=datetime.timezone.utc) for day in (1, 2, 2)])
    rotating = Credentials(SECRETS.access_key, "one")
    ours = Signer(rotating, "eu-west-1", "anything", "v4", clock=lambda: next(days))
    seen = []
    for secret in ("one", "one", "two"):
        rotating.secret_key = secret
        signature = ours.sign(Request("GET", "/"), BASE).header("authorization")
        assert signature is not None
        seen.append(signature.rpartition("=")[2])
    assert len(set(seen)) == 3


@pytest.mark.parametrize("version", ["bearer", "none", "", "v3https"])
def test_what_cannot_be_signed_is_said_by_name(version: str) -> None:
    with pytest.raises(UnsupportedSignature, match="anything") as caught:
        signer(version)
    assert caught.value.exit_status == 2
    assert caught.value.hint == "supported are s3, s3v4, v2, v4"


def test_unsigned_requests_carry_no_secret() -> None:
    plain = unsigned(Request("POST", "/", (), (), b"{}"), BASE)
    assert not SECRET_HEADERS & {name.lower() for name, _ in plain.headers}
    assert plain.header("content-length") == "2"


@pytest.mark.parametrize("version", sorted(SIGNATURE_SCHEMES))
def test_without_private_headers_no_secret_is_left(version: str) -> None:
    credentials = Credentials("AKIDSECRETID", "secret-key", "session-token")
    if version == "v2":
        return  # carries its signature in the form: what is recorded is the request before it is signed
    signed = signer(version, credentials).sign(Request("POST", "/", (), (), b"{}"), BASE)
    left = repr([pair for pair in signed.headers if pair[0].lower() not in SECRET_HEADERS]) + signed.url
    assert not any(secret in left for secret in ("AKIDSECRETID", "secret-key", "session-token"))


@pytest.mark.parametrize("version", sorted(SIGNATURE_SCHEMES))
def test_secrets_are_not_logged(version: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = Credentials("AKIDSECRETID", "secret-key", "session-token")
    signer(version, credentials).sign(Request("POST", "/", (), (), b"a=b"), BASE)
    assert not any(text in caplog.text for text in ("AKIDSECRETID", "secret-key", "session-token", "Signature"))


@pytest.mark.parametrize(
    ("base", "prefix", "url", "host"),
    [
        ("http://localhost:4566", "", "http://localhost:4566/x?a=b%20c", "localhost:4566"),
        ("http://localhost:4566/", "", "http://localhost:4566/x?a=b%20c", "localhost:4566"),
        ("http://localhost:4566/below/it", "", "http://localhost:4566/below/it/x?a=b%20c", "localhost:4566"),
        ("https://example.com:443", "", "https://example.com:443/x?a=b%20c", "example.com"),
        ("https://example.com", "data-", "https://data-example.com/x?a=b%20c", "data-example.com"),
        ("http://[::1]:4566", "", "http://[::1]:4566/x?a=b%20c", "[::1]:4566"),
    ],
)
def test_where_a_request_goes(base: str, prefix: str, url: str, host: str) -> None:
    placed = unsigned(Request("GET", "/x", (("a", "b c"),), host_prefix=prefix), base)
    assert (placed.url, placed.header("host")) == (url, host)


def test_headers_of_the_request_are_kept_even_where_they_lie() -> None:
    headers = (("Host", "elsewhere"), ("content-length", "7"), ("X-Amz-A", "1"), ("X-Amz-A", "2"))
    signed = signer().sign(Request("POST", "/", (), headers, b"{}"), BASE)
    assert [pair for pair in signed.headers if pair in headers] == list(headers)
    assert sum(name.lower() in ("host", "content-length") for name, _ in signed.headers) == 2
