"""Edits as overlays write them: set, fill, remove, distinct, at one place or at each element of a list."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.specs.overlay.parser import parse_overlay
from conformance.values.paths import EACH, Edit, Key, NoSuchPlace, apply, format_path, parse_path, shape_form


def edits(*items: dict[str, Any]) -> tuple[Edit, ...]:
    document = {"service": "s", "requests": {"Op": {"edits": list(items), "why": "test"}}}
    return parse_overlay(document).requests["Op"].edits


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ({}, {"set": "A", "to": 1}, {"A": 1}),
        ({"A": 1}, {"set": "A", "to": None}, {"A": None}),
        ({"L": [1]}, {"set": "L[1]", "to": 2}, {"L": [1, 2]}),
        ({"L": [{}, {"A": 1}]}, {"set": "L[*].A", "to": 2}, {"L": [{"A": 2}, {"A": 2}]}),
        ({"L": [{"B": {}}, {}]}, {"set": "L[*].B.C", "to": 2}, {"L": [{"B": {"C": 2}}, {}]}),
        ({"L": [{"M": [{}]}, {"M": []}]}, {"set": "L[*].M[*].A", "to": 1}, {"L": [{"M": [{"A": 1}]}, {"M": []}]}),
        ({}, {"set": "L[*].A", "to": 1}, {}),
        ({"L": {"A": 1}}, {"set": "L[*].A", "to": 2}, {"L": {"A": 1}}),
        ({"A": [1], "B": 0}, {"set": "B", "from": "A"}, {"A": [1], "B": [1]}),
        ({"L": [{"A": 1}]}, {"set": "L[1]", "from": "L[0]"}, {"L": [{"A": 1}, {"A": 1}]}),
        ({}, {"fill": "A", "to": 1}, {"A": 1}),
        ({"A": {}}, {"fill": "A", "to": 1}, {"A": {}}),
        ({"L": [{}, {"A": 1}]}, {"fill": "L[*].A", "to": 2}, {"L": [{"A": 2}, {"A": 1}]}),
        ({"A": 1}, {"remove": "A"}, {}),
        ({}, {"remove": "A"}, {}),
        ({"L": [1, 2, 3]}, {"remove": "L[*]"}, {"L": []}),
        ({"M": {"k": 1}}, {"remove": "M{k}"}, {"M": {}}),
        ({"L": [{"A": 1}, {"A": 2}]}, {"remove": "L[*].A", "where": "A > `1`"}, {"L": [{"A": 1}, {}]}),
        ({"A": 1}, {"set": "B", "to": 1, "where": "given(A)"}, {"A": 1, "B": 1}),
        ({}, {"set": "B", "to": 1, "where": "given(A)"}, {}),
        ({"T": [{"K": 1, "V": 1}, {}, {"K": 1}, {}]}, {"distinct": "T[*].K"}, {"T": [{"K": 1, "V": 1}, {}, {}]}),
        ({"T": [1, 2, 1, 2]}, {"distinct": "T[*]"}, {"T": [1, 2]}),
        ({"L": [{"T": [3, 3]}, {"T": [3]}]}, {"distinct": "L[*].T[*]"}, {"L": [{"T": [3]}, {"T": [3]}]}),
        ({}, {"distinct": "T[*].K"}, {}),
    ],
)  # fmt: skip
def test_one_edit(before: Any, edit: dict[str, Any], after: Any) -> None:
    kept = copy.deepcopy(before)
    assert apply(before, edits(edit)) == after
    assert before == kept


@pytest.mark.parametrize("edit", [{"set": "A.B", "to": 1}, {"fill": "A.B", "to": 1}, {"remove": "A.B"}])
def test_without_a_wildcard_a_missing_parent_is_told(edit: dict[str, Any]) -> None:
    with pytest.raises(NoSuchPlace):
        apply({}, edits(edit))


def test_what_is_set_is_not_shared() -> None:
    given_ = edits({"set": "L[*].A", "to": {"B": []}})
    first = apply({"L": [{}, {}]}, given_)
    first["L"][0]["A"]["B"].append(1)
    assert first["L"][1] == {"A": {"B": []}}
    assert apply({"L": [{}]}, given_) == {"L": [{"A": {"B": []}}]}
    copied = apply({"A": {"B": []}}, edits({"set": "C", "from": "A"}))
    copied["C"]["B"].append(1)
    assert copied["A"] == {"B": []}


@pytest.mark.parametrize("item", [{"distinct": "T.K"}, {"set": "A..B", "to": 1}, {"set": "A", "to": 1, "where": "a["}])
def test_edits_that_are_none(item: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        edits(item)


SEGMENTS = st.one_of(
    st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}", fullmatch=True),
    st.integers(0, 30),
    st.just(EACH),
    st.from_regex(r"[A-Za-z. ]{0,5}", fullmatch=True).map(Key),
)


@given(st.lists(SEGMENTS, max_size=6).map(tuple))
def test_paths_are_read_as_they_are_written(path: tuple[Any, ...]) -> None:
    assert parse_path(format_path(path)) == path


def test_each_element_is_any_element_in_the_form_of_clause_ids() -> None:
    assert shape_form(parse_path("Variants[*].Pools[2].Map{x}")) == "Variants[]/Pools[]/Map{}"
