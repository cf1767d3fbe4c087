"""What all reproduction scripts share: where to send requests, which steps, and which of them need exact bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from conformance.record.bodies import content
from conformance.record.redaction import SECRET_HEADERS
from conformance.record.rows import CaseRow, HeaderRow
from conformance.record.steps import RecordedRequest, Step
from conformance.specs.resources.inference import READING
from conformance.values.text import one_line

EMBEDDED_URL = "http://127.0.0.1:5000"
"""Where `moto_server` listens by default: replaces the URL of an embedded target, which has none."""

CANNOT_SEND = "cannot send this request"
"""What a script says, after the name of its tool, in place of a step that the tool cannot send."""

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

    def for_step(self, step: Step) -> ReproductionContext:
        """The context for a step, which may belong to another service."""
        other = step.service
        if other is None:
            return self
        return replace(
            self,
            service=other.service,
            protocol=other.protocol,
            signing_name=other.signing_name or other.service,
            cli_name=other.cli_name or other.service,
        )

    @property
    def loopback(self) -> bool:
        """Whether the target is on this machine, so that test credentials are enough."""
        return self.endpoint_url is not None and urlsplit(self.endpoint_url).hostname in _LOOPBACK

    @property
    def url(self) -> str:
        """The URL that requests go to, without a slash at its end."""
        guess = f"https://{self.signing_name or self.service}.{self.region}.amazonaws.com"
        return (self.endpoint_url or self.aws_url or guess).rstrip("/")


def context_of(header: HeaderRow, service: str) -> ReproductionContext:
    """The context of a service in the run that `header` opens."""
    target = header.target
    known = next((entry for entry in header.services if entry.service == service), None)
    url, note = target.url, ""
    if url is None or not _is_http(url):
        embedded = target.kind != "aws"
        url = EMBEDDED_URL if embedded else None
        note = f"the target was {one_line(target.identity, 80)}; start a server of it first" if embedded else ""
    return ReproductionContext(
        service=service,
        region=target.region or "us-east-1",
        protocol=known.protocol if known else "",
        endpoint_url=url,
        signing_name=(known and known.signing_name) or service,
        cli_name=(known and known.cli_name) or service,
        aws_url=known.endpoint if known else "",
        note=note,
    )


@dataclass(frozen=True, slots=True)
class RepeatedStep:
    """A step to send again; the last one of equal reads in a row, with their number and the states they returned."""

    step: Step
    count: int = 1
    states: str = ""

    @property
    def title(self) -> str:
        """Label or role of the step and its operation, on one line: `setup: CreateModel`."""
        text = f"{self.step.label or self.step.role}: {self.step.operation}"
        if self.count > 1:
            text += f", {self.count} times" + (f" ({self.states})" if self.states else "")
        return one_line(text)


def ordered_steps(case: CaseRow) -> list[RepeatedStep]:
    """The steps to send again: setup first, then the others in the order of the run."""
    steps = sorted(case.steps, key=lambda step: step.role != "setup")
    found: list[RepeatedStep] = []
    for _, run in groupby(enumerate(steps), key=lambda each: _repeat_key(*each)):
        some = [step for _, step in run]
        found.append(RepeatedStep(some[-1], len(some), _history(some) if len(some) > 1 else ""))
    return found


def _repeat_key(number: int, step: Step) -> Any:
    """A key that equal reads in a row share; any other step has a key of its own."""
    return (step.label, step.operation, step.request) if step.label and READING.match(step.operation) else number


def _history(steps: Iterable[Step]) -> str:
    runs = [(state, len(list(run))) for state, run in groupby(step.state for step in steps)]
    return " -> ".join(state if count == 1 else f"{state} x{count}" for state, count in runs if state)


def semantic_headers(request: RecordedRequest) -> list[tuple[str, str]]:
    """The headers that have a meaning for the service: without those of connection, client and signature."""
    return [
        (name, value)
        for name, value in request.headers.items()
        if name.lower() not in _NOT_SEMANTIC and name and _HEADER_NAME.issuperset(name.lower())
    ]


def target_path(request: RecordedRequest) -> str:
    """Path and query as in the request line."""
    path = _quoted(request.path or "/", "/%:@!$&'()*+,;=-._~?")
    query = "&".join(f"{_quoted(name, '-_.~')}={_quoted(value, '-_.~')}" for name, value in request.query)
    return path + ("&" if "?" in path else "?") * bool(query) + query


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="surrogatepass")


def is_wire_form(case: CaseRow, step: Step, context: ReproductionContext) -> bool:
    """Whether the bytes of a step may differ from those that botocore makes of its params."""
    if not isinstance(step.params, Mapping):
        return True
    if step.role == "case" and (case.fault or case.intent in _WIRE_INTENTS):
        return True
    if context.protocol != "json":
        # botocore may move a part of the path into the host name; only the exact path is certain.
        return context.protocol == "rest-xml"
    return bool(json_body(step) != plain_json(step.params))


def json_body(step: Step) -> Any:
    """The request's body as a JSON value; None where it is none."""
    try:
        return json.loads(content(step.request) or b"")
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


def why_not_repeatable(step: Step) -> str | None:
    """Why a step cannot be sent again: the record has no body, which was too big; None where it can."""
    if content(step.request) is not None:
        return None
    size = "?" if step.request.body_size is None else step.request.body_size
    return f"its body of {one_line(str(size), 20)} bytes is not in the record; use 'conformance replay'"


def why_no_sdk_call(case: CaseRow, step: Step) -> str | None:
    """Why no SDK has a call for a step: a probe names no operation, a raw request has no params; None where one has."""
    if step.role == "probe" or (case.intent == "probe" and step.role == "case"):
        return "it is a probe, not an operation"
    return None if isinstance(step.params, Mapping) else "it has no parameters"


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
