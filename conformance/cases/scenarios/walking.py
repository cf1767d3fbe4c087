"""A walk through the pages of a list: each page is asked for with the token of the one before.

call --Act--> page --next_of--> call with token --Act--> page ... no token, or the same token again, or enough
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call
from conformance.cases.scenario import Act, Reply
from conformance.specs.listings import Paging

# More pages than this are not followed: the list is somebody else's, or it never ends.
MOST_PAGES = 30


@dataclass(frozen=True, slots=True)
class Walk:
    """The outputs of the pages that were accepted, the last reply, and whether the end was reached."""

    outputs: tuple[Mapping[str, Any], ...]
    last: Reply
    ended: bool


def walked(label: str, call: Call, paging: Paging | None, *, wait: bool = False) -> Generator[Act, Any, Walk]:
    """Ask for every page of a list, MOST_PAGES at the most; a list without pages is one page."""
    outputs: list[Mapping[str, Any]] = []
    seen: list[Mapping[str, Any]] = []
    while True:
        asked = replace(call, params={**call.params, **seen[-1]}) if seen else call
        reply: Reply = yield Act(label, asked, wait=wait and not seen)
        if not reply.accepted:
            return Walk(tuple(outputs), reply, False)
        outputs.append(reply.output or {})
        following = paging.next_of(outputs[-1]) if paging is not None else {}
        if not following or following in seen or len(outputs) >= MOST_PAGES:
            return Walk(tuple(outputs), reply, not following)
        seen.append(following)
