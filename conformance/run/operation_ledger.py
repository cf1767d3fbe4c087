"""What the exchanges of one operation show: every answer is judged here, and entered into the operation's ledger.

Execution ----> Context --checks--> notes --> ClauseLedger      counts by outcome
PlayedScenario -> Timeline --laws--> notes ----^          presence of the operation
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from conformance.cases.case import Case, Omitted
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.fingerprint import AnswerDigest, Fingerprint, answer_digest
from conformance.exchanges.outcome import was_carried_out
from conformance.record.rows import Finding
from conformance.run.conclusion import (
    concluding_rows,
    enter_absence,
    enter_constant_crash,
    never_accepts_finding,
)
from conformance.run.events import Event
from conformance.run.execution.executor import Execution
from conformance.run.presence import Presence
from conformance.run.scenario_player import PlayedScenario
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Service
from conformance.specs.overlay.entries import Overlay
from conformance.values.vocabulary import OutcomeClass
from conformance.verdicts.check_results import CheckResult, Undecided
from conformance.verdicts.clause_ledger import ClauseLedger, run_checks
from conformance.verdicts.context import Context
from conformance.verdicts.evidence.timeline import Timeline, case_of_event
from conformance.verdicts.laws import notes_of
from conformance.verdicts.levels import Evidence
from conformance.verdicts.refusals import Refusals


def _look_away(_findings: Iterable[Finding]) -> None:
    """Watch nothing."""


@dataclass(slots=True)
class OperationLedger:
    """Judges the exchanges of one operation. `facts` are those that documented rules may depend on.

    `watch` is shown the findings so far whenever something was judged. `accepted` says of each case, by id, whether its
    request was accepted. `causes` has the refusals that were given to every valid request of an operation of the
    run, and the finding that was the first for each. `auth_codes` are the codes by which credentials were refused,
    `refusal` is the reason why no request of the operation is sent.
    """

    service: Service
    operation: Operation
    overlay: Overlay
    clauses: Mapping[str, Clause]
    fingerprint: Fingerprint
    facts: Callable[[], dict[str, str]]
    watch: Callable[[Iterable[Finding]], None] = _look_away
    accepted: dict[str, bool] = field(default_factory=dict)
    outcomes: Counter[OutcomeClass] = field(default_factory=Counter)
    presence: Presence = field(default_factory=Presence)
    refusals: Refusals = field(default_factory=Refusals)
    causes: dict[AnswerDigest, str] = field(default_factory=dict)
    auth_codes: set[str] = field(default_factory=set)
    refusal: str | None = None
    crash: Exchange | None = None
    answers_otherwise: bool = False
    ledger: ClauseLedger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = ClauseLedger(self.clauses, self.overlay)

    def notes(self, case: Case, exchange: Exchange) -> tuple[CheckResult, ...]:
        """What the checks say of an exchange."""
        return run_checks(self._context(case, exchange))

    def enter(self, case: Case, exchange: Exchange, notes: tuple[CheckResult, ...], *, counted: bool = True) -> None:
        """Enter an exchange and what the checks say of it; not `counted` is a smaller form of one entered before."""
        self.accepted[case.id] = was_carried_out(exchange.outcome)
        self._see(exchange, counted=counted)
        self.refusals.see(self.service, case, exchange)
        self.ledger.add_results(self._context(case, exchange), notes, _size(exchange), counted=counted)
        self.watch(self.ledger.unsorted_findings())

    def judge(self, execution: Execution) -> bool:
        """Judge an execution; False where it says nothing of the operation, because it could not be sent as planned."""
        case, exchange = execution.case, execution.exchange
        if execution.omitted is not None:
            self.leave_open(case, "skipped", execution.omitted)
        elif exchange is None:
            self.leave_open(case, "unreached", "its request was not sent")
        elif execution.blocked is not None and case.intent != "invalid" and exchange.outcome.kind != "accepted":
            self._see(exchange)
            self.refusals.see_blocked()
            self.leave_open(case, "unreached", execution.blocked)
        else:
            self.enter(case, exchange, self.notes(case, exchange))
            return True
        return False

    def judge_scenario(self, played: PlayedScenario) -> None:
        """Judge the timeline of a scenario, and the operation's own answers in it."""
        scenario = played.scenario
        timeline = Timeline(self.service, self.overlay, scenario, tuple(played.events), played.blocked)
        self.ledger.add_timeline_results(
            timeline, notes_of(timeline, accepts_anything=self.fingerprint.accepts_anything)
        )
        for event in timeline.events:
            if event.is_of(self.service) and event.exchange.call.operation == self.operation.name:
                self._see(event.exchange)
                context = self._context(case_of_event(scenario, event.exchange.call), event.exchange)
                self.ledger.add_results(context, run_checks(context), _size(event.exchange))
        self.watch(self.ledger.unsorted_findings())

    def skip(self, omitted: Omitted) -> None:
        """Enter that no case could be built for a clause."""
        self.ledger.add_undecided(Undecided(omitted.clause, "skipped", omitted.why, omitted.detail))

    def leave_open(self, case: Case, word: Literal["errored", "unreached", "skipped"], reason: str) -> None:
        """Enter that a case says nothing of its clauses, and why."""
        for clause in case.clauses:
            self.ledger.add_undecided(Undecided(clause, word, reason), case.id)

    def leave_unsent(self, case: Case, reason: str) -> None:
        """Enter that a case was not sent, and why; it is not in the record, so its id is not named."""
        for clause in case.clauses:
            self.ledger.add_undecided(Undecided(clause, "unreached", reason))

    def found_absent(self, answer: Exchange) -> None:
        """Take note that an answer shows that the operation is not there."""
        self.presence = replace(self.presence, absent=answer)
        self.outcomes["not-implemented"] += 1

    def is_own(self, exchange: Exchange) -> bool:
        """Whether an answer is one of the operation itself, and not what an operation gets that does not exist."""
        return Presence().after(exchange, self.fingerprint).routed

    def found_present(self) -> None:
        """Take note that an operation that seemed to be absent is there after all."""
        self.presence = replace(self.presence, absent=None, routed=True)
        del self.outcomes["not-implemented"]

    def rows(self, otherwise: Undecided | None) -> Iterator[Event]:
        """The findings, verdicts and level; `otherwise` is for clauses that nothing is known of."""
        if self.refusal is not None:
            otherwise = Undecided("", "skipped", self.refusal)
        proves, presence = not self.fingerprint.accepts_anything, self.presence
        evidence = Evidence(presence.routed, presence.parsed, proves and self.outcomes["accepted"] > 0)
        if presence.absent is not None:
            otherwise = enter_absence(self.ledger, self.operation, presence.absent, self.fingerprint)
        elif self.crash is not None and set(self.outcomes) == {"crashed"} and not self.answers_otherwise:
            enter_constant_crash(self.ledger, self.operation, self.crash)
        elif presence.routed and proves:
            self.ledger.add_protocol_pass("implemented", next(iter(self.accepted), None))
            self._enter_refusals()
        yield from concluding_rows(self.ledger, self.operation, evidence, self.outcomes, otherwise)

    def _enter_refusals(self) -> None:
        """Enter that no valid request was accepted, where no answer said why."""
        refused = self.refusals.exchanges
        if self.outcomes["accepted"] or self.refusals.excused or not refused:
            return
        response, answer = refused[0][1].response, refused[0][1].answer
        if response is None or answer is None:
            return
        digest = answer_digest(response, answer, self.operation.name)
        finding = never_accepts_finding(refused[0], len(refused), self.clauses, self.causes.get(digest))
        if finding is not None:
            self.causes.setdefault(digest, finding.fingerprint)
            self.ledger.drop_finding(finding.clause, "rejects-unusual")
            self.ledger.add_finding(finding)

    def _see(self, exchange: Exchange, *, counted: bool = True) -> None:
        if counted:
            self.outcomes[exchange.outcome.kind] += 1
        if exchange.outcome.kind == "crashed" and self.crash is None:
            self.crash = exchange
        if exchange.outcome.kind == "rejected-auth":
            self.auth_codes.add(exchange.outcome.code or "")
        self.presence = self.presence.after(exchange, self.fingerprint)

    def _context(self, case: Case, exchange: Exchange) -> Context:
        return Context(
            service=self.service,
            operation=self.operation,
            overlay=self.overlay,
            case=case,
            exchange=exchange,
            base_accepted=None if case.base is None else self.accepted.get(case.base, False),
            accepts_anything=self.fingerprint.accepts_anything,
            facts=self.facts(),
        )


def _size(exchange: Exchange) -> int:
    """Bytes by which the smallest of several examples is chosen."""
    return len(exchange.request.body) + len(exchange.request.path)
