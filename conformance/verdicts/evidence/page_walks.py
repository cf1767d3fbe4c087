"""Walks through the pages of a list, as a story tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.specs.model import Operation
from conformance.specs.resources.descriptions import carries, known_as
from conformance.specs.resources.list_criteria import utc
from conformance.specs.resources.listings import Paging, items_at, paging_of, places_of_items, text_of
from conformance.values.paths import Path
from conformance.verdicts.evidence.segments import event_text, is_accepted, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

Known = frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordedWalk:
    """The moments of one walk, first page first. `items` is where a page has the items."""

    events: tuple[TimelineEvent, ...]
    paging: Paging | None
    items: Path

    @property
    def outputs(self) -> tuple[Mapping[str, Any], ...]:
        """The answers that were accepted."""
        return tuple(output_of(each) for each in self.events if is_accepted(each))

    @property
    def listed(self) -> tuple[Any, ...]:
        """The items of all pages."""
        return tuple(item for output in self.outputs for item in items_at(output, self.items))

    @property
    def refused(self) -> TimelineEvent | None:
        """The moment that ended the walk because it was not accepted."""
        return None if is_accepted(self.events[-1]) else self.events[-1]

    @property
    def circle(self) -> Mapping[str, Any] | None:
        """The token that was given out twice, if one was."""
        seen: list[Mapping[str, Any]] = []
        for output in self.outputs if self.paging is not None else ():
            following = self.paging.next_of(output) if self.paging is not None else {}
            if following and following in seen:
                return following
            seen.append(following)
        return None

    @property
    def ended(self) -> bool:
        """Whether the last page was reached."""
        if self.refused is not None:
            return False
        return self.paging is None or not self.paging.next_of(self.outputs[-1])

    def shows(self, known: Known) -> bool:
        """Whether a thing is on one of the pages."""
        return any(carries(item, known) for item in self.listed)

    def counted(self) -> Counter[str]:
        """How often each item is there, by all that it says."""
        return Counter(text_of(item) for item in self.listed)

    def item_of(self, known: Known) -> Any:
        """The item of a thing; None where it is not listed."""
        return next((item for item in self.listed if carries(item, known)), None)


def recorded_walks(story: Timeline, label: str) -> list[RecordedWalk]:
    """The walks under a label, in order; each begins with a request without a token."""
    operation = operation_of(story)
    paging = paging_of(story.service, operation)
    place = next(places_of_items(story.service, operation, story.overlay), None)
    tokens = [member for member, _ in paging.tokens] if paging is not None else []
    parts: list[list[TimelineEvent]] = []
    for event in story.every(label):
        if not parts or not any(member in event.exchange.call.params for member in tokens):
            parts.append([])
        parts[-1].append(event)
    return [RecordedWalk(tuple(part), paging, place[0] if place is not None else ()) for part in parts]


def last_walk(story: Timeline, label: str) -> RecordedWalk | None:
    """The last walk under a label: those before it were not patient enough."""
    return next(reversed(recorded_walks(story, label)), None)


def operation_of(story: Timeline) -> Operation:
    """The operation that the story is about."""
    return story.service.operations[story.scenario.operation]


def unanswered(walk: RecordedWalk | None) -> str:
    """The reason why nothing is known of a list."""
    return f"the list was not answered: {event_text(walk.events[-1])}" if walk is not None else "no list was asked for"


def made(story: Timeline) -> list[Known]:
    """What is known of each thing that the story made, without what all of them share."""
    resource = story.scenario.resource
    if resource is None:
        return []
    accepted = (each for each in story.every("make") if is_accepted(each))
    known = [known_as(resource, each.exchange.call.params, output_of(each)) for each in accepted]
    shared = frozenset.intersection(*known) if len(known) > 1 else frozenset()
    return [each - shared for each in known if each - shared]


def why_nothing_was_made(story: Timeline) -> str:
    """The reason why a story has nothing of its own in the list."""
    if story.scenario.resource is None:
        return "nothing is known that makes what it lists"
    refused = next((each for each in story.every("make") if not is_accepted(each)), None)
    return event_text(refused) if refused is not None else f"no {story.scenario.resource.name} could be made"


def written(value: Any) -> str:
    """A value as findings show it; times as the wire has them."""
    return utc(value).isoformat() if hasattr(value, "tzinfo") else abbreviated(value, 80)


def named(known: Known) -> str:
    """The shortest of the values by which a thing is known."""
    return min(known, key=lambda value: (len(value), value), default="")
