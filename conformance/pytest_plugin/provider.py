"""`--conformance SELECTION`: an implementation is tested clause by clause, in the pytest run of its project.

pytest_configure              options, baseline and selection are checked
pytest_make_collect_report    the clauses are collected, after the tests of the project
pytest_collection_finish      what is left after -k, -m, --lf, --deselect is what requests are sent for
pytest_sessionfinish          the parts of the record become one, with a report
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import ConformanceError
from conformance.pytest_plugin import clause_results
from conformance.pytest_plugin.clause_node_ids import node_ids_in, selection_of, without_other_clauses
from conformance.pytest_plugin.clause_runs import ClauseRuns
from conformance.pytest_plugin.collection import ROOT, ClauseTest
from conformance.pytest_plugin.collection import collector as clause_collector
from conformance.pytest_plugin.extension_hooks import register_extensions
from conformance.pytest_plugin.no_target import EndsWithoutTarget
from conformance.pytest_plugin.options import values_of
from conformance.pytest_plugin.run_settings import run_settings
from conformance.pytest_plugin.target_fixture import FIXTURE, overrides_fixture
from conformance.pytest_plugin.wrong_use import usage_error

_PARTS, _PROBLEM = "conformance_parts", "conformance_problem"


def plugin(config: pytest.Config) -> Provider:
    """The plugin object; raises pytest.UsageError for options that cannot be used."""
    return Provider(config)


class Provider(EndsWithoutTarget):
    """Collects the clauses, and reports on them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        super().__init__(is_worker=self.worker is not None)
        self.directories: dict[Path, pytest.Collector] = {}
        self.written: clause_results.Written | None = None
        self.node_ids = node_ids_in(config.args)
        settings = run_settings(config)
        parts = self.worker[_PARTS] if self.worker else tempfile.mkdtemp(prefix="conformance-")
        self.runs = ClauseRuns(settings, Path(parts), self.worker["workerid"] if self.worker else "main")
        if self.worker is None:
            config.add_cleanup(lambda: shutil.rmtree(parts, ignore_errors=True))
        try:
            self._check_target()
            register_extensions(config)
            self.plan = self.runs.plan(values_of(config, ROOT) or selection_of(self.node_ids))
        except ConformanceError as problem:
            raise usage_error(problem) from problem
        _leave_out_other_tests(config, self.node_ids)

    def _check_target(self) -> None:
        manager = self.config.pluginmanager
        own = manager.get_plugin(ROOT)
        overridden = any(overrides_fixture(each) for each in manager.get_plugins() if each is not own)
        if not overridden or self.config.getoption(FIXTURE) is not None:
            clause_results.resolved(self.runs.settings.target)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the clauses to what the session has."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*report.result, clause_collector(collector, self.plan, self.runs, self.directories)]
        elif isinstance(collector, pytest.Directory):
            self.directories[collector.path] = collector
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the clauses that the command line names; raises pytest.UsageError for an id of none."""
        if self.node_ids:
            items[:] = without_other_clauses(items, self.node_ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take note of the clauses that are left."""
        for item in session.items:
            if isinstance(item, ClauseTest):
                self.runs.want(item.clauses, item.clause)

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
        self.problem = self.problem or (self.written.problem if self.written is not None else None)
        if self.problem is not None:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        elif self.written is not None and self.written.shows_nothing and session.exitstatus == pytest.ExitCode.OK:
            self.problem = f"nothing was shown to work at {self.written.record.header.target.identity}"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the levels of each service, and where the report is."""
        if self.worker is not None or self.written is None:
            return
        terminalreporter.section("conformance")
        for line in self.written.lines:
            terminalreporter.line(line)
        if self.problem is not None:
            terminalreporter.line(f"ERROR: {self.problem}", red=True)


def _leave_out_other_tests(config: pytest.Config, node_ids: tuple[str, ...]) -> None:
    """With --conformance on the command line and no path, only clauses are collected.

    Ids of clauses are taken out of the paths: pytest would look for a file of that name.
    """
    given = config.getoption(ROOT) is not None
    if given and config.args_source != pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
    config.args[:] = [each for each in config.args if each not in node_ids]
