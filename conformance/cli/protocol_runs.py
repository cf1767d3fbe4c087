"""One run for each protocol of the services, and where the target's verdicts depend on the protocol.

    {protocol: Plan} --carry out, one by one--> OUT/<protocol>/record.jsonl ... --> differences, service by service

Every protocol has a record of its own, because ids of clauses do not say which protocol they were tested in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from conformance.compare.records import compare
from conformance.errors import TargetError, Unreachable
from conformance.planning.plan import Plan
from conformance.record.reader import read

INTERRUPTED = 130
SHOWN = 50

# Carries out a plan, writes into a folder and returns an exit status; the number is that of the run.
CarryOut = Callable[[Plan, Path, int], int]


def in_turn(plans: Mapping[str, Plan], out: Path, record: str, carry_out: CarryOut) -> int:
    """Carry out the plans, tell how their verdicts differ, and return the exit status of the worst.

    A protocol that the target does not speak is told and does not keep the others from their turn. Raises Unreachable
    where nobody answers.
    """
    statuses: dict[str, int] = {}
    for number, (protocol, plan) in enumerate(plans.items()):
        click.echo(f"{protocol}: {', '.join(service.spec.service.name for service in plan.services)}")
        try:
            statuses[protocol] = carry_out(plan, out / protocol, number)
        except Unreachable:
            raise
        except TargetError as problem:
            statuses[protocol] = problem.exit_status
            click.echo(f"error: over {protocol}: {problem.message}", err=True)
        if statuses[protocol] == INTERRUPTED:
            break
    for line in _differences(_verdicts(plans, {name: out / name / record for name in statuses})):
        click.echo(line)
    return max(statuses.values())


# Service -> protocol, the first one first -> clause -> verdict.
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
    for service, protocols in verdicts.items():
        (first, known), *others = protocols.items()
        for protocol, told in others:
            yield ""
            yield f"{service} over {first} -> {protocol}"
            yield from _told(known, told)


def _told(known: Mapping[str, str], other: Mapping[str, str]) -> Iterator[str]:
    """Where both protocols have a verdict that says something of the target, and what only one of them says."""
    found = [each for each in compare(_decided(known), _decided(other)) if each.before and each.after]
    for each in found[:SHOWN]:
        yield f"  {each.clause}  {each.before} -> {each.after}"
    if len(found) > SHOWN:
        yield f"  ... and {len(found) - SHOWN:,} more (see 'conformance compare' of their records)"
    both = _decided(known).keys() & _decided(other).keys()
    alone = Counter(
        f"{known.get(clause, 'no such clause')} -> {other.get(clause, 'no such clause')}"
        for clause in _decided(known).keys() ^ _decided(other).keys()
    )
    yield f"  {len(found):,} of {len(both):,} clauses that both decide differ"
    for kind, count in alone.most_common():
        yield f"  {count:,} clauses that one decides: {kind}"


def _decided(verdicts: Mapping[str, str]) -> Mapping[str, str]:
    return {clause: verdict for clause, verdict in verdicts.items() if verdict in ("passed", "failed")}
