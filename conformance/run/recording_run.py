"""Recorded answers judged by the checks of answers: nothing is sent.

    Recorded --> Answer --> the same checks as in a run --> findings, verdicts

A recording has answers, but seldom the requests that they answer. So the clauses of requests stay unreached, and what
is left are those of outputs and errors.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.cases.case import Call, Case
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import classify, declared_codes
from conformance.exchanges.recordings.recorded_answers import RecordedAnswer
from conformance.exchanges.recordings.recording_file import Recording
from conformance.exchanges.recordings.sdk_output import answer_from_sdk_output
from conformance.planning.plan import Plan, ServicePlan
from conformance.planning.selection import is_service
from conformance.record.rows import Finding
from conformance.run.conclusion import concluding_rows, undecided_after
from conformance.run.control.run_control import RunControl
from conformance.run.events import Event
from conformance.run.to_rows import Totals, case_row, footer_row, header_row
from conformance.specs.model import Operation
from conformance.values.text import one_line
from conformance.values.vocabulary import OutcomeClass
from conformance.verdicts.check_results import Undecided
from conformance.verdicts.clause_ledger import ClauseLedger, run_checks
from conformance.verdicts.context import Context
from conformance.verdicts.levels import Evidence
from conformance.wire.message import Request, Response

NOT_RECORDED = Undecided("", "unreached", "the recording says nothing of this clause")


def judge_recording(
    plan: Plan, recording: Recording, identity: str, control: RunControl | None = None
) -> Iterator[Event]:
    """The lines of the record that a recording comes to; operations without a recorded answer are left out.

    Where `control` is asked to stop, what was not judged stays unreached.
    """
    started, totals, control = time.monotonic(), Totals(), control or RunControl()
    target = {"kind": "recording", "identity": identity, "url": None, "region": None}
    recorded = recording.operations()
    yield header_row(plan, target, {"notes": notes} if (notes := _unknown(plan, recording)) else {})
    for service in plan.services:
        for operation in service.operations:
            name = service.spec.service.name, operation.name
            if name not in recorded:
                continue
            for row in _operation(service, operation, recording.answers_of(*name), control):
                totals.count(row)
                if isinstance(row, Finding):
                    control.count_failures((row,))
                yield row
    yield footer_row(totals, time.monotonic() - started, 0, control.end)


# How many unknown operations a note names.
MOST_NAMED = 5


def _unknown(plan: Plan, recording: Recording) -> list[str]:
    """Notes about lines of services and operations that do not exist: nothing can be said of them."""
    planned = {service.spec.service.name: service.spec.service for service in plan.services}
    services: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    for service, operation in sorted(recording.operations()):
        lines = recording.lines_of(service, operation)
        if service in planned:
            if operation not in planned[service].operations:
                operations[f"{service}:{operation}"] += lines
        elif not is_service(service):
            services[service] += lines
    found = (("services", services), ("operations", operations))
    return [_note(what, counts) for what, counts in found if counts]


def _note(what: str, counts: Counter[str]) -> str:
    named = [f"{one_line(name, 80)} ({count:,})" for name, count in counts.most_common(MOST_NAMED)]
    if len(counts) > MOST_NAMED:
        named.append(f"{len(counts) - MOST_NAMED:,} more")
    lines = counts.total()
    return f"{lines:,} {'line is' if lines == 1 else 'lines are'} of unknown {what}: {', '.join(named)}"


def _operation(
    service: ServicePlan, operation: Operation, of: Iterable[RecordedAnswer], control: RunControl
) -> Iterator[Event]:
    ledger = ClauseLedger(service.clauses_of(operation), service.overlay)
    outcomes: Counter[OutcomeClass] = Counter()
    for number, recorded in enumerate(of, start=1):
        if control.is_due():
            break
        context = _context(service, operation, recorded, number)
        outcomes[context.outcome.kind] += 1
        ledger.add_results(context, run_checks(context), number)
        control.count_failures(ledger.unsorted_findings())
        yield case_row(context.case, (_shown(context, recorded),), context.outcome.kind, recorded.where)
    evidence = Evidence(routed=True, parsed=True, accepted=outcomes["accepted"] > 0)
    otherwise = NOT_RECORDED if control.end is None else undecided_after(control.end)
    yield from concluding_rows(ledger, operation, evidence, outcomes, otherwise)


def _context(service: ServicePlan, operation: Operation, recorded: RecordedAnswer, number: int) -> Context:
    model = service.spec.service
    identity = f"{model.name}:{operation.name}/recorded/{number:04d}"
    call = Call(operation.name, recorded.params)
    case = Case(identity, model.name, operation.name, "recorded", "a recorded answer", (), call)
    response, answer = recorded.response, None
    if response is not None:
        answer = service.codec.decode_response(model, operation, response)
    else:
        answer = answer_from_sdk_output(model, model.output_of(operation), recorded)
    outcome = classify(answer, declared_codes(model, operation))
    exchange = Exchange("case", call, Request("", ""), response, answer, outcome)
    return Context(
        service=model,
        operation=operation,
        overlay=service.overlay,
        case=case,
        exchange=exchange,
        facts={"botocore": service.spec.provenance.botocore},
    )


def _shown(context: Context, recorded: RecordedAnswer) -> Exchange:
    """The exchange with the recorded output in place of bytes, for people to read."""
    said: Mapping[str, Any] = recorded.error or recorded.output or {}
    body = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    headers = {str(name).lower(): str(value) for name, value in recorded.headers.items()}
    response = context.exchange.response or Response(recorded.status, headers, body)
    return replace(context.exchange, response=response)
