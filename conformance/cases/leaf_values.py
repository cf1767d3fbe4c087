"""Leaf values from hypothesis-jsonschema, behind one function.

That library is good at strings, numbers, enums and formats without a pattern. It sometimes fails with a newer
Hypothesis; then the schema is translated here, so that a run never depends on it.

    leaf({"type": "string", "maxLength": 5})  ->  from_schema(...)  or, where that fails,  st.text(max_size=5)
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import regex
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.regexes.charsets import CONTROLS, NONCHARACTERS, SURROGATES

_UNSAFE = regex.compile(f"[{(CONTROLS | NONCHARACTERS | SURROGATES).source}]", regex.V1)


def leaf_strategy(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Values of a JSON Schema for one leaf: a string, number, boolean or enum, without `pattern`.

    Strings contain no control characters, surrogates or noncharacters, so that JSON and XML can represent them.
    """
    return _leaf(json.dumps(schema, sort_keys=True))


@lru_cache(maxsize=4096)
def _leaf(text: str) -> SearchStrategy[Any]:
    schema = json.loads(text)
    strategy = _from_library(schema)
    if strategy is None:
        strategy = _from_schema(schema)
    return strategy.map(_safe) if schema.get("type") == "string" else strategy


def _from_library(schema: dict[str, Any]) -> SearchStrategy[Any] | None:
    """The library's strategy; None where it is missing or fails with this Hypothesis."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from hypothesis_jsonschema import from_schema

            strategy: SearchStrategy[Any] = from_schema(schema)
            strategy.validate()
    except Exception:  # noqa: BLE001 -- after any failure the translation below is used
        return None
    return strategy


def _safe(value: Any) -> Any:
    return _UNSAFE.sub(lambda match: chr(0x61 + ord(match[0]) % 26), value) if isinstance(value, str) else value


def _from_schema(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _KINDS[schema["type"]](schema)


def _strings(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength"))


def _integers(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    return st.integers(
        min_value=None if low is None else math.ceil(low), max_value=None if high is None else math.floor(high)
    )


def _numbers(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)


def _booleans(_: Mapping[str, Any]) -> SearchStrategy[Any]:
    return st.booleans()


_KINDS: dict[str, Callable[[Mapping[str, Any]], SearchStrategy[Any]]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
}
