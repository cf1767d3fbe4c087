"""Plays a scenario at a target: creates its setup, sends the calls that its script asks for, removes everything.

setup --> script <--> calls --> cleanup, in reverse order --> PlayedScenario
  '-- not accepted: blocked, no step is sent
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation
from conformance.cases.families import Label
from conformance.cases.scenario import Reply, Scenario, Script, Send, SendTogether
from conformance.exchanges.exchange import Exchange
from conformance.run.execution.created_resources import BoundCall, CreatedResources
from conformance.run.execution.provisioning import MAY_HAVE_CREATED, Provisioner
from conformance.specs.resources.resource import Resource
from conformance.verdicts.evidence.timeline import TimelineEvent
from conformance.wire.message import Inexpressible

# Calls after which a script is ended: time bounds every wait of a script, this bounds the number of calls.
LONGEST_SCRIPT = 5000


@dataclass(frozen=True, slots=True)
class ScenarioClock:
    """A Pace by the clock of polling: changes of state may take the poll timeout, reads may lag a few polls.

    A resource that took too long several times for one `purpose` is not waited for again.
    """

    provisioner: Provisioner
    resource: Resource | None = None
    purpose: str = ""

    def deadline(self) -> Callable[[], bool]:
        """Start a clock; the function that is returned says whether the time for a change of state is over."""
        # Counted apart from what setups wait for in vain: a scenario has to show what takes too long.
        # Other kinds of scenarios wait for other states, and the order of operations must not decide who waits.
        name = f"{self.resource.name if self.resource is not None else ''}/scenario {self.purpose}"
        polling = self.provisioner.polling
        over = polling.deadline(polling.allowance(name))
        is_counted = False

        def is_over() -> bool:
            nonlocal is_counted
            if over() and not is_counted:
                is_counted = True
                polling.count_timeout(name)
            return over()

        return is_over

    def window(self) -> Callable[[], bool]:
        """Start a clock; the function that is returned says whether the consistency window is over."""
        return self.provisioner.polling.consistency_window()


@dataclass(slots=True)
class PlayedScenario:
    """A scenario as it was played.

    `events` are its timeline. `exchanges` are all calls in order, with setup and cleanup; `labels` names those of them
    that are steps, by their number. `blocked` is the reason why no step was sent.
    """

    scenario: Scenario
    events: list[TimelineEvent] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    labels: dict[int, Label] = field(default_factory=dict)
    blocked: str | None = None
    is_recorded: bool = False


def play(provisioner: Provisioner, scenario: Scenario) -> PlayedScenario:
    """Play a scenario; everything that was created is removed, also when it is interrupted."""
    player = _Player(provisioner, PlayedScenario(scenario))
    provisioner.journal.begin(player.played)
    try:
        player.played.blocked = provisioner.create(scenario.setup, player.created, player.played.exchanges)
        if player.played.blocked is None:
            player.perform(
                scenario.script(ScenarioClock(provisioner, scenario.resource, f"{scenario.operation} {scenario.kind}"))
            )
    except (Inexpressible, _UnknownValue) as problem:
        player.played.blocked = str(problem)
    finally:
        provisioner.remove(player.created, player.played.exchanges)
    return player.played


class _UnknownValue(Exception):
    """A script cannot go on: a value that a call refers to is not known."""


@dataclass(slots=True)
class _Player:
    provisioner: Provisioner
    played: PlayedScenario
    created: CreatedResources = field(init=False)
    started: float = field(init=False)
    waits: int = 0

    def __post_init__(self) -> None:
        self.created = self.provisioner.nothing_created()
        self.started = self.provisioner.polling.clock()

    def perform(self, script: Script) -> None:
        """Send what the script asks for, until it ends."""
        reply: Any = None
        try:
            for _ in range(LONGEST_SCRIPT):
                step = script.send(reply)
                reply = self._send_one(step) if isinstance(step, Send) else self._send_together(step)
        except StopIteration:
            return
        finally:
            script.close()

    def _send_one(self, step: Send) -> Reply:
        if step.wait:
            polling = self.provisioner.polling
            polling.sleep(polling.delay(self.played.scenario.resource, self.waits))
        self.waits = self.waits + 1 if step.wait else 0
        service = step.service if step.creates is None else step.creates.service
        call = self._bound(step.call)
        at = self.provisioner.polling.clock() - self.started
        if step.creates is not None:
            # If the wait for the answer is interrupted, it may have been created.
            self.created.creations.append(step.creates)
        exchange = self._send(call.call, service)
        if self.played.scenario.setup and not self.played.events:
            exchange = self.provisioner.repeat_until_found(
                step.call.operation, exchange, lambda: self._send(call.call, service)
            )
        if step.creates is not None:
            exchange = replace(exchange, makes=step.creates.resource)
            self.created.forget(step.creates.resource)
            self._register(step.creates, exchange)
        if step.removes is not None and exchange.outcome.kind == "accepted":
            self.created.forget(step.removes)
        self._enter(step.label, exchange, at)
        return _reply(exchange)

    def _send_together(self, step: SendTogether) -> tuple[Reply, ...]:
        calls = [self._bound(call).call for call in step.calls]
        at = self.provisioner.polling.clock() - self.started
        if step.creates is not None:
            # If the wait for the answers is interrupted, it may have been created.
            self.created.creations.append(step.creates)
        with ThreadPoolExecutor(max_workers=len(calls)) as clients:
            exchanges = list(clients.map(self._send, calls))
        # Which client wins is random; the record of a seed must not depend on it.
        exchanges.sort(key=lambda each: (each.outcome.kind != "accepted", each.outcome.kind, each.outcome.code or ""))
        for number, exchange in enumerate(exchanges):
            if step.creates is not None and number == 0:
                exchange = replace(exchange, makes=step.creates.resource)
                self.created.forget(step.creates.resource)
                self._register(step.creates, exchange)
            self._enter(step.label, exchange, at)
        return tuple(_reply(exchange) for exchange in exchanges)

    def _bound(self, call: Call) -> BoundCall:
        bound = self.created.bound(call)
        if bound.problem is not None:
            raise _UnknownValue(bound.problem)
        return bound

    def _send(self, call: Call, service: str | None = None) -> Exchange:
        return self.provisioner.exchanger_for(service).perform(call, "case")

    def _register(self, creation: Creation, exchange: Exchange) -> None:
        if exchange.outcome.kind in MAY_HAVE_CREATED:
            self.created.add(creation, exchange)

    def _enter(self, label: Label, exchange: Exchange, at: float) -> None:
        number = len(self.played.exchanges)
        self.played.labels[number] = label
        self.played.exchanges.append(exchange)
        self.played.events.append(TimelineEvent(label, exchange, at, number))


def _reply(exchange: Exchange) -> Reply:
    accepted = exchange.outcome.kind == "accepted" and exchange.answer is not None
    output = exchange.answer.output if accepted and exchange.answer is not None else None
    return Reply(exchange.outcome.kind, output, exchange.outcome.code)
