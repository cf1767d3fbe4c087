"""The story of a scenario that was played: every call with its answer, in order, and when it was sent."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.cases.case import Call, Case
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange
from conformance.specs.model import Service
from conformance.specs.overlay.entries import Overlay


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One call of a story and its answer. `at` is in seconds since the scenario began."""

    label: str
    exchange: Exchange
    at: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened in a scenario. `blocked` says which prerequisite could not be made: then nothing else happened."""

    service: Service
    overlay: Overlay
    scenario: Scenario
    events: tuple[TimelineEvent, ...] = ()
    blocked: str | None = None

    def first(self, label: str) -> TimelineEvent | None:
        """The first moment under a label."""
        return next((each for each in self.events if each.label == label), None)

    def every(self, label: str) -> tuple[TimelineEvent, ...]:
        """All moments under a label, in order."""
        return tuple(each for each in self.events if each.label == label)

    def clause(self, name: str) -> str:
        """The clause of the scenario whose id ends in that name; raises KeyError."""
        for clause in self.scenario.clauses:
            if clause.rpartition("#")[2] == name:
                return clause
        raise KeyError(name)


def case_of_event(scenario: Scenario, call: Call) -> Case:
    """A call of a scenario as a case, to judge its answer by itself: for the form that it has, whatever was asked."""
    return Case(
        scenario.id, scenario.service, call.operation, "scenario", scenario.title, clauses=(), call=call
    )  # fmt: skip
