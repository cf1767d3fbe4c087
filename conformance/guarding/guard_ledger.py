"""What is known of the calls of a session: findings folded by cause, each with the places of the calls that show it.

WatchedCall --CallJudge--> results --ClauseLedger of the operation--> findings, verdicts --rows--> record
                               '----> MetContradiction, at once, for the test that made the call
"""

from __future__ import annotations

import importlib.metadata
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from conformance.guarding.boto3_form import recordable
from conformance.guarding.call_judging import CallJudge, JudgedCall
from conformance.planning.plan import Plan, ServicePlan, plan_of_nothing
from conformance.record.rows import CaseRow, Finding, OperationRow, Row, Verdict, fingerprint_of
from conformance.run.conclusion import concluding_rows
from conformance.run.to_rows import Totals, case_row, footer_row, header_row
from conformance.specs import ingest
from conformance.specs.clauses.clauses_on_demand import ClausesOnDemand
from conformance.values.vocabulary import OutcomeClass, Severity
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.clause_ledger import ClauseLedger
from conformance.verdicts.context import Context
from conformance.verdicts.levels import Evidence
from conformance.watching.watched_call import CallPlace, WatchedCall
from conformance.wire.protocols import codec_for

# How many places of calls a finding names.
MOST_PLACES = 50

NOT_SHOWN = Undecided("", "unreached", "no call of the tests puts this clause to the test")


@dataclass(frozen=True, slots=True)
class MetContradiction:
    """One contradiction that a call has shown; the call is `without_values`."""

    contradiction: Contradiction
    severity: Severity
    call: WatchedCall

    @property
    def fingerprint(self) -> str:
        """The name of the finding."""
        return fingerprint_of(self.contradiction.clause, self.contradiction.code)

    def as_finding(self) -> Finding:
        """The finding, for a baseline to be held against."""
        found, service, operation = self.contradiction, self.call.service, self.call.operation
        return Finding(found.clause, found.code, self.severity, service, operation, self.fingerprint)

    def place(self, test_file: str = "") -> CallPlace | None:
        """The line of the test that made the call; without one in `test_file`, the innermost of the user's code."""
        return place_of(self.call, test_file)


@dataclass(slots=True)
class _OperationCalls:
    """What is known of the calls of an operation; nothing but names is kept for a clause that is only satisfied."""

    known: ClauseLedger
    satisfied: dict[str, str] = field(default_factory=dict)
    outcomes: Counter[OutcomeClass] = field(default_factory=Counter)
    rows: dict[str, CaseRow] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ledger(self) -> ClauseLedger:
        """The ledger, with what was satisfied so far."""
        while self.satisfied:
            clause, case = self.satisfied.popitem()
            self.known.add_result(Satisfied(clause), case, "", 0)
        return self.known

    def add_results(self, context: Context, results: tuple[CheckResult, ...], size: int) -> None:
        """Add the results on a call."""
        for each in results:
            if isinstance(each, Satisfied):
                self.satisfied.setdefault(each.clause, context.case.id)
        others = tuple(each for each in results if not isinstance(each, Satisfied))
        if others:
            self.known.add_results(context, others, size)


def _nothing(_contradiction: Contradiction, _call: WatchedCall) -> bool:
    return False


@dataclass(slots=True)
class GuardLedger:
    """Judges calls as they come, from any thread.

    `passes_over` says what is no matter in the test at hand; `prefix` tells the cases of one process from another's.
    `problems` are exceptions of ours: what cannot be judged must not break a test.
    """

    prefix: str = ""
    passes_over: Callable[[Contradiction, WatchedCall], bool] = _nothing
    met: list[MetContradiction] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    calls: int = 0
    _judge: CallJudge = field(default_factory=CallJudge)
    _operations: dict[tuple[str, str], _OperationCalls] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _started: float = field(default_factory=time.monotonic)

    def called(self, call: WatchedCall) -> None:
        """Judge a call."""
        with self._lock:
            self.calls += 1
            try:
                judged = self._judge.judge(call, self.prefix)
                if judged is not None:
                    self._enter(judged)
            except Exception as problem:  # noqa: BLE001 - the test that made the call is not ours
                self.problems.append(problem)

    def waited(self, waiter: str, call: WatchedCall, polls: int) -> None:
        """Enter that a waiter did not have to wait; that is worth a look where a mock was written for it."""
        if polls > 1 or call.answered_by == "http" or call.error is not None:
            return
        with self._lock:
            clause = f"{call.service}:{call.operation}/output#members"
            got = f"the state that {waiter} waits for, at its first poll: your waiter never waited"
            found = Contradiction(clause, "never-waited", waiter, "another state before it", got)
            key = call.service, call.operation
            if key in self._operations and not self.passes_over(found, call):
                entry = self._operations[key]
                entry.known.add_result(found, next(iter(entry.rows), ""), call.operation, 0)
                self._met(entry, found, call)

    def _enter(self, judged: JudgedCall) -> None:
        context, call = judged.context, judged.call
        entry = self._entry(call)
        results = tuple(
            each for each in judged.results if not (isinstance(each, Contradiction) and self.passes_over(each, call))
        )
        entry.outcomes[context.outcome.kind] += 1
        entry.add_results(context, results, self.calls)
        contradictions = [each for each in results if isinstance(each, Contradiction)]
        fresh = [each for each in contradictions if fingerprint_of(each.clause, each.code) not in entry.places]
        if fresh or not entry.rows:
            made = replace(context.exchange.call, params=recordable(context.exchange.call.params))
            exchange = replace(context.exchange, call=made)
            entry.rows[context.case.id] = case_row(context.case, (exchange,), context.outcome.kind, _note(call))
        for contradiction in contradictions:
            self._met(entry, contradiction, call)

    def _met(self, entry: _OperationCalls, contradiction: Contradiction, call: WatchedCall) -> None:
        if contradiction.clause not in entry.known.clauses:
            return
        found = MetContradiction(contradiction, entry.known.severity(contradiction), without_values(call))
        self.met.append(found)
        places = entry.places.setdefault(found.fingerprint, [])
        text = _place_text(call)
        if text not in places and len(places) < MOST_PLACES:
            places.append(text)

    def _entry(self, call: WatchedCall) -> _OperationCalls:
        key = call.service, call.operation
        if key not in self._operations:
            loaded = self._judge.service(call.service)
            assert loaded is not None  # the call was judged by it
            spec, operation = loaded.loaded.spec, loaded.service.operations[call.operation]
            clauses = ClausesOnDemand(spec, operation, loaded.overlay)
            self._operations[key] = _OperationCalls(ClauseLedger(clauses, loaded.overlay))
        return self._operations[key]

    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, each with the places of its calls."""
        return tuple(row for row in self.rows() if isinstance(row, Finding))

    def rows(self) -> Iterator[Row]:
        """The rows of the record."""
        with self._lock:
            plan, totals = self._plan(), Totals()
            target = {"kind": "guard", "identity": "the AWS calls of tests", "url": None, "region": None}
            yield header_row(plan, target, {})
            for (service, name), entry in sorted(self._operations.items()):
                yield from entry.rows.values()
                evidence = Evidence(routed=True, parsed=True, accepted=entry.outcomes["accepted"] > 0)
                loaded = self._judge.service(service)
                assert loaded is not None
                operation = loaded.service.operations[name]
                for row in concluding_rows(entry.ledger.of_known(), operation, evidence, entry.outcomes, NOT_SHOWN):
                    if row_is_about_calls(row):
                        shown = _shown(row, entry)
                        totals.count(shown)
                        yield shown
            yield footer_row(totals, time.monotonic() - self._started, self.calls)

    def _plan(self) -> Plan:
        services: list[ServicePlan] = []
        for name in sorted({service for service, _ in self._operations}):
            loaded = self._judge.service(name)
            assert loaded is not None
            own = {operation: entry for (service, operation), entry in self._operations.items() if service == name}
            services.append(
                ServicePlan(
                    loaded.loaded.spec,
                    loaded.overlay,
                    codec_for(loaded.service),
                    tuple(loaded.service.operations[each] for each in sorted(own)),
                    {operation: entry.known.clauses for operation, entry in own.items()},
                    loaded.loaded.origin,
                    loaded.loaded.older_than_installed,
                )
            )
        return replace(
            plan_of_nothing(),
            services=tuple(services),
            botocore=ingest.botocore_version(),
            tool_version=importlib.metadata.version("aws-conformance"),
        )


def row_is_about_calls(row: object) -> TypeGuard[Finding | Verdict | OperationRow]:
    """Whether a row is of the record: of the clauses of an operation only those that a call has put to the test."""
    return isinstance(row, Finding | OperationRow) or (isinstance(row, Verdict) and row.verdict != "unreached")


def _shown(row: Finding | Verdict | OperationRow, entry: _OperationCalls) -> Finding | Verdict | OperationRow:
    """A row with what the record has of calls: places, and only cases that were kept."""
    if isinstance(row, Finding):
        case = row.case if row.case in entry.rows else next(iter(entry.rows), "")
        return replace(row, case=case, places=tuple(entry.places.get(row.fingerprint, ())))
    if isinstance(row, Verdict):
        return replace(row, cases=tuple(each for each in row.cases if each in entry.rows))
    return row


def without_values(call: WatchedCall) -> WatchedCall:
    """A call without what was sent and answered: an error, for one, keeps the frames of its test alive."""
    return replace(call, params={}, output=None, error=None, response=None)


def _note(call: WatchedCall) -> str:
    answered = {"http": "answered over HTTP", "stub": "answered by a stub", "patch": "answered by a patch"}
    return f"{answered[call.answered_by]}; {_place_text(call)}"


def place_of(call: WatchedCall, test_file: str) -> CallPlace | None:
    """The line of the test that made a call; without one in that file, the innermost of the user's code."""
    own = (each for each in call.places if each.path == test_file)
    return next(own, call.places[0] if call.places else None)


def _place_text(call: WatchedCall) -> str:
    test_file = call.test.partition("::")[0]
    paths = (each.path for each in call.places)
    ends = os.sep + os.path.normpath(test_file)
    place = place_of(call, next((each for each in paths if test_file and each.endswith(ends)), ""))
    text = str(place) if place is not None else "a place outside of the tests"
    return f"{text} ({call.test})" if call.test else text
