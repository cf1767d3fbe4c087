"""Verdicts of a record that was cut off: the exchanges of operations without a conclusion are judged again.

    Record (truncated) --header--> Plan --cases by id--> OperationLedger --> findings, verdicts --> Record

What is in the record stays as it is; clauses that have a verdict keep it. The rest of the record is still missing, so
it stays truncated.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.cases.case import Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import DEFAULT_REGION
from conformance.cases.scenario import Scenario
from conformance.cases.scenarios import scenarios_of
from conformance.exceptions import ConformanceError
from conformance.exchanges.fingerprint import NO_FINGERPRINT, AnswerDigest, Fingerprint
from conformance.exchanges.outcome import Outcome, was_carried_out
from conformance.planning.plan import Plan, ServicePlan
from conformance.record.rows import CaseRow, Finding, OperationRow, Record, Verdict
from conformance.run.continuation.recorded_executions import RecordedExecutions, case_of
from conformance.run.continuation.recorded_plan import recorded_plan
from conformance.run.events import Event
from conformance.run.operation_ledger import OperationLedger
from conformance.specs.model import Operation
from conformance.verdicts.check_results import Undecided

CUT_OFF = Undecided("", "unreached", "the record was cut off before this clause was put to the test")


def completed(record: Record, plan: Plan | None = None) -> Record:
    """The record with what its exchanges show of the operations that it does not conclude.

    A record that is not truncated, that judges a recording, or that was made by another version or spec than there is
    now is returned as it is. `plan` is that of the record; without it, the plan is made from the header.
    """
    if not record.truncated or record.header.target.kind == "recording":
        return record
    try:
        plan = plan or recorded_plan(record.header)
    except ConformanceError:
        return record
    concluded = {(row.service, row.operation) for row in record.operations}
    cases: dict[tuple[str, str], list[CaseRow]] = {}
    for case in record.cases.values():
        if (case.service, case.operation) not in concluded:
            cases.setdefault((case.service, case.operation), []).append(case)
    rows = [
        row
        for service in plan.services
        for operation in service.operations
        if (place := (service.spec.service.name, operation.name)) not in concluded
        for row in _judged(record, plan, service, operation, cases.get(place, []))
    ]
    return _with_rows(record, rows)


def _with_rows(record: Record, rows: Iterable[Event]) -> Record:
    judged, found = {each.clause for each in record.verdicts}, {each.fingerprint for each in record.findings}
    rows = list(rows)
    verdicts = (row for row in rows if isinstance(row, Verdict) and row.clause not in judged)
    findings = (row for row in rows if isinstance(row, Finding) and row.fingerprint not in found)
    return replace(
        record,
        findings=(*record.findings, *findings),
        verdicts=(*record.verdicts, *verdicts),
        operations=(*record.operations, *(row for row in rows if isinstance(row, OperationRow))),
    )


def _judged(
    record: Record, plan: Plan, service: ServicePlan, operation: Operation, rows: list[CaseRow]
) -> Iterator[Event]:
    """The rows that conclude an operation, by the exchanges of its cases."""
    name = service.spec.service.name
    region = record.header.target.region or DEFAULT_REGION
    facts = {"botocore": service.spec.provenance.botocore, "region": region, "account": ""}
    ledger = OperationLedger(
        service=service.spec.service,
        operation=operation,
        overlay=service.overlay,
        clauses=service.clauses_of(operation),
        fingerprint=_fingerprint(record, name),
        facts=lambda: facts,
    )
    if rows:
        _enter(ledger, rows, RecordedExecutions(service, plan.other_service), _builder(plan, service, region))
    yield from ledger.rows(CUT_OFF)


def _builder(plan: Plan, service: ServicePlan, region: str) -> RequestBuilder:
    seed = plan.seed if plan.names is None else plan.names
    return RequestBuilder(service.spec, service.overlay, seed, plan.selection.includes, region)


def _enter(ledger: OperationLedger, rows: list[CaseRow], recorded: RecordedExecutions, builder: RequestBuilder) -> None:
    """Enter the rows of an operation into its ledger; what was tried to find an accepted request judges nothing."""
    cases: dict[str, Case] = {}
    carried_out = {row.id: _was_carried_out(row) for row in rows}
    for item in deterministic_cases(builder, ledger.operation, carried_out.get):
        if isinstance(item, Case):
            cases[item.id] = item
        else:
            ledger.skip(item)
    scenarios = {each.id: each for each in scenarios_of(builder, ledger.operation) if isinstance(each, Scenario)}
    for row in rows:
        with contextlib.suppress(LookupError, TypeError, ValueError):  # a row that somebody has edited
            if row.intent == "scenario":
                _enter_scenario(ledger, row, scenarios.get(row.id), recorded)
            elif row.intent != "probe":
                _enter_case(ledger, row, cases.get(row.id) or case_of(row), recorded)


def _was_carried_out(row: CaseRow) -> bool:
    """Whether the case was accepted, as the ledger of the run took note of it."""
    answers = [step.response for step in row.steps if step.role == "case" and step.response is not None]
    if row.outcome == "malformed" and answers:
        return was_carried_out(Outcome("malformed", status=answers[-1].status))
    return row.outcome == "accepted"


def _enter_scenario(
    ledger: OperationLedger, row: CaseRow, scenario: Scenario | None, recorded: RecordedExecutions
) -> None:
    played = None if scenario is None else recorded.played(scenario, row)
    if played is not None:
        ledger.judge_scenario(played)


def _enter_case(ledger: OperationLedger, row: CaseRow, case: Case, recorded: RecordedExecutions) -> None:
    execution = recorded.execution(case, row)
    if execution is None:
        return
    if row.outcome == "not-implemented" and execution.exchange is not None:
        ledger.found_absent(execution.exchange)
    else:
        ledger.judge(execution)


def _fingerprint(record: Record, service: str) -> Fingerprint:
    """The fingerprint of a target, as far as the header tells."""
    told = record.header.target.fingerprint.get(service)
    if not isinstance(told, dict):
        return NO_FINGERPRINT
    unknown = told.get("unknown_operation")
    digest = None
    if isinstance(unknown, dict):
        digest = AnswerDigest(
            unknown.get("status") or 0, bool(unknown.get("parsed")), unknown.get("code"), str(unknown.get("text") or "")
        )
    accepts = digest is not None and 200 <= digest.status < 300
    return replace(NO_FINGERPRINT, unknown_operation=digest, accepts_anything=accepts)
