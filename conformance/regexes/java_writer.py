"""Spells a tree for the `regex` library, in its version 1 syntax, without any flag.

Groups that nothing refers to are not captured. Anchors are spelled out, because Java's line ends (`\\u0085`,
`\\u2028` ...) and its word characters at `\\b` are not those of the library.
"""

from __future__ import annotations

from conformance.regexes.charsets import EVERY, CharSet, escaped
from conformance.regexes.regex_tree import (
    Anchor,
    AnchorKind,
    Chain,
    Chars,
    Choice,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
)

_NEVER = "(?!)"
_END_CHARS = r"\n\r\x85\u2028\u2029"
# Java 9 to 18: letters, digits and '_' of all of Unicode; later versions take those of \w.
_WORD = r"[\p{L}\p{Nd}_]"
_ANCHORS: dict[AnchorKind, str] = {
    "start": r"\A",
    "end": r"\Z",
    "last-line": rf"(?:(?=(?:\r\n|[{_END_CHARS}])?\Z)(?<!\r(?=\n)))",
    "last-unix-line": r"(?=\n?\Z)",
    "line-start": r"(?:\A|(?<=[\n\x85\u2028\u2029]|\r(?!\n)))(?!\Z)",
    "line-end": r"(?:\Z|(?=[\r\x85\u2028\u2029])|(?<!\r)(?=\n))",
    "unix-line-start": r"(?:\A|(?<=\n))(?!\Z)",
    "unix-line-end": r"(?:\Z|(?=\n))",
    "word": rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "not-word": rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}
_GREEDS = {"greedy": "", "lazy": "?", "possessive": "+"}
_LOOKS = {(True, True): "?=", (True, False): "?!", (False, True): "?<=", (False, False): "?<!"}


def write_java(node: Node) -> str:
    """The source of the tree; `regex.compile(source, regex.V1).fullmatch` decides as Java's `matches` does."""
    wanted = frozenset(_references(node))
    return _written(node, wanted, set())


def _references(node: Node) -> list[int]:
    if isinstance(node, Reference):
        return [node.number]
    return [number for child in children(node) for number in _references(child)]


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below a node."""
    if isinstance(node, Chain):
        return node.items
    if isinstance(node, Choice):
        return node.options
    if isinstance(node, Repeat | Group | Look):
        return (node.body,)
    return ()


def _written(node: Node, wanted: frozenset[int], closed: set[int]) -> str:
    if isinstance(node, Chars):
        return _char(node.allowed)
    if isinstance(node, Chain):
        return "".join(
            f"(?:{_written(item, wanted, closed)})" if isinstance(item, Choice) else _written(item, wanted, closed)
            for item in node.items
        )
    if isinstance(node, Choice):
        return "|".join(_written(option, wanted, closed) for option in node.options)
    if isinstance(node, Repeat):
        return _repeat(node, wanted, closed)
    if isinstance(node, Look):
        return f"({_LOOKS[node.ahead, node.positive]}{_written(node.body, wanted, closed)})"
    if isinstance(node, Anchor):
        return _ANCHORS[node.kind]
    if isinstance(node, Reference):
        return f"(?P=g{node.number})" if node.number in closed else _NEVER
    body = _written(node.body, wanted, closed)
    closed.add(node.number)
    if node.number == 0:
        return f"(?>{body})"
    return f"(?P<g{node.number}>{body})" if node.number in wanted else f"(?:{body})"


def _repeat(node: Repeat, wanted: frozenset[int], closed: set[int]) -> str:
    body = _written(node.body, wanted, closed)
    if not isinstance(node.body, Chars):
        body = f"(?:{body})"
    high = "" if node.high is None else str(node.high)
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((node.low, node.high))
    return body + (short or f"{{{node.low},{high}}}") + _GREEDS[node.greed]


def _char(allowed: CharSet) -> str:
    if not allowed.ranges:
        return _NEVER
    if allowed == EVERY:
        return "(?s:.)"
    low = allowed.ranges[0][0]
    return escaped(low) if allowed.ranges == ((low, low),) else f"[{allowed.source}]"
