"""Clauses about lists that come in pages: `<Operation>/pagination#...`, owned by the list operation.

complete       the pages together are the whole list
no-repeats     no item is on two pages
page-size      no page is longer than asked for
last-page      the pages come to an end
foreign-token  a token that no page gave is not accepted as one
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.inference import READING
from conformance.specs.resources.listings import Paging, paging_of

SECTION: Section = "pagination"

COMPLETE, NO_REPEATS, PAGE_SIZE = "complete", "no-repeats", "page-size"
LAST_PAGE, FOREIGN_TOKEN = "last-page", "foreign-token"

NAMES = (COMPLETE, NO_REPEATS, PAGE_SIZE, LAST_PAGE, FOREIGN_TOKEN)


def pagination_clauses(spec: Spec, operation: Operation, _overlay: Overlay) -> Iterator[Clause]:
    """The clauses about the pages of an operation; none for one without pages, or one that changes state."""
    paging = paging_of(spec.service, operation)
    if paging is not None and reads(operation):
        for name, statement in _statements(operation, paging):
            yield model_clause(spec, operation.name, SECTION, "", name, statement)


def reads(operation: Operation) -> bool:
    """Whether an operation changes no state, so that it can be sent once for every page."""
    return operation.readonly or READING.match(operation.name) is not None


def _statements(operation: Operation, paging: Paging) -> Iterator[tuple[str, str]]:
    name = operation.name
    yield COMPLETE, f"the pages of {name} together have every item of the list"
    yield NO_REPEATS, f"no item is on two pages of {name}"
    if paging.limit is not None:
        yield PAGE_SIZE, f"no page of {name} has more items than {paging.limit} says"
    yield LAST_PAGE, f"the pages of {name} come to an end: the last page has no token for another"
    if paging.token_is_text and len(paging.tokens) == 1:
        token = paging.tokens[0][0]
        answer = "is answered with a client error" if paging.is_opaque else "is not answered with a 5xx"
        yield FOREIGN_TOKEN, f"a {token} that no page of {name} gave {answer}"
