"""Laws of lists that come in pages.

    whole list, page by page    --> complete, no-repeats, page-size, last-page
    a token that no page gave   --> foreign-token

A page may be shorter than asked for, or empty, and other clients may create and delete items meanwhile: none of that
contradicts a clause. Only items that existed all the time count, and only what several requests show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.cases.families import Pagination
from conformance.specs.clauses.pagination import COMPLETE, FOREIGN_TOKEN, LAST_PAGE, NO_REPEATS, PAGE_SIZE
from conformance.specs.model import FORM_PROTOCOLS
from conformance.specs.resources.descriptions import is_identified_by
from conformance.values.text import counted
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.page_walks import (
    Known,
    RecordedWalk,
    created_items,
    last_walk,
    named,
    unanswered,
    why_no_items,
)
from conformance.verdicts.evidence.segments import event_text, output_of
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

# Some services of AWS write an absent token as the empty element `<NextToken/>`.
EMPTY_ELEMENTS = frozenset({*FORM_PROTOCOLS, "rest-xml"})

REJECTED = frozenset({"rejected-validation", "rejected-state"})


def check_pages(timeline: Timeline) -> Iterator[CheckResult]:
    """Compares the pages of a list with the whole list, and with the items that were created for it."""
    whole, paged = last_walk(timeline, Pagination.WHOLE), last_walk(timeline, Pagination.PAGED)
    if whole is None or not whole.outputs:
        yield from (_unanswered(timeline, clause, whole) for clause in timeline.scenario.clauses)
        return
    for clause in timeline.scenario.clauses:
        yield from CHECKS[clause.rpartition("#")[2]](timeline, clause, whole, paged)


def _unanswered(timeline: Timeline, clause: str, whole: RecordedWalk | None) -> CheckResult:
    """The note on a list that was not answered: a crash with created items in the list contradicts `complete`."""
    refused = (
        whole.refused if whole is not None and clause.endswith(f"#{COMPLETE}") and created_items(timeline) else None
    )
    if refused is not None and refused.exchange.outcome.kind == "crashed":
        return Contradiction(clause, "crash", "", "a list with the created items", event_text(refused), (refused,))
    return Undecided(clause, "unreached", unanswered(whole))


def _complete(
    timeline: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None
) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    if walk.refused is not None:
        yield _broken_off(clause, walk.refused)
        return
    # An item that a whole list of one page leaves out is not expected in the pages: some items replace each other.
    items = [
        each for each in created_items(timeline) if len(whole.outputs) > 1 or whole.shows(each) or walk.shows(each)
    ]
    listed = [each for each in items if whole.shows(each) or walk.shows(each)]
    missing = [each for each in items if not walk.shows(each)]
    if not created_items(timeline):
        yield Undecided(clause, "unreached", why_no_items(timeline))
    elif not listed:
        yield Undecided(clause, "unreached", "the list shows none of the created items, with or without pages")
    elif not missing:
        yield Satisfied(clause)
    elif walk.ended:
        yield Contradiction(
            clause, "loses-items", _size_of(walk), f"the pages together list all {len(items)} created items",
            f"{len(items) - len(missing)} of them in {_pages(walk)}, without {_names(missing)}",
            _whole_and(whole, walk),
        )  # fmt: skip
    else:
        yield Undecided(clause, "unreached", f"the end of the list was not reached within {_pages(walk)}")


def _broken_off(clause: str, refused: TimelineEvent) -> CheckResult:
    """The note on a page that was not answered although its token came from the page before."""
    if refused.exchange.outcome.kind == "crashed":
        return Contradiction(
            clause, "crash", "the next page", "another page, or the end", event_text(refused), (refused,)
        )
    if refused.exchange.outcome.kind in REJECTED:
        return Contradiction(
            clause, "refuses-own-token", "the next page", "the page of that token", event_text(refused), (refused,)
        )
    return Undecided(clause, "errored", "a page was not answered", event_text(refused))


def _no_repeats(
    timeline: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None
) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    repeated = _repeated(timeline, whole, walk)
    if repeated is not None:
        decided_by = _whole_and(whole, walk)
        yield Contradiction(clause, "repeats-items", _size_of(walk), "each item once", repeated, decided_by)
    elif sum(bool(_page_items(walk, number)) for number in range(len(walk.outputs))) < 2:
        yield Undecided(clause, "unreached", "the list has no second page with something on it")
    else:
        yield Satisfied(clause)


def _repeated(timeline: Timeline, whole: RecordedWalk, walk: RecordedWalk) -> str | None:
    """What the pages list more often than the whole list; None where they do not."""
    if walk is whole:
        return None  # nothing to compare with: two items may have equal texts
    once = whole.counted()
    for item, count in walk.counted().items():
        if once[item] and count > once[item]:
            return f"{count} times in {_pages(walk)}: {item[:160]}"
    for each in created_items(timeline):
        count, before = (sum(is_identified_by(item, each) for item in one.listed) for one in (walk, whole))
        if before and count > before:
            return f"{named(each)} {count} times in {_pages(walk)}"
    return None


def _page_size(_story: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None) -> Iterator[CheckResult]:
    if paged is None:
        yield Undecided(clause, "unreached", "no page of a given size was requested")
        return
    paging, first = paged.paging, paged.events[0]
    if paging is None or paging.limit is None:
        return
    asked = int(first.exchange.call.params[paging.limit])
    where = f"{paging.limit}={asked}"
    if first.exchange.outcome.kind == "crashed":
        yield Contradiction(clause, "crash", where, "a page, or a 4xx error", event_text(first), (first,))
        return
    if not first.accepted:
        yield Undecided(clause, "unreached", "a page of a given size was not accepted", event_text(first))
        return
    longest = max(len(items) for output in paged.outputs for items in paging.items_of(output))
    there = max((sum(len(paging.items_of(output)[each]) for output in whole.outputs)
                 for each in range(len(paging.results))), default=0)  # fmt: skip
    if longest > asked:
        page = max(
            (event for event in paged.events if event.accepted),
            key=lambda event: max(map(len, paging.items_of(output_of(event))), default=0),
        )
        got = f"{longest} on one page"
        yield Contradiction(clause, "page-too-long", where, f"at most {asked} on a page", got, (page,))
    elif there > asked:
        yield Satisfied(clause)
    else:
        yield Undecided(clause, "unreached", "the list has no more items than a page", str(there))


def _last_page(
    timeline: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None
) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    if walk.paging is None:
        return
    repeated = walk.repeated_token
    if repeated is not None:
        yield Contradiction(
            clause, "endless-pages", ", ".join(repeated), "a token for the next page, or none",
            f"the same token again after {_pages(walk)}: {_written(repeated)}",
            walk.events[-2:],
        )  # fmt: skip
    elif walk.refused is not None:
        yield Undecided(clause, "unreached", "a page was not answered", event_text(walk.refused))
    elif not walk.ended:
        yield Undecided(clause, "unreached", f"the end of the list was not reached within {_pages(walk)}")
    elif walk.paging.says_more(walk.outputs[-1]):
        got = f"{walk.paging.more} is true, and no token"
        expected = "a token where there is more"
        yield Contradiction(clause, "more-without-token", walk.paging.more or "", expected, got, walk.events[-1:])
    elif walk.paging.has_empty_token(walk.outputs[-1]) and timeline.service.protocol not in EMPTY_ELEMENTS:
        token = walk.paging.tokens[0][1]
        yield Contradiction(clause, "empty-token", token, "no token on the last page", "an empty one", walk.events[-1:])
    else:
        yield Satisfied(clause)


def _foreign_token(
    timeline: Timeline, clause: str, whole: RecordedWalk, _paged: RecordedWalk | None
) -> Iterator[CheckResult]:
    foreign = timeline.first(Pagination.FOREIGN)
    if foreign is not None:
        yield _foreign(clause, whole, foreign)


def _foreign(clause: str, whole: RecordedWalk, foreign: TimelineEvent) -> CheckResult:
    kind = foreign.exchange.outcome.kind
    opaque = whole.paging is not None and whole.paging.is_opaque
    member = whole.paging.tokens[0][0] if whole.paging is not None else ""
    expected = "a 4xx error" if opaque else "a page, or a 4xx error"
    if kind == "crashed":
        return Contradiction(clause, "crash", member, expected, event_text(foreign), (foreign,))
    if kind in REJECTED or (kind == "accepted" and not opaque):
        return Satisfied(clause)
    if kind != "accepted":
        return Undecided(clause, "errored", "the foreign token was not answered", event_text(foreign))
    if not whole.listed:
        return Undecided(
            clause, "unreached", "the foreign token was accepted by a list that is empty with and without it"
        )
    walk = RecordedWalk((foreign,), whole.paging, whole.items)
    if walk.listed and walk.counted() == whole.counted():
        got = f"the page that comes without a {member}"
        return Contradiction(clause, "ignores-token", member, expected, got, (whole.events[0], foreign))
    got = f"accepted, {counted(len(walk.listed), 'item')}" if walk.listed else "accepted, an empty page"
    return Contradiction(clause, "accepts-foreign-token", member, expected, got, (foreign,))


def _whole_and(whole: RecordedWalk, walk: RecordedWalk) -> tuple[TimelineEvent, ...]:
    """The last event of the whole list, where it is another one, and the last event of a walk."""
    return walk.events[-1:] if walk is whole else (whole.events[-1], walk.events[-1])


def _page_items(walk: RecordedWalk, number: int) -> bool:
    return any(walk.paging.items_of(walk.outputs[number])) if walk.paging is not None else False


def _pages(walk: RecordedWalk) -> str:
    return "one page" if len(walk.outputs) == 1 else f"{len(walk.outputs)} pages"


def _size_of(walk: RecordedWalk) -> str:
    """The page size that a walk asked for, as the place of a finding."""
    limit = walk.paging.limit if walk.paging is not None else None
    params = walk.events[0].exchange.call.params
    return f"{limit}={params[limit]}" if limit is not None and limit in params else ""


def _names(items: list[Known]) -> str:
    return ", ".join(named(each) for each in items)


def _written(token: Mapping[str, object]) -> str:
    return ", ".join(f"{value!r:.60}" for value in token.values())


CHECKS: Mapping[str, Callable[[Timeline, str, RecordedWalk, RecordedWalk | None], Iterator[CheckResult]]] = {
    COMPLETE: _complete,
    NO_REPEATS: _no_repeats,
    PAGE_SIZE: _page_size,
    LAST_PAGE: _last_page,
    FOREIGN_TOKEN: _foreign_token,
}
