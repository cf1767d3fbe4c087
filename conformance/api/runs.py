"""Runs as a program sees them: events as they come, and records held against each other.

selection, target --plan_of, resolve--> Plan, Target --run--> event ... --> the caller, and a record on the way
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from conformance.api.services import checked_texts
from conformance.compare.records import Difference, compare
from conformance.exceptions import UsageError
from conformance.exchanges import target as targets
from conformance.exchanges.recordings import recording_file
from conformance.exchanges.target import Target
from conformance.planning.pace import REQUEST_TIMEOUT, with_pace
from conformance.planning.permissions import Permissions
from conformance.planning.plan import DEFAULT_EXAMPLES, Plan, plan_of
from conformance.planning.refused_operations import with_permissions
from conformance.planning.seeds import random_seed
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.reader import read
from conformance.record.rows import Record
from conformance.record.writer import RecordWriter
from conformance.run import Event, OperationStarted, judge_recording, run
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import RunControl
from conformance.specs.store.loading import REPOSITORY


def resolve_target(
    target: str | None = None,
    *,
    endpoint_url: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    ca_bundle: str | None = None,
    verify_ssl: bool = True,
    timeout: float = REQUEST_TIMEOUT,
    seed: int = 0,
    services: Iterable[str] = (),
) -> Target:
    """Find the implementation to test, and how to reach it, without sending anything.

    Stable.

    `target` is `moto` (embedded in this process), a URL, `aws:REGION` or `recording:PATH`; `endpoint_url` is a URL as
    well. Without either, it is the endpoint URL that is configured for the AWS CLI, and without that, `moto`.
    Credentials and region are found as the AWS CLI finds them. `timeout` is in seconds, for each request. `seed`
    chooses the account, where the target lets clients choose one. `services`, by botocore's names, are those whose own
    endpoint may be configured (`AWS_ENDPOINT_URL_SQS`).

    Raises BadEndpoint for a text that names no target, UnknownName for a profile or region that does not exist,
    MissingPart where moto is not installed, UsageError where credentials or a region are missing.
    """
    return targets.resolve(
        target,
        endpoint_url=endpoint_url,
        region=region,
        profile=profile,
        ca_bundle=ca_bundle,
        no_verify_ssl=not verify_ssl,
        seed=seed,
        timeout=timeout,
        services=checked_texts("services", services),
    )


def run_cases(
    *selection: str,
    target: str | Target | None = None,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    max_examples: int = DEFAULT_EXAMPLES,
    seed: int | None = None,
    source: str = REPOSITORY,
    protocol: str | None = None,
    poll_interval: float | None = None,
    poll_timeout: float | None = None,
    transitions: int | None = None,
    allow_writes: bool = False,
    max_resources: int | None = None,
    rate: float | None = None,
    ledger: str | os.PathLike[str] | None = None,
    record: str | os.PathLike[str] | None = None,
) -> Iterator[Event]:
    """Run the cases of a selection against a target; an iterator of the events of the run, in order.

    Provisional.

    The events are the rows of a record: a `header`; for each operation its `case`s as they are sent, then each
    `finding`, each `verdict`, and the `operation` with its level; a `footer`. Each is a frozen dataclass with such a
    `type`. Between them, an `operation-started` names the operation that begins; it is not part of a record.
    Nothing is sent before the first event is asked for. A caller that stops early should close the iterator, so that
    what the run created is removed.

    A selection, `only`, `skip` and `source` are those of `clauses`; `target` is a text or the result of
    `resolve_target`. `max_examples` is the number of random valid requests for each operation. The same `seed` sends
    the same requests; without one it is that of the specs. `protocol` is one that the service declares.
    `poll_interval` is a factor of the delay between polls, `poll_timeout` the seconds that a change of state may take.
    `transitions` keeps embedded moto in each transient state for so many calls. `record` is a file to write the events
    to.

    `aws:REGION` is only read, unless `allow_writes`: then nothing is touched but what the run makes, at most
    `max_resources` things, which `ledger`, a file, lists for `conformance cleanup`. Purchases and the like are sent
    only if the selection names them one by one. `rate` is in requests a second.

    Raises UsageError (and its subclasses) for wrong arguments at once, TargetError from the iterator where the target
    does not answer.
    """
    _check_numbers(max_examples=max_examples, seed=seed, transitions=transitions, max_resources=max_resources)
    plan = plan_of(
        parse_selection(checked_texts("selection", selection), source=source),
        source=source,
        protocol=protocol,
        selection=ClauseSelection(checked_texts("only", only), checked_texts("skip", skip)),
        seed=seed,
        max_examples=max_examples,
    )
    found = target if isinstance(target, Target) else _target_for(plan, target)
    if seed is None:
        plan = replace(plan, names=random_seed())
        found = found if isinstance(target, Target) else targets.in_fresh_account(found)
    plan = with_pace(replace(plan, rate=_checked_rate(rate)), found, interval=poll_interval, timeout=poll_timeout)
    if found.kind == "aws":
        plan = with_permissions(plan, Permissions(allow_writes, max_resources=max_resources, ledger=ledger), selection)
    rows = run_plan(plan, found, transitions)
    return rows if record is None else _recorded(rows, _place_beside(found, record))


def _target_for(plan: Plan, target: str | None) -> Target:
    return resolve_target(target, seed=plan.seed, services=(each.spec.service.name for each in plan.services))


def run_plan(
    plan: Plan,
    target: Target,
    transitions: int | None = None,
    control: RunControl | None = None,
    earlier: Resumption | None = None,
) -> Generator[Event, None, None]:
    """The events of a plan at a target, which is opened for the time of the run; a recording is judged instead.

    `control` may end the run in order. With `earlier` a run goes on that was interrupted.
    """
    control = control or RunControl()
    if target.path is not None:
        yield from judge_recording(plan, recording_file.read_recording(target.path), target.path.name, control)
        return
    with ExitStack() as stack:
        connection = stack.enter_context(target.open(control.checkpoint))
        stack.enter_context(connection.slow_transitions(transitions))
        yield from run(plan, connection, control=control, earlier=earlier)


def _place_beside(target: Target, record: str | os.PathLike[str]) -> Path:
    """The file to write; raises UsageError for the recording that is judged."""
    if target.path is not None and target.path.resolve() == Path(record).resolve():
        raise UsageError(f"{record} is the recording that is judged, and would be lost", hint="name another record")
    return Path(record)


def _recorded(rows: Iterator[Event], path: Path) -> Iterator[Event]:
    """The events, each written to a record first. The file is made with the first one."""
    first = next(rows)
    with RecordWriter(path) as writer:
        for row in itertools.chain((first,), rows):
            if not isinstance(row, OperationStarted):
                writer.write(row)
            yield row


def read_record(path: str | os.PathLike[str]) -> Record:
    """Read the record of a run: header, cases, findings, verdicts, operations, footer.

    Stable.

    Raises BadFile for a file that cannot be read, is no record, or is of a newer format. A record that a run did not
    finish is read as far as it goes, and is `truncated`.
    """
    return read(path)


def compare_records(
    before: Record | str | os.PathLike[str], after: Record | str | os.PathLike[str]
) -> tuple[Difference, ...]:
    """Compare the verdicts of two records: the clauses whose verdict differs, worst first.

    Stable.

    Each difference has the clause, its verdict `before` and `after` (None where the record does not have the clause),
    and a `change`: worse, better, other, new or gone. Records may be given as paths; raises what `read_record` raises.
    """
    one, other = (each if isinstance(each, Record) else read(each) for each in (before, after))
    return compare(
        {each.clause: each.verdict for each in one.verdicts}, {each.clause: each.verdict for each in other.verdicts}
    )


def _checked_rate(rate: float | None) -> float | None:
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, (int, float)) or rate <= 0):
        raise UsageError(f"rate is {rate!r}, not a number above 0")
    return rate


def _check_numbers(**numbers: object) -> None:
    for name, value in numbers.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise UsageError(f"{name} is {value!r}, not a number of 0 or more")
