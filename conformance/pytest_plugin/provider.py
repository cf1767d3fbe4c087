"""`--conformance SELECTION`: an implementation is tested clause by clause, in the pytest run of its project.

pytest_configure              options, baseline and selection are checked
pytest_make_collect_report    the clauses are collected, after the tests of the project
pytest_collection_finish      what is left after -k, -m, --lf, --deselect is what requests are sent for
pytest_sessionfinish          the parts of the record become one, with a report
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.api.extensions import register_rule
from conformance.exceptions import ConformanceError
from conformance.planning import registrations
from conformance.pytest_plugin import clause_results
from conformance.pytest_plugin.clause_runs import ClauseRuns
from conformance.pytest_plugin.collection import FIXTURE, ROOT, ClauseTest, NoTarget, collector
from conformance.pytest_plugin.options import values_of
from conformance.pytest_plugin.run_settings import run_settings, usage_error

_PARTS, _PROBLEM = "conformance_parts", "conformance_problem"


def plugin(config: pytest.Config) -> Provider:
    """The plugin object; raises pytest.UsageError for options that cannot be used."""
    return Provider(config)


class Provider:
    """Collects the clauses, and reports on them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.problem: str | None = None
        self.written: clause_results.Written | None = None
        self.cleanup = contextlib.ExitStack()
        settings = run_settings(config)
        parts = self.worker[_PARTS] if self.worker else tempfile.mkdtemp(prefix="conformance-")
        self.runs = ClauseRuns(settings, Path(parts), self.worker["workerid"] if self.worker else "main")
        if self.worker is None:
            self.cleanup.callback(shutil.rmtree, parts, ignore_errors=True)
        try:
            self._check_target()
            self._register_extensions()
            self.plan = self.runs.plan(values_of(config, ROOT))
        except BaseException as problem:
            self.cleanup.close()
            if isinstance(problem, ConformanceError):
                raise usage_error(problem) from problem
            raise
        _leave_out_other_tests(config)

    def _check_target(self) -> None:
        own = self.config.pluginmanager.get_plugin(ROOT)
        overridden = any(hasattr(each, FIXTURE) for each in self.config.pluginmanager.get_plugins() if each is not own)
        if self.runs.settings.target is None and not overridden:
            raise pytest.UsageError(
                f"conformance: no target (use --conformance-target, or override the fixture {FIXTURE} in conftest.py)"
            )
        if self.runs.settings.target is not None and not overridden:
            clause_results.resolved(self.runs.settings.target)

    def _register_extensions(self) -> None:
        self.cleanup.enter_context(registrations.scope())
        self.config.hook.pytest_conformance_checks(config=self.config)
        for rules in self.config.hook.pytest_conformance_rules(config=self.config):
            for service, rule in rules or ():
                register_rule(service, rule)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the clauses to what the session has."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*report.result, _collector(collector, self)]
        return report

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take note of the clauses that are left."""
        for item in session.items:
            if isinstance(item, ClauseTest):
                self.runs.wanted.setdefault(item.clauses.name, set()).add(item.clause)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """Where there is no target, end as pytest does for wrong use; a worker leaves that to its controller."""
        try:
            return (yield)
        except NoTarget as problem:
            self.problem = str(problem.msg)
            if self.worker is None:
                raise pytest.UsageError(self.problem) from None
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where its parts of the record go."""
        node.workerinput[_PARTS] = str(self.runs.parts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear from a worker that it had no target."""
        self.problem = getattr(node, "workeroutput", {}).get(_PROBLEM) or self.problem

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> object:
        """Keep the clauses of an operation on one worker."""
        if config.getoption("dist") not in ("load", "worksteal"):
            return None
        from conformance.pytest_plugin.operation_scheduling import operation_scheduling

        return operation_scheduling(config, log)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the record and the report."""
        if self.worker is not None:
            output: dict[str, Any] = getattr(session.config, "workeroutput", {})
            output[_PROBLEM] = self.problem
            return
        self.written = clause_results.write(self.runs.parts, self.runs.settings)
        if self.problem is not None:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the levels of each service, and where the report is."""
        if self.worker is not None or self.written is None:
            return
        terminalreporter.section("conformance")
        for line in self.written.lines:
            terminalreporter.line(line)
        if self.problem is not None:
            terminalreporter.line(f"ERROR: {self.problem}", red=True)

    def pytest_unconfigure(self) -> None:
        """Forget the checks and rules of this run."""
        self.cleanup.close()


def _collector(session: pytest.Session, provider: Provider) -> pytest.Collector:
    return collector(session, provider.plan, provider.runs)


def _leave_out_other_tests(config: pytest.Config) -> None:
    """With --conformance on the command line and no path, only clauses are collected."""
    given = config.getoption(ROOT) is not None
    if given and config.args_source != pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
