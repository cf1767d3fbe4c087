"""Tests of a project's own: `@pytest.mark.conformance("sqs:CreateQueue", only="*#pattern")`.

    marker --plan--> a test for each clause, which takes
        case       what was sent to show the clause, and what came back (`steps` with request and response)
        finding    how the clause is contradicted; None where it holds

A clause that the target does not reach skips its test, with the reason.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import ConformanceError, UsageError
from conformance.planning.selection import ClauseSelection
from conformance.pytest_plugin.clause_runs import ClauseResults, ClauseRuns, OperationClauses, operations_of
from conformance.pytest_plugin.extension_hooks import register_extensions
from conformance.pytest_plugin.no_target import EndsWithoutTarget, NoTarget
from conformance.pytest_plugin.run_settings import run_settings
from conformance.pytest_plugin.target_fixture import FIXTURE
from conformance.pytest_plugin.wrong_use import in_one_line
from conformance.record.rows import CaseRow, Finding, Verdict

MARKER = "conformance"
ARGUMENTS = ("case", "finding")
NAME = "conformance-marked-tests"


@dataclass(frozen=True, slots=True)
class MarkedClause:
    """The clause that a test is run for."""

    asked: OperationClauses
    clause: str


class MarkedTests(EndsWithoutTarget):
    """The plugin object behind the markers of a session: its runs, and what is wrong with a marker."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(is_worker=hasattr(config, "workerinput"))
        self.wrong: pytest.UsageError | None = None
        folder = tempfile.mkdtemp(prefix="conformance-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        self.runs = ClauseRuns(run_settings(config), Path(folder))

    def pytest_collection_modifyitems(self) -> None:
        """End where a marker cannot be understood."""
        if self.wrong is not None:
            raise self.wrong

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take note of the clauses that are left: requests are sent for these only."""
        for item in session.items:
            for value in getattr(getattr(item, "callspec", None), "params", {}).values():
                if isinstance(value, MarkedClause):
                    self.runs.want(value.asked, value.clause)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Run a marked test once for each clause that its marker selects."""
    arguments = [name for name in ARGUMENTS if _is_ours(metafunc, name)]
    marker = metafunc.definition.get_closest_marker(MARKER)
    if not arguments or marker is None:
        return
    session = _session(metafunc.config)
    try:
        register_extensions(metafunc.config)
        clauses = _clauses(session.runs, marker)
    except ConformanceError as problem:
        where = f"conformance: {metafunc.definition.nodeid}: "
        line = in_one_line(problem).replace("conformance: ", where, 1)
        if session.is_worker:  # its controller shows what goes wrong in collecting, and takes the rest for a crash
            raise pytest.Collector.CollectError(line) from None
        session.wrong = session.wrong or pytest.UsageError(line)
        clauses = []
    metafunc.parametrize(
        arguments,
        [(each,) * len(arguments) for each in clauses],
        ids=[each.clause for each in clauses],
        indirect=True,
    )


def case_of(request: pytest.FixtureRequest) -> CaseRow:
    """The value of the fixture `case`."""
    wanted = _wanted(request)
    results, verdict = _judged(request, wanted)
    cases = results.cases(wanted.clause)
    if not cases:
        pytest.skip(verdict.why or "no case shows this clause")
    return cases[0]


def finding_of(request: pytest.FixtureRequest) -> Finding | None:
    """The value of the fixture `finding`."""
    wanted = _wanted(request)
    results, _ = _judged(request, wanted)
    return next(iter(results.findings.get(wanted.clause, ())), None)


def _session(config: pytest.Config) -> MarkedTests:
    known = config.pluginmanager.get_plugin(NAME)
    if isinstance(known, MarkedTests):
        return known
    made = MarkedTests(config)
    config.pluginmanager.register(made, NAME)
    return made


def _clauses(runs: ClauseRuns, marker: pytest.Mark) -> list[MarkedClause]:
    unknown = set(marker.kwargs) - {"only", "skip"}
    if unknown or not marker.args or not all(isinstance(each, str) for each in marker.args):
        raise UsageError(
            "a marker 'conformance' takes selections, only and skip", hint='as in ("sqs:CreateQueue", only="*#pattern")'
        )
    selection = ClauseSelection(_globs(marker, "only"), _globs(marker, "skip"))
    found = operations_of(runs.plan(marker.args, selection))
    return [MarkedClause(each, clause) for each in found for clause in each.service.clauses_of(each.operation)]


def _globs(marker: pytest.Mark, name: str) -> tuple[str, ...]:
    value = marker.kwargs.get(name, ())
    globs = (value,) if isinstance(value, str) else value
    if not isinstance(globs, (list, tuple, set, frozenset)) or not all(isinstance(each, str) for each in globs):
        raise UsageError(f"{name} of a marker 'conformance' is {value!r:.60}", hint="a glob of clause ids, or a list")
    return tuple(globs)


def _is_ours(metafunc: pytest.Metafunc, name: str) -> bool:
    """Whether a test takes a fixture of the plugin, not a parameter or a fixture of the project with the same name."""
    if name not in metafunc.fixturenames:
        return False
    parametrized = (mark.args[0] for mark in metafunc.definition.iter_markers("parametrize") if mark.args)
    names = (each.split(",") if isinstance(each, str) else each for each in parametrized)
    found = metafunc.definition._fixtureinfo.name2fixturedefs.get(name, ())
    own = bool(found) and found[-1].func.__module__ == "conformance.pytest_plugin"
    return own and all(name not in (text.strip() for text in each) for each in names)


def _wanted(request: pytest.FixtureRequest) -> MarkedClause:
    value = getattr(request, "param", None)
    if not isinstance(value, MarkedClause):
        pytest.fail(f"the fixture '{request.fixturename}' is for tests with the marker 'conformance'", pytrace=False)
    return value


def _judged(request: pytest.FixtureRequest, wanted: MarkedClause) -> tuple[ClauseResults, Verdict]:
    """The results of the operation, and the verdict of the clause; skips the test where it was not judged."""
    runs = _session(request.config).runs
    target: Any = request.config.getoption(FIXTURE) or request.getfixturevalue(FIXTURE)
    params = getattr(getattr(request.node, "callspec", None), "indices", {})
    try:
        results = runs.results(wanted.asked, target, param=params.get(FIXTURE))
    except ConformanceError as problem:
        raise NoTarget(in_one_line(problem)) from problem
    verdict = results.verdicts.get(wanted.clause)
    if verdict is None or verdict.verdict == "errored":
        pytest.fail(f"{wanted.clause}: {verdict.why if verdict else 'the run gave no verdict'}", pytrace=False)
    if verdict.verdict in ("skipped", "unreached"):
        pytest.skip(f"{verdict.verdict}: {verdict.why}")
    return results, verdict
