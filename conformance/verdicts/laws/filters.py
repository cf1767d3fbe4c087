"""Laws of lists that are read with a filter, or in an order.

    whole list, filtered list, whole list again --> every listed item matches; every item that matches is listed
    ordered list --> each key is on the right side of the one before

An item counts as missing only if it was in the whole list before and after. Letter case, equal keys and times close
to a bound are not judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Filters
from conformance.specs.resources.descriptions import is_identified_by
from conformance.specs.resources.list_criteria import Criterion, CriterionKind, Ordering, criteria_of, ordering_of, utc
from conformance.specs.resources.listings import comparable_text
from conformance.values.paths import format_path, leaves, value_at
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.page_walks import (
    RecordedWalk,
    created_items,
    last_walk,
    named,
    operation_of,
    recorded_walks,
    unanswered,
    why_no_items,
    written,
)
from conformance.verdicts.evidence.segments import event_text
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

_WORDS: Mapping[CriterionKind, str] = {
    "contains": "contains",
    "prefix": "begins with",
    "equals": "is",
    "after": "is not before",
    "before": "is before",
}


def check_filters(timeline: Timeline) -> Iterator[CheckResult]:
    """Compares the list with every filter with the list without filters."""
    whole = next((each for each in recorded_walks(timeline, Filters.WHOLE) if each.outputs), None)
    again = last_walk(timeline, Filters.WHOLE)
    for criterion in criteria_of(timeline.service, operation_of(timeline), timeline.overlay):
        clause = next((each for each in timeline.scenario.clauses if f"/filter/{criterion.member}#" in each), None)
        if clause is None:
            continue
        if whole is None or again is None:
            yield Undecided(clause, "unreached", unanswered(again))
        elif not whole.listed:
            yield Undecided(clause, "unreached", "nothing is listed", why_no_items(timeline))
        else:
            yield from _filter(timeline, clause, criterion, whole, again)


def _filter(
    timeline: Timeline, clause: str, criterion: Criterion, whole: RecordedWalk, again: RecordedWalk
) -> Iterator[CheckResult]:
    labels = dict.fromkeys(
        each.label for each in timeline.events if Filters.FILTERED.matches(each.label, criterion.member)
    )
    if not labels:
        yield Undecided(
            clause, "unreached", "no item has the value to filter by", format_path(criterion.item) or "name"
        )
    for label in labels:
        walk = last_walk(timeline, label)
        if walk is not None:
            yield from _filtered(timeline, clause, criterion, whole, again, walk)


def _filtered(
    timeline: Timeline, clause: str, criterion: Criterion, whole: RecordedWalk, again: RecordedWalk, walk: RecordedWalk
) -> Iterator[CheckResult]:  # fmt: skip
    value = walk.events[0].exchange.call.params[criterion.member]
    where = f"{criterion.member}={written(value)}"
    if walk.refused is not None:
        yield _refused(clause, where, walk.refused)
        return
    wrong = [item for item in walk.listed if criterion.matches(item, value) is False]
    lost = list(_lost(timeline, criterion, value, whole, again, walk)) if walk.ended else []
    member = format_path(criterion.item) or "it"
    asked = f"{member} {_WORDS[criterion.kind]} {written(value)}"
    if wrong:
        got = f"{len(wrong)} of {len(walk.listed)} are others: {member} {written(value_at(wrong[0], criterion.item))}"
        page = walk.page_of(wrong[0])
        yield Contradiction(clause, "filter-ignored", where, f"only items whose {asked}", got, (page,))
    if lost:
        decided_by = (whole.events[-1], walk.events[-1])
        yield Contradiction(
            clause, "filter-loses", where, f"every item whose {asked}", f"without {lost[0]}", decided_by
        )
    if not wrong and not lost:
        yield Satisfied(clause)


def _refused(clause: str, where: str, refused: TimelineEvent) -> CheckResult:
    if refused.exchange.outcome.kind == "crashed":
        return Contradiction(clause, "crash", where, "a list, or a 4xx error", event_text(refused), (refused,))
    return Undecided(clause, "unreached", "not answered with a list", event_text(refused))


def _lost(
    timeline: Timeline, criterion: Criterion, value: Any, whole: RecordedWalk, again: RecordedWalk, walk: RecordedWalk
) -> Iterator[str]:  # fmt: skip
    """The items that match before and after and are missing in between, as texts.

    They are created items, or items that did not change.
    """
    for known in created_items(timeline):
        both = (each.item_of(known) for each in (whole, again))
        if all(criterion.matches(item, value) is True for item in both) and not walk.shows(known):
            yield named(known)
    there, later = walk.counted(), again.counted()
    for item in whole.listed:
        text = comparable_text(item)
        if later[text] and not there[text] and criterion.matches(item, value) is True and not _changed(item, walk):
            yield abbreviated(text, 120)


def _changed(item: Any, walk: RecordedWalk) -> bool:
    """Whether a walk may have an item in another version: one that has any of its texts."""
    texts = frozenset(value for _, value in leaves(item) if isinstance(value, str))
    return any(is_identified_by(each, texts) for each in walk.listed)


def check_sort(timeline: Timeline) -> Iterator[CheckResult]:
    """Checks every order that a list was read in."""
    ordering = ordering_of(timeline.service, operation_of(timeline), timeline.overlay)
    for clause in timeline.scenario.clauses:
        labels = dict.fromkeys(each.label for each in timeline.events if Filters.SORTED.matches(each.label))
        walks = [walk for label in labels if (walk := last_walk(timeline, label)) is not None]
        if ordering is None or not walks:
            yield Undecided(clause, "unreached", unanswered(last_walk(timeline, Filters.WHOLE)))
            continue
        for walk in walks:
            yield _ordered(timeline, clause, ordering, walk)


def _ordered(timeline: Timeline, clause: str, ordering: Ordering, walk: RecordedWalk) -> CheckResult:
    params = walk.events[0].exchange.call.params
    where = f"{ordering.by}={params[ordering.by]}, {ordering.order}={params[ordering.order]}"
    if walk.refused is not None:
        return _refused(clause, where, walk.refused)
    path = dict(ordering.keys)[params[ordering.by]]
    items = walk.listed
    keys = [key for item in items if (key := value_at(item, path)) is not None]
    if not any(all(isinstance(each, kind) for each in keys) for kind in (str, datetime)):
        return Undecided(clause, "unreached", "not every item is of its type", format_path(path))
    if keys and isinstance(keys[0], str):
        # Names of existing items may have any characters, and alphabets differ in where they put them.
        own = created_items(timeline)
        mine = [value_at(item, path) for item in items if any(is_identified_by(item, each) for each in own)]
        keys = [each for each in mine if each is not None] if own else keys
    if len({comparable_text(each) for each in keys}) < 2:
        return Undecided(clause, "unreached", "no two items differ", format_path(path))
    if any(_in_order(keys, by, down=params[ordering.order] == ordering.descending) for by in _alphabets(keys)):
        return Satisfied(clause)
    got = ", ".join(written(each) for each in keys[:6])
    return Contradiction(clause, "wrong-order", where, f"{format_path(path)} in that order", got, walk.events)


def _alphabets(keys: list[Any]) -> tuple[Callable[[Any], Any], ...]:
    """The ways to compare keys: text as it is, without case, and with letters and digits only."""
    if isinstance(keys[0], datetime):
        return (utc,)
    return (str, str.casefold, lambda text: "".join(each for each in text.casefold() if each.isalnum()))


def _in_order(keys: list[Any], by: Callable[[Any], Any], *, down: bool) -> bool:
    compared = [by(key) for key in keys]
    if down:
        compared.reverse()
    return all(before <= after for before, after in itertools.pairwise(compared))
