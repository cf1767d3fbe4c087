"""Requests that give a thing another name, so that its removal has to use that one.

    ModifyDBInstance(DBInstanceIdentifier=one, NewDBInstanceIdentifier=two)  -->  DeleteDBInstance(two), else (one)

A member renames where its name is that of a member of the same request with `New` before it, which is how botocore's
models call it. A change may be carried out later, so the old name stays known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall

PREFIX = "new"


def renamings(params: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The members of a request that are given another value, in lower case, each with the old and the new one."""
    texts = {name.lower(): value for name, value in params.items() if isinstance(value, str)}
    both = {name: (value, texts[PREFIX + name]) for name, value in texts.items() if PREFIX + name in texts}
    return {name: (old, new) for name, (old, new) in both.items() if old != new}


def renamed(things: Iterable[CreatedThing], changes: Mapping[str, tuple[str, str]]) -> Iterator[CreatedThing]:
    """The things that a request has given another name, or whose place it has, with the calls that remove them now."""
    for thing in things:
        calls = tuple(_call(each, changes) for each in thing.removals)
        if calls != thing.removals:
            news = dict(changes.values())
            yield replace(
                thing,
                identifiers={name: news.get(value, value) for name, value in thing.identifiers.items()},
                names=thing.names | {news[each] for each in thing.names if each in news},
                parents=thing.parents | {(name, news[value]) for name, value in thing.parents if value in news},
                removals=(*calls, *thing.removals),
            )


def _call(removal: RemovalCall, changes: Mapping[str, tuple[str, str]]) -> RemovalCall:
    params = {
        name: changes[name.lower()][1] if changes.get(name.lower(), (None,))[0] == value else value
        for name, value in removal.params.items()
    }
    return removal if params == removal.params else RemovalCall(removal.operation, params)
