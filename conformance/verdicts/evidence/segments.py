"""Splits a timeline into segments: one for each resource that was created, with the events up to the next creation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.families import Label
from conformance.specs.resources.descriptions import find_description, identifying_values, status_in_description
from conformance.values.vocabulary import HOW_ANSWERED
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


@dataclass(frozen=True, slots=True)
class Segment:
    """An accepted creation and the events after it; `known` has the values that identify the resource."""

    timeline: Timeline
    creation: TimelineEvent
    known: frozenset[str]
    events: list[TimelineEvent] = field(default_factory=list)

    def every(self, label: Label) -> list[TimelineEvent]:
        """The events under a label, in order."""
        return [each for each in self.events if each.label == label]

    def description(self, event: TimelineEvent) -> Any:
        """The description of the resource in an accepted read; None where there is none."""
        resource = self.timeline.scenario.resource
        if resource is None or resource.read is None or not event.accepted:
            return None
        return find_description(resource.read, output_of(event), self.known)

    def reads(self, label: Label) -> list[TimelineEvent]:
        """The events under a label that have a description, in order."""
        return [each for each in self.every(label) if self.description(each)]

    def descriptions(self, label: Label) -> list[Any]:
        """The descriptions under a label, in order."""
        return [self.description(each) for each in self.reads(label)]


def segments(timeline: Timeline, label: Label) -> Iterator[Segment]:
    """A segment for every accepted creation under a label."""
    resource, segment = timeline.scenario.resource, None
    found = []
    for event in timeline.events:
        if event.label == label:
            segment = None
            if resource is not None and event.accepted:
                known = identifying_values(resource, event.exchange.call.params, output_of(event))
                segment = Segment(timeline, event, known)
                found.append(segment)
        elif segment is not None:
            segment.events.append(event)
    return iter(found)


def has_settled(timeline: Timeline, descriptions: list[Any]) -> bool:
    """Whether no description has a transient state."""
    resource = timeline.scenario.resource
    if resource is None or resource.status is None:
        return True
    passing = resource.status.passing
    return all(status_in_description(resource, each) not in passing for each in descriptions)


def output_of(event: TimelineEvent) -> Any:
    """The output of an answer; an empty one where there is none."""
    answer = event.exchange.answer
    return answer.output if answer is not None and answer.output is not None else {}


def event_text(event: TimelineEvent) -> str:
    """The operation and what came back, in one line."""
    outcome = event.exchange.outcome
    said = " ".join(filter(None, (outcome.code, outcome.message)))[:160]
    return f"{event.exchange.call.operation} {HOW_ANSWERED[outcome.kind]}{': ' if said else ''}{said}"
