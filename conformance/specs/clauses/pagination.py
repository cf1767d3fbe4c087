"""Clauses about lists that come in pages: `<Operation>/pagination#...`, owned by the list operation.

complete       the pages together are the whole list
no-repeats     no item is on two pages
page-size      no page is longer than asked
last-page      the pages come to an end
foreign-token  a token that no page gave is not taken for one
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.model import Operation, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.inference import READING
from conformance.specs.resources.listings import Paging, paging_of

SECTION: Section = "pagination"


def pagination_clauses(spec: Spec, operation: Operation, _overlay: Overlay) -> Iterator[Clause]:
    """The clauses about the pages of an operation; none for one that has no pages, or that changes what is there."""
    paging = paging_of(spec.service, operation)
    if paging is None or not reads(operation):
        return
    source = f"model: botocore {spec.provenance.botocore}"
    for name, statement in _stated(operation, paging):
        yield Clause(spec.service.name, operation.name, SECTION, "", name, statement, source)


def reads(operation: Operation) -> bool:
    """Whether an operation leaves things as they are, so that it can be asked as often as there are pages."""
    return operation.readonly or READING.match(operation.name) is not None


def _stated(operation: Operation, paging: Paging) -> Iterator[tuple[str, str]]:
    name = operation.name
    yield "complete", f"the pages of {name} together hold everything that is there"
    yield "no-repeats", f"no item is on two pages of {name}"
    if paging.limit is not None:
        yield "page-size", f"no page of {name} has more items than {paging.limit} says"
    yield "last-page", f"the pages of {name} come to an end: the last one has no token for another"
    if paging.token_is_text and len(paging.tokens) == 1:
        token = paging.tokens[0][0]
        answered = "is answered with an error of the caller's" if paging.is_opaque else "is not answered with a 5xx"
        yield "foreign-token", f"a {token} that no page of {name} gave {answered}"
