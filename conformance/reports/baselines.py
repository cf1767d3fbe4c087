"""Baselines: findings that are known and do not fail a build.

    baseline.yaml --load--> Baseline --match_findings--> new (fail the build) | known (with reasons) | stale entries

A baseline is YAML or JSON

    known:
    - fingerprint: 0123456789abcdef          # exactly this finding
      reason: reported as moto issue 1234
    - clause: "*:Create*/input/*#pattern"    # `*` any characters, `?` one; brackets mean themselves
      code: accepts-invalid                  # optional
      reason: patterns are not checked yet

or an older record, whose findings are then known. An entry that no finding matches is stale: the deviation is fixed,
and the entry can be removed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.exceptions import BadFile
from conformance.record.reader import read
from conformance.record.rows import Finding
from conformance.specs.clauses.clause import clause_glob
from conformance.values.text_formats import NotADocument, yaml_document

_FIELDS = ("fingerprint", "clause", "code", "reason")
_KINDS = "a baseline is YAML, JSON or a record"
_HINT = "each entry needs 'fingerprint' or 'clause', and 'reason'"


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One entry. An empty field matches everything; at least one of `fingerprint` and `clause` is given."""

    reason: str
    fingerprint: str = ""
    clause: str = ""
    code: str = ""

    def matches(self, finding: Finding) -> bool:
        """Whether this entry covers `finding`."""
        return (
            self.fingerprint in ("", finding.fingerprint)
            and self.code in ("", finding.code)
            and (not self.clause or clause_glob(self.clause).fullmatch(finding.clause) is not None)
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file."""

    path: str
    entries: tuple[BaselineEntry, ...]


@dataclass(frozen=True, slots=True)
class BaselineMatch:
    """Findings without an entry in a baseline, those with one, and the entries that match no finding."""

    new: tuple[Finding, ...]
    known: tuple[tuple[Finding, BaselineEntry], ...]
    stale: tuple[BaselineEntry, ...]

    @property
    def reasons(self) -> dict[str, str]:
        """Reasons of the known findings by fingerprint, the form of `Options.known`."""
        return {finding.fingerprint: entry.reason for finding, entry in self.known}


def load(path: str | os.PathLike[str]) -> Baseline:
    """The baseline in a file: YAML, JSON or a record. Raises BadFile, which names the wrong entry."""
    place = Path(path)
    if place.suffix == ".jsonl":
        return _of_record(place)
    try:
        value = yaml_document(place.read_bytes())
    except OSError as problem:
        raise BadFile(place, problem.strerror or str(problem), hint=_KINDS) from problem
    except NotADocument as problem:
        where = f" (line {problem.line})" if problem.line is not None else ""
        raise BadFile(place, f"is not YAML{where}", hint=_KINDS) from problem
    entries = value.get("known") if isinstance(value, dict) else value
    if entries is None and (value is None or "known" in value):
        entries = []
    if not isinstance(entries, list):
        raise BadFile(place, "is not a baseline: no list 'known'", hint=_HINT)
    return Baseline(str(place), tuple(_entry(place, number, entry) for number, entry in enumerate(entries, 1)))


def match_findings(
    findings: Iterable[Finding], baseline: Baseline, *, judged: Iterable[str] | None = None
) -> BaselineMatch:
    """Compare `findings` with `baseline`, in their order.

    `judged` are the clauses with a verdict. With it, an entry for other clauses is not stale: a run of one operation
    says nothing about the others.
    """
    new: list[Finding] = []
    known: list[tuple[Finding, BaselineEntry]] = []
    used: set[int] = set()
    for finding in findings:
        numbers = [number for number, entry in enumerate(baseline.entries) if entry.matches(finding)]
        used.update(numbers)
        if numbers:
            known.append((finding, baseline.entries[numbers[0]]))
        else:
            new.append(finding)
    clauses = None if judged is None else list(judged)
    unused = [entry for number, entry in enumerate(baseline.entries) if number not in used]
    return BaselineMatch(tuple(new), tuple(known), tuple(entry for entry in unused if _could_match(entry, clauses)))


def _could_match(entry: BaselineEntry, clauses: list[str] | None) -> bool:
    if clauses is None or not entry.clause:
        return True
    pattern = clause_glob(entry.clause)
    return any(pattern.fullmatch(clause) for clause in clauses)


def _of_record(place: Path) -> Baseline:
    reason = f"found before, in {place.name}"
    rows = read(place).findings
    return Baseline(
        str(place), tuple(BaselineEntry(reason, row.fingerprint, re.sub(r"[*?]", "?", row.clause)) for row in rows)
    )


def _entry(place: Path, number: int, value: Any) -> BaselineEntry:
    if not isinstance(value, dict):
        raise BadFile(place, f"entry {number} is not a mapping", hint=_HINT)
    unknown = sorted(str(name) for name in value if name not in _FIELDS)
    if unknown:
        raise BadFile(place, f"entry {number} has unknown '{unknown[0]}'", hint=f"known are {', '.join(_FIELDS)}")
    for name in _FIELDS:
        if name in value and not (isinstance(value[name], str) and value[name].strip()):
            raise BadFile(place, f"entry {number}: '{name}' is not text; put it in quotes", hint=_HINT)
    if "reason" not in value:
        raise BadFile(place, f"entry {number} has no 'reason'", hint=_HINT)
    if "fingerprint" not in value and "clause" not in value:
        raise BadFile(place, f"entry {number} has neither 'fingerprint' nor 'clause'", hint=_HINT)
    return BaselineEntry(**value)
