"""The calls that remove what one accepted call has added, with values of its request and its answer.

    Removal (which members, from where) + params + output --> RemovalCall, RemovalCall ...

Several calls where one call added several things and a removing request takes one: each task of RunTask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.run.cleanup.created_thing import RemovalCall
from conformance.specs.resources.removals import Removal, RemovalMember
from conformance.values.paths import EACH, every_at, leaves

# Calls for one request that added several things.
MOST_CALLS = 100

Params = Mapping[str, Any]


def removal_calls(
    removal: Removal, params: Params, output: Params | None, sample: Callable[[], Params]
) -> tuple[RemovalCall, ...]:
    """The calls that remove what a call added; none where a required value is not known.

    `sample` gives valid params of the removing operation, for required members that take any of a few values.
    """
    fixed: dict[str, Any] = {}
    several: dict[str, list[Any]] = {}
    for member in removal.members:
        values = _values(member, params, output)
        if member.constant is not None:
            fixed[member.name] = member.constant
        elif not values:
            if member.required:
                return ()
        elif member.listed or len(values) == 1:
            fixed[member.name] = values if member.listed else values[0]
        else:
            several[member.name] = values
    if not fixed and not several and any(each.source is not None for each in removal.members):
        return ()
    calls = min((len(values) for values in several.values()), default=1)
    known = {**sample(), **fixed} if _needs_sample(removal, fixed) else fixed
    return tuple(
        RemovalCall(removal.delete, {**known, **{name: values[number] for name, values in several.items()}})
        for number in range(min(calls, MOST_CALLS))
    )


def _needs_sample(removal: Removal, fixed: Params) -> bool:
    return any(name not in fixed for name in removal.sampled)


def _values(member: RemovalMember, params: Params, output: Params | None) -> list[Any]:
    """The values of a member: where its source is, else under its name on the other side."""
    if member.source is None:
        return []
    sides = {"request": params, "answer": output or {}}
    path = tuple(EACH if isinstance(step, int) else step for step in member.source.path)
    found = list(every_at(sides[member.source.side], path))
    if not found:
        other = sides["answer" if member.source.side == "request" else "request"]
        found = _named(other, str(member.source.path[-1]), member.name) if member.required else []
    if member.listed and len(found) == 1 and isinstance(found[0], list):
        return list(found[0])
    return found


def _named(value: Any, *names: str) -> list[Any]:
    """The first text that is called so, at any depth."""
    texts = ((path[-1], each) for path, each in leaves(value) if path and isinstance(each, str))
    return next(([each] for name, each in texts if name in names), [])
