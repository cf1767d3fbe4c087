"""The tests that `--conformance` collects: a collector a service, one an operation, a test a clause.

    conformance::sqs::CreateQueue::sqs:CreateQueue/input/QueueName#pattern

They hang below the folder of the conftest.py that overrides the fixture `conformance_target`, so that they see it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative, TerminalRepr

from conformance.exceptions import ConformanceError
from conformance.planning.plan import Plan, ServicePlan
from conformance.pytest_plugin.clause_runs import ClauseResults, ClauseRuns, OperationClauses, operations_of
from conformance.pytest_plugin.clause_text import described, headline
from conformance.pytest_plugin.no_target import NoTarget
from conformance.pytest_plugin.target_fixture import FIXTURE, fixture_folders, start_target
from conformance.pytest_plugin.wrong_use import in_one_line
from conformance.record.rows import Finding, Verdict
from conformance.reports.report_options import Options
from conformance.reports.summary import NOT_IMPLEMENTED
from conformance.values.text import one_line

ROOT = "conformance"


class ClauseFailure(Exception):
    """A clause does not hold. The text is for people; `line` is the one of the short summary."""

    def __init__(self, text: str, line: str) -> None:
        super().__init__(text)
        self.text, self.line = text, line


class ConformanceTests(pytest.Collector):
    """All services of the selection; `directories` are those that were collected before, by their paths."""

    plan: Plan
    runs: ClauseRuns
    directories: Mapping[Path, pytest.Collector]

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector for each service, or this again where the repository's fixture is seen."""
        place = self._place() if isinstance(self.parent, pytest.Session) else None
        if place is not None:
            yield collector(place, self.plan, self.runs, self.directories)
            return
        for service in self.plan.services:
            name = service.spec.service.name
            found = ServiceTests.from_parent(self, path=self.path, name=name, nodeid=f"{self.nodeid}::{name}")
            found.plan, found.service, found.runs = self.plan, service, self.runs
            yield found

    def _place(self) -> pytest.Collector | None:
        """The node of the folder whose fixtures the clauses are to see; None where the session sees them itself.

        Pytest attaches the fixtures of a conftest.py to the node of its folder, when it collects that.
        """
        root = self.config.rootpath
        folder = next((each for each in fixture_folders(self.config) if each.is_relative_to(root)), root)
        place: pytest.Collector = self.session
        for part in folder.relative_to(root).parts:
            path = place.path / part
            known = self.directories.get(path)
            if known is None:
                known = pytest.Dir.from_parent(place, path=path)
                self.ihook.pytest_make_collect_report(collector=known)
            place = known
        return None if place is self.session else place


class ServiceTests(pytest.Module):
    """The operations of one service. They are a module for pytest, so that fixtures may have the scope of one."""

    plan: Plan
    service: ServicePlan
    runs: ClauseRuns

    def _getobj(self) -> ModuleType:
        return ModuleType(f"{ROOT}.{self.name}")

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector for each operation."""
        for each in operations_of(self.plan):
            if each.service is self.service:
                found = OperationTests.from_parent(self, name=each.operation.name)
                found.clauses, found.runs = each, self.runs
                yield found


class OperationTests(pytest.Collector):
    """The clauses of one operation, those about the resources that it creates included."""

    clauses: OperationClauses
    runs: ClauseRuns

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each clause."""
        check: Callable[..., None] = _with_option if self.config.getoption(FIXTURE) is not None else _with_fixture
        for clause in self.clauses.service.clauses_of(self.clauses.operation):
            item = ClauseTest.from_parent(self, name=clause, callobj=check)
            item.clause, item.clauses, item.runs = clause, self.clauses, self.runs
            item.add_marker(ROOT)
            if self.config.getoption("dist", "no") == "loadgroup":
                item.add_marker(pytest.mark.xdist_group(self.clauses.name))
            yield item


# The functions of tests whose target the fixture or the command line gives. They have no docstrings, because
# `pytest --collect-only -v` would show them below every clause.
def _with_fixture(conformance_target: object) -> None: ...


def _with_option() -> None: ...


class ClauseTest(pytest.Function):
    """The test of one clause. It is a function for pytest, so that fixtures and other plugins treat it as usual."""

    clause: str
    clauses: OperationClauses
    runs: ClauseRuns

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """No file: the id of the clause says all."""
        return self.config.rootpath / ROOT, 0, self.clause

    def setup(self) -> None:
        """Start the target, if the fixture does. Raises NoTarget where it fails."""
        if FIXTURE in self.fixturenames:
            start_target(self, super().setup)
        else:
            super().setup()

    def runtest(self) -> None:
        """Hold the clause against what the target answered; the first test of an operation sends its requests."""
        target: Any = self.funcargs.get(FIXTURE, self.runs.settings.target)
        try:
            results = self.runs.results(self.clauses, target)
        except ConformanceError as problem:
            raise NoTarget(in_one_line(problem)) from problem
        self._judge(results, results.verdicts.get(self.clause), results.findings.get(self.clause, ()))

    def _judge(self, results: ClauseResults, verdict: Verdict | None, findings: tuple[Finding, ...]) -> None:
        """Raise what the verdict comes to: a failure, a skip with its reason, an expected failure."""
        settings = self.runs.settings
        options = Options(fail_on=settings.fail_on, known=results.known)
        known = [results.known[each.fingerprint] for each in findings if each.fingerprint in results.known]
        failing = [each for each in findings if options.fails(each)]
        if verdict is None or verdict.verdict == "errored":
            why = "the run gave no verdict" if verdict is None else f"errored: {verdict.why}"
            raise ClauseFailure(f"{self.clause}\n{why}", why)
        if verdict.verdict in ("skipped", "unreached"):
            raise pytest.skip.Exception(f"{verdict.verdict}: {verdict.why}", _use_item_location=True)
        if verdict.verdict == "passed":
            self._expect_failure(self._excused())
            return
        if not known and any(each.code == NOT_IMPLEMENTED for each in findings):
            got = next(each.got for each in findings if each.code == NOT_IMPLEMENTED)
            raise pytest.skip.Exception(f"not implemented: {one_line(str(got), 100)}", _use_item_location=True)
        text = described(results, failing or findings, str(self._record_path()))
        if not failing and not known:
            self.add_report_section("call", "conformance", text)
            return
        if not failing:
            self._expect_failure(known[0])
        raise ClauseFailure(text, headline((failing or findings)[0]))

    def _excused(self) -> str | None:
        """The reason of the baseline's entry for exactly this clause: a test that passes all the same is told."""
        entries = self.runs.settings.known.entries
        return next((each.reason for each in entries if each.clause == self.clause and not each.fingerprint), None)

    def _expect_failure(self, reason: str | None) -> None:
        if reason is not None:
            self.add_marker(pytest.mark.xfail(reason=reason, strict=True))

    def _record_path(self) -> Path:
        path = self.runs.settings.out / "record.jsonl"
        here = self.config.invocation_params.dir
        return path.relative_to(here) if path.is_relative_to(here) else path

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """A contradicted clause as its text, without the frames of the plugin."""
        problem = excinfo.value
        if not isinstance(problem, ClauseFailure):
            return super().repr_failure(excinfo)
        trace = ReprTracebackNative([problem.text + "\n"])
        return ReprExceptionInfo(trace, ReprFileLocation(self.nodeid, 0, problem.line))


def collector(
    parent: pytest.Collector, plan: Plan, runs: ClauseRuns, directories: Mapping[Path, pytest.Collector]
) -> ConformanceTests:
    """The collector of all clauses."""
    root = ConformanceTests.from_parent(parent, name=ROOT, nodeid=ROOT)
    root.plan, root.runs, root.directories = plan, runs, directories
    return root
