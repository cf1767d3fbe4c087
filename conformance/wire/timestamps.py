"""Timestamps in the three forms of AWS: epoch seconds, RFC 3339 and HTTP dates.

Writing follows botocore (whole seconds where there is no fraction, microseconds otherwise); reading is strict,
but takes what real answers show: integers, fractions and scientific notation for epoch seconds.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

UNIX, ISO8601, RFC822 = "unixtimestamp", "iso8601", "rfc822"

EXPECTED = {
    UNIX: "epoch seconds as a number",
    ISO8601: "a date and time as RFC 3339 writes it",
    RFC822: "an HTTP date",
}

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):?(\d{2}))",
    re.ASCII,
)
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? GMT",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def as_utc(value: Any) -> datetime:
    """A datetime or epoch seconds as an aware datetime in UTC; a naive one is taken to be UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    return _EPOCH + timedelta(seconds=value)


def write_timestamp(value: Any, form: str) -> int | float | str:
    """`value` (a datetime, or epoch seconds) in the wire form `form`."""
    time = as_utc(value)
    if form == UNIX:
        micros = (time - _EPOCH) // timedelta(microseconds=1)
        return micros / 10**6 if micros % 10**6 else micros // 10**6
    if form == RFC822:
        return format_datetime(time.replace(microsecond=0), usegmt=True)
    text = time.replace(tzinfo=None).isoformat()
    return text + "Z"


def read_timestamp(raw: Any, form: str) -> datetime:
    """The time of a wire value; raises ValueError if it does not have this form.

    `raw` is a number or its text for epoch seconds, and text otherwise.
    """
    if form == UNIX:
        return _from_epoch(raw)
    if not isinstance(raw, str):
        raise ValueError(EXPECTED[form])
    return _from_iso(raw) if form == ISO8601 else _from_http_date(raw)


def _from_epoch(raw: Any) -> datetime:
    if isinstance(raw, str):
        if not _NUMBER.fullmatch(raw):
            raise ValueError(EXPECTED[UNIX])
        raw = float(raw) if set(raw) & set(".eE") else int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(EXPECTED[UNIX])
    try:
        return _EPOCH + timedelta(seconds=raw)
    except (OverflowError, ValueError) as problem:
        raise ValueError(EXPECTED[UNIX] + " of a year up to 9999") from problem


def _from_iso(text: str) -> datetime:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(EXPECTED[ISO8601])
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    time = _datetime(year, month, day, hour, minute, second, match[7])
    if match[8]:
        offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
        time = _shifted(time, -offset if match[8] == "+" else offset)
    return time


def _from_http_date(text: str) -> datetime:
    match = _HTTP_DATE.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        raise ValueError(EXPECTED[RFC822])
    month = _MONTHS.index(match[2]) + 1
    return _datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), int(match[6]), match[7])


def _datetime(  # the parts of a date are seven
    year: int, month: int, day: int, hour: int, minute: int, second: int, fraction: str | None
) -> datetime:
    micro = int((fraction or "").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=timezone.utc)


def _shifted(time: datetime, offset: timedelta) -> datetime:
    try:
        return time + offset
    except OverflowError as problem:
        raise ValueError(EXPECTED[ISO8601]) from problem
