"""Printed lines, really run, send what was sent: method, path, query, headers that mean something, body bytes."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import botocore.session
import pytest
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from conformance.record.bodies import content, stored
from conformance.reports.reproduce import ReproductionContext, aws_cli_script, boto3_script, context_of, curl_script
from conformance.reports.reproduce.script_context import ordered_steps, semantic_headers
from doubles.handmade_records import as_case, as_header

Parts = Mapping[str, Callable[..., Any]]
Case = dict[str, Any]

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_boto3 = pytest.mark.skipif(importlib.util.find_spec("boto3") is None, reason="boto3 is not installed")
needs_aws = pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return sorted(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass
class Listener:
    """A loopback server that answers `{}` to everything and remembers what it was asked."""

    seen: list[Seen] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def listener() -> Iterator[Listener]:
    remembered = Listener()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            remembered.seen.append(Seen(self.command, self.path, headers, body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", "2")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"{}")

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    remembered.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield remembered
    server.shutdown()
    server.server_close()
    thread.join()


def _run(command: list[str], script: str, place: Path, name: str) -> subprocess.CompletedProcess[str]:
    path = place / name
    path.write_text(script, "utf-8")
    kept = {"PATH", "LANG", "PYENV_ROOT", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name in kept} | {"HOME": str(place)}
    return subprocess.run(
        [*command, str(path)], env=environment, cwd=place, capture_output=True, text=True, timeout=120, check=False
    )


def _expect(seen: list[Seen], case: Case, *, roles: tuple[str, ...] = ()) -> None:
    """What came in is what the steps of `case` sent, setup first."""
    steps = [each.step for each in ordered_steps(as_case(case)) if not roles or each.step.role in roles]
    assert len(seen) == len(steps)
    for got, step in zip(seen, steps, strict=True):
        request = step.request
        assert got.method == request.method
        assert unquote(got.path) == unquote(request.path)
        assert got.query == sorted(request.query)
        assert got.body == content(request)
        for name, value in semantic_headers(request):
            assert got.headers.get(name.lower()) == value, name
        assert got.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")


def _signed(seen: Seen, region: str = "us-east-1", service: str = "sagemaker") -> bool:
    """Whether a server that knows the secret of the test credentials would take the signature."""
    names = re.findall(r"SignedHeaders=([^,]+)", seen.headers["authorization"])[0].split(";")
    request = AWSRequest(seen.method, f"http://{seen.headers['host']}{seen.target}", data=seen.body)
    for name in names:
        request.headers[name] = seen.headers[name]
    request.context["timestamp"] = seen.headers["x-amz-date"]
    auth = SigV4Auth(Credentials("test", "test"), service, region)
    auth.headers_to_sign = lambda _: HTTPHeaders.from_dict({name: seen.headers[name] for name in names})
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return bool(seen.headers["authorization"].endswith(f"Signature={signature}"))


def _odd_cases(parts: Parts) -> dict[str, Case]:
    """Requests that a shell, curl or an argument list would rather not carry."""
    step, case = parts["step"], parts["case"]

    def one(**request: Any) -> Case:
        lone: Case = case(
            "s:O/x", "CreateModel", [step("case", "CreateModel", {"ModelName": "m"}, request=request)], fault={}
        )
        lone["fault"] = {"constraint": "type", "path": "ModelName"}
        for part in lone["steps"]:
            if "body_base64" in request:
                del part["request"]["body"]
        return lone

    return {
        "quotes": one(body='{"a": "it\'s $HOME `id` \\\\ \\" !! %s\n\n"}'),
        "unicode": one(body='{"a": "\u00e9\U0001f600"}'),
        "at": one(body="@/etc/passwd"),
        "dash": one(body="--help"),
        "controls": one(body="a\x00\x01\r\n\tb\x1b"),
        "bytes": one(**stored(b"\x00\xff\xfe\x80")),
        "empty": one(body=""),
        "broken": one(body='{"ModelName": '),
        "get": one(
            method="GET",
            path="/a%20b/%7Bx%7D/../c/;,d",
            query=[["list-type", "2"], ["prefix", "a b&c=d/\u00e9"], ["flag", ""]],
            body="",
        ),
        "delete": one(method="DELETE", path="/things/1", body=""),
        "put": one(
            method="PUT",
            path="/bucket/key",
            body="<a/>",
            headers={"Content-Type": "application/xml", "x-amz-meta-a": "it's"},
        ),
        "head": one(method="HEAD", path="/bucket", body=""),
        "long": one(body="x" * 150_000),
        "no type": one(body="x", headers={"X-Amz-Target": "A.B"}),
        "glob": one(method="GET", path="/%5B1-3%5D/%7Ba,b%7D", body=""),
    }


ODD = (
    "quotes", "unicode", "at", "dash", "controls", "bytes", "empty", "broken", "get", "delete", "put", "head", "long",
    "no type", "glob",
)  # fmt: skip


@needs_curl
@pytest.mark.parametrize("name", ODD)
def test_curl_sends_odd_requests_as_they_were(listener: Listener, parts: Parts, tmp_path: Path, name: str) -> None:
    case = _odd_cases(parts)[name]
    context = ReproductionContext("sagemaker", "us-east-1", "json", listener.url)
    result = _run(["sh"], curl_script(as_case(case), context), tmp_path, "script.sh")
    assert result.returncode == 0, result.stderr
    _expect(listener.seen, case)
    if name == "no type":
        assert "content-type" not in listener.seen[0].headers


@needs_boto3
@pytest.mark.slow
def test_boto3_sends_odd_requests_as_they_were(listener: Listener, parts: Parts, tmp_path: Path) -> None:
    cases = _odd_cases(parts)
    joined = parts["case"](
        "s:O/x",
        "CreateModel",
        [case["steps"][0] for case in cases.values()],
        fault={"constraint": "type", "path": "ModelName"},
    )
    context = ReproductionContext("sagemaker", "us-east-1", "json", listener.url)
    result = _run([sys.executable], boto3_script(as_case(joined), context), tmp_path, "script.py")
    assert result.returncode == 0, result.stderr
    _expect(listener.seen, joined)
    assert all(_signed(seen) for seen in listener.seen if seen.method == "POST")


def _near_miss(lines: list[dict[str, Any]]) -> Case:
    return next(line for line in lines if line["type"] == "case" and line["operation"] == "CreateEndpoint")


@needs_curl
def test_curl_sends_setup_first(listener: Listener, lines: list[dict[str, Any]], tmp_path: Path) -> None:
    case = _near_miss(lines)
    case["steps"].insert(0, case["steps"].pop(3))
    context = ReproductionContext("sagemaker", "eu-west-1", "json", listener.url, signing_name="signed-as")
    result = _run(["bash"], curl_script(as_case(case), context), tmp_path, "script.sh")
    assert result.returncode == 0, result.stderr
    _expect(listener.seen, case)
    assert [seen.headers["x-amz-target"].partition(".")[2] for seen in listener.seen][:2] == [
        "CreateModel",
        "CreateEndpointConfig",
    ]
    assert "/eu-west-1/signed-as/aws4_request" in listener.seen[0].headers["authorization"]
    assert all(_signed(seen, "eu-west-1", "signed-as") for seen in listener.seen)
    assert not _signed(listener.seen[0])


@needs_boto3
@pytest.mark.slow
def test_boto3_sends_valid_steps_by_itself_and_broken_ones_exactly(
    listener: Listener, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    case = _near_miss(lines)
    context = ReproductionContext("sagemaker", "us-east-1", "json", listener.url)
    script = boto3_script(as_case(case), context)
    assert script.count("    exactly(\n") == 1
    result = _run([sys.executable], script, tmp_path, "script.py")
    assert result.returncode == 0, result.stderr
    _expect(listener.seen, case)


@needs_boto3
@pytest.mark.slow
def test_boto3_serializes_valid_steps_itself(listener: Listener, parts: Parts, tmp_path: Path) -> None:
    params = {"FunctionName": "f", "Payload": {"$base64": "AAH/"}, "Qualifier": "it's"}
    request = {
        "path": "/2015-03-31/functions/f/invocations",
        "query": [["Qualifier", "it's"]],
        "headers": {"Content-Type": "application/octet-stream"},
        **stored(b"\x00\x01\xff"),
    }
    step = parts["step"]("case", "Invoke", params, request=request)
    del step["request"]["body"], step["request"]["headers"]["Content-Type"]
    case = parts["case"]("s:O/x", "Invoke", [step], intent="valid")
    script = boto3_script(as_case(case), ReproductionContext("lambda", "us-east-1", "rest-json", listener.url))
    assert "exactly(" not in script
    assert 'Payload=base64.b64decode("AAH/"),' in script
    assert _run([sys.executable], script, tmp_path, "script.py").returncode == 0
    _expect(listener.seen, case)


def test_python_literals(parts: Parts) -> None:
    params = {"method": 1, "class": float("nan"), "x-y": [None, True, {"a": "\x00\u202e\"'"}], "\ud800": "\udc00"}
    step = parts["step"]("case", "CreateModel", params)
    case = parts["case"]("s:O/x", "CreateModel", [step], intent="valid")
    script = boto3_script(as_case(case), ReproductionContext("s", "us-east-1", "query"))
    compile(script, "script.py", "exec")
    (literal,) = re.findall(r"\*\*(\{.*?\n    \}),\n\)", script, re.DOTALL)
    value = eval(literal)
    assert str(value.pop("class")) == "nan"
    assert value == {name: item for name, item in params.items() if name != "class"}


def test_probes_are_for_curl(parts: Parts) -> None:
    case = parts["case"]("s:O/x", "NoSuchThing", [parts["step"]("case", "NoSuchThing", {})], intent="probe")
    context = ReproductionContext("s", "us-east-1", "json", "http://127.0.0.1:1")
    assert "boto3 cannot send this request: it is a probe" in boto3_script(as_case(case), context)
    assert "the AWS CLI cannot send this request: it is a probe" in aws_cli_script(as_case(case), context)
    assert "SageMaker.NoSuchThing" in curl_script(as_case(case), context)


@needs_aws
@pytest.mark.slow
@pytest.mark.parametrize(
    ("constraint", "body"),
    [("pattern", '{"ModelName": "bad name!", "Tags": []}'), ("required", "{}"), ("min", '{"ModelName": ""}')],
)
def test_the_aws_cli_sends_what_it_can(
    listener: Listener, parts: Parts, tmp_path: Path, constraint: str, body: str
) -> None:
    step = parts["step"]("case", "CreateModel", {"ModelName": "m"}, request={"body": body})
    case = parts["case"]("s:O/x", "CreateModel", [step], fault={"constraint": constraint, "path": "ModelName"})
    context = ReproductionContext("sagemaker", "us-east-1", "json", listener.url)
    result = _run(["sh"], aws_cli_script(as_case(case), context), tmp_path, "script.sh")
    assert result.returncode == 0, result.stderr
    _expect(listener.seen, case)


@pytest.mark.parametrize(
    ("constraint", "protocol", "body", "why"),
    [
        ("type", "json", '{"ModelName": 7}', "it serializes no value that breaks 'type'"),
        ("null", "json", '{"ModelName": null}', "it serializes no value that breaks 'null'"),
        ("pattern", "json", "[1]", "its body is no JSON object"),
        ("pattern", "query", "Action=X", "its wire form is invalid"),
    ],
)
def test_the_aws_cli_says_what_it_cannot(parts: Parts, constraint: str, protocol: str, body: str, why: str) -> None:
    steps = [
        parts["step"]("setup", "CreateModel", {"ModelName": "m"}),
        parts["step"]("case", "CreateModel", {"ModelName": "m"}, request={"body": body}),
    ]
    case = parts["case"]("s:O/x", "CreateModel", steps, fault={"constraint": constraint, "path": "ModelName"})
    service = {"json": "sagemaker", "query": "iam"}[protocol]
    script = aws_cli_script(as_case(case), ReproductionContext(service, "us-east-1", protocol, "http://127.0.0.1:1"))
    assert script.count(f"aws {service} create-model") == 1
    assert f"the AWS CLI cannot send this request: {why}" in script
    assert "see curl" in script
    for line in script.splitlines():
        assert "cannot" not in line or line.startswith("# ")


def test_cli_names_are_those_of_the_context(parts: Parts) -> None:
    case = parts["case"]("s:O/x", "CreateDBInstance", [parts["step"]("case", "CreateDBInstance", {})], intent="valid")
    context = ReproductionContext("svc", "us-east-1", "query", "http://127.0.0.1:1", cli_name="svcapi")
    assert "aws svcapi create-db-instance" in aws_cli_script(as_case(case), context)


def _spelled_out(operation: Any) -> dict[str, str]:
    """What botocore would fill in by itself, so that there is nothing for it to fill in."""
    return {"EncodingType": "url", **dict.fromkeys(operation.idempotent_members, "token")}


def test_operation_names_are_botocores(parts: Parts) -> None:
    session = botocore.session.get_session()
    for service in ("sagemaker", "rds", "s3", "ec2"):
        names = session.get_service_model(service).operation_names
        model = session.get_service_model(service)
        steps = [parts["step"]("case", name, _spelled_out(model.operation_model(name))) for name in names]
        case = parts["case"]("s:O/x", "X", steps, intent="valid")
        context = ReproductionContext(service, "us-east-1", model.resolved_protocol, "http://127.0.0.1:1")
        commands = re.findall(rf"^aws {service} (\S+)", aws_cli_script(as_case(case), context), re.MULTILINE)
        assert commands == [xform_name(name, "-") for name in names]
        calls = re.findall(r"client\.([a-z0-9_]+)[,)]", boto3_script(as_case(case), context))
        assert calls == [xform_name(name) for name in names]


def test_nothing_in_a_record_escapes_its_quotes(listener: Listener, parts: Parts, tmp_path: Path) -> None:
    evil = "x'; touch owned; '\"; touch owned; $(touch owned) `touch owned`\ntouch owned\r\ntouch owned #"
    step = parts["step"](
        "case", evil, {evil: evil}, request={"method": "GET", "path": f"/{evil}", "query": [[evil, evil]]}
    )
    step["request"]["headers"] = {"X-A": evil, evil: "x", "@/etc/passwd": "x", "X-Empty": ""}
    step["request"]["body"] = evil
    case = parts["case"](evil, evil, [step], fault={"constraint": evil, "path": evil})
    header = parts["header"](target={"kind": "http", "identity": evil, "url": None, "region": evil}, services=[])
    for context in (
        context_of(as_header(header), evil),
        ReproductionContext(evil, evil, "json", listener.url, signing_name=evil, cli_name=evil, note=evil),
        ReproductionContext("s", "us-east-1", "json", listener.url + "/';touch owned;'"),
    ):
        compile(boto3_script(as_case(case), context), "script.py", "exec")
        cli = aws_cli_script(as_case({**case, "fault": {"constraint": "pattern", "path": ""}}), context)
        for script in (curl_script(as_case(case), context), cli):
            # With neither curl nor aws nor touch on the path, what is left does nothing at all.
            path = tmp_path / "evil.sh"
            path.write_text(script.replace("touch owned", ": > owned"), "utf-8")
            shell = shutil.which("sh") or "/bin/sh"
            done = subprocess.run(
                [shell, str(path)], cwd=tmp_path, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
            )
            assert "yntax error" not in done.stderr
            assert not (tmp_path / "owned").exists()


def test_a_body_that_was_not_kept_is_said(parts: Parts) -> None:
    step = parts["step"]("case", "CreateModel", {"ModelName": "m"})
    del step["request"]["body"]
    step["request"] |= {"body_digest": "sha256:" + "0" * 64, "body_size": 70000}
    case = parts["case"]("s:O/x", "CreateModel", [step], fault={"constraint": "pattern", "path": "ModelName"})
    context = ReproductionContext("sagemaker", "us-east-1", "json", "http://127.0.0.1:1")
    for write in (curl_script, aws_cli_script, boto3_script):
        script = write(as_case(case), context)
        assert "its body of 70000 bytes is not in the record" in script
        assert "conformance replay" in script


def test_the_context_of_a_run(parts: Parts) -> None:
    header = parts["header"]()
    context = context_of(as_header(header), "sagemaker")
    assert (context.endpoint_url, context.protocol, context.loopback) == ("http://127.0.0.1:5001", "json", True)
    header["services"][0] |= {"signing_name": "signed", "cli_name": "command"}
    assert context_of(as_header(header), "sagemaker").signing_name == "signed"
    assert context_of(as_header(header), "sagemaker").cli_name == "command"
    embedded = context_of(
        as_header(parts["header"](target={"kind": "moto", "identity": "moto 5.2.5 (embedded)", "url": None})), "s"
    )
    assert embedded.endpoint_url == "http://127.0.0.1:5000"
    assert "moto 5.2.5 (embedded)" in embedded.note
    real = context_of(
        as_header(parts["header"](target={"kind": "aws", "identity": "AWS", "url": None, "region": "eu-west-1"})), "s"
    )
    assert (real.endpoint_url, real.url, real.loopback) == (None, "https://s.eu-west-1.amazonaws.com", False)
    odd = context_of(
        as_header(parts["header"](target={"kind": "http", "identity": "odd", "url": "file:///etc/passwd"})), "s"
    )
    assert odd.endpoint_url == "http://127.0.0.1:5000"


def test_session_tokens_come_from_the_environment(parts: Parts) -> None:
    case = parts["case"]("s:O/x", "ListModels", [parts["step"]("case", "ListModels", {})], intent="valid")
    script = curl_script(as_case(case), ReproductionContext("s", "eu-west-1", "json"))
    assert '${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"}' in script
    assert "test" not in script
    assert json.dumps({}) in script
