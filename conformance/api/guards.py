"""`conformance.guard`: the calls of botocore's clients are watched while a block of code runs."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from conformance.exceptions import MocksLie, UsageError
from conformance.guarding.guard_ledger import GuardLedger, MetContradiction
from conformance.guarding.guard_text import lines_of
from conformance.record.rows import Finding
from conformance.record.writer import RecordWriter
from conformance.reports import baselines
from conformance.reports.baselines import Baseline, BaselineEntry
from conformance.specs.clauses.clause import clause_glob
from conformance.values.vocabulary import SEVERITIES, Severity
from conformance.verdicts.check_results import Contradiction
from conformance.watching.call_watcher import WATCHER
from conformance.watching.watched_call import WatchedCall

Mode: TypeAlias = Literal["report", "warn", "fail"]
MODES: tuple[Mode, ...] = ("report", "warn", "fail")


class ConformanceWarning(UserWarning):
    """A mock does what AWS does not do. Provisional."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a guard has seen so far."""

    ledger: GuardLedger
    known: Baseline

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that no baseline has; each names the places of its calls (`places`)."""
        return baselines.match_findings(self.ledger.findings(), self.known).new

    @property
    def calls(self) -> int:
        """How many calls were seen."""
        return self.ledger.calls

    def lies(self, at_least: Severity = "warning") -> tuple[str, ...]:
        """A line for each finding at each place of the user's code, of this severity or above."""
        return lines_of(each for each in self.ledger.met if weighs(each, at_least) and not self.is_known(each))

    def is_known(self, met: MetContradiction) -> bool:
        """Whether a baseline has what was met."""
        finding = met.as_finding()
        return any(entry.matches(finding) for entry in self.known.entries)


def weighs(met: MetContradiction, at_least: Severity) -> bool:
    """Whether what was met is of a severity or above."""
    return SEVERITIES.index(met.severity) <= SEVERITIES.index(at_least)


@contextlib.contextmanager
def guard(
    mode: Mode = "fail",
    *,
    at_least: Severity = "warning",
    ignore: Sequence[str] = (),
    baseline: str | os.PathLike[str] | None = None,
    record: str | os.PathLike[str] | None = None,
) -> Iterator[Guard]:
    """Watch every call of every botocore and boto3 client within the context, whoever answers it. Provisional.

    A call that AWS would refuse and that is accepted, and an answer that AWS would not give, are findings. `mode`
    says what becomes of those of a severity of `at_least` or above at the end: `fail` raises MocksLie, `warn` warns,
    `report` leaves them to the caller. `ignore` are globs of clause ids; `baseline` is a file of known findings, and
    `record` one to write. Raises UsageError for a mode or severity that there is not, BadFile for a wrong baseline.
    """
    if mode not in MODES:
        raise UsageError(f"mode is '{mode}', not one of {', '.join(MODES)}")
    if at_least not in SEVERITIES:
        raise UsageError(f"at_least is '{at_least}', not one of {', '.join(SEVERITIES)}")
    globs = [clause_glob(each) for each in ignore]

    def passes_over(found: Contradiction, _call: WatchedCall) -> bool:
        return any(each.fullmatch(found.clause) for each in globs)

    known = Baseline("", ()) if baseline is None else baselines.load(baseline)
    guarded = Guard(GuardLedger(passes_over=passes_over), known)
    with WATCHER.telling(guarded.ledger):
        yield guarded
    if record is not None:
        with RecordWriter(Path(record)) as writer:
            for row in guarded.ledger.rows():
                writer.write(row)
    lies = guarded.lies(at_least)
    if lies and mode == "fail":
        raise MocksLie(lies)
    for line in lies if mode == "warn" else ():
        warnings.warn(line, ConformanceWarning, stacklevel=3)


def ignored(text: str) -> BaselineEntry:
    """An entry of the list of what is ignored, `GLOB = reason`; raises UsageError for one without a reason."""
    glob, _, reason = text.partition("=")
    if not glob.strip() or not reason.strip():
        raise UsageError(f"'{text}' has no reason", hint="write a glob of clause ids, ' = ' and the reason")
    return BaselineEntry(reason.strip(), clause=glob.strip())
