"""A story by what was made in it: the call that made something, and what was said of that until something else was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.resources.descriptions import described, known_as
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


@dataclass(frozen=True, slots=True)
class Segment:
    """A making call that was accepted, and the moments after it; `known` is by what answers call the thing."""

    story: Timeline
    made: TimelineEvent
    known: frozenset[str]
    events: list[TimelineEvent] = field(default_factory=list)

    def every(self, label: str) -> list[TimelineEvent]:
        """The moments under a label, in order."""
        return [each for each in self.events if each.label == label]

    def description(self, event: TimelineEvent) -> Any:
        """What an accepted answer of the read says of the thing; None where it says nothing."""
        resource = self.story.scenario.resource
        if resource is None or resource.read is None or not is_accepted(event):
            return None
        return described(resource.read, output_of(event), self.known)

    def descriptions(self, label: str) -> list[Any]:
        """Every description under a label, in order, without the moments that had none."""
        found = (self.description(event) for event in self.every(label))
        return [each for each in found if each]


def segments(story: Timeline, label: str) -> Iterator[Segment]:
    """A chapter for every accepted call under a label."""
    resource, segment = story.scenario.resource, None
    found = []
    for event in story.events:
        if event.label == label:
            segment = None
            if resource is not None and is_accepted(event):
                known = known_as(resource, event.exchange.call.params, output_of(event))
                segment = Segment(story, event, known)
                found.append(segment)
        elif segment is not None:
            segment.events.append(event)
    return iter(found)


def is_accepted(event: TimelineEvent | None) -> bool:
    """Whether there is such a moment, and the call was accepted."""
    return event is not None and event.exchange.outcome.kind == "accepted"


def output_of(event: TimelineEvent) -> Any:
    """The output of an answer; an empty one where there is none."""
    answer = event.exchange.answer
    return answer.output if answer is not None and answer.output is not None else {}


def event_text(event: TimelineEvent) -> str:
    """What came back, in one line."""
    outcome = event.exchange.outcome
    said = " ".join(filter(None, (outcome.code, outcome.message)))[:160]
    return f"{event.exchange.call.operation} was {outcome.kind}{': ' if said else ''}{said}"
