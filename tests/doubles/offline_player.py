"""Scenarios played without a network: the calls of a script go to a Python callable, time is counted, not slept.

    timeline = play(scenario, shelf, service=MODEL)       shelf(operation, params) -> output, or raises Refused, Silent

Times: a call takes no time, a `wait` one second. A change of state may take `deadline` seconds, reads may lag `window`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.families import Label
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.scenario import Reply, Scenario, Send, SendTogether
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import Outcome, classify
from conformance.specs.model import Operation, Service
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay
from conformance.values.paths import Edit, NoSuchPlace, apply, get
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.wire.message import Answer, ErrorAnswer, Request, Response

Implementation = Callable[[str, Mapping[str, Any]], "Mapping[str, Any] | None"]


class Refused(Exception):
    """The implementation answers an error; a status of 500 or more is a crash."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Silent(Exception):
    """The implementation does not answer."""


@dataclass
class Clock:
    """Time that passes only when somebody waits; a Pace of scripts."""

    now: float = 0.0
    deadline_seconds: float = 10.0
    window_seconds: float = 3.0

    def deadline(self) -> Callable[[], bool]:
        """Whether the time that a change of state may take is over."""
        return self._over(self.deadline_seconds)

    def window(self) -> Callable[[], bool]:
        """Whether reads may no longer lag."""
        return self._over(self.window_seconds)

    def _over(self, seconds: float) -> Callable[[], bool]:
        end = self.now + seconds
        return lambda: self.now >= end


@dataclass
class Player:
    """Plays one scenario; what was made is known by the names of its creations."""

    implementation: Implementation
    service: Service
    clock: Clock
    events: list[TimelineEvent] = field(default_factory=list)
    made: dict[str, tuple[Mapping[str, Any], Any]] = field(default_factory=dict)

    def play(self, scenario: Scenario) -> str | None:
        """Everything in order; the reason why nothing happened, where a prerequisite could not be made."""
        for creation in scenario.setup:
            exchange = self._exchange(creation.call)
            if exchange.outcome.kind != "accepted":
                return f"{creation.resource}: {exchange.outcome.code}"
            self._remember(creation, exchange)
        script = scenario.script(self.clock)
        answer: Any = None
        try:
            while True:
                answer = self._step(script.send(answer))
        except StopIteration:
            return None

    def _step(self, step: Send | SendTogether) -> Any:
        if isinstance(step, Send):
            self.clock.now += step.wait
            return self._call(step.label, step.call, step.creates)
        return tuple(self._call(step.label, call, step.creates) for call in step.calls)

    def _call(self, label: Label, call: Call, creates: Creation | None) -> Reply:
        exchange = self._exchange(call)
        self.events.append(TimelineEvent(label, exchange, self.clock.now, len(self.events)))
        if creates is not None and exchange.outcome.kind == "accepted":
            self._remember(creates, exchange)
        output = exchange.answer.output if exchange.answer and exchange.outcome.kind == "accepted" else None
        return Reply(exchange.outcome.kind, output, exchange.outcome.code)

    def _remember(self, creation: Creation, exchange: Exchange) -> None:
        self.made[creation.resource] = exchange.call.params, exchange.answer.output if exchange.answer else None

    def _exchange(self, call: Call) -> Exchange:
        return exchanged(self._bound(call), self.implementation)

    def _bound(self, call: Call) -> Call:
        edits = []
        for binding in call.bindings:
            if binding.resource not in self.made:
                continue
            request, answer = self.made[binding.resource]
            try:
                value = get(request if binding.source.side == "request" else answer, binding.source.path)
            except NoSuchPlace:
                continue
            edits.append(Edit("set", binding.path, value))
        return replace(call, params=apply(call.params, edits))


def exchanged(call: Call, implementation: Implementation) -> Exchange:
    """A call as an implementation answers it."""
    request = Request("POST", "/")
    try:
        output = implementation(call.operation, copy.deepcopy(call.params))
        answer = Answer(200, True, copy.deepcopy(dict(output or {})))
    except Refused as refused:
        answer = Answer(refused.status, True, error=ErrorAnswer(refused.code, refused.message))
    except Silent:
        return Exchange("case", call, request, None, None, Outcome("unreachable", detail="no answer"))
    return Exchange("case", call, request, Response(answer.status, {}, b""), answer, classify(answer))


def play(
    scenario: Scenario,
    implementation: Implementation,
    *,
    service: Service,
    overlay: Overlay = EMPTY_OVERLAY,
    clock: Clock | None = None,
) -> Timeline:
    """The timeline of a scenario as an implementation answers it."""
    player = Player(implementation, service, clock or Clock())
    blocked = player.play(scenario)
    return Timeline(service, overlay, scenario, tuple(player.events), blocked)


def result(notes: list[CheckResult] | tuple[CheckResult, ...]) -> dict[str, str]:
    """What was noted of each clause, by the clause's name: `held`, a word of Open, or the code of a contradiction."""
    words: dict[str, str] = {}
    for note in notes:
        name = note.clause.rpartition("#")[2]
        if isinstance(note, Satisfied):
            words.setdefault(name, "held")
        elif isinstance(note, Undecided):
            words.setdefault(name, note.word)
        elif isinstance(note, Contradiction):
            assert note.decided_by, f"no step of the scenario decides {note}"
            words[name] = note.code
    return words


def scenarios_in(module: ModuleType, builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios that one module of a scenario family has for an operation."""
    family = module.__name__.rpartition(".")[2]
    found: Iterator[Scenario | Omitted] = getattr(module, f"{family}_scenarios")(builder, operation)
    return found
