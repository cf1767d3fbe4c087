"""What the three ways to reproduce have in common: where to send to, which steps, which of them are special."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from conformance.record.bodies import content
from conformance.record.redaction import SECRET_HEADERS
from conformance.specs.resources.inference import READING
from conformance.values.text import one_line

EMBEDDED_URL = "http://127.0.0.1:5000"
"""Where `moto_server` listens unless told otherwise: stands in for an embedded target, which has no URL."""

_NOT_SEMANTIC = SECRET_HEADERS | {
    "host", "content-length", "user-agent", "accept-encoding", "connection", "expect", "transfer-encoding",
    "amz-sdk-invocation-id", "amz-sdk-request", "x-amz-content-sha256",
}  # fmt: skip
_HEADER_NAME = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_WIRE_INTENTS = ("invalid", "probe", "recorded")


@dataclass(frozen=True, slots=True)
class ReproductionContext:
    """Where and how to send. `endpoint_url` is None for AWS itself; `aws_url` is then the URL that curl needs.

    `service` is botocore's name, `cli_name` the AWS CLI's, `signing_name` the one in signatures; `note` is printed
    above the lines, such as how to start the target.
    """

    service: str
    region: str
    protocol: str
    endpoint_url: str | None = None
    signing_name: str = ""
    cli_name: str = ""
    aws_url: str = ""
    note: str = ""

    def of(self, step: Mapping[str, Any]) -> ReproductionContext:
        """The context of a step: that of another service where the step is one of another's."""
        other = step.get("service")
        if not isinstance(other, Mapping):
            return self
        name = str(other.get("service", ""))
        return replace(
            self,
            service=name,
            protocol=str(other.get("protocol", "")),
            signing_name=str(other.get("signing_name") or name),
            cli_name=str(other.get("cli_name") or name),
        )

    @property
    def loopback(self) -> bool:
        """Whether the target is on this machine, where test credentials will do."""
        return self.endpoint_url is not None and urlsplit(self.endpoint_url).hostname in _LOOPBACK

    @property
    def url(self) -> str:
        """The URL that requests go to, without a slash at its end."""
        guess = f"https://{self.signing_name or self.service}.{self.region}.amazonaws.com"
        return (self.endpoint_url or self.aws_url or guess).rstrip("/")


def context_of(header: Mapping[str, Any], service: str) -> ReproductionContext:
    """The context of a service in the run that `header` opens."""
    target = header.get("target", {})
    known: Mapping[str, Any] = next(
        (entry for entry in header.get("services", []) if entry.get("service") == service), {}
    )
    url, note = target.get("url"), ""
    if not (isinstance(url, str) and _is_http(url)):
        embedded = target.get("kind") != "aws"
        url = EMBEDDED_URL if embedded else None
        note = (
            f"the target was {one_line(str(target.get('identity', '')), 80)}; start a server of it first"
            if embedded
            else ""
        )
    return ReproductionContext(
        service=service,
        region=str(target.get("region") or "us-east-1"),
        protocol=str(known.get("protocol", "")),
        endpoint_url=url,
        signing_name=str(known.get("signing_name") or service),
        cli_name=str(known.get("cli_name") or service),
        aws_url=str(known.get("endpoint") or ""),
        note=note,
    )


def ordered_steps(case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The steps to repeat: what must exist first, then the rest in the order of the run.

    Of reads that a scenario repeated the last one stands for all, with how often it was `asked` and what all showed.
    """
    steps = sorted(case.get("steps", []), key=lambda step: step.get("role") != "setup")
    found: list[Mapping[str, Any]] = []
    for _, run in groupby(enumerate(steps), key=lambda each: _repeat_key(*each)):
        some = [step for _, step in run]
        asked = {"asked": len(some), "showed": _history(some)} if len(some) > 1 else {}
        found.append({**some[-1], **asked} if asked else some[-1])
    return found


def _repeat_key(number: int, step: Mapping[str, Any]) -> Any:
    """What equal reads in a row have in common; nothing is like any other step."""
    if "label" not in step or not READING.match(str(step.get("operation", ""))):
        return number
    return step["label"], step.get("operation"), step.get("request")


def _history(steps: Iterable[Mapping[str, Any]]) -> str:
    runs = [(state, len(list(run))) for state, run in groupby(str(step.get("state") or "") for step in steps)]
    return " -> ".join(state if count == 1 else f"{state} x{count}" for state, count in runs if state)


def semantic_headers(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers that mean something to the service; those of the connection, the client and the signature go."""
    return [
        (name, value)
        for name, value in request.get("headers", {}).items()
        if name.lower() not in _NOT_SEMANTIC and name and _HEADER_NAME.issuperset(name.lower())
    ]


def target_path(request: Mapping[str, Any]) -> str:
    """Path and query as they stand in the request line."""
    path = _quoted(request.get("path") or "/", "/%:@!$&'()*+,;=-._~?")
    query = "&".join(f"{_quoted(name, '-_.~')}={_quoted(value, '-_.~')}" for name, value in request.get("query", []))
    return path + ("&" if "?" in path else "?") * bool(query) + query


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="surrogatepass")


def is_wire_form(case: Mapping[str, Any], step: Mapping[str, Any], context: ReproductionContext) -> bool:
    """Whether the bytes of a step may differ from what botocore would make of its params."""
    if not isinstance(step.get("params"), Mapping):
        return True
    if step.get("role") == "case" and (case.get("fault") or case.get("intent") in _WIRE_INTENTS):
        return True
    if context.protocol != "json":
        # botocore puts the bucket into the host name where it can; only the exact path is sure to be the same.
        return context.protocol == "rest-xml"
    return bool(json_body(step) != plain_json(step["params"]))


def json_body(step: Mapping[str, Any]) -> Any:
    """The request's body as a JSON value; None where it is none."""
    try:
        return json.loads(content(step.get("request") or {}) or b"")
    except (ValueError, RecursionError):
        return None


def plain_json(value: Any) -> Any:
    """`value` with bytes (`{"$base64": text}`) as their base64 text, which is what JSON protocols and the CLI take."""
    if isinstance(value, Mapping):
        if set(value) == {"$base64"}:
            return value["$base64"]
        return {name: plain_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(item) for item in value]
    return value


def step_label(step: Mapping[str, Any]) -> str:
    """What a step is for, on one line: `setup: CreateModel`, or how its scenario calls it."""
    text = f"{step.get('label') or step.get('role', 'step')}: {step.get('operation', '')}"
    if "asked" in step:
        text += f", asked {step['asked']} times" + (f" ({step['showed']})" if step.get("showed") else "")
    return one_line(text)


def why_not_repeatable(step: Mapping[str, Any]) -> str | None:
    """Why a step cannot be repeated: its body was too big to keep."""
    request = step.get("request") or {}
    if content(request) is not None:
        return None
    return f"its body of {one_line(str(request.get('body_size', '?')), 20)} bytes is left out; use 'conformance replay'"


def why_no_sdk_call(case: Mapping[str, Any], step: Mapping[str, Any]) -> str | None:
    """Why no SDK has a call for a step: a probe asks for what does not exist, a bare request has no parameters."""
    if step.get("role") == "probe" or (case.get("intent") == "probe" and step.get("role") == "case"):
        return "it is a probe, not an operation"
    return None if isinstance(step.get("params"), Mapping) else "it was not made from parameters"


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
