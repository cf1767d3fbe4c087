"""Steps as a boto3 script.

A step whose bytes botocore itself makes of the params is a plain call; a value of its answer that a later step needs
is stored in a variable. Any other step is a call with `exactly(...)`: a handler that replaces method, path, headers
and body after botocore has serialized and before it signs. Of the params, such a call gets only those without which
botocore makes no request.
"""

from __future__ import annotations

import base64
import keyword
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore import xform_name

from conformance.record.bodies import content
from conformance.record.rows import CaseRow
from conformance.record.steps import Step
from conformance.reports.reproduce.bound_values import (
    PREFIXED_ID_PROTOCOLS,
    BoundValue,
    bound_values,
    find_on_wire,
    subscripts,
)
from conformance.reports.reproduce.script_context import (
    CANNOT_SEND,
    RepeatedStep,
    ReproductionContext,
    is_wire_form,
    ordered_steps,
    semantic_headers,
    target_path,
    why_no_sdk_call,
    why_not_repeatable,
)
from conformance.reports.reproduce.sdk import required_by_sdk, why_sdk_differs
from conformance.values.paths import Edit, apply
from conformance.values.text import one_line

_CALL = '''
def call(method, exact=None, /, **params):
    """Call, and print the answer; `exact` replaces the request that boto3 makes of the parameters."""
    if exact:
        client.meta.events.register_last("before-sign", exact)
    try:
        answer = method(**params)
        print(method.__name__, answer)
        return answer
    except Exception as error:
        print(method.__name__, repr(error))
    finally:
        if exact:
            client.meta.events.unregister("before-sign", exact)
'''

_EXACTLY = """

def exactly(method, target, headers, body):
    def change(request, **_):
        parts = urlsplit(request.url)
        request.method, request.params, request.data = method, {}, body
        request.url = f"{parts.scheme}://{parts.netloc}{target}" if target.startswith("/") else target
        for name in set(request.headers) - {"User-Agent"}:
            del request.headers[name]
        for name, value in headers.items():
            request.headers[name] = value

    return change
"""


def boto3_script(case: CaseRow, context: ReproductionContext) -> str:
    """A Python script that sends the requests of `case` with boto3."""
    steps = ordered_steps(case)
    plain = [each.step for each in steps]
    contexts = [context.for_step(step) for step in plain]
    exact = [
        not why_not_repeatable(step) and _is_exact(case, step, own) for step, own in zip(plain, contexts, strict=True)
    ]
    bound = bound_values(plain, [not (why_not_repeatable(step) or why_no_sdk_call(case, step)) for step in plain])
    calls = [
        _step(
            case, each, context.for_step(each.step), wire, bound.inputs.get(number, ()), bound.outputs.get(number, ())
        )
        for number, (each, wire) in enumerate(zip(steps, exact, strict=True))
    ]
    others = {each.service: each for each in contexts if each.service != context.service}
    clients = (line for name, each in others.items() for line in _client(each, name))
    head = "\n".join((*_head(context, calls, any(exact)), *clients))
    helpers = _CALL + (_EXACTLY if any(exact) else "") + (_BARE_ID if any("bare_id(" in call for call in calls) else "")
    return head + "\n" + helpers + "\n\n" + "\n\n".join(calls) + "\n"


def _is_exact(case: CaseRow, step: Step, context: ReproductionContext) -> bool:
    return is_wire_form(case, step, context) or why_sdk_differs(step, context) is not None


def _head(context: ReproductionContext, calls: list[str], exact: bool) -> Iterator[str]:
    if context.note:
        yield f"# {one_line(context.note)}"
    if any("base64.b64decode(" in call for call in calls):
        yield "import base64"
    if context.loopback:
        yield "import os"
    if any("bare_id(" in call for call in calls):
        yield "import re"
    if exact:
        yield "from urllib.parse import urlsplit"
    yield "\nimport boto3\nfrom botocore.config import Config\n"
    if context.loopback:
        yield 'os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")'
        yield 'os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")'
    yield from _client(context)


def _client(context: ReproductionContext, other: str = "") -> Iterator[str]:
    yield f"{_variable(other)} = boto3.client("
    yield f"    {_text(context.service)},"
    yield f"    region_name={_text(context.region)},"
    if context.endpoint_url:
        yield f"    endpoint_url={_text(context.endpoint_url)},"
    yield '    config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),'
    yield ")\n"


def _variable(other: str) -> str:
    """The name of a client in the script; that of another service's has the service in it."""
    return f"client_{re.sub('[^a-z0-9]', '_', other)}" if other else "client"


@dataclass(frozen=True, slots=True)
class _Expression:
    """A value that is known only when the script runs."""

    text: str


_BARE_ID = '''

def bare_id(value):
    """An id without the path of its collection: `123` for `/collection/123`."""
    return re.sub("^/[a-z]+/(?=[^/]+$)", "", value)
'''


def _expression(value: BoundValue, context: ReproductionContext) -> str:
    text = f"{value.variable}{subscripts(value.source)}"
    return f"bare_id({text})" if context.protocol in PREFIXED_ID_PROTOCOLS else text


def _step(
    case: CaseRow,
    repeated: RepeatedStep,
    context: ReproductionContext,
    wire: bool,
    inputs: Sequence[BoundValue],
    outputs: Sequence[BoundValue],
) -> str:
    step = repeated.step
    why = why_not_repeatable(step) or why_no_sdk_call(case, step)
    if why:
        return f"# {repeated.title}: boto3 {CANNOT_SEND}: {why}; see curl."
    method = xform_name(step.operation)
    client = _variable(context.service if step.service else "")
    name = f"{client}.{method}" if _is_name(method) else f"getattr({client}, {_text(method)})"
    arguments = [name]
    if wire:
        arguments.append(_exactly(step, context, inputs))
    if inputs:
        edits = [Edit("set", value.path, _Expression(_expression(value, context))) for value in inputs]
        step = replace(step, params=apply(step.params, edits))
    params = required_by_sdk(step, context) if wire else step.params
    arguments += _keywords(params) if isinstance(params, Mapping) else []
    start = f"{outputs[0].variable} = call(" if outputs else "call("
    if len(arguments) == 1:
        return f"# {repeated.title}\n{start}{name})"
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"# {repeated.title}\n{start}\n{lines})"


def _exactly(step: Step, context: ReproductionContext, inputs: Sequence[BoundValue]) -> str:
    request = step.request
    # botocore cuts a path at a semicolon; written as %3B it means the same.
    target = target_path(request).replace(";", "%3B")
    if context.endpoint_url:
        target = context.url + target
    body = content(request) or b""
    return (
        "exactly(\n"
        f"        {_text(request.method)},\n"
        f"        {_text(target)}{_replaced(target, inputs, context)},\n"
        f"        {_literal(dict(semantic_headers(request)), 8)},\n"
        f"        {_body(body, inputs, context)},\n"
        "    )"
    )


def _body(body: bytes, inputs: Sequence[BoundValue], context: ReproductionContext) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        # Binary formats write lengths: a new value works only if it is as long as the recorded one.
        changes = (f".replace({value.recorded.encode()!r}, {_expression(value, context)}.encode())" for value in inputs)
        return _bytes(body) + "".join(changes)
    changed = _replaced(text, inputs, context)
    return f"{_text(text)}{changed}.encode()" if changed else _bytes(body)


def _replaced(text: str, inputs: Sequence[BoundValue], context: ReproductionContext) -> str:
    """Calls that replace the recorded values in a text by those of this run."""
    changes = ""
    for value in inputs:
        found = find_on_wire(text, value)
        if found is not None:
            before, then, after = found
            now = f"{_text(before)} + {_expression(value, context)} + {_text(after)}".replace(' + ""', "")
            changes += f"\n        .replace({_text(before + then + after)}, {now})"
    return changes


def _bytes(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return f"base64.b64decode({_text(base64.b64encode(body).decode('ascii'))})"
    return repr(body) if text.isascii() else f"{_text(text)}.encode()"


def _keywords(params: Mapping[str, Any]) -> list[str]:
    if all(_is_name(name) for name in params):
        return [f"{name}={_literal(value, 4)}" for name, value in params.items()]
    return [f"**{_literal(params, 4)}"] if params else []


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _literal(value: Any, indent: int) -> str:
    """The Python literal of a value of a record, long ones over several lines."""
    if isinstance(value, _Expression):
        return value.text
    if isinstance(value, Mapping):
        if set(value) == {"$base64"}:
            return f"base64.b64decode({_text(str(value['$base64']))})"
        items = [f"{_text(str(name))}: {_literal(item, indent + 4)}" for name, item in value.items()]
        return _bracketed("{", items, "}", indent)
    if isinstance(value, (list, tuple)):
        return _bracketed("[", [_literal(item, indent + 4) for item in value], "]", indent)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    """The literal of a text, in double quotes where that needs no more escapes."""
    literal = repr(text)
    return literal if '"' in literal else f'"{literal[1:-1]}"'


def _bracketed(start: str, items: list[str], end: str, indent: int) -> str:
    flat = start + ", ".join(items) + end
    if len(flat) + indent <= 88 and "\n" not in flat:
        return flat
    inner = " " * (indent + 4)
    return start + "\n" + "".join(f"{inner}{item},\n" for item in items) + " " * indent + end
