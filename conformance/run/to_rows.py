"""What a run carries out and gets back, as the rows of its record.

    Plan, Target      --header_row-->   HeaderRow
    Case, Exchange... --case_row-->     CaseRow
    PlayedScenario    --scenario_row--> CaseRow

What differs between two runs of one seed for no reason of the target's (connection headers, dates) is left out, and
so is everything that only we know (signatures, keys).
"""

from __future__ import annotations

import base64
import datetime
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.cases.case import Case
from conformance.cases.fixtures.observation import observe
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange
from conformance.planning.plan import Plan, ServicePlan
from conformance.record.bodies import stored
from conformance.record.redaction import without_secrets
from conformance.record.rows import (
    FORMAT,
    CaseRow,
    FaultInfo,
    Finding,
    FooterRow,
    HeaderRow,
    SelectionInfo,
    ServiceInfo,
    SpecInfo,
    TargetInfo,
    ToolInfo,
    Verdict,
)
from conformance.record.steps import RecordedBinding, RecordedRequest, RecordedResponse, Step, StepService
from conformance.run.run_end import RunEnd
from conformance.run.scenario_player import PlayedScenario
from conformance.specs.cli_names import cli_name
from conformance.values.paths import format_path, leaves
from conformance.values.text import well_formed
from conformance.values.vocabulary import SEVERITIES, VERDICTS, CaseOutcome

# Of the connection and the clock, not of the answer; the length of a body follows from it.
UNRECORDED = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})


def header_row(plan: Plan, target: Mapping[str, Any], fingerprints: Mapping[str, Any]) -> HeaderRow:
    """The first row: who tested what, with which spec, from which seed."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return HeaderRow(
        format=FORMAT,
        tool=ToolInfo("aws-conformance", plan.tool_version),
        botocore=plan.botocore,
        target=TargetInfo(**target, fingerprint=dict(fingerprints)),
        services=tuple(_service(service) for service in plan.services),
        seed=plan.seed,
        names=plan.names,
        started=now.isoformat().replace("+00:00", "Z"),
        selection=SelectionInfo(
            services=tuple(_selected(service) for service in plan.services),
            only=tuple(plan.selection.only),
            skip=tuple(plan.selection.skip),
            max_examples=plan.max_examples,
        ),
    )


def _service(service: ServicePlan) -> ServiceInfo:
    provenance = service.spec.provenance
    return ServiceInfo(
        service=service.spec.service.name,
        api_version=service.spec.service.api_version,
        protocol=service.codec.name,
        spec=SpecInfo(provenance.botocore, provenance.digest, service.origin, service.older_than_installed),
        signing_name=service.spec.service.signing_name,
        cli_name=cli_name(service.spec.service.name),
    )


def _selected(service: ServicePlan) -> str:
    if len(service.operations) == len(service.spec.service.operations):
        return service.spec.service.name
    return f"{service.spec.service.name}:{','.join(operation.name for operation in service.operations)}"


def case_row(case: Case, exchanges: Iterable[Exchange], outcome: CaseOutcome, note: str | None = None) -> CaseRow:
    """A case as sent, and what came back. `note` says why its request was not sent, where it was not."""
    return CaseRow(
        id=case.id,
        service=case.service,
        operation=case.operation,
        intent=case.intent,
        clauses=case.clauses,
        steps=tuple(_step(exchange, case.service) for exchange in exchanges),
        outcome=outcome,
        title=case.title,
        fault=None if case.fault is None else FaultInfo(case.fault.constraint, case.fault.place),
        base=case.base or "",
        note=note or "",
    )


def scenario_row(played: PlayedScenario) -> CaseRow:
    """A scenario as it was played; its outcome is that of the owner's last call, `unreachable` where there was none."""
    scenario = played.scenario
    own = [
        each.exchange
        for each in played.events
        if each.exchange.call.operation == scenario.operation and not _other_service(each.exchange, scenario.service)
    ]
    steps = (
        _labelled(_step(exchange, scenario.service), scenario, played.labels.get(number), exchange)
        for number, exchange in enumerate(played.exchanges)
    )
    return CaseRow(
        id=scenario.id,
        service=scenario.service,
        operation=scenario.operation,
        intent="scenario",
        clauses=scenario.clauses,
        steps=tuple(steps),
        outcome=own[-1].outcome.kind if own else "unreachable",
        title=scenario.title,
        resource="" if scenario.resource is None else scenario.resource.name,
        note=played.blocked or "",
    )


def _labelled(step: Step, scenario: Scenario, label: str | None, exchange: Exchange) -> Step:
    """A step with what it is in its scenario, and what it shows of the resource's state where it reads that."""
    resource = scenario.resource
    if label is None:
        return step
    if resource is None or resource.read is None or resource.read.operation != exchange.call.operation:
        return replace(step, label=label)
    known = frozenset(value for _, value in leaves(exchange.call.params) if isinstance(value, str))
    output = exchange.answer.output if exchange.answer is not None else None
    return replace(step, label=label, state=observe(resource, exchange.outcome.kind, output, known).shown)


def _step(exchange: Exchange, service: str) -> Step:
    request, response = exchange.request, exchange.response
    return Step(
        role=exchange.role,
        operation=exchange.call.operation,
        service=_other_service(exchange, service),
        params=plain(exchange.call.params),
        makes=exchange.makes or "",
        bound=_bindings(exchange),
        request=RecordedRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=without_secrets(dict(request.headers)),
            **stored(request.body),
        ),
        response=None
        if response is None
        else RecordedResponse(
            status=response.status,
            headers={name: value for name, value in response.headers.items() if name.lower() not in UNRECORDED},
            repeated=tuple(name for name in response.repeated if name not in UNRECORDED - {"content-length"}),
            **stored(response.body),
        ),
        failure=exchange.outcome.detail if response is None else None,
        outcome=exchange.outcome.kind,
        code=exchange.outcome.code or "",
        crash=well_formed(exchange.outcome.crash),
        throttled=exchange.waited,
        elapsed=None if response is None else round(response.elapsed, 6),
    )


def _other_service(exchange: Exchange, service: str) -> StepService | None:
    """The service of a step where it is not that of its case."""
    other = exchange.service
    if other is None or other.name == service:
        return None
    return StepService(other.name, other.protocol, other.signing_name, cli_name(other.name))


def _bindings(exchange: Exchange) -> tuple[RecordedBinding, ...]:
    """The params of a step that come from earlier steps."""
    return tuple(
        RecordedBinding(
            path=format_path(binding.path),
            resource=binding.resource,
            side=binding.source.side,
            source=format_path(binding.source.path),
        )
        for binding in exchange.call.bindings
    )


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


class Totals:
    """Counts for the footer, of the rows that were yielded."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()

    def count(self, row: object) -> None:
        """Count a row."""
        if isinstance(row, Verdict):
            self.verdicts[row.verdict] += 1
        elif isinstance(row, Finding):
            self.findings[row.severity] += 1


def footer_row(totals: Totals, duration: float, requests: int, end: RunEnd | None = None) -> FooterRow:
    """The last row; `end` where the run ended before its last operation. `duration` is in seconds."""
    return FooterRow(
        verdicts={word: totals.verdicts[word] for word in VERDICTS},
        findings={severity: totals.findings[severity] for severity in SEVERITIES},
        duration=round(duration, 3),
        requests=requests,
        ended="complete" if end is None else end.ended,
        code=None if end is None else end.code,
        reason="" if end is None else end.reason,
    )
