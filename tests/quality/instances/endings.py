"""Runs that end early, records that are cut off, two runs at once, and the same answer twice."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance.exceptions import InUse
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ServiceSelection
from conformance.record.folder_lock import locked
from conformance.record.reader import read
from conformance.record.rows import FooterRow, Record, Verdict
from conformance.record.writer import RecordWriter
from conformance.run import Event, OperationStarted, run
from conformance.run.continuation.rejudging import completed
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import Limits, RunControl
from conformance.run.control.signals import SignalHandling
from doubles.demanding_service import DemandingService, plan
from quality.instance import Instance


class _Remote(DemandingService):
    def identity(self) -> Mapping[str, Any]:
        return {"kind": "http", "identity": "paddocks", "url": "http://127.0.0.1:9", "region": "eu-west-1"}


def _words(events: Iterable[Event]) -> dict[str, str]:
    return {event.clause: event.verdict for event in events if isinstance(event, Verdict)}


def _recorded(path: Path, events: Iterable[Event]) -> Record:
    with RecordWriter(path) as writer:
        for event in events:
            if not isinstance(event, OperationStarted):
                writer.write(event)
    return read(path)


def _terminated() -> str | None:
    control = RunControl()
    handling, target, events = SignalHandling(control, lambda _end: None), DemandingService(), []
    with handling.installed():
        for number, event in enumerate(run(plan(), target, control=control)):
            events.append(event)
            if number == 20:
                signal.raise_signal(signal.SIGTERM)
    footer = events[-1]
    if not isinstance(footer, FooterRow) or footer.code != "terminated":
        return f"the last line is {footer}"
    return "something was left behind" if target.paddocks else None


def _limit() -> str | None:
    events = list(run(plan(), DemandingService(), control=RunControl(Limits(requests=30))))
    whole = _words(run(plan(), DemandingService()))
    return None if _words(events).keys() == whole.keys() else "clauses without a verdict"


def _gone_on_with() -> str | None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.jsonl"
        whole = _recorded(path, run(plan(), _Remote()))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])
        cut = read(path)
        words = {row.clause: row.verdict for row in whole.verdicts}
        if {row.clause for row in completed(cut, plan()).verdicts} != set(words):
            return "clauses of the record that was cut off have no verdict"
        again = _words(run(plan(), _Remote(), earlier=Resumption(cut, plan())))
        return None if again == words else "other verdicts than without the interruption"


def _two_at_once() -> str | None:
    with TemporaryDirectory() as folder, locked(Path(folder)):
        try:
            with locked(Path(folder)):
                return "the second one writes, too"
        except InUse:
            return None


def _seed() -> str | None:
    seeds = {plan_of([ServiceSelection("sqs", names)]).seed for names in ((), ("ListQueues",), ("CreateQueue",))}
    return None if len(seeds) == 1 else f"seeds {seeds}"


def _order() -> str | None:
    def reordered(some: Plan) -> Plan:
        service = some.services[0]
        return replace(some, services=(replace(service, operations=tuple(reversed(service.operations))),))

    whole = _words(run(plan(), DemandingService()))
    if _words(run(reordered(plan()), DemandingService())) != whole:
        return "the other way round the verdicts differ"
    alone = _words(run(plan("PaintPaddock"), DemandingService()))
    return None if alone.items() <= whole.items() else f"alone it is {alone}"


INSTANCES = (
    Instance("endings/terminated", "SIGTERM removes what was made, and the record has its footer", _terminated),
    Instance("endings/limit", "a run that ends at a limit has a verdict for each clause", _limit),
    Instance("endings/gone-on-with", "a record that was cut off is told, and the run goes on from it", _gone_on_with),
    Instance("endings/two-at-once", "two runs do not write into one folder", _two_at_once),
    Instance("endings/seed", "the default seed is the same for every selection of a service", _seed),
    Instance("endings/order", "the order of operations decides about no verdict", _order),
)
