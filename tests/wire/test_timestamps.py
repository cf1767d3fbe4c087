"""Timestamps: written as botocore writes them, read in every form that AWS was seen to answer with."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.timestamps import ISO8601, RFC822, UNIX, as_utc, read_timestamp, write_timestamp
from doubles.botocore_versions import botocore_writes_fractions

TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone.utc))
UTC = timezone.utc


@given(TIMES, st.sampled_from([UNIX, ISO8601, RFC822]))
def test_what_is_written_is_read(time: datetime, form: str) -> None:
    kept = time.replace(microsecond=0) if form == RFC822 else time
    assert read_timestamp(write_timestamp(time, form), form) == kept


@given(TIMES, st.sampled_from([UNIX, ISO8601, RFC822]))
def test_written_as_by_botocore(time: datetime, form: str) -> None:
    serializer = create_serializer("json", include_validation=False)
    if not botocore_writes_fractions():
        time = time.replace(microsecond=0)
    assert write_timestamp(time, form) == serializer._convert_timestamp_to_str(time, form)


@pytest.mark.parametrize(
    ("form", "raw", "time"),
    [
        (UNIX, 0, datetime(1970, 1, 1, tzinfo=UTC)),
        (UNIX, 1577923200.125, datetime(2020, 1, 2, 0, 0, 0, 125000, tzinfo=UTC)),
        (UNIX, "1577923200", datetime(2020, 1, 2, tzinfo=UTC)),
        (UNIX, "1.5779232E9", datetime(2020, 1, 2, tzinfo=UTC)),
        (UNIX, -86400, datetime(1969, 12, 31, tzinfo=UTC)),
        (ISO8601, "2020-01-02T00:00:00Z", datetime(2020, 1, 2, tzinfo=UTC)),
        (ISO8601, "2020-01-02T00:00:00.123456789Z", datetime(2020, 1, 2, 0, 0, 0, 123456, tzinfo=UTC)),
        (ISO8601, "2020-01-02T00:00:00+0000", datetime(2020, 1, 2, tzinfo=UTC)),
        (ISO8601, "2020-01-01T22:30:00-01:30", datetime(2020, 1, 2, tzinfo=UTC)),
        (RFC822, "Thu, 02 Jan 2020 00:00:00 GMT", datetime(2020, 1, 2, tzinfo=UTC)),
        (RFC822, "Thu, 02 Jan 2020 00:00:00.5 GMT", datetime(2020, 1, 2, 0, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_right_forms(form: str, raw: Any, time: datetime) -> None:
    assert read_timestamp(raw, form) == time


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (UNIX, True),
        (UNIX, None),
        (UNIX, "2020-01-02T00:00:00Z"),
        (UNIX, "0x10"),
        (UNIX, 10**20),
        (UNIX, float("nan")),
        (UNIX, float("inf")),
        (UNIX, [1]),
        (ISO8601, 1577923200),
        (ISO8601, "1577923200"),
        (ISO8601, "2020-01-02"),
        (ISO8601, "2020-01-02T00:00:00"),
        (ISO8601, "2020-02-30T00:00:00Z"),
        (ISO8601, "2020-01-02T25:00:00Z"),
        (ISO8601, "0001-01-01T00:00:00+01:00"),
        (ISO8601, "Thu, 02 Jan 2020 00:00:00 GMT"),
        (ISO8601, "２０２０-01-02T00:00:00Z"),
        (RFC822, "2020-01-02T00:00:00Z"),
        (RFC822, "Thu, 02 Foo 2020 00:00:00 GMT"),
        (RFC822, "Thu, 32 Jan 2020 00:00:00 GMT"),
        (RFC822, "Thu, 02 Jan 2020 00:00:00 CET"),
        (RFC822, 0),
    ],
)
def test_wrong_forms(form: str, raw: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_timestamp(raw, form)


def test_naive_moments_are_utc_and_others_are_moved() -> None:
    assert as_utc(datetime(2020, 1, 2)) == datetime(2020, 1, 2, tzinfo=UTC)
    east = timezone(timedelta(hours=2))
    assert write_timestamp(datetime(2020, 1, 2, 2, tzinfo=east), ISO8601) == "2020-01-02T00:00:00Z"
