"""Texts for people: numbers with their nouns."""

from __future__ import annotations

from conformance.values.text import counted


def test_a_number_with_its_noun() -> None:
    assert [counted(number, "finding") for number in (0, 1, 12345)] == ["0 findings", "1 finding", "12,345 findings"]
    assert [counted(number, "fails", "fail") for number in (1, 2)] == ["1 fails", "2 fail"]
