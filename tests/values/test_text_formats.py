"""Files and answers of which nothing is known are read, or refused with one exception and one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.values.text_formats import NotADocument, json_document, toml_document, yaml_document

DEEP = 5_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * 500 + "]" * 500, "", "nul",
        "{} {}",
        '"\ud800', b"\xff", b"\xef\xbb\xbf[]", "9" * 5000,
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_json_that_is_none_is_refused_in_one_line(text: str | bytes) -> None:
    with pytest.raises(NotADocument) as refused:
        json_document(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["NaN", "[-Infinity]", '{"a": Infinity}', "1e400"])
def test_numbers_that_are_none_are_refused_where_they_must_be(text: str) -> None:
    json_document(text)
    with pytest.raises(NotADocument):
        json_document(text, finite=True)
    assert json_document("[1e20, 0.5]", finite=True) == [1e20, 0.5]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000, "[" * 900 + "]" * 900, "- " * 3000 + "x", "a: 2020-99-99", "2001-12-14t21:59:43.10-99:00",
        "!!timestamp x",
        "!!int x", "a: &x [*x]", "\x00", b"\xff\xfe\x00", "a: [", "!!python/object:os.system x",
        "a0: &a0 [1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_yaml_that_is_none_is_refused_in_one_line(text: str | bytes) -> None:
    with pytest.raises(NotADocument) as refused:
        yaml_document(text)
    assert "\n" not in str(refused.value)


def test_the_line_of_a_mistake_is_known() -> None:
    with pytest.raises(NotADocument) as refused:
        yaml_document("a: 1\nb: [\n")
    assert refused.value.line == 3
    assert yaml_document("a: [1, {b: c}]") == {"a": [1, {"b": "c"}]}


@pytest.mark.parametrize("text", [b"a = " + b"[" * DEEP + b"]" * DEEP, b"a", b"\xff", b"a = 1\na = 2"])
def test_toml_that_is_none_is_refused(text: bytes) -> None:
    with pytest.raises(NotADocument):
        toml_document(text)
    assert toml_document(b"a = [1]") == {"a": [1]}


@pytest.mark.parametrize("read", [json_document, yaml_document, toml_document], ids=lambda each: str(each.__name__))
@settings(max_examples=150)
@given(text=st.text(alphabet='[]{}":,-&*!<>?|#.0123456789eE+~nulltrfasy\n \\\ud800é'))
def test_any_text_is_read_or_refused(read: Callable[[Any], Any], text: str) -> None:
    try:
        read(text.encode("utf-8", "surrogatepass"))
    except NotADocument as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - the one exception that is allowed
