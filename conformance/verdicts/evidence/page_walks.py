"""The walks through the pages of a list that a timeline has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Label, Lists
from conformance.specs.model import Operation
from conformance.specs.resources.descriptions import identifying_values, is_identified_by
from conformance.specs.resources.list_criteria import utc
from conformance.specs.resources.listings import Paging, comparable_text, items_at, paging_of, places_of_items
from conformance.values.paths import Path
from conformance.verdicts.evidence.segments import event_text, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

Known = frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordedWalk:
    """The events of one walk, in order. `items` is the path of the items in a page."""

    events: tuple[TimelineEvent, ...]
    paging: Paging | None
    items: Path

    @property
    def outputs(self) -> tuple[Mapping[str, Any], ...]:
        """The answers that were accepted."""
        return tuple(output_of(each) for each in self.events if each.accepted)

    @property
    def listed(self) -> tuple[Any, ...]:
        """The items of all pages."""
        return tuple(item for output in self.outputs for item in items_at(output, self.items))

    @property
    def refused(self) -> TimelineEvent | None:
        """The event that ended the walk because it was not accepted; None where none did."""
        return None if self.events[-1].accepted else self.events[-1]

    @property
    def repeated_token(self) -> Mapping[str, Any] | None:
        """The token that two pages gave; None where none was repeated."""
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

    def page_of(self, item: Any) -> TimelineEvent:
        """The event whose page has an item; raises LookupError where none has."""
        accepted = (each for each in self.events if each.accepted)
        found = (each for each in accepted if item in items_at(output_of(each), self.items))
        page = next(found, None)
        if page is None:
            raise LookupError("no page has the item")
        return page

    def shows(self, known: Known) -> bool:
        """Whether a resource is on one of the pages."""
        return any(is_identified_by(item, known) for item in self.listed)

    def counted(self) -> Counter[str]:
        """How often each item is listed, by the text of the whole item."""
        return Counter(comparable_text(item) for item in self.listed)

    def item_of(self, known: Known) -> Any:
        """The item of a resource; None where it is not listed."""
        return next((item for item in self.listed if is_identified_by(item, known)), None)


def recorded_walks(timeline: Timeline, label: Label) -> list[RecordedWalk]:
    """The walks under a label, in order; each begins with a request without a token."""
    operation = operation_of(timeline)
    paging = paging_of(timeline.service, operation)
    place = next(places_of_items(timeline.service, operation, timeline.overlay), None)
    tokens = [member for member, _ in paging.tokens] if paging is not None else []
    parts: list[list[TimelineEvent]] = []
    for event in timeline.every(label):
        if not parts or not any(member in event.exchange.call.params for member in tokens):
            parts.append([])
        parts[-1].append(event)
    return [RecordedWalk(tuple(part), paging, place[0] if place is not None else ()) for part in parts]


def last_walk(timeline: Timeline, label: Label) -> RecordedWalk | None:
    """The last walk under a label: the list may have lagged in those before it."""
    return next(reversed(recorded_walks(timeline, label)), None)


def operation_of(timeline: Timeline) -> Operation:
    """The operation that owns the scenario."""
    return timeline.service.operations[timeline.scenario.operation]


def unanswered(walk: RecordedWalk | None) -> str:
    """The reason why nothing is known about a list."""
    return f"the list was not answered: {event_text(walk.events[-1])}" if walk is not None else "no list was requested"


def created_items(timeline: Timeline) -> list[Known]:
    """The values that identify each created item, without those that all of them share."""
    resource = timeline.scenario.resource
    if resource is None:
        return []
    accepted = (each for each in timeline.every(Lists.CREATE_ITEM) if each.accepted)
    known = [identifying_values(resource, each.exchange.call.params, output_of(each)) for each in accepted]
    shared = frozenset.intersection(*known) if len(known) > 1 else frozenset()
    return [each - shared for each in known if each - shared]


def why_no_items(timeline: Timeline) -> str:
    """The reason why no items were created for the list."""
    if timeline.scenario.resource is None:
        return "it is not known what creates the items"
    refused = next((each for each in timeline.every(Lists.CREATE_ITEM) if not each.accepted), None)
    return event_text(refused) if refused is not None else f"no {timeline.scenario.resource.name} could be created"


def written(value: Any) -> str:
    """A value as findings show it; a time in ISO 8601."""
    return utc(value).isoformat() if hasattr(value, "tzinfo") else abbreviated(value, 80)


def named(known: Known) -> str:
    """The shortest of the values that identify a resource."""
    return min(known, key=lambda value: (len(value), value), default="")
