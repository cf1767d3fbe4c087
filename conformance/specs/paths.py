"""Paths into values, and edits at them.

A path is a tuple of segments: a `str` names a structure member or a map key, an `int` an element of a list. Its
written form is JMESPath-like: `ProductionVariants[0].ModelName`, a map key as `Environment{LANG}`. Clause ids
use the *shape* form, where every element is `[]` and every map value `{}`, and segments are joined by `/`:
`ProductionVariants[]/ModelName`, `Environment{}`.

An `Edit` changes one place of a value: it sets it, removes it, or puts a raw wire value there.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Key:
    """A map key as a path segment, told apart from a structure member of the same name."""

    name: str


Segment: TypeAlias = "str | int | Key"
Path: TypeAlias = "tuple[Segment, ...]"

_SEGMENT = re.compile(r"(?P<member>[A-Za-z0-9_\-:$]+)|\[(?P<index>\d+)\]|\{(?P<key>[^}]*)\}")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `set` a value at a path, or `remove` what is there."""

    action: Literal["set", "remove"]
    path: Path
    value: Any = None


class NoSuchPlace(LookupError):
    """A path leads nowhere in the value at hand."""


def parse_path(text: str) -> Path:
    """The path that `text` writes; raises ValueError for text that is none."""
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
        else:
            segments.append(Key(match["key"]))
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
        else:
            text += f".{segment}" if text else segment
    return text


def shape_form(path: Path) -> str:
    """The path as clause ids write it: which element and which key do not matter."""
    text = ""
    for segment in path:
        if isinstance(segment, int):
            text += "[]"
        elif isinstance(segment, Key):
            text += "{}"
        else:
            text += f"/{segment}" if text else segment
    return text


def get(value: Any, path: Path) -> Any:
    """What is at `path`; raises NoSuchPlace."""
    for segment in path:
        step = segment.name if isinstance(segment, Key) else segment
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError) as problem:
            raise NoSuchPlace(format_path(path)) from problem
    return value


def has(value: Any, path: Path) -> bool:
    """Whether there is anything at `path`."""
    try:
        get(value, path)
    except NoSuchPlace:
        return False
    return True


def apply(value: Any, edits: tuple[Edit, ...] | list[Edit]) -> Any:
    """A copy of `value` with the edits made in order; raises NoSuchPlace where a parent is missing.

    Removing what is not there changes nothing.
    """
    result = copy.deepcopy(value)
    for edit in edits:
        result = _edited(result, edit)
    return result


def _edited(value: Any, edit: Edit) -> Any:
    if not edit.path:
        return edit.value if edit.action == "set" else None
    parent = get(value, edit.path[:-1])
    last = edit.path[-1]
    step: Any = last.name if isinstance(last, Key) else last
    if edit.action == "remove":
        if isinstance(parent, dict):
            parent.pop(step, None)
        elif isinstance(parent, list) and isinstance(step, int) and step < len(parent):
            del parent[step]
        return value
    try:
        if isinstance(parent, list) and step == len(parent):
            parent.append(edit.value)
        else:
            parent[step] = edit.value
    except (TypeError, IndexError) as problem:
        raise NoSuchPlace(format_path(edit.path)) from problem
    return value


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
