"""The same content has the same bytes; an older document comes back out of its difference to a newer one."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.specs import ingest
from conformance.specs.store import canonical, documents

SCALARS = st.booleans() | st.integers(-3, 3) | st.floats(0, 2) | st.text(max_size=3)
# Null stands in lists only, as in the documents of specs.
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner | st.none(), max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "members", "enum"]), inner, max_size=4)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from(["shapes", "x", "y"]), VALUES, max_size=3)


def same(one: object, other: object) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(DOCUMENTS)
def test_text_says_what_the_document_says(document: dict[str, Any]) -> None:
    text = canonical.canonical_text(document)
    assert same(json.loads(text), document)
    assert text.isascii()
    assert text.endswith("\n")
    assert canonical.canonical_text(json.loads(text)) == text


@given(DOCUMENTS)
def test_the_order_of_keys_does_not_matter(document: dict[str, Any]) -> None:
    assert canonical.canonical_text(dict(reversed(list(document.items())))) == canonical.canonical_text(document)


@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_brings_the_older_document_back(newer: dict[str, Any], older: dict[str, Any]) -> None:
    change = json.loads(canonical.canonical_text(canonical.delta(newer, older)))
    assert same(canonical.apply_delta(newer, change), older)


def test_a_difference_says_only_what_is_different() -> None:
    newer = {"shapes": {"A": {"enum": ["x", "y", "z"], "type": "string"}, "B": {"type": "list"}}, "same": [1, 2]}
    older = {"shapes": {"A": {"enum": ["x", "z"], "type": "string"}, "C": {"type": "map"}}, "same": [1, 2]}
    assert canonical.delta(newer, older) == {
        "shapes": {
            "A": {"enum": {"edits": [{"at": 1, "remove": ["y"], "insert": []}]}},
            "B": None,
            "C": {"type": "map"},
        }
    }


@pytest.mark.parametrize(
    "change",
    [
        {"shapes": {"Missing": None}},
        {"shapes": {"A": {"edits": [{"at": 0, "remove": ["other"], "insert": []}]}}},
        {"shapes": {"A": {"edits": [{"at": 9, "remove": ["x"], "insert": []}]}}},
        {"shapes": {"A": {"surprise": 1}}},
    ],
)
def test_a_difference_to_something_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(canonical.NotApplicable):
        canonical.apply_delta({"shapes": {"A": ["x"]}}, change)


def lines_changed(before: Any, after: Any) -> int:
    one, other = (canonical.canonical_text(document).splitlines() for document in (before, after))
    return sum(line[0] in "+-" for line in difflib.unified_diff(one, other, n=0, lineterm="")) - 2


def test_a_small_change_is_a_small_diff() -> None:
    document = documents.service_document(ingest.installed_spec("sqs").service)
    constraint = json.loads(json.dumps(document))
    constraint["shapes"]["String"]["maximum"] = 5
    assert lines_changed(document, constraint) == 2
    member = json.loads(json.dumps(document))
    member["shapes"]["CreateQueueRequest"]["members"]["Colour"] = "String"
    assert lines_changed(document, member) == 1
    value = json.loads(json.dumps(document))
    value["shapes"]["QueueAttributeName"]["enum"].insert(3, "Colour")
    assert lines_changed(document, value) == 1
