"""A plan carried out for the command line: the folder locked, signals handled, the record kept, its results shown.

Plan, Target --run_plan--> events --RecordKeeper--> OUT/record.jsonl --conclude--> reports, exit status
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.api.runs import run_plan
from conformance.cli.output import check_output
from conformance.cli.running.progress import RunProgress
from conformance.cli.running.record_keeper import RecordKeeper
from conformance.cli.running.results import RECORD, ResultOptions, conclude
from conformance.exceptions import Unwritable
from conformance.exchanges.target import Target
from conformance.planning.plan import Plan
from conformance.record.folder_lock import locked
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import Limits, RunControl
from conformance.run.control.signals import SignalHandling

_ELSEWHERE = "choose another folder with --out"


@dataclass(frozen=True, slots=True)
class Execution:
    """What the plans of one command have in common."""

    results: ResultOptions
    transitions: int | None
    control: RunControl
    signals: SignalHandling

    def execute(self, plan: Plan, target: Target, record: Path, earlier: Resumption | None = None) -> int:
        """Carry out a plan, or what is left of it, and return the exit status; reports go beside the record."""
        with locked(record.parent):
            self._keep(plan, target, record, earlier)
            return conclude(record, self.results)

    def record(self, plan: Plan, target: Target, record: Path) -> None:
        """Carry out a plan, and write its record."""
        with locked(record.parent):
            self._keep(plan, target, record)

    def _keep(self, plan: Plan, target: Target, record: Path, earlier: Resumption | None = None) -> None:
        read = [target.path, Path(self.results.known.path) if self.results.known is not None else None]
        check_output(record, [each for each in read if each is not None], hint=_ELSEWHERE)
        _check_writable(record.parent)
        self.signals.last_words = None
        events = run_plan(plan, target, self.transitions, self.control, earlier)
        operations = sum(len(service.operations) for service in plan.services)
        verbosity = self.results.verbosity
        progress = RunProgress(operations, verbose=verbosity == "verbose", quiet=verbosity == "quiet")
        RecordKeeper(record, self.signals, progress, earlier).keep(events)


@contextmanager
def execution(results: ResultOptions, limits: Limits, transitions: int | None) -> Iterator[Execution]:
    """What plans are executed with; signals are handled until the block ends. The time of `limits` begins here."""
    control = RunControl(limits)
    signals = SignalHandling(control)
    with signals.installed():
        yield Execution(results, transitions, control, signals)


def _check_writable(out: Path) -> None:
    """Raise Unwritable before the run, not after it, if its results cannot be written."""
    try:
        probe = out / f".{RECORD}.writable"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise Unwritable(f"cannot write to {out}: {reason}", hint=_ELSEWHERE) from problem
