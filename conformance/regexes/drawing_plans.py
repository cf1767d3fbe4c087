"""Turns a regex tree into a plan for drawing strings: the alphabet of each part, and the lengths that it can have.

A plan has alphabets and lengths, but no look-arounds, anchors inside the text or possessive repeats. If the tree has
those, the plan is not `exact`: the matcher has to check what is drawn.

    Chain(Chars[a-z], Repeat(Chars[a-z0-9], 0, 62))  ->  Join(Run([a-z], 1), Run([a-z0-9], 0..62)), lengths 1..63
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.regexes import lengths as of
from conformance.regexes.charsets import EMPTY, CharSet, alphabet
from conformance.regexes.java_properties import LINE_ENDS
from conformance.regexes.lengths import ENDLESS, Lengths
from conformance.regexes.regex_tree import Anchor, Chain, Chars, Choice, Group, Look, Node, Reference, Repeat


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Characters of one set; their number is in `lengths` (one range)."""

    allowed: CharSet
    lengths: Lengths


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """Parts in a row; `rests[i]` are the lengths of all parts after part i."""

    parts: tuple[Plan, ...]
    rests: tuple[Lengths, ...]
    lengths: Lengths


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """One of several."""

    options: tuple[Plan, ...]
    lengths: Lengths


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """The body, `low` to `high` times (None: any number)."""

    body: Plan
    low: int
    high: int | None
    lengths: Lengths


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """A part whose text a later `Repeated` repeats."""

    body: Plan
    number: int
    lengths: Lengths


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """The text of a captured part again; its lengths are those of that part."""

    number: int
    lengths: Lengths


Plan: TypeAlias = Run | Join | Pick | Loop | Capture | Repeated


@dataclass(frozen=True, slots=True)
class Drawing:
    """How to draw strings of a pattern: the plan, the lengths to aim at, and whether every draw is right.

    `others` are plans made of what look-aheads demand, for where the pattern says more there than in its body.
    """

    plan: Plan
    lengths: Lengths
    exact: bool
    others: tuple[Plan, ...] = ()


def drawing(node: Node) -> Drawing:
    """The plan of a whole, trimmed tree."""
    kept: dict[int, Lengths] = {}
    plan = _planned(node, kept)
    return Drawing(plan, _whole(node, kept), _exact(node), tuple(_demands(node)))


def _whole(node: Node, kept: dict[int, Lengths]) -> Lengths:
    """The lengths of a node that makes up the whole text, option by option."""
    if isinstance(node, Group):
        return _whole(node.body, kept)
    if isinstance(node, Choice):
        return of.union(*(_whole(option, kept) for option in node.options))
    return of.intersection(_planned(node, kept).lengths, _bounds(node))


_REST = Repeat(Chars(~LINE_ENDS), 0, None)


def _demands(node: Node) -> Iterator[Plan]:
    """`a(?=b)c` read as `ab.*`, for each look-ahead in the outermost chain of the pattern."""
    items = node.items if isinstance(node, Chain) else ()
    for at, item in enumerate(items):
        if isinstance(item, Look) and item.ahead and item.positive:
            yield _planned(Chain((*items[:at], item.body, _REST)), {})


def _planned(node: Node, kept: dict[int, Lengths]) -> Plan:
    if isinstance(node, Chars):
        return Run(node.allowed, of.ONE if alphabet(node.allowed) else of.NONE)
    if isinstance(node, Chain):
        return _joined(_anchored(node.items, [_planned(item, kept) for item in node.items]))
    if isinstance(node, Choice):
        return _picked([_planned(option, kept) for option in node.options])
    if isinstance(node, Repeat):
        return _repeated(node, kept)
    if isinstance(node, Group):
        body = _planned(node.body, kept)
        kept[node.number] = body.lengths
        return Capture(body, node.number, body.lengths) if node.number else body
    if isinstance(node, Reference):
        return Repeated(node.number, kept.get(node.number, of.NONE))
    return _EMPTY  # a look-around or an anchor


def _anchored(items: tuple[Node, ...], parts: list[Plan]) -> list[Plan]:
    """The parts, emptied where an item after them can only begin, or an item before them only end, the text."""
    first = max((at for at, item in enumerate(items) if _anchors(item, 0, _STARTS)), default=0)
    last = min((at for at, item in enumerate(items) if _anchors(item, -1, _ENDS)), default=len(items))
    return [part if first <= at <= last else _emptied(part) for at, part in enumerate(parts)]


_STARTS = frozenset({"start"})
_ENDS = frozenset({"end"})


def _anchors(node: Node, edge: Literal[0, -1], kinds: frozenset[str]) -> bool:
    if isinstance(node, Anchor):
        return node.kind in kinds
    if isinstance(node, Chain):
        return bool(node.items) and _anchors(node.items[edge], edge, kinds)
    if isinstance(node, Choice):
        return all(_anchors(option, edge, kinds) for option in node.options)
    return isinstance(node, Group) and _anchors(node.body, edge, kinds)


def _emptied(part: Plan) -> Plan:
    return _EMPTY if of.contains_length(part.lengths, 0) else _IMPOSSIBLE


_EMPTY = Join((), (), of.ZERO)
_IMPOSSIBLE = Run(EMPTY, of.NONE)


def _joined(parts: list[Plan]) -> Plan:
    if len(parts) == 1:
        return parts[0]
    rests: list[Lengths] = []
    rest = of.ZERO
    for part in reversed(parts):
        rests.append(rest)
        rest = of.sums(part.lengths, rest)
    return Join(tuple(parts), tuple(reversed(rests)), rest)


def _picked(options: list[Plan]) -> Plan:
    single = [option for option in options if isinstance(option, Run) and option.lengths == of.ONE]
    if len(single) == len(options):
        merged = single[0].allowed
        for option in single[1:]:
            merged |= option.allowed
        return Run(merged, of.ONE)
    return Pick(tuple(options), of.union(*(option.lengths for option in options)))


def _repeated(node: Repeat, kept: dict[int, Lengths]) -> Plan:
    body = _planned(node.body, kept)
    bare = body.body if isinstance(body, Capture) else body
    if isinstance(bare, Run) and bare.lengths == of.ONE:
        run = Run(bare.allowed, ((node.low, ENDLESS if node.high is None else node.high),))
        return Capture(run, body.number, run.lengths) if isinstance(body, Capture) and node.high == 1 else run
    return Loop(body, node.low, node.high, of.multiples(body.lengths, node.low, node.high))


def _exact(node: Node) -> bool:
    if isinstance(node, Look | Anchor | Reference):
        return False
    if isinstance(node, Repeat):
        return node.greed != "possessive" and _exact(node.body)
    if isinstance(node, Group):
        return node.number > 0 and _exact(node.body)
    if isinstance(node, Chain | Choice):
        return all(map(_exact, node.items if isinstance(node, Chain) else node.options))
    return True


def _bounds(node: Node) -> Lengths:
    """What leading look-aheads such as `(?=.{1,255}$)` say of the length of the whole."""
    if isinstance(node, Group):
        return _bounds(node.body)
    if isinstance(node, Choice):
        return of.union(*map(_bounds, node.options))
    found: Lengths = ((0, ENDLESS),)
    if not isinstance(node, Chain):
        return of.intersection(found, _demanded(node))
    for item in node.items:
        if not isinstance(item, Look | Anchor):
            return of.intersection(found, _bounds(item)) if isinstance(item, Chain | Choice | Group) else found
        found = of.intersection(found, _demanded(item))
    return found


def _demanded(look: Node) -> Lengths:
    if not (isinstance(look, Look) and look.ahead and look.positive):
        return ((0, ENDLESS),)
    plan = _planned(look.body, {})
    tail = look.body.items[-1] if isinstance(look.body, Chain) and look.body.items else look.body
    if not plan.lengths or (isinstance(tail, Anchor) and tail.kind in {"end", "last-line"}):
        return plan.lengths
    return ((plan.lengths[0][0], ENDLESS),)
