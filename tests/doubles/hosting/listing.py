"""Lists: filtered, sorted, a page at a time.

A token holds, hard to read, what the list was asked for and the last item of its page; with any other question it is
refused, and items that are made meanwhile neither hide nor repeat others.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import operator
from collections.abc import Callable, Iterable
from typing import Any

from doubles.hosting.model import Params
from doubles.hosting.refusal import invalid
from doubles.hosting.store import CONFIG, ENDPOINT, MODEL, Kind, Store, tags_of

PAGE = 10
TAGS_PAGE = 50
_SORTED_BY = {"Name": "name", "CreationTime": "created", "Status": "status"}


def lister(kind: Kind) -> Callable[[Store, Params], Params]:
    """The list operation of a kind."""

    def answer(store: Store, params: Params) -> Params:
        things = list(_present(store, kind))
        for passes in _criteria(store, params):
            things = [each for each in things if passes(each)]
        by = params.get("SortBy", "CreationTime")
        descending = params.get("SortOrder", "Descending") == "Descending"
        if not store.faults.checks("default-order") and "SortOrder" not in params:
            descending = False
        if not store.faults.checks("order-kept"):
            descending = True
        if not store.faults.checks("sort-by-kept"):
            by = "CreationTime"
        things.sort(key=operator.attrgetter(_SORTED_BY[by], "number"), reverse=descending)
        size = params.get("MaxResults", PAGE if store.faults.checks("LS-02") else 100)
        page, token = _page(store, kind.stem, params, things, size)
        found = {f"{kind.stem}s": [_summary(kind, each) for each in page]}
        return found if token is None else {**found, "NextToken": token}

    return answer


LISTERS = {f"List{kind.stem}s": lister(kind) for kind in (MODEL, CONFIG, ENDPOINT)}


def list_tags(store: Store, params: Params) -> Params:
    """ListTags."""
    tags = tags_of(store.by_arn(params["ResourceArn"]).tags)
    page, token = _page(store, "Tag", params, tags, params.get("MaxResults", TAGS_PAGE))
    return {"Tags": page} if token is None else {"Tags": page, "NextToken": token}


def _present(store: Store, kind: Kind) -> Iterable[Any]:
    if store.faults.checks("all-listed"):
        yield from store.things[kind].values()
    if not store.faults.checks("lists-change-nothing"):
        for thing in store.things[kind].values():
            thing.modified = store.now()
    if kind is ENDPOINT and not store.faults.checks("unlisted-when-gone"):
        yield from store.ghosts


def _criteria(store: Store, params: Params) -> list[Callable[[Any], bool]]:
    """What a thing must satisfy to be listed: only what was asked for and is checked."""
    checks, after, before = store.faults.checks, operator.ge, operator.lt
    times = (
        ("CreationTimeAfter", "created-after", "created", after),
        ("CreationTimeBefore", "created-before", "created", before),
        ("LastModifiedTimeAfter", "modified-after", "modified", after),
        ("LastModifiedTimeBefore", "modified-before", "modified", before),
    )
    found: list[Callable[[Any], bool]] = [
        functools.partial(_compares, attribute, compare, params[name])
        for name, duty, attribute, compare in times
        if name in params and checks(duty)
    ]
    if params.get("NameContains") and checks("name-contains"):
        found.append(functools.partial(_is_in, params["NameContains"], anywhere=checks("anywhere")))
    if "StatusEquals" in params and checks("status-equals"):
        found.append(functools.partial(_compares, "status", operator.eq, params["StatusEquals"]))
    return found


def _compares(attribute: str, compare: Callable[[Any, Any], bool], with_: Any, thing: Any) -> bool:
    return compare(getattr(thing, attribute), with_)


def _is_in(text: str, thing: Any, *, anywhere: bool) -> bool:
    return text in thing.name if anywhere else thing.name.startswith(text)


def _summary(kind: Kind, thing: Any) -> Params:
    found = {f"{kind.stem}Name": thing.name, f"{kind.stem}Arn": thing.arn, "CreationTime": thing.created}
    if kind is ENDPOINT:
        found |= {"LastModifiedTime": thing.modified, "EndpointStatus": thing.status}
    return found


def _page(store: Store, list_: str, params: Params, items: list[Any], size: int) -> tuple[list[Any], str | None]:
    checks = store.faults.checks
    question = _digest(list_, params)
    start = 0
    if "NextToken" in params:
        last = _last(params["NextToken"], question, strict=checks("foreign-token"))
        start = next((number + 1 for number, item in enumerate(items) if _mark(item) == last), 0)
        if not checks("page-goes-on"):
            start = max(start - 1, 0)
        if not checks("page-is-next"):
            start += 1
    if not checks("page-size"):
        size = len(items)
    page = items[start : start + size]
    if start + size < len(items) and checks("more-pages"):
        return page, _token(question, _mark(page[-1]))
    if not checks("pages-end") and items:
        return page, _token(question, _mark(items[-1]))
    return page, None if checks("last-token-absent") else ""


def _mark(item: Any) -> str:
    return str(item["Key"]) if isinstance(item, dict) else str(item.number)


def _digest(list_: str, params: Params) -> str:
    asked = {name: value for name, value in params.items() if name not in ("NextToken", "MaxResults")}
    return hashlib.sha256(json.dumps([list_, asked], sort_keys=True).encode()).hexdigest()[:16]


def _token(question: str, last: str) -> str:
    return base64.b64encode(json.dumps([question, last]).encode()).decode()


def _last(token: str, question: str, *, strict: bool) -> str:
    try:
        asked, last = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, binascii.Error, TypeError) as problem:
        if not strict:
            return ""
        raise invalid("Invalid pagination token.") from problem
    if asked != question and strict:
        raise invalid("Invalid pagination token.")
    return str(last)
