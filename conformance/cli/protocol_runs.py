"""`conformance run --protocol all`: one run for each protocol, and the verdicts that differ between protocols.

    {protocol: Plan} --execute, one by one--> OUT/<protocol>/record.jsonl ... --> differences, service by service

Each protocol has its own record, because the ids of clauses do not name the protocol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from conformance.compare.records import compare
from conformance.exceptions import TargetError, Unreachable
from conformance.planning.plan import Plan
from conformance.record.reader import read
from conformance.run.control.run_control import RunControl
from conformance.values.text import counted

MOST_SHOWN = 50

# Executes a plan, writes into a folder and returns an exit status; the number counts the runs from 0.
Execute = Callable[[Plan, Path, int], int]


def run_each_protocol(plans: Mapping[str, Plan], out: Path, record: str, execute: Execute, control: RunControl) -> int:
    """Execute the plans, print the verdicts that differ, and return the highest exit status.

    A protocol that the target does not speak is reported, and the other protocols still run, unless `control` was asked
    to stop. Raises Unreachable if the target does not answer at all.
    """
    statuses: dict[str, int] = {}
    for number, (protocol, plan) in enumerate(plans.items()):
        click.echo(f"{protocol}: {', '.join(service.spec.service.name for service in plan.services)}")
        try:
            statuses[protocol] = execute(plan, out / protocol, number)
        except Unreachable:
            raise
        except TargetError as problem:
            statuses[protocol] = problem.exit_status
            click.echo(f"error: over {protocol}: {problem.message}", err=True)
        if control.is_due():
            break
    for line in _differences(_verdicts(plans, {name: out / name / record for name in statuses})):
        click.echo(line)
    return max(statuses.values())


# Service -> protocol, in the order of the runs -> clause -> verdict.
Verdicts = Mapping[str, Mapping[str, Mapping[str, str]]]


def _verdicts(plans: Mapping[str, Plan], records: Mapping[str, Path]) -> Verdicts:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for protocol, path in records.items():
        if not path.exists():
            continue
        for service in plans[protocol].services:
            found.setdefault(service.spec.service.name, {})[protocol] = {}
        for verdict in read(path).verdicts:
            service_name = verdict.clause.partition(":")[0]
            found[service_name][protocol][verdict.clause] = verdict.verdict
    return found


def _differences(verdicts: Verdicts) -> Iterator[str]:
    """The lines about each service: each further protocol compared with the first."""
    for service, protocols in verdicts.items():
        (first, expected), *others = protocols.items()
        for protocol, other in others:
            yield ""
            yield f"{service} over {first} -> {protocol}"
            yield from _compared(expected, other)


def _compared(first: Mapping[str, str], other: Mapping[str, str]) -> Iterator[str]:
    """The clauses that both protocols decide differently, and the number of those that only one of them decides."""
    found = [each for each in compare(_decided(first), _decided(other)) if each.before and each.after]
    for each in found[:MOST_SHOWN]:
        yield f"  {each.clause}  {each.before} -> {each.after}"
    if len(found) > MOST_SHOWN:
        yield f"  ... and {len(found) - MOST_SHOWN:,} more ('conformance compare' of the records shows all)"
    both = _decided(first).keys() & _decided(other).keys()
    alone = Counter(
        f"{first.get(clause, 'no such clause')} -> {other.get(clause, 'no such clause')}"
        for clause in _decided(first).keys() ^ _decided(other).keys()
    )
    differ = "differs" if len(found) == 1 else "differ"
    yield f"  {len(found):,} of {counted(len(both), 'clause')} that both decide {differ}"
    for kind, count in alone.most_common():
        yield f"  {counted(count, 'clause')} that one decides: {kind}"


def _decided(verdicts: Mapping[str, str]) -> Mapping[str, str]:
    return {clause: verdict for clause, verdict in verdicts.items() if verdict in ("passed", "failed")}
