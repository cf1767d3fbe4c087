"""Moto in this process answers as moto behind its own server, and leaves no trace of itself."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from conformance.exchanges import embedded_moto
from conformance.exchanges.connection import Connection
from conformance.exchanges.signing import unsigned
from conformance.exchanges.target import resolve
from conformance.exchanges.transport import TransportFailure
from conformance.exchanges.wsgi_transport import WsgiTransport
from conformance.wire.message import Request, Response
from doubles import faulty_servers

pytest.importorskip("moto")

# By the server in front of the application, and by chance (the digits of a time change a length).
ASIDE = ("server", "date", "x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "last-modified")
CHANCE = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z]{52}|\d{10}\.\d+|127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+Z")
FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)


def json_request(target: str, body: object, version: str = "1.1") -> Request:
    headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target))
    return Request("POST", "/", (), headers, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.fixture(scope="module")
def connections() -> Iterator[tuple[Connection, Connection]]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    inside = resolve("moto", seed=3, timeout=30).open()
    outside = resolve(f"http://{host}:{port}", seed=3, timeout=30).open()
    yield inside, outside
    inside.close()
    outside.close()
    server.stop()


def essence(answer: Response) -> tuple[int, dict[str, str], bytes]:
    body = CHANCE.sub(b"...", answer.body)
    headers = {name: value for name, value in answer.headers.items() if name not in ASIDE}
    if body != answer.body:  # what is computed from a body differs with it
        for name, computed in (("content-length", len(answer.body)), ("x-amz-crc32", zlib.crc32(answer.body))):
            if int(headers.get(name, -1)) == computed:
                del headers[name]
    return answer.status, headers, body


SESSIONS: dict[str, tuple[str, str, list[Request]]] = {
    "json": (
        "sagemaker",
        "v4",
        [
            json_request("SageMaker.CreateModel", {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::1:role/r"}),
            json_request("SageMaker.DescribeModel", {"ModelName": "m"}),
            json_request("SageMaker.DescribeModel", {"ModelName": "absent"}),
            json_request("SageMaker.CreateEndpointConfig", {}),
            json_request("SageMaker.NoSuchOperation", {}),
            json_request("SageMaker.UpdateEndpoint", {}),
            json_request("SageMaker.ListModels", b'{"broken'),
            json_request("SageMaker.ListModels", "not an object"),
            Request("GET", "/"),
            Request("POST", "/no/such/path", (), (), b"{}"),
        ],
    ),
    "other json": (
        "dynamodb",
        "v4",
        [
            json_request("DynamoDB_20120810.ListTables", {}, "1.0"),
            json_request("DynamoDB_20120810.DescribeTable", {"TableName": "absent"}, "1.0"),
            Request("POST", "/", (), (), b"{}"),  # without a target the dispatcher itself raises
        ],
    ),
    "query": (
        "sqs",
        "v4",
        [
            Request("POST", "/", (), FORM, b"Action=CreateQueue&QueueName=q+one&Version=2012-11-05"),
            Request("POST", "/", (), FORM, b"Action=CreateQueue&QueueName=%C3%A9&Version=2012-11-05"),
            Request("POST", "/", (), FORM, b"Action=NoSuch&Version=2012-11-05"),
            Request("GET", "/", (("Action", "ListQueues"), ("Version", "2012-11-05"))),
        ],
    ),
    "rest-json": (
        "lambda",
        "v4",
        [
            Request("GET", "/2015-03-31/functions/"),
            Request("GET", "/2015-03-31/functions/absent"),
            Request("GET", "/2015-03-31/functions/a%2Fb%20c"),
            Request("DELETE", "/2015-03-31/functions/"),
            Request("POST", "/2015-03-31/functions", (), (), b"\xff"),
        ],
    ),
    "rest-xml": (
        "s3",
        "s3",
        [
            Request("PUT", "/bucket-of-mine"),
            Request("PUT", "/bucket-of-mine"),
            Request("PUT", "/bucket-of-mine/a//b/../c%2Fd%20e", (), (("x-amz-meta-my_key", "é"),), b"body"),
            Request("HEAD", "/bucket-of-mine/a//b/../c%2Fd%20e"),
            Request("GET", "/bucket-of-mine/a//b/../c%2Fd%20e"),
            Request("GET", "/bucket-of-mine", (("list-type", "2"), ("prefix", "a/"), ("delimiter", "/"))),
            Request("GET", "/bucket-of-mine/absent"),
            Request("HEAD", "/absent-bucket"),
            Request("DELETE", "/bucket-of-mine/a//b/../c%2Fd%20e"),
            Request("DELETE", "/bucket-of-mine"),
        ],
    ),
    "ec2": (
        "ec2",
        "v4",
        [
            Request("POST", "/", (), FORM, b"Action=DescribeInstances&Version=2016-11-15"),
            Request("POST", "/", (), FORM, b"Action=DescribeVpcs&VpcId.1=vpc-1&Version=2016-11-15"),
        ],
    ),
    "too much for the server": (
        "sagemaker",
        "v4",
        [
            Request("GET", "/" + "a" * 65600),
            Request("GET", "/" + "a" * (65534 - len("GET / HTTP/1.1"))),
            Request("GET", "/" + "a" * (65535 - len("GET / HTTP/1.1"))),
            Request("HEAD", "/" + "a" * 65600),
            Request("GET", "/", (), (("X-A", "a" * (65534 - len("X-A: "))),)),
            Request("GET", "/", (), (("X-A", "a" * (65535 - len("X-A: "))),)),
            *(Request("GET", "/", (), tuple((f"X-{i}", "a") for i in range(n))) for n in range(88, 99)),
        ],
    ),
    "unknown": ("nothing-of-moto", "v4", [json_request("Any.Thing", {}), Request("GET", "/x")]),
}


@pytest.mark.parametrize("protocol", list(SESSIONS))
def test_in_process_and_over_http_are_one(connections: tuple[Connection, Connection], protocol: str) -> None:
    name, version, requests = SESSIONS[protocol]
    sessions = []
    for connection in connections:
        embedded_moto.clear_account(connection.account or "")
        sessions.append(
            [essence(connection.send(each, signing_name=name, signature_version=version)) for each in requests]
        )
    inside, outside = sessions
    for request, here, there in zip(requests, inside, outside, strict=True):
        assert here == there, f"{request.method} {request.path[:80]}"


def test_a_run_begins_in_an_empty_account() -> None:
    create = json_request("SageMaker.CreateModel", {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::1:role/r"})
    listing = json_request("SageMaker.ListModels", {})

    def models(connection: Connection) -> int:
        answer = connection.send(listing, signing_name="sagemaker", signature_version="v4")
        return len(json.loads(answer.body)["Models"])

    for _ in range(2):
        with resolve("moto", seed=11, timeout=5).open() as connection:
            assert models(connection) == 0
            connection.send(create, signing_name="sagemaker", signature_version="v4")
            assert models(connection) == 1
            assert connection.use_account(1)
            assert models(connection) == 0


def test_a_bucket_of_the_run_before_is_nobodys() -> None:
    for _ in range(2):
        with resolve("moto", seed=12, timeout=5).open() as connection:
            request = Request("PUT", "/bucket-of-the-run")
            assert connection.send(request, signing_name="s3", signature_version="s3").status == 200
            other = resolve("moto", seed=13, timeout=5).open()
            assert other.send(request, signing_name="s3", signature_version="s3").status == 409


def test_nothing_is_printed_logged_or_left_behind(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    environment = dict(os.environ)
    with resolve("moto", seed=1, timeout=5).open() as connection:
        for name, version, requests in SESSIONS.values():
            for request in requests:
                connection.send(request, signing_name=name, signature_version=version)
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == environment


def test_identity_names_the_version() -> None:
    with resolve("moto", seed=1, timeout=5, region="eu-west-1").open() as connection:
        identity = connection.identity()
    assert re.fullmatch(r"moto \d+\.\d+\.\d+\S* \(embedded\)", identity.pop("identity") or "")
    assert identity == {"kind": "moto", "url": None, "region": "eu-west-1"}


def test_the_region_is_that_of_the_signature() -> None:
    with resolve("moto", seed=1, timeout=5, region="eu-west-1").open() as connection:
        request = json_request("SageMaker.CreateModel", {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::1:role/r"})
        answer = connection.send(request, signing_name="sagemaker", signature_version="v4")
    assert json.loads(answer.body)["ModelArn"] == f"arn:aws:sagemaker:eu-west-1:{connection.account}:model/m"


def test_resolving_imports_neither_moto_nor_the_applications_parts() -> None:
    code = (
        "import sys; from conformance.exchanges.target import resolve; resolve('moto', seed=0, timeout=1);"
        "sys.exit(int('moto' in sys.modules or 'flask' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_moto_without_the_parts_of_its_server_is_a_missing_part(monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.exceptions import MissingPart

    monkeypatch.setitem(sys.modules, "moto.moto_server", None)
    with pytest.raises(MissingPart, match="moto"):
        embedded_moto.application.__wrapped__()


def test_the_dashboard_tells_the_product_in_process_too() -> None:
    answer = WsgiTransport(embedded_moto.application()).send(unsigned(Request("GET", "/moto-api/"), embedded_moto.URL))
    assert b"<title>Moto</title>" in answer.body


@pytest.mark.parametrize(
    ("double", "statuses"),
    [
        (faulty_servers.answering(faulty_servers.moto()), [200, 200, 200]),
        (faulty_servers.slow(0.05, faulty_servers.moto()), [200, 200, 200]),
        (faulty_servers.throttles(2, 429, faulty_servers.moto()), [429, 429, 200]),
        (faulty_servers.leaves_without_a_word(faulty_servers.moto()), [200, 200, 200]),
        (faulty_servers.dies_after(1, faulty_servers.moto()), [200, None, None]),
    ],
    ids=["plain", "slow", "throttles", "leaves", "dies"],
)
def test_moto_behind_a_server_with_a_fault_is_moto(
    double: AbstractContextManager[faulty_servers.Server], statuses: list[int | None]
) -> None:
    with double as server, resolve(server.url, seed=5, timeout=10).open() as connection:
        assert connection.identity()["identity"] == f"moto at {server.url}"
        found: list[int | None] = []
        for _ in statuses:
            try:
                listing = json_request("SageMaker.ListModels", {})
                found.append(connection.send(listing, signing_name="sagemaker", signature_version="v4").status)
            except TransportFailure:
                found.append(None)
    assert found == statuses


def test_threads_of_moto_fail_in_silence_and_others_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda problem: heard.append(str(problem.exc_value)))
    embedded_moto._quiet_threads()
    for module in ("moto.things", "somebody.else"):
        source: dict[str, object] = {"__name__": module}
        exec("def fail():\n    raise ValueError(__name__)", source)
        thread = threading.Thread(target=source["fail"])  # type: ignore[arg-type]
        thread.start()
        thread.join()
    assert heard == ["somebody.else"]
