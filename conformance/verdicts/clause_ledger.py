"""From notes to findings and verdicts: the ledger of one operation.

    Context --CHECKS--> notes --judge--> Ledger -- findings(): one per clause and code, with the smallest example
                                                -- verdicts(): one per clause of the operation

A clause that was contradicted has failed, however often it held. One that only held has passed. Everything else is
open, with the reason that says most: an answer that failed to tell before a case that was never built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.specs.clauses.clause import Clause
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.overlay.rules import refining_rule
from conformance.verdicts.checks import CHECKS
from conformance.verdicts.context import Context
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.finding import CheckResult, Contradiction, Finding, Satisfied, Severity, Undecided, Verdict
from conformance.verdicts.severity import (
    CODES_NOT_WEIGHED_BY_RULE,
    CODES_WEIGHED_BY_RULE,
    severity_of,
    severity_of_rule,
    severity_of_unenforced,
)

# How many cases a verdict names as its evidence.
MAX_CASES_NAMED = 5

# Clauses whose `Held` rests on the bare fact of a 2xx; worth nothing from a target that answers 2xx to everything.
SECTIONS_SATISFIED_BY_SUCCESS = ("protocol", "input")

# Answered before the operation was asked: they say nothing of it.
REFUSED_BEFORE_SERVICE = frozenset({"rejected-auth", "throttled"})

_WORDS = ("errored", "unreached", "skipped")


def run_checks(context: Context) -> tuple[CheckResult, ...]:
    """What every check sees in one exchange, without passes that were not earned."""
    notes = (note for check in CHECKS for note in check(context))
    if context.outcome.kind in REFUSED_BEFORE_SERVICE and context.case.intent != "recorded":
        return tuple(note for note in notes if isinstance(note, Undecided))
    if not context.accepts_anything:
        return tuple(notes)
    return tuple(_doubted(note) for note in notes)


def _doubted(note: CheckResult) -> CheckResult:
    if isinstance(note, Satisfied) and note.clause.split("/", 1)[1].startswith(SECTIONS_SATISFIED_BY_SUCCESS):
        return Undecided(note.clause, "unreached", "the target answers 2xx even to an operation that does not exist")
    return note


@dataclass(slots=True)
class _Entry:
    held: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    open: Undecided | None = None
    open_cases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ClauseLedger:
    """What is known of the clauses of one operation so far."""

    clauses: Mapping[str, Clause]
    overlay: Overlay
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _findings: dict[tuple[str, str], tuple[int, Finding]] = field(default_factory=dict)

    def note(self, context: Context, notes: tuple[CheckResult, ...], size: int, *, counted: bool = True) -> None:
        """Enter what was seen in one exchange; `size` in bytes tells which of several examples is the smallest.

        With `counted` false the exchange is a smaller form of one that was entered before.
        """
        case, operation, in_header = context.case.id, context.operation.name, fault_in_header(context)
        for note in notes:
            self._enter(note, case, operation, size, counted=counted, in_header=in_header)

    def enter_timeline(self, timeline: Timeline, notes: Iterable[CheckResult]) -> None:
        """Enter the notes on a timeline."""
        size = sum(len(event.exchange.request.body) for event in timeline.events)
        for note in notes:
            self._enter(note, timeline.scenario.id, timeline.scenario.operation, size)

    def _enter(self, note: CheckResult, case: str, operation: str, size: int, **more: bool) -> None:
        if note.clause not in self.clauses:
            return
        entry = self._entries.setdefault(note.clause, _Entry())
        if isinstance(note, Satisfied):
            _name(entry.held, case)
        elif isinstance(note, Undecided):
            self.leave_open(note, case)
        else:
            _name(entry.failed, case)
            self._count(note, case, operation, size, **more)

    def leave_open(self, note: Undecided, case: str | None = None) -> None:
        """Enter that a clause could not be judged, and why."""
        if note.clause not in self.clauses:
            return
        entry = self._entries.setdefault(note.clause, _Entry())
        if entry.open is None or _WORDS.index(note.word) < _WORDS.index(entry.open.word):
            entry.open = note
        if case is not None:
            _name(entry.open_cases, case)

    def _count(
        self,
        note: Contradiction,
        case: str,
        operation: str,
        size: int,
        *,
        counted: bool = True,
        in_header: bool = False,
    ) -> None:
        key = (note.clause, note.code)
        clause = self.clauses[note.clause]
        finding = Finding(
            clause=note.clause,
            code=note.code,
            severity=self.severity(note, in_header=in_header),
            service=clause.service,
            operation=operation,
            where=note.where,
            expected=note.expected,
            got=note.got,
            statement=clause.statement,
            source=clause.source,
            case=case,
            steps=tuple(sorted({event.step for event in note.decided_by})),
        )
        known = self._findings.get(key)
        if known is None:
            self._findings[key] = (size, finding)
            return
        count = known[1].count + counted
        smaller = size < known[0]
        self._findings[key] = (min(size, known[0]), replace(finding if smaller else known[1], count=count))

    def enter(self, finding: Finding) -> None:
        """Enter a finding that no check made."""
        _name(self._entries.setdefault(finding.clause, _Entry()).failed, finding.case)
        self._findings[(finding.clause, finding.code)] = (0, finding)

    def hold(self, name: str, case: str | None) -> None:
        """Enter that the clause of that name has held, as a whole run shows rather than one exchange."""
        for clause in self.clauses.values():
            if clause.section == "protocol" and clause.name == name and case is not None:
                _name(self._entries.setdefault(clause.id, _Entry()).held, case)

    def severity(self, note: Contradiction, *, in_header: bool = False) -> Severity:
        """How much a contradiction weighs; `in_header` says that what was broken is a header."""
        if note.code == "accepts-invalid":
            return severity_of_unenforced(note.clause.rpartition("#")[2], self.overlay, in_header=in_header)
        rule = self._rule(note.clause)
        severity = None if note.code in CODES_WEIGHED_BY_RULE else severity_of(note.code)
        if rule is None or severity == "error" or note.code in CODES_NOT_WEIGHED_BY_RULE:
            return severity or severity_of(note.code)
        return severity_of_rule(rule)

    def _rule(self, clause: str) -> Rule | None:
        """The rule of the overlay that a clause is, or that says what AWS does there."""
        if self.clauses[clause].section != "rule":
            return refining_rule(self.overlay, clause)
        name = self.clauses[clause].name
        return next((rule for rule in self.overlay.rules if rule.id == name), None)

    def known(self, note: Contradiction) -> bool:
        """Whether a contradiction is in the ledger already."""
        return (note.clause, note.code) in self._findings

    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of their clauses."""
        order = {clause: number for number, clause in enumerate(self.clauses)}
        found = (finding for _, finding in self._findings.values())
        return tuple(sorted(found, key=lambda finding: (order[finding.clause], finding.code)))

    def verdicts(self, otherwise: Undecided | None = None) -> Iterator[Verdict]:
        """A verdict for every clause; `otherwise` gives word and reason for those that nothing was noted of."""
        for clause in self.clauses:
            entry = self._entries.get(clause, _Entry())
            if entry.failed:
                yield Verdict(clause, "failed", None, tuple(entry.failed))
            elif entry.held:
                yield Verdict(clause, "passed", None, tuple(entry.held))
            elif entry.open is not None:
                yield Verdict(clause, entry.open.word, entry.open.reason, tuple(entry.open_cases))
            elif otherwise is not None:
                yield Verdict(clause, otherwise.word, otherwise.reason)
            else:
                yield Verdict(clause, "unreached", _untouched(self.clauses[clause]))


def fault_in_header(context: Context) -> bool:
    """Whether what a case breaks is a header of its request."""
    fault = context.case.fault
    if fault is None or not fault.path:
        return False
    member = context.service.input_of(context.operation).members.get(str(fault.path[0]))
    return member is not None and member.location in ("header", "headers")


def _name(cases: list[str], case: str) -> None:
    if len(cases) < MAX_CASES_NAMED and case not in cases:
        cases.append(case)


def _untouched(clause: Clause) -> str:
    """Why a clause was not put to the test, when nothing more is known."""
    if clause.section == "output":
        return "no answer had a value here"
    if clause.section == "errors":
        return "this error was not met" if clause.path else "no error was met"
    if clause.section == "rule":
        return "no request put this rule to the test"
    return "no case put this clause to the test"
