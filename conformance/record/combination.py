"""Several records of one target as one: the shards of a nightly run, a run a service.

cases        by id; the first that has a step wins
findings     by fingerprint; counts are added, headlines keep what each folded
verdicts     by clause; the one that says most wins: failed, errored, passed, unreached, skipped
operations   by name; the highest level wins, answers are added
footer       totals anew, times and requests added; missing if one part's is missing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.errors import BadSelection
from conformance.record.file import Record
from conformance.record.rows import LEVELS, SEVERITIES, VERDICTS, FindingRow, OperationRow, VerdictRow

_SAYS_MOST = ("failed", "errored", "passed", "unreached", "skipped")
_ENDS = ("target-lost", "interrupted", "complete")


def combine(records: Sequence[Record]) -> Record:
    """One record of all `records`. Raises BadSelection for none, and for records of different targets."""
    if not records:
        raise BadSelection("no records to combine", hint="name at least one record")
    targets = {str(record.header.get("target", {}).get("identity", "?")) for record in records}
    if len(targets) > 1:
        named = ", ".join(sorted(targets))
        raise BadSelection(f"records of different targets: {named}", hint="use 'conformance compare' for two targets")
    if len(records) == 1:
        return records[0]
    findings = _findings(row for record in records for row in record.findings)
    verdicts = _verdicts(row for record in records for row in record.verdicts)
    return Record(
        header=_header(records),
        cases=_cases(records),
        findings=findings,
        verdicts=verdicts,
        operations=_operations(row for record in records for row in record.operations),
        footer=_footer(records, findings, verdicts),
        truncated=any(record.truncated for record in records),
    )


def _header(records: Sequence[Record]) -> dict[str, Any]:
    first = records[0].header
    services: dict[tuple[Any, ...], Any] = {}
    for record in records:
        for service in record.header.get("services", []):
            services.setdefault((service["service"], service.get("protocol")), service)
    selections = [record.header.get("selection", {}) for record in records]
    selection = dict(first.get("selection", {}))
    for name in ("services", "only", "skip"):
        selection[name] = list(dict.fromkeys(item for part in selections for item in part.get(name, [])))
    started = min(str(record.header.get("started", "")) for record in records)
    return {**first, "services": list(services.values()), "selection": selection, "started": started}


def _cases(records: Sequence[Record]) -> dict[str, Mapping[str, Any]]:
    cases: dict[str, Mapping[str, Any]] = {}
    for record in records:
        for identity, case in record.cases.items():
            if not cases.get(identity, {}).get("steps"):
                cases[identity] = case
    return cases


def _findings(rows: Iterable[FindingRow]) -> tuple[FindingRow, ...]:
    found: dict[str, FindingRow] = {}
    for row in rows:
        known = found.get(row.fingerprint)
        if known is None:
            found[row.fingerprint] = row
            continue
        folds = tuple(dict.fromkeys((*known.folds, *row.folds)))
        into = known.folded_into or row.folded_into
        found[row.fingerprint] = replace(known, count=known.count + row.count, folds=folds, folded_into=into)
    return tuple(found.values())


def _verdicts(rows: Iterable[VerdictRow]) -> tuple[VerdictRow, ...]:
    found: dict[str, VerdictRow] = {}
    for row in rows:
        known = found.setdefault(row.clause, row)
        if known is not row:
            telling, other = (row, known) if _rank(row) < _rank(known) else (known, row)
            cases = tuple(dict.fromkeys((*telling.cases, *other.cases)))
            found[row.clause] = replace(telling, cases=cases)
    return tuple(found.values())


def _rank(row: VerdictRow) -> int:
    return _SAYS_MOST.index(row.verdict) if row.verdict in _SAYS_MOST else len(_SAYS_MOST)


def _operations(rows: Iterable[OperationRow]) -> tuple[OperationRow, ...]:
    found: dict[str, OperationRow] = {}
    for row in rows:
        known = found.get(row.name)
        if known is None:
            found[row.name] = row
            continue
        outcomes = Counter(known.outcomes or {}) + Counter(row.outcomes or {})
        found[row.name] = replace(
            known,
            level=_higher(known.level, row.level),
            reachable=_higher(known.reachable, row.reachable),
            outcomes=dict(outcomes),
        )
    return tuple(found.values())


def _higher(one: str | None, two: str | None) -> str | None:
    return max((one, two), key=lambda level: LEVELS.index(level) if level in LEVELS else -1)


def _footer(
    records: Sequence[Record], findings: tuple[FindingRow, ...], verdicts: tuple[VerdictRow, ...]
) -> dict[str, Any] | None:
    footers = [record.footer for record in records if record.footer is not None]
    if len(footers) < len(records):
        return None
    counts = Counter(row.verdict for row in verdicts)
    severities = Counter(row.severity for row in findings)
    ends = {footer.get("ended", "complete") for footer in footers}
    return {
        "type": "footer",
        "verdicts": {name: counts[name] for name in VERDICTS},
        "findings": {name: severities[name] for name in SEVERITIES},
        "duration": sum(footer.get("duration", 0) for footer in footers),
        "requests": sum(footer.get("requests", 0) for footer in footers),
        "ended": next((end for end in _ENDS if end in ends), "complete"),
    }
