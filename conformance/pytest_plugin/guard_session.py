"""`--conformance-guard MODE`: the AWS calls of the tests are watched, whoever answers them.

pytest_configure              the options are checked; watching begins, so that calls of conftest.py are seen
pytest_runtest_*              each call belongs to the test that runs; a test fails, or warns, at its own end
pytest_sessionfinish          one record and one report, of all workers
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.api.guards import MODES, ConformanceWarning, Guard, ignored, weighs
from conformance.exceptions import ConformanceError
from conformance.guarding.guard_ledger import GuardLedger, MetContradiction
from conformance.guarding.guard_text import lines_of
from conformance.pytest_plugin.options import value_of, values_of
from conformance.pytest_plugin.record_files import RecordFiles, records_in
from conformance.pytest_plugin.run_settings import run_settings
from conformance.pytest_plugin.wrong_use import in_one_line, usage_error
from conformance.record.assembly import record_of
from conformance.record.combination import combine
from conformance.record.rows import Finding
from conformance.record.writer import RecordWriter
from conformance.reports import baselines
from conformance.reports.baselines import Baseline
from conformance.specs.clauses.clause import clause_glob
from conformance.values.text import counted
from conformance.values.vocabulary import Severity
from conformance.verdicts.check_results import Contradiction
from conformance.watching.call_watcher import WATCHER
from conformance.watching.garbage_collection import leave_to_exit, paused_collection
from conformance.watching.watched_call import WatchedCall

RECORD, HTML = "guard.jsonl", "guard.html"
IGNORE_MARKER = "conformance_ignore"
_PARTS = "conformance_guard_parts"

# How many findings the terminal shows; the report has all.
MOST_SHOWN = 30


def plugin(config: pytest.Config) -> GuardSession:
    """The plugin object; raises pytest.UsageError for options that cannot be used."""
    return GuardSession(config)


class GuardSession:
    """Watches the calls of a session, and reports on them."""

    def __init__(self, config: pytest.Config) -> None:
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.mode = value_of(config, "conformance-guard") or "report"
        if self.mode not in MODES:
            raise pytest.UsageError(f"--conformance-guard is '{self.mode}', not one of {', '.join(MODES)}")
        settings = run_settings(config)
        self.out = settings.out
        given = value_of(config, "conformance-fail-on")
        self.at_least: Severity = settings.fail_on if given is not None and settings.fail_on != "never" else "warning"
        try:
            own = tuple(ignored(each) for each in values_of(config, "conformance-guard-ignore"))
        except ConformanceError as problem:
            raise usage_error(problem) from problem
        self.known = Baseline(settings.known.path, (*own, *settings.known.entries))
        self.parts = Path(self.worker[_PARTS] if self.worker else tempfile.mkdtemp(prefix="conformance-"))
        name = self.worker["workerid"] if self.worker else ""
        self.ledger = GuardLedger(f"{name}-" if name else "", self._passes_over)
        self.guard = Guard(self.ledger, self.known)
        self.item: pytest.Item | None = None
        self.start = 0
        self.lines: list[str] = []
        WATCHER.add(self.ledger)
        leave_to_exit()

    def _passes_over(self, found: Contradiction, _call: WatchedCall) -> bool:
        markers = () if self.item is None else self.item.iter_markers(IGNORE_MARKER)
        return any(clause_glob(str(glob)).fullmatch(found.clause) for each in markers for glob in each.args)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """The calls from here on are those of a test."""
        self.item, WATCHER.test, self.start = item, item.nodeid, len(self.ledger.met)
        try:
            return (yield)
        finally:
            self.item, WATCHER.test = None, ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tell a test of what its setup and the test itself have shown."""
        result = yield
        self._tell(item, "call")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tell a test of what its teardown has shown, and of what it had no chance to be told when it failed."""
        result = yield
        self._tell(item, "teardown")
        return result

    def _tell(self, item: pytest.Item, when: str) -> None:
        met, self.start = self.ledger.met[self.start :], len(self.ledger.met)
        found = [each for each in met if weighs(each, self.at_least) and not self.guard.is_known(each)]
        lines = lines_of(found, str(item.path))
        if not lines:
            return
        item.add_report_section(when, "conformance guard", "\n".join(lines))
        if self.mode == "fail":
            pytest.fail("AWS does not do this:\n" + "\n".join(lines), pytrace=False)
        for each in found if self.mode == "warn" else ():
            self._warn(item, each)

    def _warn(self, item: pytest.Item, met: MetContradiction) -> None:
        place = met.place(str(item.path))
        (text,) = lines_of((met,), str(item.path))
        path, line = (place.path, place.line) if place is not None else (str(item.path), 1)
        warnings.warn_explicit(text, ConformanceWarning, path, line)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where its part of the record goes."""
        node.workerinput[_PARTS] = str(self.parts)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the part of this process; the controller makes one record of all."""
        with paused_collection():
            if self.worker is not None and self.ledger.calls:
                with RecordWriter(self.parts / f"{self.worker['workerid']}.jsonl") as writer:
                    for row in self.ledger.rows():
                        writer.write(row)
            if self.worker is None:
                try:
                    self.lines.extend(self._written())
                except ConformanceError as problem:
                    self.lines.append(f"ERROR: {in_one_line(problem)}")
                    session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _written(self) -> Iterator[str]:
        """Write record and report, last of all: what was found is shown also where they cannot be written."""
        own = (record_of(self.ledger.rows()),) if self.ledger.calls else ()
        records = [*own, *records_in(self.parts)]
        if not records:
            yield "no AWS call was seen"
            return
        record = combine(records)
        split = baselines.match_findings(record.findings, self.known)
        calls = record.footer.requests if record.footer is not None else 0
        shown = [each for each in split.new if each.severity != "info"]
        infos = len(split.new) - len(shown)
        findings = "1 finding" if len(shown) == 1 else f"{len(shown)} findings"
        yield f"{counted(calls, 'AWS call')}: {findings}, {infos} of severity info, {len(split.known)} known"
        yield from (_line(each) for each in shown[:MOST_SHOWN])
        if len(shown) > MOST_SHOWN:
            yield f"... and {len(shown) - MOST_SHOWN} more"
        yield from (f"the entry '{each.clause or each.fingerprint}' matches nothing" for each in split.stale)
        files = RecordFiles(self.out / RECORD, self.out / HTML)
        files.write(record, self.at_least, split.reasons)
        yield str(files)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what was found, and where the report is."""
        if self.worker is None and self.lines:
            terminalreporter.section("conformance guard")
            for line in self.lines:
                terminalreporter.line(line)
            for problem in self.ledger.problems[:1]:
                terminalreporter.line(f"{len(self.ledger.problems)} calls could not be judged: {problem!r}", red=True)

    def pytest_unconfigure(self) -> None:
        """Watch no longer."""
        WATCHER.remove(self.ledger)
        if self.worker is None:
            shutil.rmtree(self.parts, ignore_errors=True)


def _line(finding: Finding) -> str:
    places = ", ".join(finding.places[:2]) + (f" and {len(finding.places) - 2} more" if len(finding.places) > 2 else "")
    where = f" at {finding.where}" if finding.where else ""
    return f"{finding.severity}: {finding.clause} ({finding.code}){where}: {finding.got} [{places}]"
