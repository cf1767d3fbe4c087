"""JSON, YAML and TOML from files and answers, of which nothing is known: read, or refused with NotADocument.

    text --json_document, yaml_document, toml_document--> value
      '--> NotADocument: not of the language, not UTF-8, numbers that no float holds, nested too deeply

It is separate from the readers because each parser fails in ways of its own: with exceptions of other types, or with a
RecursionError. Depth is measured after reading: what uses the value may recurse.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

DEEPEST = 200
"""Levels of nesting that a document may have; records and overlays have fewer than thirty."""


class NotADocument(ValueError):
    """A text that cannot be read; the message is one line, `line` the number of the line where that is known."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(" ".join(problem.split()))
        self.line = line


def json_document(text: str | bytes, *, finite: bool = False, any_depth: bool = False) -> Any:
    """The value of a JSON text; with `finite`, NaN and the infinities are refused. Raises NotADocument.

    With `any_depth`, for texts of a known source, it is not measured how deeply they are nested.
    """
    try:
        read = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(read, parse_constant=_refuse, parse_float=_finite) if finite else json.loads(read)
    except RecursionError as problem:
        raise NotADocument("nested too deeply") from problem
    except ValueError as problem:
        raise NotADocument(f"not JSON: {problem}") from problem
    if not any_depth and read.count("[") + read.count("{") > DEEPEST:
        _refuse_depth(value)
    return value


def yaml_document(text: str | bytes) -> Any:
    """The value of a YAML text, read by the safe loader; raises NotADocument."""
    # Imported here: most commands read no YAML.
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        read = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = yaml.load(read, Loader=loader)  # noqa: S506 - a safe loader, in C where it is there
        _refuse_depth(value)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise NotADocument(f"not YAML: {problem}", None if mark is None else mark.line + 1) from problem
    except RecursionError as problem:
        raise NotADocument("nested too deeply") from problem
    except NotADocument:
        raise
    except (ValueError, TypeError, AttributeError, OverflowError) as problem:
        # PyYAML's constructors of numbers and dates pass on what Python's raise.
        raise NotADocument(f"not YAML: {problem}") from problem
    return value


def toml_document(text: bytes) -> dict[str, Any]:
    """The table of a TOML text; raises NotADocument."""
    # Imported here: most commands read no TOML.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(text.decode())
        _refuse_depth(document)
    except RecursionError as problem:
        raise NotADocument("nested too deeply") from problem
    except NotADocument:
        raise
    except ValueError as problem:  # TOML that is none, and bytes that are no UTF-8
        raise NotADocument(f"not TOML: {problem}") from problem
    return document


def _refuse(constant: str) -> NoReturn:
    raise NotADocument(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise NotADocument(f"no float holds {number[:40]}")
    return value


def _refuse_depth(value: Any) -> None:
    """Refuse a value that is nested too deeply, or that holds itself, as YAML's aliases allow."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(DEEPEST):
        level = [item for node in level for item in _below(node) if type(item) in _CONTAINERS]
        if not level:
            return
        if len(level) > 10**5:
            raise NotADocument("too large when its aliases are written out")
    raise NotADocument("nested too deeply")


# What the readers of documents make of what holds others.
_CONTAINERS = frozenset({dict, list})


def _below(node: dict[Any, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node
