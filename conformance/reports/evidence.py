"""The evidence of a finding for the HTML page: its exchanges in readable form, and scripts that send them again.

case, finding --evidence--> decisive exchanges | steps of the scenario | other exchanges | scripts
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from markupsafe import escape

from conformance.record.bodies import Message, content, digested
from conformance.record.rows import CaseRow, Finding, HeaderRow
from conformance.record.steps import Step
from conformance.reports.excerpts import excerpt
from conformance.reports.reproduce import aws_cli_script, boto3_script, context_of, curl_script
from conformance.reports.reproduce.script_context import target_path
from conformance.reports.scenario_view import (
    DecisiveExchange,
    StepLine,
    decisive_exchanges,
    is_scenario,
    observed_state,
    response_summary,
    shortened,
    step_lines,
)

MAX_BODY_BYTES = 4096
"""Bytes of a body that the page shows, and that scripts send."""
MAX_BODY_LINES = 120
"""Lines of a body."""
MAX_STEP_LINES = 16
"""Lines of the table of a scenario's steps."""
MAX_OTHER_STEPS = 12
"""Exchanges beside the decisive ones."""
HTML_OVERHEAD = 400
"""Bytes of HTML around each part, approximately."""

_SCRIPTS = (("boto3", boto3_script), ("AWS CLI", aws_cli_script), ("curl", curl_script))


def evidence(case: CaseRow, finding: Finding, header: HeaderRow, replay: str) -> tuple[dict[str, Any], int]:
    """The values that the template shows for one finding, and how many bytes of HTML they take.

    `rows` are the decisive exchanges, `steps` the steps of a scenario (empty for other cases), `others` the remaining
    exchanges, `scripts` the ways to send the requests again, the `replay` command last; without one there are none.
    """
    small = replace(case, steps=tuple(_without_big_body(step) for step in case.steps))
    deciding = decisive_exchanges(case, finding)
    overview = [asdict(line) | {"outcome": line.outcome} for line in _scenario_steps(case, deciding)]
    exchanges = [_exchange_view(each.step, finding.where) | _sides(each) for each in deciding]
    if header.target.kind == "guard":
        exchanges = [view | _call_view(case, each.step) for view, each in zip(exchanges, deciding, strict=True)]
    others = [_exchange_view(step) for step in _other_steps(case, deciding)]
    scripts = [*_scripts(small, header), {"name": "replay", "text": f"{replay}\n"}] if replay else []
    parts = [*exchanges, *others, *scripts, *overview]
    size = sum(len(escape(text).encode("utf-8", "replace")) for part in parts for text in _texts(part))
    values = {"rows": _in_rows(exchanges), "steps": overview, "others": others, "scripts": scripts}
    return values, size + HTML_OVERHEAD * len(parts)


def _scripts(case: CaseRow, header: HeaderRow) -> Iterator[dict[str, Any]]:
    context = context_of(header, case.service)
    yield from ({"name": name, "text": write(case, context)} for name, write in _SCRIPTS)


def _scenario_steps(case: CaseRow, deciding: Sequence[DecisiveExchange]) -> tuple[StepLine, ...]:
    """The steps of a scenario; of a long one those around the decisive exchanges."""
    if not is_scenario(case):
        return ()
    lines = shortened(step_lines(case, deciding, cleanup=True), MAX_STEP_LINES)
    left_out = StepLine("", "", "", "")
    return tuple(replace(left_out, count=line) if isinstance(line, int) else line for line in lines)


def _other_steps(case: CaseRow, deciding: Sequence[DecisiveExchange]) -> list[Step]:
    """The steps beside the decisive ones; of equal ones in a row the last."""
    steps = [step for step in case.steps if all(step is not each.step for each in deciding)]
    runs = groupby(steps, key=lambda step: (step.role, step.label, step.operation, response_summary(step)))
    return [list(run)[-1] for _, run in runs][:MAX_OTHER_STEPS]


def _in_rows(steps: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Exchanges in rows of two messages: request and response of one, or one message of each of two."""
    rows: list[list[dict[str, Any]]] = []
    for step in steps:
        is_half = not (step["request"] and step["answer"])
        last = rows[-1] if rows else []
        if is_half and len(last) == 1 and not (last[0]["request"] and last[0]["answer"]):
            last.append(step)
        else:
            rows.append([step])
    return rows


def _sides(each: DecisiveExchange) -> dict[str, bool]:
    return {"request": each.request, "answer": each.answer}


def _texts(part: Mapping[str, Any]) -> Iterator[str]:
    for value in part.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (line["text"] for line in value)


def _crash(step: Step) -> str:
    return f" from {step.crash}" if step.crash else ""


def _exchange_view(step: Step, place: str = "") -> dict[str, Any]:
    request, response = step.request, step.response
    if response is None:
        head, body = "no response", [{"text": step.failure or "", "kind": "text"}]
    else:
        elapsed = "" if step.elapsed is None else f" after {step.elapsed * 1000:.1f} ms"
        head = _head(f"{response.status}{elapsed}{_crash(step)}", response.headers)
        body = _body(response, place, observed_state(step))
    return {
        "role": step.label or step.role,
        "operation": step.operation,
        "outcome": step.outcome or "",
        "request_head": _head(f"{request.method} {target_path(request)}", request.headers),
        "request_body": _body(request, place),
        "response_head": head,
        "response_body": body,
    }


def _call_view(case: CaseRow, step: Step) -> dict[str, Any]:
    """What differs where a client was watched: it is called with params, and may be answered without any bytes."""
    params = json.dumps(step.params, indent=2, ensure_ascii=False).splitlines()
    view: dict[str, Any] = {
        "request_head": step.operation,
        "request_body": [{"text": text[:1000], "kind": "text"} for text in params[:MAX_BODY_LINES]],
    }
    if step.response is None:
        view |= {
            "response_head": case.note.partition(";")[0],
            "response_body": [{"text": "(no bytes)", "kind": "text"}],
        }
    return view


def _body(message: Message, place: str, value: str = "") -> list[dict[str, str]]:
    lines = [asdict(line) for line in excerpt(message, place, value, lines=MAX_BODY_LINES, characters=MAX_BODY_BYTES)]
    return lines or [{"text": "(no body)", "kind": "text"}]


def _head(start: str, headers: Mapping[str, str]) -> str:
    return "\n".join([start, *_header_lines(headers)])


def _header_lines(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in list(headers.items())[:40]:
        yield f"{name}: {value[:1000]}"


def _without_big_body(step: Step) -> Step:
    body = content(step.request)
    if body is None or len(body) <= MAX_BODY_BYTES:
        return step
    return replace(step, params={}, request=replace(step.request, body=None, body_base64=None, **digested(body)))
