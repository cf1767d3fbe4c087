"""Strict JSON, from bytes to a tree and back.

Strict means UTF-8, no NaN or Infinity, no text after the value, no lone surrogates. A key that comes twice is kept
track of: the objects are `Fields`, dictionaries that know which of their keys were there more than once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from conformance.wire.message import Inexpressible

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN = 80

# Levels of nesting that a body may have: no service comes near, and readers that recurse stay safe.
DEEPEST = 128


class Fields(dict[str, Any]):
    """An object as it was read; `doubled` are the keys that came more than once (the last value stays)."""

    __slots__ = ("doubled",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.doubled: tuple[str, ...] = ()
        if len(self) != len(pairs):
            names = [name for name, _ in pairs]
            self.doubled = tuple(name for name in self if names.count(name) > 1)


class NotJson(ValueError):
    """Bytes that are not one JSON value; the message says what is wrong with them."""


def parse_json(body: bytes) -> Any:
    """The tree that `body` writes; raises NotJson."""
    try:
        text = body.decode("utf-8")
        tree = json.loads(text, object_pairs_hook=Fields, parse_constant=_refuse)
    except UnicodeDecodeError as problem:
        raise NotJson(f"not UTF-8 at byte {problem.start}") from problem
    except RecursionError as problem:
        raise NotJson("nested too deeply") from problem
    except ValueError as problem:
        raise NotJson(str(problem)) from problem
    _refuse_depth(tree)
    if _SURROGATE.search(text):
        _refuse_surrogates(tree)
    return tree


def dump_json(tree: Any) -> bytes:
    """`tree` as botocore writes it: ASCII, one space after ',' and ':'; raises Inexpressible for what JSON lacks."""
    try:
        return json.dumps(tree, allow_nan=False).encode("ascii")
    except (TypeError, ValueError) as problem:
        raise Inexpressible(f"not a JSON value: {problem}") from problem


def describe(raw: Any) -> str:
    """A wire value in a few words, for the `got` of a problem."""
    text = repr(raw)
    return _word(raw) + " " + (text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


def _word(raw: Any) -> str:
    for kind, word in _WORDS:
        if isinstance(raw, kind):
            return word
    return type(raw).__name__


_WORDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    ((int, float), "number"),
    (str, "string"),
    (dict, "object"),
    (list, "array"),
    (type(None), "null"),
    (bytes, "bytes"),
)


def _refuse_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(DEEPEST):
        level = [item for node in level for item in _below(node)]
        if not level:
            return
    raise NotJson("nested too deeply")


def _below(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"{constant} is not JSON")


def _refuse_surrogates(tree: Any) -> None:
    try:
        json.dumps(tree, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotJson("a lone surrogate in a string") from problem
