"""`--conformance-contract FILE`: what the tests use of AWS is written to a file.

pytest_configure              the file is checked; watching begins, so that calls of conftest.py are seen
pytest_runtest_protocol       each call, and each read of an answer, belongs to the test that runs
pytest_fixture_setup          those of a fixture that several tests share belong to the fixture, whichever is first
pytest_sessionfinish          one contract, of all workers; the runs of a test with several parameters are one test
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.contracts.contract_file import read_contract, write_contract
from conformance.contracts.contract_merging import merged, renamed
from conformance.contracts.usage_recorder import OUTSIDE, UsageRecorder
from conformance.exceptions import ConformanceError
from conformance.pytest_plugin.options import value_of
from conformance.pytest_plugin.wrong_use import in_one_line
from conformance.watching.call_watcher import WATCHER

OPTION = "conformance-contract"
_PARTS = "conformance_contract_parts"

_PARAMETERS = re.compile(r"^([^\[]*::[^\[]*)\[.*\]$", re.DOTALL)

# Exit statuses of a session that did not come to its end.
_CUT_OFF = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


def plugin(config: pytest.Config) -> ContractSession:
    """The plugin object; raises pytest.UsageError for a file that cannot be written."""
    return ContractSession(config)


class ContractSession:
    """Watches the calls of a session, and writes its contract."""

    def __init__(self, config: pytest.Config) -> None:
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.path = _path(config)
        self.parts = Path(self.worker[_PARTS] if self.worker else tempfile.mkdtemp(prefix="conformance-"))
        self.recorder = UsageRecorder()
        self.line = ""
        self.is_problem = False
        self.is_cut_off = False
        WATCHER.add(self.recorder, self.recorder.handed_out)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """The calls from here on are those of a test."""
        self.recorder.test = item.nodeid
        try:
            return (yield)
        finally:
            self.recorder.test = OUTSIDE
            self.recorder.test_ended()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """The calls of a shared fixture are its own, when it is set up and when it is torn down."""
        if fixturedef.scope == "function":
            return (yield)
        name = f"fixture {fixturedef.argname} of {fixturedef.baseid or 'conftest.py'}"
        before = self.recorder.test

        def name_it() -> None:
            nonlocal before
            before, self.recorder.test = self.recorder.test, name

        def name_the_test() -> None:
            self.recorder.test = before

        # The last finalizer that is added is the first to be called.
        fixturedef.addfinalizer(name_the_test)
        name_it()
        try:
            return (yield)
        finally:
            name_the_test()
            fixturedef.addfinalizer(name_it)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """An error that reaches pytest was caught by nobody."""
        if call.excinfo is not None:
            self.recorder.uncaught(call.excinfo.value)
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where its part of the contract goes."""
        node.workerinput[_PARTS] = str(self.parts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """Hear of a worker that was lost, and its part of the contract with it."""
        self.is_cut_off = self.is_cut_off or error is not None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the part of this process; the controller makes one contract of all."""
        name = self.worker["workerid"] if self.worker else "main"
        write_contract(self.recorder.contract(), self.parts / f"{name}.json")
        if self.worker is None:
            try:
                self.line = self._written(exitstatus)
            except ConformanceError as problem:
                self.line, self.is_problem = f"ERROR: {in_one_line(problem)}", True
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _written(self, exitstatus: int) -> str:
        if exitstatus in _CUT_OFF or self.is_cut_off:
            return f"the session did not come to its end: {self.path} is not written"
        contract = merged(read_contract(each) for each in sorted(self.parts.glob("*.json")))
        if not contract.services:
            return f"no AWS call was seen: {self.path} is not written"
        write_contract(renamed(contract, without_parameters), self.path)
        operations = sum(len(each) for each in contract.services.values())
        return f"{contract.calls} calls of {operations} operations of {len(contract.services)} services: {self.path}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show where the contract is."""
        if self.worker is not None or not self.line:
            return
        terminalreporter.section("conformance contract")
        terminalreporter.line(self.line, red=self.is_problem)
        for problem in self.recorder.problems[:1]:
            terminalreporter.line(f"{len(self.recorder.problems)} calls could not be read: {problem!r}", red=True)

    def pytest_unconfigure(self) -> None:
        """Watch no longer."""
        WATCHER.remove(self.recorder)
        if self.worker is None:
            shutil.rmtree(self.parts, ignore_errors=True)


def without_parameters(test: str) -> str:
    """The node id of a test function, without the parameters of one of its runs."""
    return _PARAMETERS.sub(r"\1", test)


def _path(config: pytest.Config) -> Path:
    """The file; an argument is taken from the folder that pytest was called in, a key from that of its file."""
    given = config.getoption("conformance_contract") is not None
    path = (config.invocation_params.dir if given else config.rootpath) / (value_of(config, OPTION) or "")
    if path.is_dir():
        raise pytest.UsageError(f"--{OPTION} is the folder {path}, not a file (add the name of a file)")
    above = next(each for each in path.parents if each.exists())
    if not above.is_dir():
        raise pytest.UsageError(f"--{OPTION} is {path}, and {above} is no folder (name another file)")
    return path
