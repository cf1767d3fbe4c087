"""Paths: written and read back, found and edited."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.values.paths import (
    EACH,
    Edit,
    Key,
    NoSuchPlace,
    Path,
    apply,
    format_path,
    get,
    has,
    leaves,
    parse_path,
    shape_form,
)

VALUE: dict[str, Any] = {"A": {"B": [{"C": 1}, {"C": 2}, {"C": 1}]}, "M": {"key one": 5}, "Empty": []}

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_\-:$]{0,12}", fullmatch=True)
KEYS = st.text(st.characters(exclude_characters="}", exclude_categories=["Cs"]), max_size=12).map(Key)
SEGMENTS = st.one_of(NAMES, st.integers(0, 99), KEYS, st.just(EACH))
PATHS: st.SearchStrategy[Path] = st.lists(SEGMENTS, max_size=7).map(tuple)


@given(PATHS)
def test_a_path_that_is_written_reads_the_same(path: Path) -> None:
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("A", ("A",)),
        ("ProductionVariants[0].ModelName", ("ProductionVariants", 0, "ModelName")),
        ("Environment{LANG}", ("Environment", Key("LANG"))),
        ("Variants[*].Name", ("Variants", EACH, "Name")),
        ("A{}", ("A", Key(""))),
        ("[2][0]", (2, 0)),
    ],
)
def test_paths_as_people_write_them(text: str, path: Path) -> None:
    assert parse_path(text) == path
    assert format_path(path) == text


@pytest.mark.parametrize("text", ["A B", ".A", "A[", "A[-1]", "A{x", "A..B", "A[x]", "A]"])
def test_what_is_no_path_is_told_with_its_place(text: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        parse_path(text)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ((), ""),
        (("A", 0, "B"), "A[]/B"),
        (("A", EACH, "B"), "A[]/B"),
        (("A", 3, 4, "B"), "A[][]/B"),
        (("M", Key("any")), "M{}"),
        (("M", Key("any"), "B"), "M{}/B"),
    ],
)
def test_clauses_do_not_care_which_element_and_which_key(path: Path, form: str) -> None:
    assert shape_form(path) == form


@pytest.mark.parametrize(
    ("path", "value"),
    [(("A", "B", 1, "C"), 2), (("M", Key("key one")), 5), (("M", "key one"), 5), ((), VALUE), (("Empty",), [])],
)
def test_what_is_there_is_found(path: Path, value: Any) -> None:
    assert get(VALUE, path) == value
    assert has(VALUE, path)


@pytest.mark.parametrize("path", [("X",), ("A", "B", 9), ("A", "B", "C"), ("M", "key one", "x"), ("Empty", 0)])
def test_what_is_not_there_is_told(path: Path) -> None:
    assert not has(VALUE, path)
    with pytest.raises(NoSuchPlace):
        get(VALUE, path)


EDITS: tuple[tuple[Edit, dict[str, Any]], ...] = (
    (Edit("set", ("M", Key("two")), 6), {"M": {"key one": 5, "two": 6}}),
    (Edit("set", ("A", "B", 0, "C"), 9), {"A": {"B": [{"C": 9}, {"C": 2}, {"C": 1}]}}),
    (Edit("set", ("Empty", 0), "first"), {"Empty": ["first"]}),
    (Edit("fill", ("M", "key one"), 9), {}),
    (Edit("fill", ("M", "new"), 9), {"M": {"key one": 5, "new": 9}}),
    (Edit("remove", ("M",)), {"M": None}),
    (Edit("remove", ("A", "B", 0)), {"A": {"B": [{"C": 2}, {"C": 1}]}}),
    (Edit("remove", ("A", "B", 9)), {}),
    (Edit("remove", ("Nothing",)), {}),
    (Edit("set", ("A", "B", EACH, "C"), 7), {"A": {"B": [{"C": 7}, {"C": 7}, {"C": 7}]}}),
    (Edit("remove", ("A", "B", EACH)), {"A": {"B": []}}),
    (Edit("set", ("Nothing", EACH, "C"), 7), {}),
    (Edit("distinct", ("A", "B", EACH, "C")), {"A": {"B": [{"C": 1}, {"C": 2}]}}),
    (Edit("set", ("Copy",), source=("M", "key one")), {"Copy": 5}),
    (Edit("set", ("A", "B", EACH, "D"), 1, where="C == `2`"), {"A": {"B": [{"C": 1}, {"C": 2, "D": 1}, {"C": 1}]}}),
)


@pytest.mark.parametrize(("edit", "changed"), EDITS)
def test_each_edit_changes_its_place_and_nothing_else(edit: Edit, changed: dict[str, Any]) -> None:
    before = copy.deepcopy(VALUE)
    expected = {name: value for name, value in {**VALUE, **changed}.items() if value is not None}
    assert apply(VALUE, (edit,)) == expected
    assert before == VALUE


@pytest.mark.parametrize("path", [("X", "Y"), ("M", "key one", "x"), ("Empty", 3), ("A", "B", 9, "C")])
def test_an_edit_without_a_parent_is_told(path: Path) -> None:
    with pytest.raises(NoSuchPlace):
        apply(VALUE, (Edit("set", path, 1),))


def test_the_whole_value_can_be_replaced() -> None:
    assert apply(VALUE, (Edit("set", (), 5),)) == 5
    assert apply(VALUE, (Edit("fill", (), 5),)) == VALUE
    assert apply(VALUE, (Edit("remove", ()),)) is None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN)
def test_every_leaf_is_found_under_its_path(value: Any) -> None:
    found = list(leaves(value))
    assert found
    assert all(get(value, path) == leaf for path, leaf in found)
    assert len({path for path, _ in found}) == len(found)


@given(PLAIN, st.integers())
def test_setting_each_leaf_to_itself_changes_nothing(value: Any, other: int) -> None:
    for path, leaf in leaves(value):
        assert apply(value, (Edit("set", path, leaf),)) == value
        assert get(apply(value, (Edit("set", path, other),)), path) == other
