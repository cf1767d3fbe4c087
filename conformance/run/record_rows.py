"""Events of a run as the lines of a record: plain JSON objects, `type` first.

What differs between two runs of one seed for no reason of the target's (connection headers, dates) is left out, and
so is everything that only we know (signatures, keys).
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from conformance.cases.case import Case
from conformance.cases.fixtures.observation import observe
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange
from conformance.planning.plan import Plan, ServicePlan
from conformance.run.scenario_player import PlayedScenario
from conformance.specs.cli_names import cli_name
from conformance.values.paths import format_path, leaves
from conformance.verdicts.finding import SEVERITIES, Finding, Verdict

Row: TypeAlias = dict[str, Any]

FORMAT = 1
LONGEST_TEXT = 65_536
LONGEST_BINARY = 16_384

# Of the connection and the clock, not of the answer; the length of a body follows from it.
UNRECORDED = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})

# They choose an account at emulators; which one says nothing, and no credential may be near a record.
PRIVATE = frozenset({"authorization", "x-amz-date", "x-amz-security-token", "x-moto-account-id"})


def header_row(plan: Plan, target: Mapping[str, Any], fingerprints: Mapping[str, Any]) -> Row:
    """The first line: who tested what, with which spec, from which seed."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return {
        "type": "header",
        "format": FORMAT,
        "tool": {"name": "aws-conformance", "version": plan.tool_version},
        "botocore": plan.botocore,
        "target": {**target, "fingerprint": dict(fingerprints)},
        "services": [_service(service) for service in plan.services],
        "seed": plan.seed,
        "started": now.isoformat().replace("+00:00", "Z"),
        "selection": {
            "services": [_selected(service) for service in plan.services],
            "only": list(plan.selection.only),
            "skip": list(plan.selection.skip),
            "max_examples": plan.max_examples,
        },
    }


def _service(service: ServicePlan) -> Row:
    provenance = service.spec.provenance
    return {
        "service": service.spec.service.name,
        "api_version": service.spec.service.api_version,
        "protocol": service.codec.name,
        "signing_name": service.spec.service.signing_name,
        "cli_name": cli_name(service.spec.service.name),
        "spec": {
            "botocore": provenance.botocore,
            "digest": provenance.digest,
            "origin": service.origin,
            "older_than_installed": service.older_than_installed,
        },
    }


def _selected(service: ServicePlan) -> str:
    if len(service.operations) == len(service.spec.service.operations):
        return service.spec.service.name
    return f"{service.spec.service.name}:{','.join(operation.name for operation in service.operations)}"


def case_row(case: Case, exchanges: Iterable[Exchange], outcome: str, note: str | None = None) -> Row:
    """A case as sent, and what came back. `note` says why its request was not sent, where it was not."""
    row: Row = {
        "type": "case",
        "id": case.id,
        "service": case.service,
        "operation": case.operation,
        "intent": case.intent,
        "title": case.title,
        "clauses": list(case.clauses),
        "fault": None if case.fault is None else {"constraint": case.fault.constraint, "path": case.fault.place},
        "steps": [_step(exchange, case.service) for exchange in exchanges],
        "outcome": outcome,
    }
    if case.base is not None:
        row["base"] = case.base
    if note is not None:
        row["note"] = note
    return row


def scenario_row(played: PlayedScenario) -> Row:
    """A scenario as it was played; its outcome is that of the owner's last call, `unreachable` where there was none."""
    scenario = played.scenario
    own = [each.exchange for each in played.events if each.exchange.call.operation == scenario.operation]
    row: Row = {
        "type": "case",
        "id": scenario.id,
        "service": scenario.service,
        "operation": scenario.operation,
        "intent": "scenario",
        "title": scenario.title,
        "clauses": list(scenario.clauses),
        "fault": None,
        "steps": [
            {
                **_step(exchange, scenario.service),
                **(_told(scenario, played.labels[number], exchange) if number in played.labels else {}),
            }
            for number, exchange in enumerate(played.exchanges)
        ],
        "outcome": own[-1].outcome.kind if own else "unreachable",
    }
    if scenario.resource is not None:
        row["resource"] = scenario.resource.name
    if played.blocked is not None:
        row["note"] = played.blocked
    return row


def _told(scenario: Scenario, label: str, exchange: Exchange) -> Row:
    """What a step is in its scenario, and what it shows of the resource's state where it reads that."""
    resource = scenario.resource
    if resource is None or resource.read is None or resource.read.operation != exchange.call.operation:
        return {"label": label}
    known = frozenset(value for _, value in leaves(exchange.call.params) if isinstance(value, str))
    output = exchange.answer.output if exchange.answer is not None else None
    return {"label": label, "state": observe(resource, exchange.outcome.kind, output, known).shown}


def _step(exchange: Exchange, service: str) -> Row:
    request, response = exchange.request, exchange.response
    return {
        "role": exchange.role,
        "operation": exchange.call.operation,
        **_elsewhere(exchange, service),
        "params": plain(exchange.call.params),
        **_ties(exchange),
        "request": {
            "method": request.method,
            "path": request.path,
            "query": [list(pair) for pair in request.query],
            "headers": {name: value for name, value in request.headers if name.lower() not in PRIVATE},
            **_body(request.body),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": {name: value for name, value in response.headers.items() if name.lower() not in UNRECORDED},
            **_body(response.body),
        },
        "failure": exchange.outcome.detail if response is None else None,
        "outcome": exchange.outcome.kind,
        **({"code": exchange.outcome.code} if exchange.outcome.code else {}),
        "throttled": exchange.waited,
        **({} if response is None else {"elapsed": round(response.elapsed, 6)}),
    }


def _elsewhere(exchange: Exchange, service: str) -> Row:
    """The service of a step where it is not that of its case, as the header has services."""
    other = exchange.service
    if other is None or other.name == service:
        return {}
    facts = {"service": other.name, "protocol": other.protocol, "signing_name": other.signing_name}
    return {"service": {**facts, "cli_name": cli_name(other.name)}}


def _ties(exchange: Exchange) -> Row:
    """What a step makes, and which of its params were told by what earlier steps made."""
    bound = [
        {
            "path": format_path(binding.path),
            "resource": binding.resource,
            "side": binding.source.side,
            "source": format_path(binding.source.path),
        }
        for binding in exchange.call.bindings
    ]
    return {**({"makes": exchange.makes} if exchange.makes else {}), **({"bound": bound} if bound else {})}


def _body(body: bytes) -> Row:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        if len(body) <= LONGEST_BINARY:
            return {"body_base64": base64.b64encode(body).decode("ascii")}
    else:
        if len(body) <= LONGEST_TEXT:
            return {"body": text}
    return {"body_digest": f"sha256:{hashlib.sha256(body).hexdigest()}", "body_size": len(body)}


def plain(value: Any) -> Any:
    """Params as JSON: blobs as `{"$base64": ...}`, timestamps as ISO 8601 text."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return {"$base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def finding_row(finding: Finding) -> Row:
    """A finding's line."""
    return {
        "type": "finding",
        "clause": finding.clause,
        "code": finding.code,
        "severity": finding.severity,
        "service": finding.service,
        "operation": finding.operation,
        "where": finding.where,
        "expected": finding.expected,
        "got": finding.got,
        "statement": finding.statement,
        "source": finding.source,
        "case": finding.case,
        "steps": list(finding.steps),
        "count": finding.count,
        "fingerprint": finding.fingerprint,
        "folds": list(finding.folds),
        "folded_into": finding.folded_into,
    }


def verdict_row(verdict: Verdict) -> Row:
    """A verdict's line."""
    return {
        "type": "verdict",
        "clause": verdict.clause,
        "verdict": verdict.word,
        "reason": verdict.reason,
        "cases": list(verdict.cases),
    }


def operation_row(service: str, operation: str, level: str | None, reachable: str, outcomes: Mapping[str, int]) -> Row:
    """An operation's line."""
    return {
        "type": "operation",
        "service": service,
        "operation": operation,
        "level": level,
        "reachable": reachable,
        "outcomes": dict(sorted(outcomes.items())),
    }


class Totals:
    """Counts for the footer, of the lines as they are."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()

    def see(self, row: Row) -> None:
        """Count a line."""
        if row["type"] == "verdict":
            self.verdicts[row["verdict"]] += 1
        elif row["type"] == "finding":
            self.findings[row["severity"]] += 1


def footer_row(totals: Totals, duration: float, requests: int, ended: str, reason: str | None = None) -> Row:
    """The last line; `ended` is complete, interrupted or target-lost."""
    row: Row = {
        "type": "footer",
        "verdicts": {word: totals.verdicts[word] for word in ("passed", "failed", "skipped", "errored", "unreached")},
        "findings": {severity: totals.findings[severity] for severity in SEVERITIES},
        "duration": round(duration, 3),
        "requests": requests,
        "ended": ended,
    }
    if reason is not None:
        row["reason"] = reason
    return row
