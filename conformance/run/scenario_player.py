"""A scenario played at a target: prerequisites made, the script's calls sent as it asks for them, everything removed.

setup --> script <--> calls --> clean-up, in reverse order --> Story
  '-- not accepted: blocked, nothing is played
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation
from conformance.cases.scenario import Reply, Scenario, Script, Send, SendTogether
from conformance.exchanges.exchange import Exchange
from conformance.run.execution.created_resources import BoundCall, CreatedResources
from conformance.run.execution.provisioning import MAY_HAVE_CREATED, Provisioner
from conformance.specs.resources.resource import Resource
from conformance.verdicts.evidence.timeline import TimelineEvent
from conformance.wire.message import Inexpressible

# Calls after which a script that has not ended is ended: every wait of a script is bounded by time, this by number.
LONGEST_SCRIPT = 5000


@dataclass(frozen=True, slots=True)
class ScenarioClock:
    """A Pace by the executor's clock: changes of state may take the poll timeout, reads may lag a few polls.

    What took too long several times is not waited for again.
    """

    provisioner: Provisioner
    resource: Resource | None = None

    def deadline(self) -> Callable[[], bool]:
        """Start a clock; what is returned says whether the time for a change of state is over."""
        # Not what prerequisites wait for in vain, too: of what takes too long, some scenario has to tell.
        name = f"{self.resource.name if self.resource is not None else ''}/scenario"
        polling = self.provisioner.polling
        over = polling.deadline(polling.allowance(name))
        told = False

        def is_over() -> bool:
            nonlocal told
            if over() and not told:
                told = True
                polling.count_timeout(name)
            return over()

        return is_over

    def window(self) -> Callable[[], bool]:
        """Start a clock; what is returned says whether reads may no longer lag."""
        return self.provisioner.polling.consistency_window()


@dataclass(slots=True)
class PlayedScenario:
    """What came of a scenario: the moments of its story, every exchange in order, the reason if it was not played."""

    scenario: Scenario
    events: list[TimelineEvent] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    blocked: str | None = None


def play(provisioner: Provisioner, scenario: Scenario) -> PlayedScenario:
    """Play a scenario; what was made is removed, also when it is interrupted."""
    stage = _Stage(provisioner, PlayedScenario(scenario))
    try:
        stage.played.blocked = provisioner.create(scenario.setup, stage.made, stage.played.exchanges)
        if stage.played.blocked is None:
            stage.perform(scenario.script(ScenarioClock(provisioner, scenario.resource)))
    except (Inexpressible, _Untold) as problem:
        stage.played.blocked = str(problem)
    finally:
        provisioner.remove(stage.made, stage.played.exchanges)
    return stage.played


class _Untold(Exception):
    """A script cannot go on: what a call of it refers to is not known."""


@dataclass(slots=True)
class _Stage:
    provisioner: Provisioner
    played: PlayedScenario
    made: CreatedResources = field(init=False)
    started: float = field(init=False)
    waits: int = 0

    def __post_init__(self) -> None:
        self.made = self.provisioner.nothing_created()
        self.started = self.provisioner.polling.clock()

    def perform(self, script: Script) -> None:
        """Send what the script asks for, until it ends."""
        reply: Any = None
        try:
            for _ in range(LONGEST_SCRIPT):
                step = script.send(reply)
                reply = self._act(step) if isinstance(step, Send) else self._together(step)
        except StopIteration:
            return
        finally:
            script.close()

    def _act(self, act: Send) -> Reply:
        if act.wait:
            polling = self.provisioner.polling
            polling.sleep(polling.delay(self.played.scenario.resource, self.waits))
        self.waits = self.waits + 1 if act.wait else 0
        call = self._bound(act.call)
        at = self.provisioner.polling.clock() - self.started
        if act.makes is not None:
            # Interrupted while waiting for the answer: it may have been made.
            self.made.creations.append(act.makes)
        exchange = self._send(call.call)
        if self.played.scenario.setup and not self.played.events:
            exchange = self.provisioner.repeat_until_found(act.call.operation, exchange, lambda: self._send(call.call))
        if act.makes is not None:
            exchange = replace(exchange, makes=act.makes.resource)
            self.made.forget(act.makes.resource)
            self._made(act.makes, exchange)
        if act.removes is not None and exchange.outcome.kind == "accepted":
            self.made.forget(act.removes)
        self._tell(act.label, exchange, at)
        return _reply(exchange)

    def _together(self, step: SendTogether) -> tuple[Reply, ...]:
        calls = [self._bound(call).call for call in step.calls]
        at = self.provisioner.polling.clock() - self.started
        with ThreadPoolExecutor(max_workers=len(calls)) as clients:
            exchanges = list(clients.map(self._send, calls))
        # Who wins is chance: the record of a seed should not tell.
        exchanges.sort(key=lambda each: (each.outcome.kind != "accepted", each.outcome.kind, each.outcome.code or ""))
        for number, exchange in enumerate(exchanges):
            if step.makes is not None and number == 0:
                exchange = replace(exchange, makes=step.makes.resource)
                self._made(step.makes, exchange)
            self._tell(step.label, exchange, at)
        return tuple(_reply(exchange) for exchange in exchanges)

    def _bound(self, call: Call) -> BoundCall:
        bound = self.made.bound(call)
        if bound.problem is not None:
            raise _Untold(bound.problem)
        return bound

    def _send(self, call: Call) -> Exchange:
        return self.provisioner.exchanger.perform(call, "case")

    def _made(self, creation: Creation, exchange: Exchange) -> None:
        if exchange.outcome.kind in MAY_HAVE_CREATED:
            self.made.add(creation, exchange)

    def _tell(self, label: str, exchange: Exchange, at: float) -> None:
        self.played.labels[len(self.played.exchanges)] = label
        self.played.exchanges.append(exchange)
        self.played.events.append(TimelineEvent(label, exchange, at))


def _reply(exchange: Exchange) -> Reply:
    accepted = exchange.outcome.kind == "accepted" and exchange.answer is not None
    output = exchange.answer.output if accepted and exchange.answer is not None else None
    return Reply(exchange.outcome.kind, output, exchange.outcome.code)
