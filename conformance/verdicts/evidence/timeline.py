"""The timeline of a played scenario: every step with its answer, in order, and when it was sent.

run/scenario_player.py --> Timeline --laws--> notes
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.cases.case import Call, Case
from conformance.cases.families import Label, family_of
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange
from conformance.specs.model import Service
from conformance.specs.overlay.entries import Overlay


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One step of a scenario and its answer.

    `at` is in seconds since the scenario began. `step` is the number of the step in the record of the case, from 0.
    """

    label: Label
    exchange: Exchange
    at: float
    step: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the call was accepted."""
        return self.exchange.outcome.kind == "accepted"

    def is_of(self, service: Service) -> bool:
        """Whether the call is one of a service; operations of two services may have one name."""
        return self.exchange.service is None or self.exchange.service.name == service.name


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened in a scenario.

    `blocked` says which prerequisite could not be created: no step was sent then.
    """

    service: Service
    overlay: Overlay
    scenario: Scenario
    events: tuple[TimelineEvent, ...] = ()
    blocked: str | None = None

    def __post_init__(self) -> None:
        for event in self.events:
            self._check(event.label)

    def first(self, label: Label) -> TimelineEvent | None:
        """The first event under a label; raises LookupError for a label that the family does not declare."""
        return next(iter(self.every(label)), None)

    def every(self, label: Label) -> tuple[TimelineEvent, ...]:
        """All events under a label, in order; raises LookupError for a label that the family does not declare."""
        self._check(label)
        return tuple(each for each in self.events if each.label == label)

    def clause(self, name: str) -> str:
        """The clause of the scenario whose id ends in that name; raises KeyError."""
        for clause in self.scenario.clauses:
            if clause.rpartition("#")[2] == name:
                return clause
        raise KeyError(name)

    def _check(self, label: str) -> None:
        # A label that no scenario of the family sends would look like a step that was not reached.
        if not family_of(self.scenario.kind).declares(label):
            raise LookupError(f"scenarios of kind {self.scenario.kind} have no step {label!r}")


def case_of_event(scenario: Scenario, call: Call) -> Case:
    """A call of a scenario as a case of its own, to check the form of its answer."""
    return Case(
        scenario.id, scenario.service, call.operation, "scenario", scenario.title, clauses=(), call=call
    )  # fmt: skip
