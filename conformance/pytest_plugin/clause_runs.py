"""The requests behind the tests: one run of the engine for each operation, when its first test needs it.

    wanted clauses of an operation --run_plan--> rows --> a part of the record, on disk
                                                      '-> ClauseResults, which all tests of the operation share

Each operation works under names of its own, and in an account of its own where the target lets clients choose. So tests
may run in any order, and several processes may test one target.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from conformance.api.runs import resolve_target, run_plan
from conformance.exceptions import ConformanceError
from conformance.exchanges.target import Target
from conformance.planning.pace import with_pace
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan, ServicePlan, plan_of
from conformance.planning.refused_operations import with_permissions
from conformance.planning.seeds import LARGEST, random_seed
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.pytest_plugin.run_settings import RunSettings
from conformance.pytest_plugin.target_fixture import checked_target
from conformance.record.reader import read
from conformance.record.rows import CaseRow, Finding, Record, Verdict
from conformance.record.writer import RecordWriter
from conformance.reports import baselines
from conformance.run import OperationStarted
from conformance.specs.model import Operation

Key: TypeAlias = tuple[str, ClauseSelection]


@dataclass(frozen=True, slots=True)
class OperationClauses:
    """An operation of a plan, and the clauses of it that are selected."""

    plan: Plan
    service: ServicePlan
    operation: Operation

    @property
    def name(self) -> str:
        """`service:Operation`."""
        return f"{self.service.spec.service.name}:{self.operation.name}"

    @property
    def key(self) -> Key:
        """What one run of the operation is for: tests with the same key share it."""
        return self.name, self.plan.selection


@dataclass(frozen=True, slots=True)
class ClauseResults:
    """What a run of one operation has shown, by clause. `known` are the reasons of the baseline, by fingerprint."""

    record: Record
    verdicts: dict[str, Verdict]
    findings: dict[str, tuple[Finding, ...]]
    known: dict[str, str]

    def cases(self, clause: str) -> tuple[CaseRow, ...]:
        """The cases that a clause was judged by."""
        verdict = self.verdicts.get(clause)
        return tuple(
            self.record.cases[each] for each in (verdict.cases if verdict else ()) if each in self.record.cases
        )


@dataclass(frozen=True, slots=True)
class _ChosenClauses(ClauseSelection):
    """The clauses whose tests are run; the globs are those of the user."""

    ids: frozenset[str] = frozenset()

    def includes(self, clause: str) -> bool:
        return clause in self.ids


@dataclass(slots=True)
class ClauseRuns:
    """Runs operations, each once. `parts` is the folder of the parts of the record, one file a run."""

    settings: RunSettings
    parts: Path
    worker: str = "main"
    base: int = field(init=False)
    _wanted: dict[Key, set[str]] = field(default_factory=dict)
    _done: dict[tuple[Key, object], ClauseResults | ConformanceError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = random_seed() if self.settings.seed is None else self.settings.seed

    def plan(self, selection: tuple[str, ...], clauses: ClauseSelection | None = None) -> Plan:
        """The plan for a selection; raises UsageError."""
        texts = tuple(part for text in selection for part in split_selection(text))
        return plan_of(
            parse_selection(texts),
            selection=clauses or self.settings.selection,
            seed=self.settings.seed,
            max_examples=self.settings.max_examples,
        )

    def want(self, asked: OperationClauses, clause: str) -> None:
        """Take note that a test needs a clause; where no test is noted, all that are selected are run."""
        self._wanted.setdefault(asked.key, set()).add(clause)

    def results(self, asked: OperationClauses, target: object, *, param: object = None) -> ClauseResults:
        """What the run of an operation shows; the first call sends the requests. Raises ConformanceError.

        Where tests are run once for each of several targets, `param` tells these from each other.
        """
        found = self._done.get((asked.key, param))
        if found is None:
            try:
                found = self._run(asked, target)
            except ConformanceError as problem:
                found = problem
            self._done[asked.key, param] = found
        if isinstance(found, ConformanceError):
            raise found
        return found

    def _run(self, asked: OperationClauses, target: object) -> ClauseResults:
        number = _own_number(self.base, repr(asked.key))
        at = self._target(asked, target, number)
        plan = with_pace(self._narrowed(asked, number), at)
        if at.kind == "aws":
            plan = with_permissions(plan, Permissions(allow_writes=False), [asked.name])
        # All workers collect the same tests, so that the names give one order, whoever is first.
        order = list(self._wanted).index(asked.key) if asked.key in self._wanted else len(self._wanted)
        path = self.parts / f"{order:05}-{len(self._done):05}-{self.worker}.jsonl"
        with RecordWriter(path) as writer:
            for row in run_plan(plan, at):
                if not isinstance(row, OperationStarted):
                    writer.write(row)
        record = read(path)
        if record.footer is not None and record.footer.ended == "interrupted":
            raise KeyboardInterrupt
        return self._results_of(record)

    def _target(self, asked: OperationClauses, target: object, number: int) -> Target:
        found = checked_target(target)
        if isinstance(found, Target):
            return replace(found, seed=number)
        return resolve_target(found, seed=number, services=(asked.service.spec.service.name,))

    def _narrowed(self, asked: OperationClauses, number: int) -> Plan:
        """The plan of the operation alone, with the clauses that tests ask for."""
        selected = asked.service.clauses_of(asked.operation)
        clauses = {name: clause for name, clause in selected.items() if name in self._wanted.get(asked.key, selected)}
        service = replace(
            asked.service, operations=(asked.operation,), clauses={asked.operation.name: clauses or selected}
        )
        chosen = asked.plan.selection
        if len(clauses) < len(selected):
            chosen = _ChosenClauses(chosen.only, chosen.skip, frozenset(clauses))
        return replace(asked.plan, services=(service,), selection=chosen, names=number)

    def _results_of(self, record: Record) -> ClauseResults:
        findings: dict[str, tuple[Finding, ...]] = {}
        for finding in record.findings:
            findings[finding.clause] = (*findings.get(finding.clause, ()), finding)
        reasons = baselines.match_findings(record.findings, self.settings.known).reasons
        return ClauseResults(record, {each.clause: each for each in record.verdicts}, findings, reasons)


def operations_of(plan: Plan) -> tuple[OperationClauses, ...]:
    """The operations of a plan, in order."""
    return tuple(
        OperationClauses(plan, service, operation) for service in plan.services for operation in service.operations
    )


def split_selection(text: str) -> tuple[str, ...]:
    """`sagemaker,dynamodb:PutItem,GetItem` as arguments of a run: a name without a colon after one with a colon is
    another operation if it begins with a capital letter or a glob, and a service otherwise.
    """
    found: list[str] = []
    for part in (each.strip() for each in text.split(",")):
        if found and ":" in found[-1] and ":" not in part and (part[:1].isupper() or part[:1] in ("*", "?")):
            found[-1] += f",{part}"
        elif part:
            found.append(part)
    return tuple(found)


def _own_number(base: int, name: str) -> int:
    """A number for one operation, from that of the run."""
    return int.from_bytes(hashlib.sha256(f"{base} {name}".encode()).digest()[:8], "big") % (LARGEST + 1)
