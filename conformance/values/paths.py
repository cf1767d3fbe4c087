"""Paths into values, and edits at them.

A path is a tuple of segments: a `str` names a structure member or a map key, an `int` an element of a list. Its
written form is JMESPath-like: `ProductionVariants[0].ModelName`, a map key as `Environment{LANG}`. Clause ids
use the *shape* form, where every element is `[]` and every map value `{}`, and segments are joined by `/`:
`ProductionVariants[]/ModelName`, `Environment{}`.

An `Edit` changes a value: it sets a place, fills an empty one, removes it, or keeps only the first of the list
elements with the same value there. `[*]` in the path of an edit stands for every element of a list.
"""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from conformance.values.conditions import holds


@dataclass(frozen=True, slots=True)
class Key:
    """A map key as a path segment; a structure member with the same name is another segment."""

    name: str


Segment: TypeAlias = "str | int | Key"
Path: TypeAlias = "tuple[Segment, ...]"

EACH: Final = "[*]"

_IMMUTABLE = frozenset({str, int, float, bool, bytes, type(None), datetime})

_SEGMENT = re.compile(r"(?P<member>[A-Za-z0-9_\-:$]+)|\[(?:(?P<index>\d+)|\*)\]|\{(?P<key>[^}]*)\}")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    `set` a value at a path, `fill` it in if there is none, `remove` the value, or keep only the first of the
    list elements that have the same `distinct` value there. A `set` with a `source` takes the value from that path.
    `where` is a JMESPath condition: the edit is applied only if it is true of the parent.
    """

    action: Literal["set", "fill", "remove", "distinct"]
    path: Path
    value: Any = None
    where: str | None = None
    source: Path | None = None


class NoSuchPlace(LookupError):
    """The value does not have a place at the path."""


def parse_path(text: str) -> Path:
    """The path in a text; raises ValueError if the text is no path."""
    segments: list[Segment] = []
    position = 0
    while position < len(text):
        if segments and text[position] == ".":
            position += 1
        match = _SEGMENT.match(text, position)
        if match is None:
            raise ValueError(f"not a path: {text!r} (at character {position + 1})")
        if match["member"] is not None:
            segments.append(match["member"])
        elif match["index"] is not None:
            segments.append(int(match["index"]))
        elif match["key"] is not None:
            segments.append(Key(match["key"]))
        else:
            segments.append(EACH)
        position = match.end()
    return tuple(segments)


def format_path(path: Path) -> str:
    """The written form of a path; the empty path is the whole value, written as an empty string."""
    text = ""
    for segment in path:
        if isinstance(segment, int):
            text += f"[{segment}]"
        elif isinstance(segment, Key):
            text += "{" + segment.name + "}"
        elif segment == EACH:
            text += EACH
        else:
            text += f".{segment}" if text else segment
    return text


def shape_form(path: Path) -> str:
    """The path as clause ids write it: which element and which key do not matter."""
    text = ""
    for segment in path:
        if isinstance(segment, int) or segment == EACH:
            text += "[]"
        elif isinstance(segment, Key):
            text += "{}"
        else:
            text += f"/{segment}" if text else segment
    return text


def get(value: Any, path: Path) -> Any:
    """The value at `path`; raises NoSuchPlace."""
    for segment in path:
        step = segment.name if isinstance(segment, Key) else segment
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError) as problem:
            raise NoSuchPlace(format_path(path)) from problem
    return value


def every_at(value: Any, path: Path) -> Iterator[Any]:
    """Everything at a path in which `[*]` stands for every element of a list, or every value of a map."""
    if EACH not in path:
        found = value_at(value, path)
        if found is not None:
            yield found
        return
    cut = path.index(EACH)
    inner = value_at(value, path[:cut])
    if isinstance(inner, Mapping):
        inner = list(inner.values())
    for each in inner if isinstance(inner, list) else ():
        yield from every_at(each, path[cut + 1 :])


def value_at(value: Any, path: Path) -> Any:
    """What is at `path`; None where there is nothing."""
    try:
        return get(value, path)
    except NoSuchPlace:
        return None


def has(value: Any, path: Path) -> bool:
    """Whether there is a value at `path`; it may be null."""
    try:
        get(value, path)
    except NoSuchPlace:
        return False
    return True


def copied(value: Any) -> Any:
    """A copy of a value, several times faster than `copy.deepcopy`: params are trees of dicts, lists and immutables."""
    kind = type(value)
    if kind in _IMMUTABLE:
        return value
    if kind is dict:
        return {name: copied(item) for name, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return copy.deepcopy(value)


def apply(value: Any, edits: tuple[Edit, ...] | list[Edit]) -> Any:
    """A copy of `value` with the edits made in order; raises NoSuchPlace where a parent is missing.

    Removing an absent value changes nothing. An edit with `[*]` in its path is applied wherever there is a parent.
    """
    result = copied(value)
    for edit in edits:
        result = _edited(result, edit)
    return result


def _edited(value: Any, edit: Edit) -> Any:
    if edit.action == "distinct":
        _keep_distinct(value, edit)
        return value
    if EACH not in edit.path:
        return _edited_at(value, edit.path, edit)
    # The last first: removing an element must not shift those that are still to be visited.
    for path in reversed(list(_expanded(value, edit.path))):
        with contextlib.suppress(NoSuchPlace):
            value = _edited_at(value, path, edit)
    return value


def _expanded(value: Any, path: Path) -> Iterator[Path]:
    """The path with every `[*]` replaced by each index that is there."""
    if EACH not in path:
        yield path
        return
    before, after = path[: path.index(EACH)], path[path.index(EACH) + 1 :]
    for index in range(len(_list_at(value, before))):
        yield from _expanded(value, (*before, index, *after))


def _list_at(value: Any, path: Path) -> list[Any]:
    try:
        found = get(value, path)
    except NoSuchPlace:
        return []
    return found if isinstance(found, list) else []


def _edited_at(value: Any, path: Path, edit: Edit) -> Any:
    new = edit.value if edit.source is None else copied(get(value, edit.source))
    if not path:
        return new if edit.action == "set" else value if edit.action == "fill" else None
    parent = get(value, path[:-1])
    last = path[-1]
    step: Any = last.name if isinstance(last, Key) else last
    if edit.where is not None and not holds(edit.where, parent):
        return value
    if edit.action == "remove":
        if isinstance(parent, dict):
            parent.pop(step, None)
        elif isinstance(parent, list) and isinstance(step, int) and step < len(parent):
            del parent[step]
    elif edit.action == "set" or not has(value, path):
        _put(parent, step, copied(new), path)
    return value


def _put(parent: Any, step: Any, new: Any, path: Path) -> None:
    try:
        if isinstance(parent, list) and step == len(parent):
            parent.append(new)
        else:
            parent[step] = new
    except (TypeError, IndexError) as problem:
        raise NoSuchPlace(format_path(path)) from problem


def _keep_distinct(value: Any, edit: Edit) -> None:
    last = len(edit.path) - 1 - edit.path[::-1].index(EACH)
    inside = edit.path[last + 1 :]
    for path in _expanded(value, edit.path[:last]):
        items, seen, kept = _list_at(value, path), [], []
        for item in items:
            found = get(item, inside) if has(item, inside) else None
            if found is None or found not in seen:
                kept.append(item)
                seen.append(found)
        items[:] = kept


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar below `value` with its path; empty lists and mappings count as scalars."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value
