"""Timestamps as people's recordings spell them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.exchanges.recordings.times import recorded_time

NOON = datetime(2024, 1, 2, 12, 0, 0, tzinfo=timezone.utc)
EPOCH = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("spelled", "time"),
    [
        ("2024-01-02T12:00:00Z", NOON),
        ("2024-01-02T12:00:00", NOON),
        ("2024-01-02 12:00:00", NOON),
        ("2024-01-02 12:00:00 UTC", NOON),
        ("2024-01-02T12:00", NOON),
        ("2024-01-02T13:00:00+01:00", NOON),
        ("2024-01-02T11:00:00-0100", NOON),
        ("2024-01-02T12:00:00.5", NOON + timedelta(milliseconds=500)),
        ("2024-01-02T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2024-01-02T12:00:00.1234567+00:00", NOON + timedelta(microseconds=123456)),
        ("2024-01-02", NOON.replace(hour=0)),
        ("Tue, 02 Jan 2024 12:00:00 GMT", NOON),
        ("Tue, 02 Jan 2024 12:00:00 +0000", NOON),
        ("2 Jan 2024 12:00:00 GMT", NOON),
        (EPOCH, NOON),
        (EPOCH + 0.5, NOON + timedelta(milliseconds=500)),
        (str(EPOCH), NOON),
        (f"{EPOCH}.0", NOON),
        ("1.7041968E9", NOON),
        (EPOCH * 1000, NOON),
        (str(EPOCH * 1000), NOON),
        ({"__class__": "datetime", "year": 2024, "month": 1, "day": 2, "hour": 12}, NOON),
    ],
)
def test_each_spelling_is_a_time(spelled: Any, time: datetime) -> None:
    assert recorded_time(spelled) == time


@pytest.mark.parametrize(
    "value",
    [
        "", "yesterday", "datetime", "2024-13-02", "2024-01-02T25:00:00Z", "2024-01-02Z and more", "12:00:00", "NaN",
        "Tue, 02 Jan 2024", "Tue, 40 Jan 2024 12:00:00 GMT", "Tue, 02 Foo 2024 12:00:00 GMT", True, None, [], {},
        {"year": 2024}, {"__class__": "datetime"}, {"__class__": "datetime", "year": [1]}, float("nan"), float("inf"),
        10**30, "9" * 400,
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_spells_no_time_is_none(value: Any) -> None:
    assert recorded_time(value) is None
