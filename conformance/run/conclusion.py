"""The rows that conclude an operation: its findings, a verdict for each clause, its level.

ClauseLedger --fold--> findings, verdicts --levels--> level
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.case import Case
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.fingerprint import Fingerprint
from conformance.record.rows import Finding, OperationRow, Verdict, fingerprint_of
from conformance.run.events import Event
from conformance.run.run_end import RunEnd
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation
from conformance.values.vocabulary import OutcomeClass
from conformance.verdicts.check_results import Undecided
from conformance.verdicts.clause_ledger import ClauseLedger
from conformance.verdicts.folding import fold_findings, is_headline, is_input_constraint
from conformance.verdicts.levels import Evidence, level_and_reachable
from conformance.verdicts.request_checks import outcome_text
from conformance.verdicts.severity import severity_of

if TYPE_CHECKING:
    from conformance.run.liveness import PoisonedState


def concluding_rows(
    ledger: ClauseLedger,
    operation: Operation,
    evidence: Evidence,
    outcomes: Mapping[OutcomeClass, int],
    otherwise: Undecided | None,
) -> Iterator[Event]:
    """The rows that end an operation: its findings, a verdict for each clause, and its level."""
    verdicts = tuple(ledger.verdicts(otherwise))
    findings = fold_findings(ledger.findings(), verdicts, ledger.clauses)
    verdicts = tuple(_headline_verdict(verdict, verdicts, findings, ledger.clauses) for verdict in verdicts)
    yield from findings
    yield from verdicts
    level, reachable = level_and_reachable(evidence, verdicts, findings, ledger.clauses)
    service = next(iter(ledger.clauses.values())).service
    yield OperationRow(service, operation.name, level, reachable, dict(sorted(outcomes.items())))


def undecided_after(end: RunEnd) -> Undecided:
    """What is said of clauses that the run did not get to."""
    if end.ended == "target-lost":
        return Undecided("", "errored", end.reason)
    if end.code == "no-endpoint":
        return Undecided("", "unreached", end.reason)
    if end.ended == "interrupted":
        return Undecided("", "unreached", "the run was interrupted")
    return Undecided("", "unreached", "the run ended early", end.reason)


def _headline_verdict(
    verdict: Verdict, verdicts: tuple[Verdict, ...], findings: tuple[Finding, ...], clauses: Mapping[str, Clause]
) -> Verdict:
    """The verdict of the headline clause follows from those of the constraints below it."""
    clause = clauses[verdict.clause]
    if not is_headline(clause):
        return verdict
    headline = next((finding for finding in findings if finding.clause == clause.id), None)
    if headline is not None:
        return Verdict(clause.id, "failed", None, (headline.case,))
    passed = next(
        (each for each in verdicts if each.verdict == "passed" and is_input_constraint(clauses[each.clause])), None
    )
    if passed is not None:
        return Verdict(clause.id, "passed", None, passed.cases)
    return verdict


def enter_absence(ledger: ClauseLedger, operation: Operation, answer: Exchange, fingerprint: Fingerprint) -> Undecided:
    """Enter that an operation is absent; returns what that says of its other clauses."""
    outcome = answer.outcome
    got = f"HTTP {outcome.status}" if outcome.status is not None else outcome.kind
    if outcome.code:
        got += f" {outcome.code}"
    if answer.outcome.kind == "accepted":
        got += ", the same answer as to a sub-resource that does not exist"
    elif fingerprint.looks_unimplemented(answer):
        got += ", the same answer as to an operation that does not exist"
        if answer.outcome.kind == "crashed":
            got += ": it is not there, or crashes on every request"
            got += f" (from {outcome.crash})" if outcome.crash else ""
    _add_presence_finding(ledger, operation, "not-implemented", "an answer of its own", got)
    return Undecided("", "unreached", "not implemented")


def enter_constant_crash(ledger: ClauseLedger, operation: Operation, answer: Exchange) -> None:
    """Enter that an operation is there, and crashes on every request; `answer` is one of its crashes."""
    outcome = answer.outcome
    shown = " ".join(filter(None, (f"HTTP {outcome.status}", outcome.code)))
    _add_presence_finding(ledger, operation, "crash", "an answer of its own", f"{shown}: it crashes on every request")


def _add_presence_finding(ledger: ClauseLedger, operation: Operation, code: str, expected: str, got: str) -> None:
    clause = next((each for each in ledger.clauses.values() if each.name == "implemented"), None)
    if clause is not None:
        case = f"{clause.service}:{operation.name}/valid/smallest"
        ledger.add_finding(_finding(clause, code, case, expected=expected, got=got))


def never_accepts_finding(
    refused: tuple[Case, Exchange], count: int, clauses: Mapping[str, Clause], cause: str | None
) -> Finding | None:
    """The finding that no valid request was accepted; None where its clause is not selected.

    `refused` is the smallest of so many requests, `cause` the fingerprint of a finding with the same cause.
    """
    clause = _acceptance(clauses)
    if clause is None:
        return None
    case, exchange = refused
    found = _finding(
        clause,
        "never-accepts",
        case.id,
        expected="a request that the model allows is accepted, or the answer says what it lacks",
        got=f"none was accepted: {outcome_text(exchange.outcome)}",
    )
    return replace(found, count=count, folded_into=cause)


def ends_target_finding(
    case: str, wanted: Collection[str], exchange: Exchange, clauses: Mapping[str, Clause]
) -> Finding | None:
    """The finding that nothing was answered from a request on; None where no clause that it may be about is selected.

    `wanted` are the clauses that the case of that request puts to the test.
    """
    general = (each for each in clauses.values() if (each.section, each.name) in _CLAUSES_OF_ANY_REQUEST)
    clause = next((clauses[each] for each in wanted if each in clauses), None) or next(general, None)
    if clause is None:
        return None
    return _finding(
        clause,
        "ends-target",
        case,
        expected="an answer, and a target that goes on answering",
        got=f"{exchange.call.operation} was not answered ({outcome_text(exchange.outcome)}), and nothing was after it",
    )


_CLAUSES_OF_ANY_REQUEST = (("protocol", "implemented"), ("protocol", "body"), ("input", "accepted"))


def poisoned_state_finding(poisoned: PoisonedState, clauses: Mapping[str, Clause]) -> Finding | None:
    """The finding that an operation stopped working; None where its clause is not selected."""
    clause = _acceptance(clauses)
    if clause is None:
        return None
    return _finding(
        clause,
        "poisons-state",
        poisoned.baseline.id,
        expected="a request that was accepted at the start of the run is accepted later, too",
        got="5xx, after an earlier request was accepted that should not have been; latest: "
        + ", ".join(poisoned.suspects),
    )


def _acceptance(clauses: Mapping[str, Clause]) -> Clause | None:
    return next((each for each in clauses.values() if each.section == "input" and each.name == "accepted"), None)


def _finding(clause: Clause, code: str, case: str, *, expected: str, got: str) -> Finding:
    """A finding about an operation as a whole."""
    return Finding(
        clause=clause.id,
        code=code,
        fingerprint=fingerprint_of(clause.id, code),
        severity=severity_of(code),
        service=clause.service,
        operation=case.partition(":")[2].partition("/")[0],
        where="",
        expected=expected,
        got=got,
        statement=clause.statement,
        source=clause.source,
        case=case,
    )
