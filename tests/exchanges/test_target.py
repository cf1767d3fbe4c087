"""How a target is spelled, and what is found wrong before the first request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import BadEndpoint, BadFile, ConformanceError, MissingPart, UnknownName, UsageError
from conformance.exchanges import embedded_moto
from conformance.exchanges.accounts import account_for
from conformance.exchanges.connection import Connection
from conformance.exchanges.proxies import is_loopback
from conformance.exchanges.signing import UnsupportedSignature
from conformance.exchanges.target import Target, resolve
from conformance.exchanges.transport import TransportFailure
from conformance.wire.message import Request, Response
from doubles import faulty_servers
from doubles.faulty_servers import Received, Reply
from doubles.sigv4 import signed_server

CONFIG = """
[default]
[profile elsewhere]
region = ap-southeast-2
[profile local]
endpoint_url = http://127.0.0.1:4567
"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDUSER", "AWS_SECRET_ACCESS_KEY": "user-secret"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") or name == "REQUESTS_CA_BUNDLE":
            monkeypatch.delenv(name)
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "1")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")


def found(text: str | None, **options: Any) -> Target:
    return resolve(text, **{"seed": 0, "timeout": 5.0, **options})


def ask(connection: Connection, version: str = "v4", *, sign: bool = True) -> Response:
    headers = (("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "Any.Thing"))
    request = Request("POST", "/", (), headers, b"{}", host_prefix="data-")
    return connection.send(request, signing_name="anything", signature_version=version, sign=sign)


@pytest.mark.parametrize(
    ("text", "kind", "url", "region"),
    [
        (None, "moto", None, "us-east-1"),
        ("moto", "moto", None, "us-east-1"),
        ("http://localhost:4566", "http", "http://localhost:4566", "us-east-1"),
        ("http://localhost:4566/", "http", "http://localhost:4566", "us-east-1"),
        ("HTTPS://127.0.0.1:9297/x/", "http", "https://127.0.0.1:9297/x", "us-east-1"),
        ("http://[::1]:4566", "http", "http://[::1]:4566", "us-east-1"),
        ("recording:some/file.jsonl", "recording", None, "us-east-1"),
    ],
)
def test_each_spelling_is_a_kind_of_target(text: str | None, kind: str, url: str | None, region: str) -> None:
    target = found(text)
    assert (target.kind, target.url, target.region) == (kind, url, region)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("localhost:4566", "did you mean http://localhost:4566?"),
        ("127.0.0.1", "did you mean http://127.0.0.1?"),
        ("emulator.example:80/x", "did you mean http://emulator.example:80/x?"),
        ("mto", "did you mean moto?"),
        ("awz:eu-west-1", "did you mean aws?"),
        ("moto:5000", "did you mean http://moto:5000?"),
        ("aws:", "aws:eu-west-1"),
        ("aws", "aws:eu-west-1"),
        ("recording:", "recording:"),
        ("ftp://localhost", "http://"),
        ("http://", "http://localhost:4566"),
        ("http:localhost", "http://localhost:4566"),
        ("http://localhost:port", "http://localhost:4566"),
        ("http://localhost:99999", "http://localhost:4566"),
        ("http://localhost:0", "http://localhost:4566"),
        ("http://[::1", "http://localhost:4566"),
        ("http://a b", "http://localhost:4566"),
        ("http://user:secret@localhost:4566", "http://localhost:4566"),
        ("http://localhost:4566?x=y", "http://localhost:4566"),
        ("", "moto"),
    ],
)
def test_what_is_no_target_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(BadEndpoint) as caught:
        found(text or " ")
    assert hint in str(caught.value.hint)
    assert "secret" not in str(caught.value)


def test_an_endpoint_url_is_a_url() -> None:
    assert found(None, endpoint_url="http://localhost:1").url == "http://localhost:1"
    with pytest.raises(BadEndpoint):
        found(None, endpoint_url="moto")
    with pytest.raises(UsageError, match="both"):
        found("moto", endpoint_url="http://localhost:1")


def test_a_configured_endpoint_is_used_where_nothing_else_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(None, profile="local").url == "http://127.0.0.1:4567"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4568")
    assert found(None).url == "http://127.0.0.1:4568"
    assert found("moto").kind == "moto"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert found(None).kind == "moto"


def test_profiles_are_those_of_the_shared_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("http://localhost:1", profile="elsewhere").region == "ap-southeast-2"
    with pytest.raises(UnknownName, match="elsewere") as caught:
        found("moto", profile="elsewere")
    assert caught.value.hint == "did you mean elsewhere?"
    with pytest.raises(UnknownName) as caught:
        found("moto", profile="zzz")
    assert caught.value.hint == "known profiles: default, elsewhere, local"
    monkeypatch.setenv("AWS_PROFILE", "zzz")
    with pytest.raises(UnknownName):
        found("http://localhost:1")


@pytest.mark.parametrize(
    ("environment", "region", "expected"),
    [
        ({}, None, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, None, "eu-west-1"),
        ({"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-1"}, None, "eu-west-2"),
        ({"AWS_REGION": "eu-west-2"}, "eu-west-3", "eu-west-3"),
    ],
)
def test_the_region_is_found_where_the_aws_cli_finds_it(
    environment: Mapping[str, str], region: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert found("moto", region=region).region == expected
    assert found("http://localhost:1", region=region).region == expected


def test_a_url_elsewhere_needs_credentials_and_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no credentials"):
        found("http://emulator.example:4566", region="eu-west-1")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match="no region"):
        found("http://emulator.example:4566")
    assert found("http://emulator.example:4566", region="eu-west-1").region == "eu-west-1"


def test_half_a_key_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDUSER")
    with pytest.raises(UsageError, match="AWS configuration: Partial credentials") as caught:
        found("http://localhost:1")
    assert "\n" not in caught.value.message


def test_a_broken_configuration_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default\nregion")
    with pytest.raises(UsageError, match="AWS configuration"):
        found("moto")


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    target = found("http://localhost:1")
    with faulty_servers.yes_to_everything() as server, found(server.url).open() as connection:
        shown = f"{target} {target!r} {connection.identity()} {connection!r}"
    assert "AKIDUSER" not in shown
    assert "user-secret" not in shown


@pytest.mark.parametrize("name", ["ca_bundle", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for path, problem in ((tmp_path / "missing.pem", "no such file"), (broken, "not certificates")):
        options = {"ca_bundle": str(path)} if name == "ca_bundle" else {}
        if not options:
            monkeypatch.setenv(name, str(path))
        with pytest.raises(BadFile, match=problem):
            found("https://localhost:1", **options)
        assert found("https://localhost:1", no_verify_ssl=True, **options).verify is False
        assert found("http://localhost:1", **options).ca_bundle is None


def test_a_recording_is_not_sent_to(tmp_path: Path) -> None:
    target = found(f"recording:{tmp_path}/a:b.jsonl")
    assert target.path == tmp_path / "a:b.jsonl"
    with pytest.raises(UsageError):
        target.open()


def test_moto_that_is_not_installed_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_moto, "version", lambda: None)
    with pytest.raises(MissingPart) as caught:
        found(None)
    assert "pip install 'aws-conformance[moto]'" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("aws:eu-west-7", {}, "unknown region"),
        ("aws:eu-west-1", {"region": "eu-west-2"}, "disagree"),
        ("aws:eu-west-1", {}, "no credentials"),
    ],
)
def test_real_aws_needs_a_region_and_credentials(text: str, options: Mapping[str, str], problem: str) -> None:
    with pytest.raises(ConformanceError, match=problem) as caught:
        found(text, **options)
    assert caught.value.exit_status == 2
    assert caught.value.hint


def test_real_aws_has_no_account_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with found("aws:eu-west-1").open() as connection:
        assert connection.identity() == {
            "kind": "aws",
            "identity": "AWS eu-west-1",
            "url": None,
            "region": "eu-west-1",
        }
        assert connection.account is None
        assert not connection.use_account(1)


HEALTH = Reply(200, b'{"services": {}}')
DASHBOARD = Reply(200, b"<title>Moto</title>")


def product(pages: Mapping[str, Reply]) -> faulty_servers.Responder:
    return lambda request: pages.get(request.target, Reply(404) if request.method == "GET" else Reply(200, b"{}"))


def access_key(request: Received) -> str:
    return request.headers["authorization"].partition("Credential=")[2].partition("/")[0]


@pytest.mark.parametrize(
    ("pages", "name", "own", "expected"),
    [
        ({"/moto-api/": DASHBOARD}, "moto at ", False, ("header", "test")),
        ({"/moto-api/": DASHBOARD}, "moto at ", True, ("header", "AKIDUSER")),
        ({"/_ministack/health": HEALTH}, "MiniStack at ", False, ("key", "")),
        ({"/_ministack/health": HEALTH}, "", True, ("none", "AKIDUSER")),
        ({"/_localstack/health": HEALTH}, "LocalStack at ", False, ("key", "")),
        ({}, "", False, ("none", "test")),
    ],
)
def test_a_run_takes_an_account_of_its_own_where_it_is_free(
    pages: Mapping[str, Reply], name: str, own: bool, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in KEYS.items() if own else ():
        monkeypatch.setenv(key, value)
    by, login = expected
    with faulty_servers.answering(product(pages)) as server, found(server.url, seed=7).open() as connection:
        assert connection.identity()["identity"] == name + server.url
        for n in (0, 1):
            assert connection.use_account(n) == (by != "none")
            ask(connection)
            sent, account = server.requests[-1], account_for(7, n)
            assert connection.account == (None if by == "none" else account)
            assert sent.headers.get("x-moto-account-id") == (account if by == "header" else None)
            assert access_key(sent) == (account if by == "key" else login)


def test_requests_are_signed_where_they_must_be_and_prefixes_left_to_real_names() -> None:
    with faulty_servers.yes_to_everything() as server, found(server.url, region="eu-west-1").open() as connection:
        ask(connection)
        assert "/eu-west-1/anything/aws4_request" in server.requests[-1].headers["authorization"]
        assert server.requests[-1].headers["host"] == server.url.partition("://")[2]
        ask(connection, sign=False)
        assert "authorization" not in server.requests[-1].headers
        with pytest.raises(UnsupportedSignature):
            ask(connection, "bearer")


def test_a_target_that_checks_signatures_and_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_server({"Any.Thing": faulty_servers.ok}) as server:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_key)
        with found(server.url, ca_bundle=server.ca_bundle).open() as connection:
            assert ask(connection).status == 200
            assert ask(connection, sign=False).status == 403
        with found(server.url).open() as connection, pytest.raises(TransportFailure, match="tls"):
            ask(connection)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        with found(server.url, ca_bundle=server.ca_bundle).open() as connection:
            assert b"InvalidSignatureException" in ask(connection).body


@pytest.mark.parametrize("ahead", [-3600.0, 0.0, 86400.0])
def test_a_clock_that_is_off_is_set_by_the_server(ahead: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_server(otherwise=faulty_servers.ok, ahead=ahead) as server:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_key)
        with found(server.url, no_verify_ssl=True).open() as connection:
            before = len(server.server.requests)
            assert [ask(connection).status for _ in range(3)] == [200, 200, 200]
            assert len(server.server.requests) - before == (3 if ahead == 0 else 4)


def test_a_refusal_that_is_not_about_time_is_asked_once() -> None:
    body = b'{"__type": "InvalidSignatureException", "message": "does not match"}'
    date = (("Date", "Fri, 01 Jan 2021 00:00:00 GMT"),)
    with faulty_servers.answering(lambda _: Reply(403, body, date)) as server, found(server.url).open() as connection:
        before = len(server.requests)
        assert ask(connection).status == 403
        assert len(server.requests) == before + 1


def test_a_target_that_is_not_there_can_be_opened_and_not_asked() -> None:
    with faulty_servers.nobody() as server, found(server.url).open() as connection, pytest.raises(TransportFailure):
        ask(connection)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_loopback_is_what_can_only_be_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert is_loopback("s3.localhost.localstack.cloud")


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "localhost.example.com", "notlocalhost", "0.0.0.0", ""])
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)
