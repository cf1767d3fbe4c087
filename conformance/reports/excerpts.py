"""The part of a body that a finding is about, found by its path and shown with what is around it.

    readable body, ProductionVariants[1].InitialInstanceCount --excerpt--> some of its lines, one of them the match

The search works on the lines of the readable body. Indentation is structure in JSON and XML alike, so that one search
serves every protocol, and nothing hostile is parsed. Names of members are compared without case, because protocols
spell them differently. Where the path is not in the body, the match is the innermost parent that is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.record.bodies import Message, content, readable
from conformance.values.paths import EACH, Key, parse_path
from conformance.values.text import counted

MAX_SEARCHED_CHARACTERS = 200_000
"""Characters of a body that are searched."""
MAX_LINE_CHARACTERS = 240
"""Characters of a line that are shown."""

_NAMED = re.compile(r'\s*(?:"(?P<json>(?:[^"\\]|\\.)*)":|<(?P<xml>[A-Za-z_][\w.:-]*)|&?(?P<form>[\w.-]+)=)')
# Elements around the whole answer: how deep they are at most, and how many members stand beside one (the request id).
_DEEPEST_WRAPPER = 4
_BESIDE = 2
_ELEMENTS = ("item", "member", "entry")
_CLOSING = ("", "}", "]", "},", "],")

Steps: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body: text, the match, or a gap that says how many lines are left out."""

    text: str
    kind: Literal["text", "match", "gap"] = "text"


@dataclass(frozen=True, slots=True)
class _LinePosition:
    """The position of a line: names and indexes that lead to it, and the numbers of its parent lines."""

    steps: Steps
    within: tuple[int, ...]


def excerpt(message: Message, place: str, value: str = "", *, lines: int, characters: int) -> tuple[Line, ...]:
    """About `lines` lines of a message's body: those around the path `place`, or around `value`, else the first.

    Without a match, they have about `characters` characters at most. A message without a body has no lines.
    """
    if content(message) == b"":
        return ()
    text = readable(message, limit=MAX_SEARCHED_CHARACTERS)
    rows = text.splitlines()
    found = line_at(rows, place) if place else None
    if found is None and value:
        found = next((number for number, row in enumerate(rows) if f'"{value}"' in row or f">{value}<" in row), None)
    if found is None and len(text) > characters:
        rows = readable(message, limit=characters).splitlines()
    return tuple(
        _window(
            [row if len(row) <= MAX_LINE_CHARACTERS else f"{row[:MAX_LINE_CHARACTERS]}..." for row in rows],
            found,
            lines,
        )
    )


def line_at(rows: Sequence[str], place: str) -> int | None:
    """The line that the path `place` leads to, or that of its innermost parent; None where neither is there."""
    try:
        wanted = _steps(place)
    except ValueError:
        return None  # the location of some findings is no path
    spots = list(_line_positions(rows))
    wrappers = _wrappers([_names(spot.steps) for spot in spots])
    while _names(wanted):
        ways = {(*wrappers[:depth], *_names(wanted)) for depth in range(len(wrappers) + 1)}
        fitting = [number for number, spot in enumerate(spots) if _leads(spot.steps, wanted, ways)]
        if fitting:
            return max(fitting, key=lambda number: (_agreement(spots[number].steps, wanted), -number))
        wanted = wanted[:-1]
    return None


def _steps(place: str) -> Steps:
    found: list[str | int] = []
    for segment in parse_path(place):
        if isinstance(segment, int):
            found.append(segment)
        elif segment != EACH:
            found.append((segment.name if isinstance(segment, Key) else segment).lower())
    return tuple(found)


def _names(steps: Steps) -> tuple[str, ...]:
    return tuple(step for step in steps if isinstance(step, str))


def _wrappers(ways: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of the elements around the whole answer, such as an XML root: no path contains them."""
    found: tuple[str, ...] = ()
    while len(found) < _DEEPEST_WRAPPER:
        inside = Counter(way[len(found)] for way in ways if len(way) > len(found) and way[: len(found)] == found)
        if not 0 < len(inside) <= _BESIDE:
            break
        found = (*found, inside.most_common(1)[0][0])
    return found


def _leads(steps: Steps, wanted: Steps, ways: Collection[tuple[str, ...]]) -> bool:
    """Whether a path leads to a line, whatever the indexes of lists in it."""
    return bool(steps) and steps[-1] == wanted[-1] and _names(steps) in ways


def _agreement(steps: Steps, wanted: Steps) -> int:
    """How many indexes of lists are the same, from the end."""
    have, want = ([step for step in some if isinstance(step, int)] for some in (steps, wanted))
    return sum(one == other for one, other in zip(reversed(have), reversed(want), strict=False))


def _line_positions(rows: Sequence[str]) -> Iterator[_LinePosition]:
    """The position of each line, by its indentation."""
    stack: list[tuple[int, int, Steps]] = []  # indentation, line, its own steps
    counts: dict[int, int] = {}
    for number, row in enumerate(rows):
        text = row.strip()
        if text in _CLOSING or text.startswith("</"):
            yield _LinePosition((), ())
            continue
        depth = len(row) - len(row.lstrip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        around = stack[-1][1] if stack else -1
        counts[around] = counts.get(around, -1) + 1
        own = () if number == 0 and text in ("{", "[") else _own_steps(row, counts[around])
        yield _LinePosition((*(step for each in stack for step in each[2]), *own), tuple(each[1] for each in stack))
        stack.append((depth, number, own))


def _own_steps(row: str, index: int) -> Steps:
    """What a line adds to the path of its parents: a name, an index, or in a form the whole path."""
    named = _NAMED.match(row)
    if named is None or (named["xml"] or "").lower() in _ELEMENTS:
        return (index,)
    if named["form"] is not None:
        return tuple(int(part) - 1 if part.isdecimal() else part.lower() for part in named["form"].split("."))
    return ((named["json"] or named["xml"] or "").lower(),)


def _window(rows: list[str], found: int | None, most: int) -> Iterator[Line]:
    """The lines around the match and its parents, or the first lines; gaps are counted."""
    kept = set(range(len(rows)))
    if len(rows) > most + 1:
        kept = set(range(most)) if found is None else _around(rows, found, most)
    last = -1
    for number in sorted(kept):
        if number == last + 2:
            yield Line(rows[last + 1])
        elif number > last + 2:
            yield Line(f"... {counted(number - last - 1, 'line')}", "gap")
        yield Line(rows[number], "match" if number == found else "text")
        last = number
    if last + 1 < len(rows):
        yield Line(f"... and {counted(len(rows) - last - 1, 'more line')}", "gap")


def _around(rows: list[str], found: int, most: int) -> set[int]:
    kept = {*list(_line_positions(rows))[found].within[-most // 2 :], found}
    # Lines below come first: they hold the value of a name.
    for offset in range(1, most):
        for number in (found + offset, found - offset):
            if len(kept) < most and 0 <= number < len(rows):
                kept.add(number)
    return kept
