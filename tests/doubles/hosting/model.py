"""The service's model as botocore ships it, and what Java makes of its patterns.

The file is the part of botocore 1.44.5's `sagemaker/2017-07-24/service-2.json` that these operations reach, without its
documentation. The double reads the JSON itself: were it to share the reader of the code under test, both could be wrong
alike.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import regex

Shape: TypeAlias = "Mapping[str, Any]"
Params: TypeAlias = "dict[str, Any]"


@functools.lru_cache(maxsize=1)
def _description() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((Path(__file__).parent / "sagemaker-1.44.5.json").read_text(encoding="utf-8"))
    return found


def shape(name: str) -> Shape:
    """A shape by its name."""
    found: Shape = _description()["shapes"][name]
    return found


def shape_of(reference: Mapping[str, Any]) -> Shape:
    """The shape that a member, an element, a key or a value refers to."""
    return shape(reference["shape"])


def input_of(operation: str) -> Shape:
    """The input shape of an operation."""
    return shape_of(_description()["operations"][operation]["input"])


def output_of(operation: str) -> Shape | None:
    """The output shape of an operation; None for those that answer an empty body."""
    reference = _description()["operations"][operation].get("output")
    return None if reference is None else shape_of(reference)


def target(operation: str) -> str:
    """What the header X-Amz-Target says for an operation."""
    return f"{_description()['metadata']['targetPrefix']}.{operation}"


# Java's classes are those of ASCII, and its dot stops at any line terminator.
_SPACE = r" \t\n\x0b\f\r"
_OUTSIDE = {"d": "[0-9]", "D": "[^0-9]", "s": f"[{_SPACE}]", "S": f"[^{_SPACE}]", "w": "[0-9A-Za-z_]"}
_INSIDE = {**_OUTSIDE, "d": "0-9", "s": _SPACE, "w": "0-9A-Za-z_"}
_DOT = r"[^\n\r\x85\u2028\u2029]"


@functools.cache
def pattern(text: str) -> regex.Pattern[str]:
    """A pattern of the model, to be matched against whole texts."""
    out, inside, escaped = [], False, False
    for letter in text:
        if escaped:
            out.append((_INSIDE if inside else _OUTSIDE).get(letter, f"\\{letter}"))
        elif letter == "." and not inside:
            out.append(_DOT)
        elif letter != "\\":
            inside = letter == "[" or (inside and letter != "]")
            out.append(letter)
        escaped = letter == "\\" and not escaped
    return regex.compile("".join(out), regex.V1)
