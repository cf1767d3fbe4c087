"""What every report shows first, computed once and alike: totals, order, headlines, who is behind what.

    Record --overview--> Overview: totals, operations with their failures, findings as headlines (worst first),
                         each with its folded findings and the case that shows it

Nothing here renders. A headline is a finding that stands for others with the same cause; a finding without any is
a headline with nothing folded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.record.file import Record
from conformance.record.rows import SEVERITIES, VERDICTS, FindingRow, OperationRow, VerdictRow
from conformance.reports.scenario_view import SECTIONS, decisive_exchanges, is_scenario, section_of

NOT_IMPLEMENTED = "not-implemented"
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
    """A finding and those that have the same cause, or are shown by the very same exchanges."""

    finding: FindingRow
    folded: tuple[FindingRow, ...] = ()
    why: str = SAME_CAUSE


@dataclass(frozen=True, slots=True)
class OperationSummary:
    """An operation with the verdicts of its clauses counted; `implemented` is False where the target has it not."""

    row: OperationRow
    verdicts: Mapping[str, int]
    implemented: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader wants to know before anything else.

    `warnings` are sentences about the run as a whole; `reasons` say why clauses were not judged: verdict, reason,
    how many, the most frequent first. `sections` are the verdicts by the section of the clause (`input`, `lifecycle`).
    """

    verdicts: Mapping[str, int]
    findings: Mapping[str, int]
    operations: tuple[OperationSummary, ...]
    headlines: tuple[FindingGroup, ...]
    warnings: tuple[str, ...]
    reasons: tuple[tuple[str, str, int], ...] = ()
    sections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def not_implemented(self) -> tuple[str, ...]:
        """Names of the operations that the target does not have."""
        return tuple(line.row.name for line in self.operations if not line.implemented)


def summarize(record: Record) -> Summary:
    """The overview of `record`; totals are counted from its lines, so they are there without a footer too."""
    return Summary(
        verdicts=_count_in_order((row.verdict for row in record.verdicts), VERDICTS),
        findings=_count_in_order((row.severity for row in record.findings), SEVERITIES),
        operations=_operations(record),
        headlines=grouped_by_cause(record.findings),
        warnings=tuple(_warnings(record)),
        reasons=_reasons(record),
        sections=_sections(record),
    )


def clause_parts(clause: str) -> ClauseParts:
    """The parts of a clause id; what is not a clause id is all `rest`."""
    head, slash, rest = clause.partition("/")
    service, colon, name = head.partition(":")
    return ClauseParts(service, name, rest) if slash and colon else ClauseParts("", "", clause)


def grouped_by_cause(findings: Iterable[FindingRow]) -> tuple[FindingGroup, ...]:
    """Findings worst first, those with a cause in common below their headline.

    A finding whose headline is missing (a run that was cut off) stands for itself.
    """
    ordered = sorted(findings, key=_severity_order)
    heads = {row.fingerprint for row in ordered if row.folds}
    parents = {child: row.fingerprint for row in ordered for child in row.folds if child != row.fingerprint}
    parents |= {row.fingerprint: row.folded_into for row in ordered if row.folded_into in heads and not row.folds}
    below: dict[str, list[FindingRow]] = {}
    top: list[FindingRow] = []
    for row in ordered:
        parent = parents.get(row.fingerprint) if not row.folds else None
        if parent is None:
            top.append(row)
        else:
            below.setdefault(parent, []).append(row)
    return tuple(FindingGroup(row, tuple(below.get(row.fingerprint, ()) if row.folds else ())) for row in top)


def grouped_by_exchange(record: Record, lines: Iterable[FindingGroup]) -> tuple[FindingGroup, ...]:
    """Headlines without others below them put together where one scenario shows them by the same exchanges."""
    found: dict[Any, FindingGroup] = {}
    for line in lines:
        row = line.finding
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
        found[key] = line if first is None else replace(first, folded=(*first.folded, row), why=SAME_EXCHANGE)
    return tuple(found.values())


def _severity_order(row: FindingRow) -> tuple[int, int, str, str, str, str]:
    rank = SEVERITIES.index(row.severity) if row.severity in SEVERITIES else len(SEVERITIES)
    return rank, -len(row.folds), row.service, row.operation, row.clause, row.code


def _count_in_order(values: Iterable[str], names: tuple[str, ...]) -> dict[str, int]:
    """Counts in the order of `names`, unknown values after them."""
    counts = Counter(values)
    return {name: counts[name] for name in (*names, *sorted(set(counts) - set(names)))}


def _operations(record: Record) -> tuple[OperationSummary, ...]:
    names = {row.name for row in record.operations}
    verdicts: dict[str, Counter[str]] = {}
    for row in record.verdicts:
        verdicts.setdefault(_counted_for(row, names), Counter())[row.verdict] += 1
    return tuple(
        OperationSummary(row, dict(verdicts.get(row.name, {})), implemented=_implemented(row))
        for row in record.operations
    )


def _counted_for(row: VerdictRow, operations: Collection[str]) -> str:
    """The operation that a clause is counted for: its subject, or where that is a resource, whose case told of it."""
    own = clause_parts(row.clause).full_name
    return own if own in operations or not row.cases else clause_parts(row.cases[0]).full_name


def _implemented(row: OperationRow) -> bool:
    counts = row.outcomes or {}
    answers = sum(count for outcome, count in counts.items() if outcome not in ("unreachable", "throttled"))
    return not counts.get(NOT_IMPLEMENTED) or counts[NOT_IMPLEMENTED] < answers


def _sections(record: Record) -> dict[str, dict[str, int]]:
    found: dict[str, list[str]] = {}
    for row in record.verdicts:
        found.setdefault(section_of(row.clause) or "other", []).append(row.verdict)
    known = [name for name in SECTIONS if name in found]
    return {name: _count_in_order(found[name], VERDICTS) for name in (*known, *sorted(set(found) - set(known)))}


def _reasons(record: Record) -> tuple[tuple[str, str, int], ...]:
    # What follows the first colon is the answer at hand, names and all.
    unjudged = Counter(
        (row.verdict, (row.reason or "").partition(": ")[0])
        for row in record.verdicts
        if row.verdict not in ("passed", "failed")
    )
    counted = [(verdict, reason, count) for (verdict, reason), count in unjudged.items() if reason]
    return tuple(sorted(counted, key=lambda entry: (-entry[2], entry[0], entry[1])))


def _warnings(record: Record) -> Iterable[str]:
    ended = (record.footer or {}).get("ended", "complete")
    if record.truncated:
        yield "This run was cut off: the record has no end. Clauses without a verdict were not judged."
    elif ended == "interrupted":
        yield "This run was interrupted: clauses after that point were not judged."
    elif ended == "target-lost":
        reason = (record.footer or {}).get("reason") or "the target stopped answering"
        yield f"The run ended early: {reason}."
    for service in record.header.get("services", []):
        spec = service.get("spec", {})
        if spec.get("older_than_installed"):
            yield (
                f"The spec of {service['service']} (botocore {spec.get('botocore', '?')}) is older than the installed "
                f"botocore {record.header.get('botocore', '?')}."
            )
    for note in _notes(record.header.get("target", {}).get("fingerprint", {})):
        yield f"Target: {note}"


def _notes(fingerprint: Mapping[str, Any]) -> Iterable[str]:
    """What calibration found remarkable, of the target as a whole and by service; each said once."""
    parts = [fingerprint, *(part for part in fingerprint.values() if isinstance(part, Mapping))]
    notes = [note for part in parts if isinstance(part.get("notes"), (list, tuple)) for note in part["notes"]]
    return dict.fromkeys(str(note) for note in notes)
