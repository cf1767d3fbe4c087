"""The ledger of an operation's clauses: from results of checks to findings and verdicts.

    Context --CHECKS--> CheckResult --ClauseLedger-- findings(): one per clause and code, with the smallest example
                                                  '- verdicts(): one per clause of the operation

A clause that was contradicted has failed, however often it was satisfied. One that was only satisfied has passed.
Every other one is undecided, with the strongest reason: an answer that could not be judged outweighs a request that
was not reached, and that outweighs a case that was never built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.record.rows import Finding, Verdict, fingerprint_of
from conformance.specs.clauses.clause import Clause
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.overlay.rules import refining_rule
from conformance.values.vocabulary import Severity
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.checks import CHECKS
from conformance.verdicts.context import Context
from conformance.verdicts.evidence.timeline import Timeline
from conformance.verdicts.folding import headline_over, is_headline
from conformance.verdicts.severity import (
    CODES_NOT_WEIGHED_BY_RULE,
    CODES_WEIGHED_BY_RULE,
    severity_of,
    severity_of_rule,
    severity_of_unenforced,
)

# How many cases a verdict names as its evidence.
MAX_CASES_NAMED = 5

# Sections whose clauses a 2xx status alone satisfies: a target that answers 2xx to everything satisfies none of them.
SECTIONS_SATISFIED_BY_SUCCESS = ("protocol", "input")

# Outcomes that are decided before the service sees the operation, so they are no evidence about it.
REFUSED_BEFORE_SERVICE = frozenset({"rejected-auth", "throttled"})

_UNDECIDED_WORDS = ("errored", "unreached", "skipped")


def run_checks(context: Context) -> tuple[CheckResult, ...]:
    """The results of all checks on one exchange; what a target that accepts anything satisfies is undecided."""
    results = (result for check in CHECKS for result in check(context))
    if context.outcome.kind in REFUSED_BEFORE_SERVICE and context.case.intent != "recorded":
        return tuple(result for result in results if isinstance(result, Undecided))
    if not context.accepts_anything:
        return tuple(results)
    return tuple(_unless_proven_by_success_alone(result) for result in results)


def _unless_proven_by_success_alone(result: CheckResult) -> CheckResult:
    if isinstance(result, Satisfied) and result.clause.split("/", 1)[1].startswith(SECTIONS_SATISFIED_BY_SUCCESS):
        return Undecided(result.clause, "unreached", "the target answers 2xx even to an operation that does not exist")
    return result


@dataclass(slots=True)
class _Entry:
    satisfied: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    undecided: Undecided | None = None
    undecided_cases: tuple[str, ...] = ()


@dataclass(slots=True)
class ClauseLedger:
    """What is known of the clauses of one operation so far; results on other clauses are ignored."""

    clauses: Mapping[str, Clause]
    overlay: Overlay
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _findings: dict[tuple[str, str], tuple[int, Finding]] = field(default_factory=dict)

    def add_results(
        self, context: Context, results: tuple[CheckResult, ...], size: int, *, counted: bool = True
    ) -> None:
        """Add the results on one exchange; the exchange of the least `size` in bytes becomes the example of a finding.

        With `counted` false the exchange is a smaller form of one that was added before, and no further occurrence.
        """
        case, operation, in_header = context.case.id, context.operation.name, fault_in_header(context)
        for result in results:
            self.add_result(result, case, operation, size, counted=counted, in_header=in_header)

    def add_timeline_results(self, timeline: Timeline, results: Iterable[CheckResult]) -> None:
        """Add the results on a timeline."""
        size = sum(len(event.exchange.request.body) for event in timeline.events)
        for result in results:
            self.add_result(result, timeline.scenario.id, timeline.scenario.operation, size)

    def add_result(self, result: CheckResult, case: str, operation: str, size: int, **more: bool) -> None:
        """Add one result on a case, whose requests have `size` bytes; `more` is that of `add_results`."""
        if result.clause not in self.clauses:
            return
        entry = self._entries.get(result.clause)
        if entry is None:
            entry = self._entries[result.clause] = _Entry()
        if isinstance(result, Satisfied):
            entry.satisfied = _with_case(entry.satisfied, case)
        elif isinstance(result, Undecided):
            self.add_undecided(result, case)
        else:
            entry.failed = _with_case(entry.failed, case)
            self._count(result, case, operation, size, **more)

    def add_undecided(self, result: Undecided, case: str | None = None) -> None:
        """Add that a clause could not be judged, and why; `case` is the id of the case that was to judge it."""
        if result.clause not in self.clauses:
            return
        entry = self._entries.setdefault(result.clause, _Entry())
        if entry.undecided is None or _UNDECIDED_WORDS.index(result.word) < _UNDECIDED_WORDS.index(
            entry.undecided.word
        ):
            entry.undecided = result
        if case is not None:
            entry.undecided_cases = _with_case(entry.undecided_cases, case)

    def _count(
        self,
        result: Contradiction,
        case: str,
        operation: str,
        size: int,
        *,
        counted: bool = True,
        in_header: bool = False,
    ) -> None:
        key = (result.clause, result.code)
        clause = self.clauses[result.clause]
        finding = Finding(
            clause=result.clause,
            code=result.code,
            fingerprint=fingerprint_of(result.clause, result.code),
            severity=self.severity(result, in_header=in_header),
            service=clause.service,
            operation=operation,
            where=result.where,
            expected=result.expected,
            got=result.got,
            statement=clause.statement,
            source=clause.source,
            case=case,
        )
        known = self._findings.get(key)
        if known is None:
            self._findings[key] = (size, finding)
            return
        count = known[1].count + counted
        smaller = size < known[0]
        self._findings[key] = (min(size, known[0]), replace(finding if smaller else known[1], count=count))

    def add_finding(self, finding: Finding) -> None:
        """Add a finding that the run makes as a whole, not a check on one exchange."""
        entry = self._entries.setdefault(finding.clause, _Entry())
        entry.failed = _with_case(entry.failed, finding.case)
        self._findings[(finding.clause, finding.code)] = (0, finding)

    def drop_finding(self, clause: str, code: str) -> None:
        """Leave out a finding that another one on the same clause takes the place of."""
        self._findings.pop((clause, code), None)

    def add_protocol_pass(self, name: str, case: str | None) -> None:
        """Add that the run as a whole satisfies the protocol clause of that name; nothing without a `case`."""
        for clause in self.clauses.values():
            if clause.section == "protocol" and clause.name == name and case is not None:
                entry = self._entries.setdefault(clause.id, _Entry())
                entry.satisfied = _with_case(entry.satisfied, case)

    def of_known(self) -> ClauseLedger:
        """A ledger of those clauses alone of which anything is known, by their ids, and of the headline above them."""
        heads = {head for head in map(headline_over, self._entries) if head in self.clauses}
        return replace(self, clauses={clause: self.clauses[clause] for clause in sorted({*self._entries, *heads})})

    def severity(self, result: Contradiction, *, in_header: bool = False) -> Severity:
        """The severity of a contradiction; `in_header` says that what was broken is a header."""
        if result.code == "accepts-invalid":
            return severity_of_unenforced(result.clause.rpartition("#")[2], self.overlay, in_header=in_header)
        clause = self.clauses[result.clause]
        if clause.section == "check":
            return next(check.severity for check in self.overlay.checks if check.name == clause.name)
        rule = self._rule(result.clause)
        severity = None if result.code in CODES_WEIGHED_BY_RULE else severity_of(result.code)
        if rule is None or severity == "error" or result.code in CODES_NOT_WEIGHED_BY_RULE:
            return severity or severity_of(result.code)
        return severity_of_rule(rule)

    def _rule(self, clause: str) -> Rule | None:
        """The overlay rule that the clause states, or that refines it."""
        if self.clauses[clause].section != "rule":
            return refining_rule(self.overlay, clause)
        name = self.clauses[clause].name
        return next((rule for rule in self.overlay.rules if rule.id == name), None)

    def contradicted_as(self, result: Contradiction) -> bool:
        """Whether the ledger has a finding for the clause and code of a contradiction."""
        return (result.clause, result.code) in self._findings

    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of their clauses."""
        order = {clause: number for number, clause in enumerate(self.clauses)}
        return tuple(sorted(self.unsorted_findings(), key=lambda finding: (order[finding.clause], finding.code)))

    def unsorted_findings(self) -> Iterator[Finding]:
        """The findings so far, in the order in which they were made."""
        return (finding for _, finding in self._findings.values())

    def verdicts(self, otherwise: Undecided | None = None) -> Iterator[Verdict]:
        """A verdict for every clause; `otherwise` gives word and reason for those without any result."""
        for clause in self.clauses:
            entry = self._entries.get(clause, _Entry())
            if entry.failed:
                yield Verdict(clause, "failed", None, entry.failed)
            elif entry.satisfied:
                yield Verdict(clause, "passed", None, entry.satisfied)
            elif entry.undecided is not None:
                open_ = entry.undecided
                yield Verdict(clause, open_.word, open_.why, entry.undecided_cases, open_.detail)
            elif otherwise is not None:
                yield Verdict(clause, otherwise.word, otherwise.why, detail=otherwise.detail)
            else:
                yield Verdict(clause, "unreached", _untested_reason(self.clauses[clause]))


def fault_in_header(context: Context) -> bool:
    """Whether what a case breaks is a header of its request."""
    fault = context.case.fault
    if fault is None or not fault.path:
        return False
    member = context.service.input_of(context.operation).members.get(str(fault.path[0]))
    return member is not None and member.location in ("header", "headers")


def _with_case(cases: tuple[str, ...], case: str) -> tuple[str, ...]:
    return cases if len(cases) >= MAX_CASES_NAMED or case in cases else (*cases, case)


def _untested_reason(clause: Clause) -> str:
    """Why a clause was not tested, where nothing more is known."""
    if is_headline(clause):
        return "too few broken constraints were answered to tell"
    if clause.section == "output":
        return "no answer had a value here"
    if clause.section == "errors":
        return "this error was not met" if clause.path else "no error was met"
    if clause.section == "rule":
        return "no request put this rule to the test"
    return "no case put this clause to the test"
