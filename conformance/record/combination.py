"""Several records of one target as one: the shards of a nightly run, a run a service.

cases        by id; the first that has a step wins
findings     by fingerprint; counts are added, headlines keep what each folded
verdicts     by clause; the one that says most wins: failed, errored, passed, unreached, skipped
operations   by name; the highest level wins, answers are added
leftovers    all of them
footer       totals anew, times and requests added; missing if one part's is missing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from conformance.exceptions import BadSelection
from conformance.record.rows import (
    CaseRow,
    Finding,
    FooterRow,
    HeaderRow,
    OperationRow,
    Record,
    SelectionInfo,
    ServiceInfo,
    Verdict,
)
from conformance.values.vocabulary import LEVELS, SEVERITIES, VERDICTS, Ended, Level, VerdictWord

_SAYS_MOST: tuple[VerdictWord, ...] = ("failed", "errored", "passed", "unreached", "skipped")
_ENDS: tuple[Ended, ...] = ("target-lost", "interrupted", "stopped", "complete")

PartProblemCode: TypeAlias = Literal[
    "truncated", "interrupted", "stopped", "target-lost", "other-seed", "other-spec", "repeated"
]
GAPS: frozenset[PartProblemCode] = frozenset({"truncated", "interrupted", "stopped", "target-lost"})
"""The problems after which the whole has not tested what it should."""

Part = TypeVar("Part", Finding, Verdict, OperationRow)


@dataclass(frozen=True, slots=True)
class PartProblem:
    """What is wrong with the part at a position, from 0; `detail` is a reason, a seed, a service or a count."""

    part: int
    code: PartProblemCode
    detail: str = ""


def combine(records: Sequence[Record]) -> Record:
    """One record of all `records`. Raises BadSelection for none, and for records of different targets."""
    if not records:
        raise BadSelection("no records to combine", hint="name at least one record")
    targets = {record.header.target.identity for record in records}
    if len(targets) > 1:
        named = ", ".join(sorted(targets))
        raise BadSelection(f"records of different targets: {named}", hint="use 'conformance compare' for two targets")
    if len(records) == 1:
        return records[0]
    findings = _joined((row for record in records for row in record.findings), lambda row: row.fingerprint, _finding)
    verdicts = _joined((row for record in records for row in record.verdicts), lambda row: row.clause, _verdict)
    return Record(
        header=_header([record.header for record in records]),
        cases=_cases(records),
        findings=findings,
        verdicts=verdicts,
        leftovers=tuple(row for record in records for row in record.leftovers),
        operations=_joined((row for record in records for row in record.operations), lambda row: row.name, _operation),
        footer=_footer(records, findings, verdicts),
        truncated=any(record.truncated for record in records),
    )


def part_problems(records: Sequence[Record]) -> tuple[PartProblem, ...]:
    """Where the parts of a whole repeat each other, differ in seed or spec, or did not run to their end."""
    found: list[PartProblem] = []
    clauses: set[str] = set()
    specs: dict[tuple[str, str], str] = {}
    for number, record in enumerate(records):
        header, footer = record.header, record.footer
        if record.truncated or footer is None:
            found.append(PartProblem(number, "truncated"))
        elif footer.ended != "complete":
            found.append(PartProblem(number, footer.ended, footer.reason))
        if header.seed != records[0].header.seed:
            found.append(PartProblem(number, "other-seed", f"{header.seed}, not {records[0].header.seed}"))
        for each in header.services:
            if specs.setdefault((each.service, each.protocol), each.spec.digest) != each.spec.digest:
                found.append(PartProblem(number, "other-spec", each.service))
        own = {row.clause for row in record.verdicts}
        if own & clauses:
            found.append(PartProblem(number, "repeated", f"{len(own & clauses):,}"))
        clauses |= own
    return tuple(found)


def _joined(rows: Iterable[Part], key: Callable[[Part], str], join: Callable[[Part, Part], Part]) -> tuple[Part, ...]:
    """The rows, those of one key joined into one, in the order in which the keys come first."""
    found: dict[str, Part] = {}
    for row in rows:
        known = found.get(key(row))
        found[key(row)] = row if known is None else join(known, row)
    return tuple(found.values())


def _header(headers: Sequence[HeaderRow]) -> HeaderRow:
    services: dict[tuple[str, str], ServiceInfo] = {}
    for header in headers:
        for service in header.services:
            services.setdefault((service.service, service.protocol), service)
    selections = [header.selection for header in headers]
    return replace(
        headers[0],
        services=tuple(services.values()),
        selection=SelectionInfo(
            services=_each_once(part.services for part in selections),
            only=_each_once(part.only for part in selections),
            skip=_each_once(part.skip for part in selections),
            max_examples=selections[0].max_examples,
        ),
        started=min(header.started for header in headers),
    )


def _each_once(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _cases(records: Sequence[Record]) -> Mapping[str, CaseRow]:
    cases: dict[str, CaseRow] = {}
    for record in records:
        for identity, case in record.cases.items():
            if identity not in cases or not cases[identity].steps:
                cases[identity] = case
    return cases


def _finding(known: Finding, other: Finding) -> Finding:
    folds = tuple(dict.fromkeys((*known.folds, *other.folds)))
    places = tuple(dict.fromkeys((*known.places, *other.places)))
    into = known.folded_into or other.folded_into
    return replace(known, count=known.count + other.count, folds=folds, folded_into=into, places=places)


def _verdict(known: Verdict, other: Verdict) -> Verdict:
    first, second = sorted((known, other), key=lambda row: _SAYS_MOST.index(row.verdict))
    return replace(first, cases=tuple(dict.fromkeys((*first.cases, *second.cases))))


def _operation(known: OperationRow, other: OperationRow) -> OperationRow:
    return replace(
        known,
        level=_higher(known.level, other.level),
        reachable=_higher(known.reachable, other.reachable),
        outcomes=dict(Counter(known.outcomes) + Counter(other.outcomes)),
    )


def _higher(one: Level | None, two: Level | None) -> Level | None:
    return max((one, two), key=lambda level: -1 if level is None else LEVELS.index(level))


def _footer(
    records: Sequence[Record], findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...]
) -> FooterRow | None:
    footers = [record.footer for record in records if record.footer is not None]
    if len(footers) < len(records):
        return None
    counts = Counter(row.verdict for row in verdicts)
    severities = Counter(row.severity for row in findings)
    last = min(footers, key=lambda footer: _ENDS.index(footer.ended))
    return FooterRow(
        verdicts={name: counts[name] for name in VERDICTS},
        findings={name: severities[name] for name in SEVERITIES},
        duration=sum(footer.duration for footer in footers),
        requests=sum(footer.requests for footer in footers),
        ended=last.ended,
        code=last.code,
        reason=last.reason,
    )
