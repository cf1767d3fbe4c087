"""`conformance replay`: one case of a record sent again, step by step, and what came back then and now.

Equal calls in a row are shown as one. Where they read a state, they are sent as often as then, and on until it has
settled, if it had then; where they change something, they were sent at once, and are so again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from conformance.cli.running.target_choice import chosen_target
from conformance.cli.shared_options import target_options
from conformance.exceptions import UnknownName, UsageError
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.target import Target
from conformance.planning.pace import LOOPBACK, REMOTE, PollPace
from conformance.planning.plan import plan_of_nothing
from conformance.planning.service_specs import load_service
from conformance.record.reader import read
from conformance.record.rows import CaseRow, Record
from conformance.record.steps import Step
from conformance.reports.scenario_view import is_scenario
from conformance.run.replay.recorded_request import Change
from conformance.run.replay.replayer import AnswerSummary, Replayer
from conformance.run.safety.guarding import guarded
from conformance.run.to_rows import plain
from conformance.specs.resources.inference import READING
from conformance.values.paths import leaves
from conformance.wire.message import Request, Response
from conformance.wire.protocols import codec_for

# The case of an operation that removes what several of its cases had in common.
REMOVAL = "{service}:{operation}/probe/removal"


@click.command(short_help="Send one case of a record again.")
@click.argument("record", type=click.Path(path_type=Path))
@click.argument("case", metavar="CASE-ID")
@target_options
def command(record: Path, case: str, **wishes: Any) -> int:
    """Send the requests of the case CASE-ID in RECORD again, as they were sent then.

    Without a target, they go to the record's own; to aws:REGION, only those that change nothing. Ids that the target
    makes up are those of now. The exit status is 1 where the answer to the case's own request has another status than
    then; of a scenario, where any of its calls is answered with another status, error code or state.
    """
    found = read(record)
    if case not in found.cases:
        raise UnknownName("case", case, found.cases, hint="case ids are in the record and beside each finding")
    line = found.cases[case]
    target = _target(found, wishes)
    spoken = load_service(line.service, protocol=_protocol(found, line.service))
    with target.open() as connection, guarded(plan_of_nothing(), connection, time.sleep) as (_, guard, _observers):
        replayer = Replayer(spoken, codec_for(spoken.service), guard)
        replay = _Replay(replayer, LOOPBACK if target.is_near else REMOTE, is_scenario(line))
        same = [replay.again(steps) for steps in _runs(line)]
        for step in _left_over(found, line):
            replay.again([step])
    return 0 if all(same) else 1


def _target(record: Record, wishes: dict[str, Any]) -> Target:
    """The target that is asked for, or the one of the record."""
    recorded = record.header.target
    named = wishes["target"] or wishes["endpoint_url"]
    if not named and recorded.kind == "recording":
        raise UsageError("the record judges a recording, which was not sent to anybody", hint="name a --target")
    on_aws = recorded.kind == "aws"
    own = f"aws:{recorded.region}" if on_aws else recorded.url or recorded.kind
    target = wishes["target"] if named else str(own)
    names_region = str(target).strip().lower().startswith("aws:")
    return chosen_target(
        wishes,
        seed=record.header.seed,
        target=target,
        endpoint_url=wishes["endpoint_url"] if named or not on_aws else recorded.url,
        region=recorded.region if wishes["region"] is None and not names_region else wishes["region"],
    )


def _protocol(record: Record, service: str) -> str | None:
    return next((each.protocol for each in record.header.services if each.service == service), None)


def _runs(line: CaseRow) -> Iterator[list[Step]]:
    """The steps of a case, equal calls in a row together."""
    for _, run in groupby(line.steps, key=lambda step: (step.role, step.label, step.request)):
        steps = list(run)
        yield from [steps] if steps[0].label else [[step] for step in steps]


def _left_over(record: Record, line: CaseRow) -> Iterator[Step]:
    """The clean-up steps for a setup that several cases shared: they were sent after the last of these cases."""
    removal = record.cases.get(REMOVAL.format(service=line.service, operation=line.operation))
    removers = [step for step in (removal.steps if removal else ()) if step.role == "cleanup"]
    own = [step for step in line.steps if step.role == "cleanup"]
    for made in reversed([step for step in line.steps if step.makes and step.outcome == "accepted"]):
        fitting = [step for step in (*own, *removers) if _removes(step, made)]
        if fitting and not any(step is each for step in fitting for each in own):
            yield fitting[0]


def _removes(step: Step, made: Step) -> bool:
    """Whether a clean-up refers only to what a step created: by values of its request or of its response."""
    if any(each.resource == made.makes for each in step.bound):
        asked = [value for _, value in leaves(step.params) if isinstance(value, str)]
        body = (made.response and made.response.body) or ""
        return all(value in body for value in asked)
    given = {value for _, value in leaves(made.params) if isinstance(value, str)}
    asked = [value for _, value in leaves(step.params) if isinstance(value, str)]
    return bool(asked) and given.issuperset(asked)


@dataclass(slots=True)
class _Replay:
    replayer: Replayer
    pace: PollPace
    is_scenario: bool

    def again(self, steps: Sequence[Step]) -> bool:
        """Send a run of equal steps and print the responses; whether these are the same, where it matters."""
        step = steps[-1]
        self.replayer.use_service_of(step)
        request, changes = self.replayer.prepared(step)
        if len(steps) > 1 and not READING.match(step.operation):
            return self._at_once(steps, request, changes)
        then = self.replayer.then(step)
        seen: list[AnswerSummary] = []
        *_, sent = self._asked(steps, request, then, changes, seen)
        self.replayer.note(step, sent, changes)
        _print_step(step, request, changes, sent)
        if step.role == "cleanup":
            self._wait_until_gone(step, changes)
        _print_history([self.replayer.then(each) for each in steps], seen)
        return self._is_same(step, then, seen[-1])

    def _asked(
        self,
        steps: Sequence[Step],
        request: Request,
        then: AnswerSummary,
        changes: tuple[Change, ...],
        seen: list[AnswerSummary],
    ) -> Iterator[Exchange | Response]:
        """Send as often as the record does, and on while the state settled in the record and has not yet now."""
        step, resource = steps[-1], self.replayer.resource_of(steps[-1])
        delay = resource.status.delay if resource is not None and resource.status is not None else None
        end = time.monotonic() + self.pace.timeout
        while True:
            sent = self.replayer.send(step, request)
            seen.append(self.replayer.now(step, sent, changes))
            yield sent
            waits = self.replayer.is_passing(step, seen[-1]) and not self.replayer.is_passing(step, then)
            if len(seen) >= len(steps) and not (waits and time.monotonic() < end):
                return
            if resource is not None:
                time.sleep(self.pace.interval * (delay or 1.0))

    def _wait_until_gone(self, step: Step, changes: tuple[Change, ...]) -> None:
        """Wait until the removed resource is gone: its name may be used again right away."""
        end = time.monotonic() + self.pace.timeout
        while self.replayer.is_being_deleted(step, changes) and time.monotonic() < end:
            time.sleep(self.pace.interval)

    def _at_once(self, steps: Sequence[Step], request: Request, changes: tuple[Change, ...]) -> bool:
        with ThreadPoolExecutor(max_workers=len(steps)) as clients:
            sent = list(clients.map(lambda step: self.replayer.send(step, request), steps))
        answers = [self.replayer.now(steps[0], each, changes) for each in sent]
        order = sorted(range(len(sent)), key=lambda each: (answers[each].status or 0, answers[each].code or ""))
        self.replayer.note(steps[0], sent[order[0]], changes)
        for step, number in zip(steps, order, strict=True):
            _print_step(step, request, changes, sent[number])
        if not self.is_scenario:
            return True
        return Counter(map(self.replayer.then, steps)) == Counter(answers)

    def _is_same(self, step: Step, then: AnswerSummary, now: AnswerSummary) -> bool:
        if step.role != "case":
            return True
        return then == now if self.is_scenario else then.status == now.status


def _print_step(step: Step, request: Request, changes: tuple[Change, ...], sent: Exchange | Response) -> None:
    response = sent if isinstance(sent, Response) else sent.response
    then = None if step.response is None else step.response.status
    click.echo(f"{step.label or step.role}: {step.operation}")
    for change in changes:
        click.echo(f"    ({change.place}: {plain(change.now)}, then: {plain(change.then)})")
    query = "&".join(f"{name}={value}" for name, value in request.query)
    click.echo(f"  > {request.method} {request.path}{'?' if query else ''}{query} {_text(request.body)}")
    if response is not None:
        click.echo(f"  < {response.status} {_text(response.body)}")
    if response is None or then != response.status:
        click.echo(f"    (then: {then if then is not None else step.failure})")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return "<binary>"


def _print_history(then: Sequence[AnswerSummary], now: Sequence[AnswerSummary]) -> None:
    """What several reads in a row showed."""
    before, after = _history(then), _history(now)
    if after and (len(now) > 1 or before != after):
        click.echo(f"    {after}" + (f" (then: {before})" if before != after else ""))


def _history(seen: Sequence[AnswerSummary]) -> str:
    runs = ((state, len(list(run))) for state, run in groupby(answer.state for answer in seen) if state is not None)
    return " -> ".join(state if count == 1 else f"{state} x{count}" for state, count in runs)
