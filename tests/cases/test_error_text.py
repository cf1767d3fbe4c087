"""What texts of errors give away, and what they do not."""

from __future__ import annotations

import pytest

from conformance.cases.feedback import error_text


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("CidrBlock", "The parameter 'CidrBlock' is missing", 0),
        ("MetricStat", "The parameter MetricDataQueries.member.1.MetricStat is required.", 1),
        ("CidrBlock", "expected cidr_block", 2),
        ("EngineName", "value for engine name should be specified", 2),
        ("Size", "The request must contain the parameter size/snapshot", 2),
        ("Size", "Resized volumes", None),
        ("Key", "the Keyboard", None),
        ("VpcId", "No such thing", None),
    ],
)
def test_members_are_recognised_in_other_spellings_but_not_inside_words(name: str, text: str, sure: int | None) -> None:
    assert error_text.mention_rank(name, text) == sure


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("Colour must be one of [green, brown]", ("green", "brown")),
        ("Valid values are: 'http' | 'https'", ("http", "https")),
        ("Body is invalid JSON", ("{}",)),
        ("Retention must be at least 24", ("24",)),
        ("The volume 'vol-1' does not exist", ()),
        ("Invalid identifier", ()),
    ],
)
def test_values_are_found_where_a_text_offers_any(text: str, offered: tuple[str, ...]) -> None:
    assert error_text.offered_values(text) == offered


@pytest.mark.parametrize(
    ("member", "noun", "rank"),
    [
        ("ClusterName", "Cluster", 0),
        ("cluster", "Cluster", 0),
        ("SourceTableArn", "Table", 1),
        ("ResourceArn", "Table", 2),
        ("ResourceArn", "Backup", 4),
        ("ResourceId", "Backup", None),
        ("Colour", "Table", None),
    ],
)
def test_members_are_likened_to_things(member: str, noun: str, rank: int | None) -> None:
    assert error_text.reference_rank(member, noun, "TagResource", "the table is not there") == rank
