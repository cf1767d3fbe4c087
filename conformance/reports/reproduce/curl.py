"""Steps as curl commands: the exact bytes, signed by curl itself.

`--path-as-is` and `--globoff` keep curl from changing the path; a body that no shell argument can carry is piped
through base64.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from conformance.record.bodies import content
from conformance.record.rows import CaseRow
from conformance.record.steps import RecordedRequest, Step
from conformance.reports.reproduce.bound_values import (
    PREFIXED_ID_PROTOCOLS,
    BoundValue,
    bound_values,
    find_on_wire,
    jmespath,
    member_in_response,
    placeholder,
    with_shell_variables,
)
from conformance.reports.reproduce.script_context import (
    RepeatedStep,
    ReproductionContext,
    ordered_steps,
    semantic_headers,
    target_path,
    why_not_repeatable,
)
from conformance.specs.model import FORM_PROTOCOLS
from conformance.values.paths import format_path
from conformance.values.text import one_line

LONGEST_ARGUMENT = 100_000
"""Bytes; Linux takes 131,072 for one argument."""

# By protocol: a grep pattern for a member of an answer, and the cut options for its value.
_IN_JSON, _IN_XML = ('"{name}" *: *[[]* *"[^"]*"', "-d '\"' -f 4"), ("<{name}>[^<]*", "-d '>' -f 2")
_PATTERNS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("json", "rest-json"), _IN_JSON),
    **dict.fromkeys((*FORM_PROTOCOLS, "rest-xml"), _IN_XML),
}

_WITHOUT_COLLECTION = r"s,^/[a-z]*/\([^/]*\)$,\1,"

_BODYLESS = ("GET", "HEAD", "DELETE", "OPTIONS")


def curl_script(case: CaseRow, context: ReproductionContext) -> str:
    """A shell script that sends the requests of `case` with curl."""
    steps = ordered_steps(case)
    bound = bound_values([each.step for each in steps], [not why_not_repeatable(each.step) for each in steps])
    commands = [
        _command(each, context, bound.inputs.get(number, ()), bound.outputs.get(number, ()))
        for number, each in enumerate(steps)
    ]
    return "\n".join([*_preamble(context), *commands]) + "\n"


def _user(context: ReproductionContext) -> str:
    """The access key for curl; test credentials for a target on this machine, where the shell has none."""
    if context.loopback:
        return '"${AWS_ACCESS_KEY_ID:-test}:${AWS_SECRET_ACCESS_KEY:-test}"'
    return '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'


def _preamble(context: ReproductionContext) -> Iterator[str]:
    if context.note:
        yield f"# {one_line(context.note)}"


def _command(
    repeated: RepeatedStep, context: ReproductionContext, inputs: Sequence[BoundValue], outputs: Sequence[BoundValue]
) -> str:
    step = repeated.step
    missing, context = why_not_repeatable(step), context.for_step(step)
    if missing:
        return f"\n# {repeated.title}: {missing}"
    request = step.request
    feed, arguments = _body(request, inputs)
    lines = [
        "curl -sS -i --globoff --path-as-is",
        *_method(request),
        f"--aws-sigv4 {quote(f'aws:amz:{context.region}:{context.signing_name or context.service}')}",
        f"--user {_user(context)}",
        *_headers(request, bool(arguments), context),
        *arguments,
        f"--url {_shell_word(_base_url(request, context) + target_path(request), inputs)}",
    ]
    command = feed + " \\\n  ".join(lines)
    notes = "".join(f"\n# {note}" for note in _notes(feed, inputs))
    return f"\n# {repeated.title}{notes}\n" + "\n".join(_with_outputs(command, step, context, outputs))


def _notes(feed: str, inputs: Sequence[BoundValue]) -> Iterator[str]:
    """Values to be replaced by hand: a body that is not text is sent as recorded."""
    for value in inputs if feed else ():
        yield one_line(f"the body has {format_path(value.path)} as recorded, {value.recorded}: see boto3")


def _with_outputs(
    command: str, step: Step, context: ReproductionContext, outputs: Sequence[BoundValue]
) -> Iterator[str]:
    """A command; values of its answer that later commands need are stored in variables, and printed."""
    if not outputs:
        yield command
        return
    yield f"answer=$({command})"
    yield "printf '%s\\n' \"$answer\""
    for value in outputs:
        name, number = member_in_response(step, value)
        pattern, part = _PATTERNS.get(context.protocol, ("", ""))
        if not name or not pattern:
            yield f"# the next lines need {one_line(jmespath(value.source))} of that answer here:"
            yield f"{value.shell_variable}={quote(value.recorded)}"
            continue
        found = f'printf %s "$answer" | grep -io {quote(pattern.format(name=name))} | sed -n {number}p | cut {part}'
        if context.protocol in PREFIXED_ID_PROTOCOLS:
            found += f" | sed {quote(_WITHOUT_COLLECTION)}"
        yield f"{value.shell_variable}=$({found})"


def _shell_word(text: str, inputs: Sequence[BoundValue]) -> str:
    """A text as a shell word, with variables for values of earlier answers."""
    for number, value in enumerate(inputs):
        found = find_on_wire(text, value)
        if found is not None:
            before, then, after = found
            text = text.replace(before + then + after, before + placeholder(number) + after, 1)
    return with_shell_variables(quote(text), inputs)


def _method(request: RecordedRequest) -> Iterator[str]:
    method = request.method
    yield "--head" if method == "HEAD" else f"-X {quote(method)}"


def _headers(request: RecordedRequest, has_body: bool, context: ReproductionContext) -> Iterator[str]:
    headers = semantic_headers(request)
    for name, value in headers:
        text = " ".join(value.split("\n")).replace("\r", "")
        yield f"-H {quote(f'{name}: {text}' if text else f'{name};')}"
    if has_body and "content-type" not in {name.lower() for name, _ in headers}:
        yield "-H 'Content-Type:'"  # or curl declares a form
    if not context.loopback:
        yield '${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"}'


def _body(request: RecordedRequest, inputs: Sequence[BoundValue]) -> tuple[str, list[str]]:
    """The command that feeds curl through a pipe, or nothing, and curl's arguments for the body."""
    body = content(request) or b""
    if not body:
        return "", [] if request.method in _BODYLESS else ["--data-binary ''"]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    plain = text and all(char.isprintable() or char == "\n" for char in text)
    if plain and len(body) <= LONGEST_ARGUMENT and not text.startswith("@"):
        return "", [f"--data-binary {_shell_word(text, inputs)}"]
    encoded = base64.b64encode(body).decode("ascii")
    return f"printf %s {encoded} | base64 -d | ", ["--data-binary @-"]


def _base_url(request: RecordedRequest, context: ReproductionContext) -> str:
    prefix = request.host_prefix
    if prefix and context.endpoint_url is None:
        scheme, _, rest = context.url.partition("://")
        return f"{scheme}://{prefix}{rest}"
    return context.url
