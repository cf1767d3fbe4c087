"""Laws of lists that come in pages.

    whole list, page by page    --> complete, no-repeats, page-size, last-page
    a token that no page gave   --> foreign-token

A page may be shorter than asked, or empty, and what others make or remove meanwhile may come and go: none of that is
held against a target. What is held against it was there all the time, or was asked for several times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.specs.model import FORM_PROTOCOLS
from conformance.specs.resources.descriptions import carries
from conformance.verdicts.evidence.page_walks import (
    Known,
    RecordedWalk,
    last_walk,
    made,
    named,
    unanswered,
    why_nothing_was_made,
)
from conformance.verdicts.evidence.segments import event_text, is_accepted
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided

# XML has no way to leave an element out half: `<NextToken/>` is how some services of AWS say that there is none.
EMPTY_ELEMENTS = frozenset({*FORM_PROTOCOLS, "rest-xml"})

REJECTED = frozenset({"rejected-validation", "rejected-state"})


def pages(story: Timeline) -> Iterator[CheckResult]:
    """The pages of a list against the list as a whole, and against what was made for it."""
    whole, paged = last_walk(story, "whole"), last_walk(story, "paged")
    if whole is None or not whole.outputs:
        yield from (_unanswered(story, clause, whole) for clause in story.scenario.clauses)
        return
    for clause in story.scenario.clauses:
        yield from LAWS[clause.rpartition("#")[2]](story, clause, whole, paged)


def _unanswered(story: Timeline, clause: str, whole: RecordedWalk | None) -> CheckResult:
    """A list that cannot be had; one that crashes once something is in it is not complete."""
    refused = whole.refused if whole is not None and clause.endswith("#complete") and made(story) else None
    if refused is not None and refused.exchange.outcome.kind == "crashed":
        return Contradiction(clause, "crash", "", "a list with what was made in it", event_text(refused))
    return Undecided(clause, "unreached", unanswered(whole))


def _complete(story: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    if walk.refused is not None:
        yield _broken_off(clause, walk.refused)
        return
    # What a whole that came at once leaves out is not for pages to show: some things replace each other, say.
    things = [each for each in made(story) if len(whole.outputs) > 1 or whole.shows(each) or walk.shows(each)]
    listed = [each for each in things if whole.shows(each) or walk.shows(each)]
    missing = [each for each in things if not walk.shows(each)]
    if not made(story):
        yield Undecided(clause, "unreached", why_nothing_was_made(story))
    elif not listed:
        yield Undecided(clause, "unreached", "the list shows nothing of what was made, with or without pages")
    elif not missing:
        yield Satisfied(clause)
    elif walk.ended:
        yield Contradiction(
            clause, "loses-items", _size_of(walk), f"the pages together list all {len(things)} that were made",
            f"{len(things) - len(missing)} of them in {_pages(walk)}, without {_names(missing)}",
        )  # fmt: skip
    else:
        yield Undecided(clause, "unreached", f"the end of the list was not reached within {_pages(walk)}")


def _broken_off(clause: str, refused: TimelineEvent) -> CheckResult:
    """A page that the list's own token asked for, and that did not come."""
    if refused.exchange.outcome.kind == "crashed":
        return Contradiction(clause, "crash", "the next page", "another page, or the end", event_text(refused))
    if refused.exchange.outcome.kind in REJECTED:
        return Contradiction(
            clause, "refuses-own-token", "the next page", "the page of that token", event_text(refused)
        )
    return Undecided(clause, "errored", f"a page was not answered: {event_text(refused)}")


def _no_repeats(story: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    repeated = _repeated(story, whole, walk)
    if repeated is not None:
        yield Contradiction(clause, "repeats-items", _size_of(walk), "each item once", repeated)
    elif sum(bool(_page_items(walk, number)) for number in range(len(walk.outputs))) < 2:
        yield Undecided(clause, "unreached", "the list has no second page with something on it")
    else:
        yield Satisfied(clause)


def _repeated(story: Timeline, whole: RecordedWalk, walk: RecordedWalk) -> str | None:
    """What the pages list more often than the whole does, if anything."""
    if walk is whole:
        return None  # nothing to compare with: an item may say the same as another
    once = whole.counted()
    for item, count in walk.counted().items():
        if once[item] and count > once[item]:
            return f"{count} times in {_pages(walk)}: {item[:160]}"
    for each in made(story):
        count, before = (sum(carries(item, each) for item in one.listed) for one in (walk, whole))
        if before and count > before:
            return f"{named(each)} {count} times in {_pages(walk)}"
    return None


def _page_size(_story: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None) -> Iterator[CheckResult]:
    if paged is None:
        yield Undecided(clause, "unreached", "no page of a given size was asked for")
        return
    paging, first = paged.paging, paged.events[0]
    if paging is None or paging.limit is None:
        return
    asked = int(first.exchange.call.params[paging.limit])
    where = f"{paging.limit}={asked}"
    if first.exchange.outcome.kind == "crashed":
        yield Contradiction(clause, "crash", where, "a page, or a 4xx error", event_text(first))
        return
    if not is_accepted(first):
        yield Undecided(clause, "unreached", f"a page of {asked} is not to be had: {event_text(first)}")
        return
    longest = max(len(items) for output in paged.outputs for items in paging.items_of(output))
    there = max((sum(len(paging.items_of(output)[each]) for output in whole.outputs)
                 for each in range(len(paging.results))), default=0)  # fmt: skip
    if longest > asked:
        yield Contradiction(clause, "page-too-long", where, f"at most {asked} on a page", f"{longest} on one page")
    elif there > asked:
        yield Satisfied(clause)
    else:
        yield Undecided(clause, "unreached", f"the list has no more items than a page: {there}")


def _last_page(story: Timeline, clause: str, whole: RecordedWalk, paged: RecordedWalk | None) -> Iterator[CheckResult]:
    walk = paged if paged is not None and paged.outputs else whole
    if walk.paging is None:
        return
    circle = walk.circle
    if circle is not None:
        yield Contradiction(
            clause, "endless-pages", ", ".join(circle), "a token for the next page, or none",
            f"the same token again after {_pages(walk)}: {_written(circle)}",
        )  # fmt: skip
    elif walk.refused is not None:
        yield Undecided(clause, "unreached", f"a page was not answered: {event_text(walk.refused)}")
    elif not walk.ended:
        yield Undecided(clause, "unreached", f"the end of the list was not reached within {_pages(walk)}")
    elif walk.paging.says_more(walk.outputs[-1]):
        got = f"{walk.paging.more} is true, and no token"
        yield Contradiction(clause, "more-without-token", walk.paging.more or "", "a token where there is more", got)
    elif walk.paging.has_empty_token(walk.outputs[-1]) and story.service.protocol not in EMPTY_ELEMENTS:
        token = walk.paging.tokens[0][1]
        yield Contradiction(clause, "empty-token", token, "no token on the last page", "an empty one")
    else:
        yield Satisfied(clause)


def _foreign_token(
    story: Timeline, clause: str, whole: RecordedWalk, _paged: RecordedWalk | None
) -> Iterator[CheckResult]:
    foreign = story.first("foreign")
    if foreign is not None:
        yield _foreign(clause, whole, foreign)


def _foreign(clause: str, whole: RecordedWalk, foreign: TimelineEvent) -> CheckResult:
    kind = foreign.exchange.outcome.kind
    opaque = whole.paging is not None and whole.paging.is_opaque
    member = whole.paging.tokens[0][0] if whole.paging is not None else ""
    expected = "a 4xx error" if opaque else "a page, or a 4xx error"
    if kind == "crashed":
        return Contradiction(clause, "crash", member, expected, event_text(foreign))
    if kind in REJECTED or (kind == "accepted" and not opaque):
        return Satisfied(clause)
    if kind != "accepted":
        return Undecided(clause, "errored", f"the foreign token was not answered: {event_text(foreign)}")
    if not whole.listed:
        return Undecided(
            clause, "unreached", "the foreign token was accepted where nothing is listed, with or without it"
        )
    walk = RecordedWalk((foreign,), whole.paging, whole.items)
    if walk.listed and walk.counted() == whole.counted():
        return Contradiction(clause, "ignores-token", member, expected, f"the page that comes without a {member}")
    got = f"accepted, {len(walk.listed)} items" if walk.listed else "accepted, an empty page"
    return Contradiction(clause, "accepts-foreign-token", member, expected, got)


def _page_items(walk: RecordedWalk, number: int) -> bool:
    return any(walk.paging.items_of(walk.outputs[number])) if walk.paging is not None else False


def _pages(walk: RecordedWalk) -> str:
    return "one page" if len(walk.outputs) == 1 else f"{len(walk.outputs)} pages"


def _size_of(walk: RecordedWalk) -> str:
    """The page size that a walk asked for, as the place of a finding."""
    limit = walk.paging.limit if walk.paging is not None else None
    params = walk.events[0].exchange.call.params
    return f"{limit}={params[limit]}" if limit is not None and limit in params else ""


def _names(things: list[Known]) -> str:
    return ", ".join(named(each) for each in things)


def _written(token: Mapping[str, object]) -> str:
    return ", ".join(f"{value!r:.60}" for value in token.values())


LAWS: Mapping[str, Callable[[Timeline, str, RecordedWalk, RecordedWalk | None], Iterator[CheckResult]]] = {
    "complete": _complete,
    "no-repeats": _no_repeats,
    "page-size": _page_size,
    "last-page": _last_page,
    "foreign-token": _foreign_token,
}
