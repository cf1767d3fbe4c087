"""Steps as AWS CLI commands.

The CLI sends what its own copy of botocore serializes. In the JSON protocol, an invalid request whose body is still an
object is passed by `--cli-input-json`; a configuration file of its own turns off the checks of botocore (required
members, types and minimums). A request that needs other bytes cannot be sent: the script gives the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from botocore import xform_name

from conformance.record.rows import CaseRow
from conformance.record.steps import Step
from conformance.reports.reproduce.bound_values import (
    BoundValue,
    bound_values,
    jmespath,
    placeholder,
    with_shell_variables,
)
from conformance.reports.reproduce.script_context import (
    CANNOT_SEND,
    RepeatedStep,
    ReproductionContext,
    is_wire_form,
    json_body,
    ordered_steps,
    plain_json,
    why_no_sdk_call,
    why_not_repeatable,
)
from conformance.reports.reproduce.sdk import has_streaming_output, why_sdk_differs
from conformance.values.paths import Edit, apply, has
from conformance.values.text import one_line

_NOT_CHECKED_BY_BOTOCORE = ("pattern", "enum", "max", "rule")
_CHECKED_BY_BOTOCORE = ("required", "min")

_NO_CHECKS = (
    "# The AWS CLI checks required members and minimums itself; a configuration of its own turns that off.\n"
    'AWS_CONFIG_FILE="$(mktemp)" && export AWS_CONFIG_FILE && unset AWS_PROFILE\n'
    "printf '[default]\\nparameter_validation = false\\n' > \"$AWS_CONFIG_FILE\""
)


def aws_cli_script(case: CaseRow, context: ReproductionContext) -> str:
    """A shell script that sends the requests of `case` with the AWS CLI, as far as it can.

    It is one subshell: what it exports does not stay in the shell that it is pasted into.
    """
    steps = ordered_steps(case)
    lines = [f"# {one_line(context.note)}"] if context.note else []
    lines += ["(", *_credentials(context), 'export AWS_PAGER="" AWS_MAX_ATTEMPTS=1']
    if _constraint(case) in _CHECKED_BY_BOTOCORE and context.protocol == "json":
        lines.append(_NO_CHECKS)
    if any('"$base64"' in json.dumps(each.step.params) for each in steps):
        lines.append("# Binary members are base64, as version 2 of the AWS CLI takes them.")
    bound = bound_values(
        [each.step for each in steps],
        [_why_not_sendable(case, each.step, context.for_step(each.step)) is None for each in steps],
    )
    commands = [
        _command(case, each, context, bound.inputs.get(number, ()), bound.outputs.get(number, ()))
        for number, each in enumerate(steps)
    ]
    return "\n".join([*lines, *commands, ")"]) + "\n"


def _credentials(context: ReproductionContext) -> Iterator[str]:
    """Shell lines that set test credentials for a target on this machine, where there are none."""
    if context.loopback:
        yield 'export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-test}"'
        yield 'export AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-test}"'


def _command(
    case: CaseRow,
    repeated: RepeatedStep,
    context: ReproductionContext,
    inputs: Sequence[BoundValue],
    outputs: Sequence[BoundValue],
) -> str:
    step = repeated.step
    context = context.for_step(step)
    why = _why_not_sendable(case, step, context)
    if why:
        return f"\n# {repeated.title}: the AWS CLI {CANNOT_SEND}: {why}; see curl."
    wire = is_wire_form(case, step, context) and context.protocol == "json"
    params = json_body(step) if wire else plain_json(step.params)
    parts = [
        f"aws {quote(context.cli_name or context.service)} {quote(xform_name(step.operation, '-'))}",
        *_where(context),
        f"--cli-input-json {_input_json(params, inputs)}",
        *(["/dev/stdout"] if has_streaming_output(step, context) else []),
    ]
    return f"\n# {repeated.title}\n" + _with_outputs(parts, outputs)


def _why_not_sendable(case: CaseRow, step: Step, context: ReproductionContext) -> str | None:
    """Why the AWS CLI cannot send the request of a step."""
    why = why_not_repeatable(step) or why_no_sdk_call(case, step) or _why_not_expressible(case, step, context)
    return why or why_sdk_differs(step, context)


def _input_json(params: Any, inputs: Sequence[BoundValue]) -> str:
    """Params as a shell word, with variables for values of earlier answers."""
    edits = [
        Edit("set", value.path, placeholder(number)) for number, value in enumerate(inputs) if has(params, value.path)
    ]
    return with_shell_variables(quote(_json(apply(params, edits))), inputs)


def _with_outputs(parts: list[str], outputs: Sequence[BoundValue]) -> str:
    """A command; values of its answer that later commands need are stored in variables, and printed."""
    if not outputs:
        return _lines(parts)
    names = [value.shell_variable for value in outputs]
    shown = " ".join(["echo", *(f'"{name}=${name}"' for name in names)])
    if len(outputs) == 1:
        parts = [*parts, f"--query {quote(jmespath(outputs[0].source))} --output text"]
        return f"{names[0]}=$({_lines(parts)})\n{shown}"
    query = ", ".join(jmespath(value.source) for value in outputs)
    parts = [*parts, f"--query {quote(f'[{query}]')} --output text"]
    lines = [f"values=$({_lines(parts)})"]
    lines += [f'{name}=$(printf %s "$values" | cut -f {number})' for number, name in enumerate(names, start=1)]
    return "\n".join([*lines, shown])


def _lines(parts: list[str]) -> str:
    return " \\\n  ".join(parts)


def _json(params: Any) -> str:
    text = json.dumps(params, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(params)


def _where(context: ReproductionContext) -> Iterator[str]:
    yield f"--region {quote(context.region)}"
    if context.endpoint_url:
        yield f"--endpoint-url {quote(context.endpoint_url)}"


def _why_not_expressible(case: CaseRow, step: Step, context: ReproductionContext) -> str | None:
    if not is_wire_form(case, step, context):
        return None
    broken = step.role == "case" and bool(case.fault)
    if context.protocol != "json":
        return "its wire form is invalid, which parameters cannot express" if broken else None
    if broken and _constraint(case) not in (*_NOT_CHECKED_BY_BOTOCORE, *_CHECKED_BY_BOTOCORE):
        return f"it serializes no value that breaks '{one_line(_constraint(case), 40)}'"
    body = json_body(step)
    if not isinstance(body, Mapping):
        return "its body is no JSON object"
    unknown = next((name for name in body if name not in step.params), None) if not broken else None
    return None if unknown is None else f"it has no member '{one_line(str(unknown), 40)}'"


def _constraint(case: CaseRow) -> str:
    return case.fault.constraint if case.fault else ""
