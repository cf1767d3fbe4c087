"""Lists that come in pages: the whole, page by page, and with a token that no page gave.

make some --> whole list --> the same in the smallest pages        pages
list --> the smallest page --> a page with a foreign token         foreign-token
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.cases.case import Call, Omitted
from conformance.cases.planner import Planner
from conformance.cases.samples import Unbuildable, fits, leaf
from conformance.cases.scenario import Act, Pace, Reply, Scenario, Script
from conformance.cases.scenarios.lists import Furnished, Known, as_it_is, furnished, made, opened, patient
from conformance.cases.scenarios.walking import MOST_PAGES, Walk
from conformance.specs.listings import Paging, paging_of, text_of
from conformance.specs.model import Operation
from conformance.specs.statements import pages as statements

# Things made for a list, unless its smallest page has room for more.
FEWEST, MOST = 3, 6

FOREIGN = "conformance-foreign-token"


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the clauses about pages that an operation owns."""
    clauses = {each.name: each.id for each in statements.clauses(planner.spec, operation, planner.overlay)}
    paging = paging_of(planner.service, operation)
    if not clauses or paging is None:
        return
    for kind, names, build in (
        ("pages", ("complete", "no-repeats", "page-size", "last-page"), _pages),
        ("foreign-token", ("page-size", "foreign-token"), _foreign),
    ):
        wanted = tuple(clauses[name] for name in names if name in clauses and planner.wanted(clauses[name]))
        if not wanted or names[-1] not in clauses:
            continue
        try:
            yield build(planner, operation, paging, f"{planner.service.name}:{operation.name}/scenario/{kind}", wanted)
        except Unbuildable as problem:
            for clause in wanted:
                yield Omitted(clause, f"the list cannot be asked for: {problem}")


def _pages(planner: Planner, operation: Operation, paging: Paging, identity: str, clauses: tuple[str, ...]) -> Scenario:
    count = paging.size + 1 if FEWEST <= paging.size + 1 <= MOST else FEWEST
    there = furnished(planner, operation, identity, count)

    def script(pace: Pace) -> Script:
        known = yield from made(there)
        call, whole = yield from opened(there, known, pace)
        if whole.last.accepted and paging.limit is not None:
            size = page_size(paging, whole)
            sized = replace(call, params={**call.params, **paging.page_of(size)})
            yield from patient("paged", sized, there, pace, lambda walk: _agree(there, known, whole, walk))

    title = f"{operation.name} page by page"
    return Scenario(
        identity, planner.service.name, operation.name, "pages", title, clauses, script, there.setup, there.resource
    )


def page_size(paging: Paging, whole: Walk) -> int:
    """The smallest page with which the end of a list that long is reached in time."""
    longest = max((sum(len(paging.items_of(output)[each]) for output in whole.outputs)
                   for each in range(len(paging.results))), default=0)  # fmt: skip
    size = max(paging.size, -(-longest // (MOST_PAGES - FEWEST)))
    return size if paging.largest is None else min(size, max(paging.largest, paging.size))


def _agree(there: Furnished, known: tuple[Known, ...], whole: Walk, paged: Walk) -> bool:
    """Whether the pages show what was made as far as the whole list does, and nothing more often."""
    shown = [each for each in known if there.shows(whole, (each,))]
    return there.shows(paged, shown) and not _counted(there, paged) - _counted(there, whole)


def _counted(there: Furnished, walk: Walk) -> Counter[str]:
    return Counter(text_of(item) for item in there.listed(walk))


def _foreign(
    planner: Planner, operation: Operation, paging: Paging, identity: str, clauses: tuple[str, ...]
) -> Scenario:  # fmt: skip
    there = as_it_is(planner, operation, identity)
    call = there.calls[0]
    member = paging.tokens[0][0]
    shape = planner.service.target(planner.service.input_of(operation).members[member])
    token = FOREIGN if fits(shape, FOREIGN) else leaf(shape)

    def script(_pace: Pace) -> Script:
        reply: Reply = yield Act("whole", call)
        if not reply.accepted:
            return
        if paging.limit is not None:
            yield Act("paged", _with(call, paging.page_of(paging.size)))
        yield Act("foreign", _with(call, {member: token}))

    title = f"{operation.name} with a token that no page gave"
    return Scenario(
        identity, planner.service.name, operation.name, "foreign-token", title, clauses, script, there.setup
    )


def _with(call: Call, more: Any) -> Call:
    return replace(call, params={**call.params, **more})
