"""The parsed form of an AWS pattern: what the parser yields, the writer spells and the planner generates from.

Everything that Java's flags say is already in the nodes: letter case is in the sets, the meaning of `.` too,
and an anchor knows whether it means a line or the whole text.

    text --java_parser--> Node --java_writer--> source for the `regex` library
                               --drawing_plans-> Plan, from which strings are drawn
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.regexes.charsets import CharSet

Greed = Literal["greedy", "lazy", "possessive"]
AnchorKind = Literal[
    "start", "end", "last-line", "last-unix-line", "line-start", "line-end", "unix-line-start", "unix-line-end",
    "word", "not-word",
]  # fmt: skip


class PatternError(ValueError):
    """A pattern that cannot be used, and why: not a Java regular expression, or without any string that matches."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"pattern {pattern!r}: {reason}")
        self.pattern = pattern
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    allowed: CharSet


@dataclass(frozen=True, slots=True)
class Chain:
    """One item after the other; without items, the empty string."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options, the first that fits."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body, `low` to `high` times; `high` is None for any number."""

    body: Node
    low: int
    high: int | None
    greed: Greed = "greedy"


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group by Java's count; number 0 is an atomic group `(?>...)`, which captures nothing."""

    body: Node
    number: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What group `number` matched."""

    number: int


@dataclass(frozen=True, slots=True)
class Look:
    """A look-ahead or look-behind: takes no characters."""

    body: Node
    ahead: bool
    positive: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place between characters."""

    kind: AnchorKind


Node: TypeAlias = Chars | Chain | Choice | Repeat | Group | Reference | Look | Anchor

NOTHING = Chain(())


def without_edge_anchors(node: Node) -> Node:
    """The tree without the anchors that say nothing in a full match: `^` before everything, `$` after everything."""
    return _trimmed(_trimmed(node, 0, frozenset({"start"})), -1, frozenset({"end", "last-line", "last-unix-line"}))


def _trimmed(node: Node, edge: Literal[0, -1], idle: frozenset[str]) -> Node:
    if isinstance(node, Anchor) and node.kind in idle:
        return NOTHING
    if isinstance(node, Chain):
        items = list(node.items)
        while items and isinstance(items[edge], Anchor) and _idle(items[edge], idle):
            items.pop(edge)
        if items:
            items[edge] = _trimmed(items[edge], edge, idle)
        return Chain(tuple(items))
    if isinstance(node, Choice):
        return Choice(tuple(_trimmed(option, edge, idle) for option in node.options))
    if isinstance(node, Group) and node.number:  # an atomic group never looks back at what follows it
        return Group(_trimmed(node.body, edge, idle), node.number)
    return node


def _idle(node: Node, idle: frozenset[str]) -> bool:
    return isinstance(node, Anchor) and node.kind in idle
