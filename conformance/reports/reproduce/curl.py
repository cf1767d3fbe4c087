"""Steps as curl commands: the exact bytes, signed by curl itself.

`--path-as-is` and `--globoff` keep curl from tidying the path; a body that a shell or an argument cannot carry goes
through base64 and a pipe.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any

from conformance.reports.bodies import content
from conformance.reports.reproduce.context import (
    ReproductionContext,
    label,
    not_kept,
    ordered_steps,
    semantic_headers,
    target_path,
)
from conformance.reports.text import one_line

LONGEST_ARGUMENT = 100_000
"""Bytes; Linux takes 131,072 for one argument."""

_BODYLESS = ("GET", "HEAD", "DELETE", "OPTIONS")


def curl_script(case: Mapping[str, Any], context: ReproductionContext) -> str:
    """A shell script that sends the requests of `case` with curl."""
    return "\n".join([*_preamble(context), *(_command(step, context) for step in ordered_steps(case))]) + "\n"


def credentials(context: ReproductionContext) -> Iterator[str]:
    """Shell lines for a target on this machine: test credentials where there are none."""
    if context.loopback:
        yield 'export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-test}"'
        yield 'export AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-test}"'


def _preamble(context: ReproductionContext) -> Iterator[str]:
    if context.note:
        yield f"# {one_line(context.note)}"
    yield from credentials(context)


def _command(step: Mapping[str, Any], context: ReproductionContext) -> str:
    missing = not_kept(step)
    if missing:
        return f"\n# {label(step)}: {missing}"
    request = step.get("request") or {}
    feed, arguments = _body(request)
    lines = [
        "curl -sS -i --globoff --path-as-is",
        *_method(request),
        f"--aws-sigv4 {quote(f'aws:amz:{context.region}:{context.signing_name or context.service}')}",
        '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        *_headers(request, bool(arguments), context),
        *arguments,
        f"--url {quote(_base(request, context) + target_path(request))}",
    ]
    return f"\n# {label(step)}\n{feed}" + " \\\n  ".join(lines)


def _method(request: Mapping[str, Any]) -> Iterator[str]:
    method = str(request.get("method", "POST"))
    yield "--head" if method == "HEAD" else f"-X {quote(method)}"


def _headers(request: Mapping[str, Any], has_body: bool, context: ReproductionContext) -> Iterator[str]:
    headers = semantic_headers(request)
    for name, value in headers:
        text = " ".join(value.split("\n")).replace("\r", "")
        yield f"-H {quote(f'{name}: {text}' if text else f'{name};')}"
    if has_body and "content-type" not in {name.lower() for name, _ in headers}:
        yield "-H 'Content-Type:'"  # or curl says that it is a form
    if not context.loopback:
        yield '${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"}'


def _body(request: Mapping[str, Any]) -> tuple[str, list[str]]:
    """What feeds curl (a command before the pipe, or nothing) and curl's arguments for the body."""
    body = content(request) or b""
    if not body:
        return "", [] if request.get("method") in _BODYLESS else ["--data-binary ''"]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    plain = text and all(char.isprintable() or char == "\n" for char in text)
    if plain and len(body) <= LONGEST_ARGUMENT and not text.startswith("@"):
        return "", [f"--data-binary {quote(text)}"]
    encoded = base64.b64encode(body).decode("ascii")
    return f"printf %s {encoded} | base64 -d | ", ["--data-binary @-"]


def _base(request: Mapping[str, Any], context: ReproductionContext) -> str:
    prefix = str(request.get("host_prefix") or "")
    if prefix and context.endpoint_url is None:
        scheme, _, rest = context.url.partition("://")
        return f"{scheme}://{prefix}{rest}"
    return context.url
