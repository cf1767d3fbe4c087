"""Scenarios of lists that are read with a filter, or in an order.

create two items --> whole list --> a filter that one item matches, one that none matches ... --> whole list  filters
create three items at different times --> whole list --> each order, ascending and descending                 sort
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from conformance.cases.case import Call, Omitted
from conformance.cases.families import Filters, KindName
from conformance.cases.fixtures.page_walk import PageWalk
from conformance.cases.fixtures.populated_lists import (
    Known,
    PopulatedList,
    create_items,
    first_page,
    populated_list,
    retry_until,
)
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable, is_valid_text
from conformance.cases.scenario import Pace, Scenario, Script, Send
from conformance.specs.clauses import filters as statements
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation
from conformance.specs.resources.descriptions import is_identified_by
from conformance.specs.resources.list_criteria import WIDE_VALUES, Criterion, Ordering, criteria_of, ordering_of, utc
from conformance.values.paths import value_at

# Far enough from the time of a creation that clocks and precision do not matter.
FAR = timedelta(days=1)


def filters_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the clauses about filters and order that an operation owns."""
    clauses = [
        each
        for each in statements.filters_clauses(builder.spec, operation, builder.overlay)
        if builder.includes(each.id)
    ]
    filtering = {each.path: each for each in clauses if each.name == statements.MATCHES}
    sorting = [each for each in clauses if each.name == statements.ORDER]
    criteria = [each for each in criteria_of(builder.service, operation, builder.overlay) if each.member in filtering]
    ordering = ordering_of(builder.service, operation, builder.overlay)
    if criteria:
        yield from _scenario(builder, operation, "filters", [*filtering.values()], 2, tuple(criteria))
    if sorting and ordering is not None:
        yield from _scenario(builder, operation, "sort", sorting, 3, ordering)


def _scenario(
    builder: RequestBuilder,
    operation: Operation,
    kind: KindName,
    clauses: list[Clause],
    count: int,
    asked: tuple[Criterion, ...] | Ordering,
) -> Iterator[Scenario | Omitted]:
    identity = f"{builder.service.name}:{operation.name}/scenario/{kind}"
    try:
        there = populated_list(builder, operation, identity, count)
    except Unbuildable as problem:
        yield from (Omitted(each.id, "the list cannot be read", str(problem)) for each in clauses)
        return

    def script(pace: Pace) -> Script:
        return _sorts(there, asked, pace) if isinstance(asked, Ordering) else _filters(there, asked, pace)

    what = "in every order" if kind == "sort" else "with each filter"
    yield Scenario(
        identity, builder.service.name, operation.name, kind, f"{operation.name} {what}",
        tuple(each.id for each in clauses), script, there.setup, there.resource,
    )  # fmt: skip


def _filters(there: PopulatedList, criteria: tuple[Criterion, ...], pace: Pace) -> Script:
    known = yield from create_items(there)
    call, whole = yield from first_page(there, known, pace)
    if not whole.last.accepted:
        return
    for criterion in criteria:
        for number, value in enumerate(_values(criterion, there, whole, known)):
            yield from _filtered(there, criterion, number, value, call, whole, known, pace)
    yield from first_page(there, known, pace)


def _filtered(
    there: PopulatedList,
    criterion: Criterion,
    number: int,
    value: Any,
    call: Call,
    whole: PageWalk,
    known: tuple[Known, ...],
    pace: Pace,
) -> Generator[Send, Any, None]:
    """Read with one value of a filter until every created item that matches is listed."""
    expected = [each for each in known if criterion.matches(_shown(there, whole, each), value)]
    asked = replace(call, params={**call.params, criterion.member: value})
    yield from retry_until(
        Filters.FILTERED.label(criterion.member, number), asked, there, pace, lambda walk: there.shows(walk, expected)
    )


def _shown(there: PopulatedList, walk: PageWalk, known: Known) -> Any:
    return next((item for item in there.listed(walk) if is_identified_by(item, known)), None)


def _values(criterion: Criterion, there: PopulatedList, whole: PageWalk, known: tuple[Known, ...]) -> Iterator[Any]:
    """Values to filter by: one that an item matches, one that none matches, and the exact bound of a time."""
    items = there.listed(whole)
    own = [item for item in items if any(is_identified_by(item, each) for each in known)]
    found = [value for item in (*own, *items) if (value := value_at(item, criterion.item)) is not None]
    if not found:
        return
    times = [utc(each) for each in found if isinstance(each, datetime)]
    if criterion.kind in ("after", "before"):
        for way in (-FAR, FAR, *((timedelta(0),) if criterion.exact else ())) if times else ():
            with contextlib.suppress(OverflowError):  # the end of the calendar
                yield times[0] + way
    else:
        yield from (text for text in _texts(criterion, found) if text and is_valid_text(criterion.shape, text))


def _texts(criterion: Criterion, found: list[Any]) -> Iterator[str]:
    """Texts to filter by: a part of the first item's text or the whole of it, and an enum value that no item has."""
    text = next((each for each in found if isinstance(each, str)), "")
    parts = {"contains": text[-8:], "prefix": text[:-1]}
    part = parts.get(criterion.kind, text)
    yield part if part and is_valid_text(criterion.shape, part) else text
    others = (each for each in criterion.shape.enum if each not in found and not WIDE_VALUES.fullmatch(each))
    yield from list(others)[:1]


def _sorts(there: PopulatedList, ordering: Ordering, pace: Pace) -> Script:
    known = yield from create_items(there, apart=True)
    call, whole = yield from first_page(there, known, pace)
    if not whole.last.accepted:
        return
    for key, _ in ordering.keys:
        for way in (ordering.ascending, ordering.descending):
            asked = replace(call, params={**call.params, ordering.by: key, ordering.order: way})
            yield from retry_until(
                Filters.SORTED.label(key, way), asked, there, pace, lambda walk: there.shows(walk, known)
            )
