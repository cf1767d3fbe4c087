"""Leaf values: what the library gives, what takes its place, and what neither may hold."""

from __future__ import annotations

from typing import Any

import hypothesis_jsonschema
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases import leaf_values

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "minLength": 3, "maxLength": 5},
    {"type": "string", "minLength": 3},
    {"enum": ["a", "b"]},
    {"type": "integer", "minimum": 1, "maximum": 3},
    {"type": "integer"},
    {"type": "number", "minimum": 0.5},
    {"type": "boolean"},
]


@pytest.fixture(params=["with the library", "without the library"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    def broken(schema: object) -> None:
        raise AttributeError("'many' object has no attribute 'more'")

    leaf_values._leaf.cache_clear()
    if request.param == "without the library":
        monkeypatch.setattr(hypothesis_jsonschema, "from_schema", broken)
    return str(request.param)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_leaves_are_valid_and_safe(schema: dict[str, Any], source: str) -> None:
    @settings(max_examples=50, database=None)
    @given(leaf_values.leaf_strategy(schema))
    def check(value: object) -> None:
        jsonschema.validate(value, schema)
        if isinstance(value, str):
            assert not any(
                ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in value
            )

    check()
    leaf_values._leaf.cache_clear()


def test_the_library_is_used_where_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    leaf_values._leaf.cache_clear()
    monkeypatch.setattr(hypothesis_jsonschema, "from_schema", lambda schema: st.just("marked"))
    seen: list[object] = []

    @settings(max_examples=1, database=None)
    @given(leaf_values.leaf_strategy({"type": "string", "maxLength": 6}))
    def check(value: object) -> None:
        seen.append(value)

    check()
    leaf_values._leaf.cache_clear()
    assert seen == ["marked"]
