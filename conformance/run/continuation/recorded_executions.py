"""Cases and scenarios as a record has them, in the form in which a run judges them.

    CaseRow, Case     --execution--> Execution            step -- request, answer bytes --codec--> Exchange
    CaseRow, Scenario --played--> PlayedScenario

The answers are decoded and classified anew. Where bytes were too many to be kept, there is nothing to judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from conformance.cases.case import Call, Case, Fault
from conformance.cases.families import Label
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange, outcome_of
from conformance.exchanges.outcome import Outcome
from conformance.exchanges.transport import FailureKind
from conformance.planning.plan import ServicePlan
from conformance.record.bodies import content
from conformance.record.rows import CaseRow
from conformance.record.steps import Step
from conformance.run.execution.executor import Execution
from conformance.run.replay.recorded_request import typed_params
from conformance.run.scenario_player import PlayedScenario
from conformance.verdicts.evidence.timeline import TimelineEvent
from conformance.wire.message import Request, Response


@dataclass(frozen=True, slots=True)
class RecordedExecutions:
    """Reads the cases of one service. `other_service` gives, by name, what is known of the others."""

    service: ServicePlan
    other_service: Callable[[str], ServicePlan | None]

    def execution(self, case: Case, row: CaseRow) -> Execution | None:
        """A case as it was carried out; None where its answer was not kept."""
        exchanges = [self._exchange(step, case.call) for step in row.steps]
        case = replace(case, clauses=row.clauses, base=row.base or None)
        execution = Execution(case, [each for each in exchanges if each is not None])
        own = [number for number, step in enumerate(row.steps) if step.role == "case"]
        if not own:
            execution.omitted = row.note or None
            return execution if row.note else None
        execution.attempted, execution.blocked = True, row.note or None
        execution.exchange = exchanges[own[-1]]
        control = row.steps[own[-1] + 1 : own[-1] + 2]
        if control and control[0].role == "probe":
            execution.control = exchanges[own[-1] + 1]
        return execution if execution.exchange is not None else None

    def played(self, scenario: Scenario, row: CaseRow) -> PlayedScenario | None:
        """A scenario as it was played; None where one of its answers was not kept."""
        found = PlayedScenario(scenario, blocked=row.note or None)
        at = 0.0
        for number, step in enumerate(row.steps):
            exchange = self._exchange(step)
            if exchange is None:
                return None
            found.exchanges.append(exchange)
            if step.label:
                found.labels[number] = Label(step.label)
                found.events.append(TimelineEvent(found.labels[number], exchange, at, number))
            at += step.elapsed or 0.0
        return found

    def probe(self, row: CaseRow) -> Exchange | None:
        """The answer to a probe; None where it was not kept."""
        return self._exchange(row.steps[-1]) if row.steps else None

    def _exchange(self, step: Step, planned: Call | None = None) -> Exchange | None:
        """A step as it was exchanged; a case's own request breaks on the wire what it was `planned` to break."""
        spoken = self.service if step.service is None else self.other_service(step.service.service)
        operation = None if spoken is None else spoken.spec.service.operations.get(step.operation)
        body = content(step.response)
        if spoken is None or operation is None or body is None:
            return None
        service = spoken.spec.service
        params = typed_params(service, service.input_of(operation), step.params or {})
        call = Call(operation.name, params)
        if planned is not None and step.role == "case":
            call = replace(planned, params=params)
        response, answer = _response(step, body), None
        if response is None:
            outcome = Outcome(step.outcome or "unreachable", detail=step.failure, failure=_failure_kind(step))
        else:
            answer = spoken.codec.decode_response(service, operation, response)
            outcome = outcome_of(service, operation, response, answer)
        return Exchange(
            step.role, call, _request(step), response, answer, outcome, step.throttled, step.makes or None, service
        )


def case_of(row: CaseRow) -> Case:
    """The case of a row alone, where none of the same id is known."""
    own = next((step for step in row.steps if step.role == "case"), None)
    fault = None if row.fault is None else Fault(row.fault.constraint, row.fault.path, (), "")
    call = Call(row.operation, own.params if own is not None and isinstance(own.params, dict) else {})
    return Case(
        row.id, row.service, row.operation, row.intent, row.title, row.clauses, call, fault=fault, base=row.base or None
    )


def _response(step: Step, body: bytes) -> Response | None:
    recorded = step.response
    if recorded is None:
        return None
    headers = {name.lower(): value for name, value in recorded.headers.items()}
    return Response(recorded.status, headers, body, repeated=recorded.repeated, crash=step.crash)


def _failure_kind(step: Step) -> FailureKind | None:
    """How the transport failed: the word before the colon."""
    word = (step.failure or "").partition(":")[0]
    return next((kind for kind in get_args(FailureKind) if kind == word), None)


def _request(step: Step) -> Request:
    sent = step.request
    return Request(
        sent.method, sent.path, sent.query, tuple(sent.headers.items()), content(sent) or b"", sent.host_prefix
    )
