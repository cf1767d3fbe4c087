"""What shows a finding: the exchange as people read it, and three ways to repeat it. Used by the HTML page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import escape

from conformance.reports.bodies import content, readable
from conformance.reports.reproduce import aws_cli_script, boto3_script, context_of, curl_script
from conformance.reports.reproduce.context import target_path
from conformance.reports.summary import decisive_step

BODY = 4096
"""Bytes of a body that a page shows and repeats."""
STEPS = 12
"""Steps shown besides the one that matters."""
ELEMENTS = 400
"""Bytes of HTML around each part."""

_SCRIPTS = (("boto3", boto3_script), ("AWS CLI", aws_cli_script), ("curl", curl_script))


def evidence(case: Mapping[str, Any], header: Mapping[str, Any], replay: str) -> tuple[dict[str, Any], int]:
    """The step that matters, the others, the scripts and the `replay` line; and how many bytes of HTML that takes."""
    context = context_of(header, str(case.get("service", "")))
    small = {**case, "steps": [_without_big_body(step) for step in case.get("steps", [])]}
    decisive = decisive_step(case)
    others = [step for step in case.get("steps", []) if step is not decisive][:STEPS]
    step = _shown(decisive) if decisive is not None else None
    shown = [_shown(other) for other in others]
    scripts = [{"name": name, "text": write(small, context)} for name, write in _SCRIPTS]
    scripts.append({"name": "replay", "text": f"{replay}\n"})
    parts = [*shown, *scripts, *([step] if step else [])]
    size = sum(len(escape(text).encode("utf-8", "replace")) for part in parts for text in part.values())
    return {"step": step, "others": shown, "scripts": scripts}, size + ELEMENTS * len(parts)


def _shown(step: Mapping[str, Any]) -> dict[str, str]:
    request, response = step.get("request") or {}, step.get("response")
    start = f"{request.get('method', '?')} {target_path(request)}"
    if response is None:
        head, body = "no answer", str(step.get("failure") or "")
    else:
        elapsed = f" after {step['elapsed'] * 1000:.1f} ms" if "elapsed" in step else ""
        head, body = _head(f"{response.get('status', '?')}{elapsed}", response), readable(response, limit=BODY)
    return {
        "role": str(step.get("role", "")),
        "operation": str(step.get("operation", "")),
        "outcome": str(step.get("outcome") or ""),
        "request_head": _head(start, request),
        "request_body": readable(request, limit=BODY) or "(no body)",
        "response_head": head,
        "response_body": body or "(no body)",
    }


def _head(start: str, message: Mapping[str, Any]) -> str:
    return "\n".join([start, *_header_lines(message.get("headers", {}))])


def _header_lines(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in list(headers.items())[:40]:
        yield f"{name}: {value[:1000]}"


def _without_big_body(step: Mapping[str, Any]) -> Mapping[str, Any]:
    request = step.get("request") or {}
    body = content(request)
    if body is None or len(body) <= BODY:
        return step
    kept = {name: value for name, value in request.items() if name not in ("body", "body_base64")}
    digest = {"body_digest": f"sha256:{hashlib.sha256(body).hexdigest()}", "body_size": len(body)}
    return {**step, "params": {}, "request": {**kept, **digest}}
