"""A story by what was made in it: the call that made something, and what was said of that until something else was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.resources.descriptions import described, known_as
from conformance.verdicts.evidence.timeline import Moment, Story


@dataclass(frozen=True, slots=True)
class Chapter:
    """A making call that was accepted, and the moments after it; `known` is by what answers call the thing."""

    story: Story
    made: Moment
    known: frozenset[str]
    moments: list[Moment] = field(default_factory=list)

    def every(self, label: str) -> list[Moment]:
        """The moments under a label, in order."""
        return [each for each in self.moments if each.label == label]

    def description(self, moment: Moment) -> Any:
        """What an accepted answer of the read says of the thing; None where it says nothing."""
        resource = self.story.scenario.resource
        if resource is None or resource.read is None or not is_accepted(moment):
            return None
        return described(resource.read, output_of(moment), self.known)

    def descriptions(self, label: str) -> list[Any]:
        """Every description under a label, in order, without the moments that had none."""
        found = (self.description(moment) for moment in self.every(label))
        return [each for each in found if each]


def chapters(story: Story, label: str) -> Iterator[Chapter]:
    """A chapter for every accepted call under a label."""
    resource, chapter = story.scenario.resource, None
    found = []
    for moment in story.moments:
        if moment.label == label:
            chapter = None
            if resource is not None and is_accepted(moment):
                known = known_as(resource, moment.exchange.call.params, output_of(moment))
                chapter = Chapter(story, moment, known)
                found.append(chapter)
        elif chapter is not None:
            chapter.moments.append(moment)
    return iter(found)


def is_accepted(moment: Moment | None) -> bool:
    """Whether there is such a moment, and the call was accepted."""
    return moment is not None and moment.exchange.outcome.kind == "accepted"


def output_of(moment: Moment) -> Any:
    """The output of an answer; an empty one where there is none."""
    answer = moment.exchange.answer
    return answer.output if answer is not None and answer.output is not None else {}


def told(moment: Moment) -> str:
    """What came back, in one line."""
    outcome = moment.exchange.outcome
    said = " ".join(filter(None, (outcome.code, outcome.message)))[:160]
    return f"{moment.exchange.call.operation} was {outcome.kind}{': ' if said else ''}{said}"
