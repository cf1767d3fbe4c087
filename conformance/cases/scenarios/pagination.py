"""Scenarios of lists that come in pages: the whole list, page by page, and with a token that no page gave.

create items --> whole list --> the same list in the smallest pages --> a page with a foreign token
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Call, Omitted
from conformance.cases.families import Pagination
from conformance.cases.fixtures.page_walk import MOST_PAGES, PageWalk
from conformance.cases.fixtures.populated_lists import (
    Known,
    PopulatedList,
    create_items,
    existing_list,
    first_page,
    populated_list,
    retry_until,
)
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable, is_valid_text, sample_leaf
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send
from conformance.specs.clauses import pagination as statements
from conformance.specs.model import Operation
from conformance.specs.resources.listings import Paging, comparable_text, paging_of

# Items created for a list, where its smallest page does not hold as many.
FEWEST, MOST = 3, 6

FOREIGN = "conformance-foreign-token"

# Clauses that need no item of which it is known that it is in the list.
WITHOUT_ITEMS = frozenset({statements.PAGE_SIZE, statements.FOREIGN_TOKEN})


def pagination_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the clauses about pages that an operation owns."""
    clauses = {each.name: each.id for each in statements.pagination_clauses(builder.spec, operation, builder.overlay)}
    paging = paging_of(builder.service, operation)
    wanted = {name: clause for name, clause in clauses.items() if builder.includes(clause)}
    if not wanted or paging is None:
        return
    identity = f"{builder.service.name}:{operation.name}/scenario/pages"
    count = paging.size + 1 if FEWEST <= paging.size + 1 <= MOST else FEWEST
    try:
        there = populated_list(builder, operation, identity, count)
    except Unbuildable as problem:
        yield from (Omitted(clause, "the list cannot be read", str(problem)) for clause in wanted.values())
        return
    foreign = _foreign(builder, operation, paging) if statements.FOREIGN_TOKEN in wanted else {}
    title = f"{operation.name} page by page"
    yield Scenario(
        identity, builder.service.name, operation.name, "pages", title, tuple(wanted.values()),
        functools.partial(_script, there, paging, foreign), there.setup, there.resource,
    )  # fmt: skip
    if there.setup:
        # A target that cannot create the prerequisites may list without them.
        free = replace(populated_list(builder, operation, f"{identity}/unprepared", count), setup=())
        yield Scenario(
            f"{identity}/unprepared", builder.service.name, operation.name, "pages", f"{title}, without prerequisites",
            tuple(wanted.values()), functools.partial(_script, free, paging, foreign), (), free.resource,
        )  # fmt: skip
    beside = tuple(clause for name, clause in wanted.items() if name in WITHOUT_ITEMS)
    if there.creations and beside and not there.setup:
        bare = existing_list(builder, operation, f"{identity}/as-it-is")
        yield Scenario(
            f"{identity}/as-it-is", builder.service.name, operation.name, "pages",
            f"{title}, without items of its own", beside,
            functools.partial(_first_pages, bare, paging, foreign), bare.setup,
        )  # fmt: skip


def _script(there: PopulatedList, paging: Paging, foreign: Params, pace: Pace) -> Script:
    known = yield from create_items(there)
    call, whole = yield from first_page(there, known, pace)
    if not whole.last.accepted:
        return
    if paging.limit is not None:
        sized = _with(call, paging.page_of(page_size(paging, whole)))
        yield from retry_until(Pagination.PAGED, sized, there, pace, lambda walk: _agree(there, known, whole, walk))
    if foreign:
        yield Send(Pagination.FOREIGN, _with(call, foreign))


def _first_pages(there: PopulatedList, paging: Paging, foreign: Params, _pace: Pace) -> Script:
    """The first page without a limit, with a limit, and with a foreign token."""
    call = there.calls[0]
    reply: Reply = yield Send(Pagination.WHOLE, call)
    if not reply.accepted:
        return
    if paging.limit is not None:
        yield Send(Pagination.PAGED, _with(call, paging.page_of(paging.size)))
    if foreign:
        yield Send(Pagination.FOREIGN, _with(call, foreign))


def page_size(paging: Paging, whole: PageWalk) -> int:
    """The smallest size of pages with which MOST_PAGES reach the end of a list that long."""
    longest = max((sum(len(paging.items_of(output)[each]) for output in whole.outputs)
                   for each in range(len(paging.results))), default=0)  # fmt: skip
    size = max(paging.size, -(-longest // (MOST_PAGES - FEWEST)))
    return size if paging.largest is None else min(size, max(paging.largest, paging.size))


def _agree(there: PopulatedList, known: tuple[Known, ...], whole: PageWalk, paged: PageWalk) -> bool:
    """Whether the pages have the created items that the whole list has, and no item more often."""
    shown = [each for each in known if there.shows(whole, (each,))]
    return there.shows(paged, shown) and not _counted(there, paged) - _counted(there, whole)


def _counted(there: PopulatedList, walk: PageWalk) -> Counter[str]:
    return Counter(comparable_text(item) for item in there.listed(walk))


def _foreign(builder: RequestBuilder, operation: Operation, paging: Paging) -> Params:
    """The member that asks for a page by a token that no page gave."""
    member = paging.tokens[0][0]
    shape = builder.service.target(builder.service.input_of(operation).members[member])
    return {member: FOREIGN if is_valid_text(shape, FOREIGN) else sample_leaf(shape)}


def _with(call: Call, more: Params) -> Call:
    return replace(call, params={**call.params, **more})
