"""Totals and order that all reports share, so that they agree with each other.

    Record --summarize--> Summary: totals, a line a service, operations with their failed clauses,
                                   groups of findings with one root cause, most severe first

Nothing here renders. A group has one finding that stands for it; the others are folded below that one. A finding
that shares its cause with none is a group of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from conformance.record.rows import Finding, OperationRow, Record, Verdict
from conformance.reports.scenario_view import SECTIONS, decisive_exchanges, is_scenario, section_of
from conformance.values.text import counted
from conformance.values.vocabulary import SEVERITIES, VERDICTS

NOT_IMPLEMENTED: Final = "not-implemented"
VALIDATES_NOTHING = "validates-nothing"
CRASHES_ON_INVALID = "crashes-on-invalid"
SAME_CAUSE, SAME_EXCHANGE = "the same cause", "the same exchange"


@dataclass(frozen=True, slots=True)
class ClauseParts:
    """A clause id in its parts: service, operation or resource, and the rest (`input/Name#pattern`)."""

    service: str
    name: str
    rest: str

    @property
    def full_name(self) -> str:
        """`service:Subject`."""
        return f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings with one root cause, or shown by the same exchanges: the one that stands for them, and the others."""

    finding: Finding
    folded: tuple[Finding, ...] = ()
    shared: str = SAME_CAUSE


@dataclass(frozen=True, slots=True)
class OperationSummary:
    """An operation, the verdicts of its clauses counted, and whether the target implements it."""

    row: OperationRow
    verdicts: Mapping[str, int]
    implemented: bool = True


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """One service: how many operations it has, which kinds of them stand out, and the verdicts of its clauses."""

    name: str
    operations: int
    not_implemented: int
    without_validation: int
    crashing: int
    verdicts: Mapping[str, int]

    @property
    def not_tested(self) -> int:
        """Clauses that neither passed nor failed."""
        return sum(count for verdict, count in self.verdicts.items() if verdict not in ("passed", "failed"))

    @property
    def outcome(self) -> str:
        """`1 of 10 operations not implemented, 3 validate no input; 411 clauses hold, 798 fail, 1,224 not tested`."""
        operations = counted(self.operations, "operation", "operations")
        kinds = [f"{self.not_implemented:,} of {operations} not implemented" if self.not_implemented else operations]
        kinds += [counted(self.without_validation, "validates no input", "validate no input")]
        kinds += [counted(self.crashing, "crashes on invalid input", "crash on invalid input")]
        passed, failed = self.verdicts.get("passed", 0), self.verdicts.get("failed", 0)
        clauses = f"{counted(passed, 'clause holds', 'clauses hold')}, {counted(failed, 'fails', 'fail')}"
        shown = [kinds[0], *(kind for kind in kinds[1:] if not kind.startswith("0 "))]
        open_ = f", {self.not_tested:,} not tested" if self.not_tested else ""
        return f"{', '.join(shown)}; {clauses}{open_}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    `warnings` are sentences about the run as a whole; `reasons` say why clauses were not tested: verdict, reason,
    count, the most frequent first. `sections` are the verdicts by the section of the clause (`input`, `lifecycle`).
    """

    verdicts: Mapping[str, int]
    findings: Mapping[str, int]
    services: tuple[ServiceSummary, ...]
    operations: tuple[OperationSummary, ...]
    groups: tuple[FindingGroup, ...]
    warnings: tuple[str, ...]
    reasons: tuple[tuple[str, str, int], ...] = ()
    sections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def not_implemented(self) -> tuple[str, ...]:
        """Names of the operations that the target does not implement."""
        return tuple(line.row.name for line in self.operations if not line.implemented)


def summarize(record: Record) -> Summary:
    """The summary of `record`. Totals are counted from its lines, so that a record without a footer has them too."""
    operations = _operations(record)
    return Summary(
        verdicts=_count_in_order((row.verdict for row in record.verdicts), VERDICTS),
        findings=_count_in_order((row.severity for row in record.findings), SEVERITIES),
        services=_services(record, operations),
        operations=operations,
        groups=grouped_by_cause(record.findings),
        warnings=tuple(_warnings(record)),
        reasons=_reasons(record),
        sections=_sections(record),
    )


def clause_parts(clause: str) -> ClauseParts:
    """The parts of a clause id; text that is no clause id becomes `rest`."""
    head, slash, rest = clause.partition("/")
    service, colon, name = head.partition(":")
    return ClauseParts(service, name, rest) if slash and colon else ClauseParts("", "", clause)


def grouped_by_cause(findings: Iterable[Finding]) -> tuple[FindingGroup, ...]:
    """Findings by root cause, most severe first.

    A finding whose group is not in the record (the run was killed) is a group of one.
    """
    ordered = sorted(findings, key=_severity_order)
    parents = {child: row.fingerprint for row in ordered for child in row.folds if child != row.fingerprint}
    # A cycle of findings that are folded into each other has no root: each of them stays on its own.
    roots = {
        row.fingerprint for row in ordered if row.folds or (row.folded_into is None and row.fingerprint not in parents)
    }
    parents |= {row.fingerprint: row.folded_into for row in ordered if row.folded_into in roots and not row.folds}
    below: dict[str, list[Finding]] = {}
    top: list[Finding] = []
    for row in ordered:
        parent = parents.get(row.fingerprint) if not row.folds else None
        if parent is None:
            top.append(row)
        else:
            below.setdefault(parent, []).append(row)
    groups = [FindingGroup(row, tuple(below.pop(row.fingerprint, ()))) for row in top]
    return (*groups, *(FindingGroup(row) for rows in below.values() for row in rows))


def grouped_by_exchange(record: Record, groups: Iterable[FindingGroup]) -> tuple[FindingGroup, ...]:
    """`groups`, those of one finding merged where one scenario shows them by the same exchanges."""
    found: dict[Any, FindingGroup] = {}
    for group in groups:
        row = group.finding
        case = record.cases.get(row.case)
        key: Any = row.fingerprint, len(found)
        if not row.folds and is_scenario(case):
            key = (
                row.severity,
                row.operation,
                row.code,
                row.case,
                *(id(each.step) for each in decisive_exchanges(case, row)),
            )
        first = found.get(key)
        more = (row, *group.folded)
        found[key] = group if first is None else replace(first, folded=(*first.folded, *more), shared=SAME_EXCHANGE)
    return tuple(found.values())


def _severity_order(row: Finding) -> tuple[int, int, str, str, str, str]:
    return SEVERITIES.index(row.severity), -len(row.folds), row.service, row.operation, row.clause, row.code


def _count_in_order(values: Iterable[str], names: tuple[str, ...]) -> dict[str, int]:
    """How often each value occurs, in the order of `names`."""
    counts = Counter(values)
    return {name: counts[name] for name in names}


def _operations(record: Record) -> tuple[OperationSummary, ...]:
    names = {row.name for row in record.operations}
    verdicts: dict[str, Counter[str]] = {}
    for row in record.verdicts:
        verdicts.setdefault(_counted_for(row, names), Counter())[row.verdict] += 1
    return tuple(
        OperationSummary(row, dict(verdicts.get(row.name, {})), implemented=_implemented(row))
        for row in record.operations
    )


def _services(record: Record, operations: tuple[OperationSummary, ...]) -> tuple[ServiceSummary, ...]:
    verdicts: dict[str, Counter[str]] = {each.row.service: Counter() for each in operations}
    for row in record.verdicts:
        verdicts.setdefault(clause_parts(row.clause).service, Counter())[row.verdict] += 1
    codes = {(row.service, row.operation, row.code) for row in record.findings}
    with_code = Counter((service, code) for service, _, code in codes)
    all_operations = Counter(each.row.service for each in operations)
    missing = Counter(each.row.service for each in operations if not each.implemented)
    return tuple(
        ServiceSummary(
            name=name,
            operations=all_operations[name],
            not_implemented=missing[name],
            without_validation=with_code[name, VALIDATES_NOTHING],
            crashing=with_code[name, CRASHES_ON_INVALID],
            verdicts=dict(counts),
        )
        for name, counts in verdicts.items()
        if name
    )


def _counted_for(row: Verdict, operations: Collection[str]) -> str:
    """The operation that a clause is counted for: its subject, or where that is a resource, that of its first case."""
    own = clause_parts(row.clause).full_name
    return own if own in operations or not row.cases else clause_parts(row.cases[0]).full_name


def _implemented(row: OperationRow) -> bool:
    counts = row.outcomes
    answers = sum(count for outcome, count in counts.items() if outcome not in ("unreachable", "throttled"))
    return not counts.get(NOT_IMPLEMENTED) or counts[NOT_IMPLEMENTED] < answers


def _sections(record: Record) -> dict[str, dict[str, int]]:
    found: dict[str, list[str]] = {}
    for row in record.verdicts:
        found.setdefault(section_of(row.clause) or "other", []).append(row.verdict)
    known = [name for name in SECTIONS if name in found]
    return {name: _count_in_order(found[name], VERDICTS) for name in (*known, *sorted(set(found) - set(known)))}


def _reasons(record: Record) -> tuple[tuple[str, str, int], ...]:
    untested = Counter(
        (row.verdict, row.reason or "") for row in record.verdicts if row.verdict not in ("passed", "failed")
    )
    counted = [(verdict, reason, count) for (verdict, reason), count in untested.items() if reason]
    return tuple(sorted(counted, key=lambda entry: (-entry[2], entry[0], entry[1])))


def _warnings(record: Record) -> Iterable[str]:
    ended = "complete" if record.footer is None else record.footer.ended
    if record.truncated:
        yield "This run did not finish: the record has no footer. Clauses without a verdict were not tested."
    elif ended == "interrupted":
        yield "This run was interrupted: clauses after that point were not tested."
    elif ended in ("target-lost", "stopped"):
        reason = (record.footer and record.footer.reason) or "the target stopped answering"
        yield f"The run ended early: {reason}."
    for service in record.header.services:
        if service.spec.older_than_installed:
            yield (
                f"The spec of {service.service} (botocore {service.spec.botocore}) is older than the installed "
                f"botocore {record.header.botocore}."
            )
    for note in _notes(record.header.target.fingerprint):
        yield f"Target: {note}"


def _notes(fingerprint: Mapping[str, Any]) -> Iterable[str]:
    """What calibration noted about the target as a whole and by service, without repetitions."""
    parts = [fingerprint, *(part for part in fingerprint.values() if isinstance(part, Mapping))]
    notes = [note for part in parts if isinstance(part.get("notes"), (list, tuple)) for note in part["notes"]]
    return dict.fromkeys(str(note) for note in notes)
