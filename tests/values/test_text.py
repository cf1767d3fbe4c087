"""Texts for people: numbers with their nouns."""

from __future__ import annotations

from typing import get_args

from conformance.values.text import counted
from conformance.values.vocabulary import HOW_ANSWERED, OutcomeClass


def test_a_number_with_its_noun() -> None:
    assert [counted(number, "finding") for number in (0, 1, 12345)] == ["0 findings", "1 finding", "12,345 findings"]
    assert [counted(number, "fails", "fail") for number in (1, 2)] == ["1 fails", "2 fail"]


def test_every_outcome_ends_a_sentence_without_its_code() -> None:
    assert set(HOW_ANSWERED) == set(get_args(OutcomeClass))
    assert not any("-" in words or "was crashed" in words for words in HOW_ANSWERED.values())
