"""Timestamps as recordings spell them: by then an SDK has read the wire form, and somebody's program has written text.

    '2026-01-31T12:00:00.123456789Z'   any fraction; `T` or a space; a zone, an offset or neither
    '2026-01-31'                       a date alone
    'Sat, 31 Jan 2026 12:00:00 GMT'    an HTTP date
    1769860800.5, '1769860800'         epoch seconds, as a number or as text
    1769860800000                      epoch milliseconds
    {'__class__': 'datetime', ...}     the parts of a date, as placebo writes them

The wire form stays strict (`wire/timestamps.py`). A time without a zone is taken to be UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

# Epoch seconds of the year 5138, and epoch milliseconds of March 1973: no service of AWS answers times of either.
MOST_SECONDS = 10**11

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,](?P<fraction>\d+))?"
    r" ?(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_HTTP_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})",
    re.ASCII,
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE]\+?\d{1,2})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def recorded_time(value: Any) -> datetime | None:
    """The time that a recorded value spells; None where it spells none."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return _from_epoch(value)
        if isinstance(value, Mapping):
            return _from_parts(value)
        return _from_text(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError, TypeError):
        return None


def _from_text(text: str) -> datetime | None:
    for form, read in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return read(match)
    return None


def _from_number(match: re.Match[str]) -> datetime:
    return _from_epoch(float(match[0]) if set(match[0]) & set(".eE") else int(match[0]))


def _from_epoch(number: float) -> datetime:
    seconds = number / 1000 if abs(number) >= MOST_SECONDS else number
    return _EPOCH + timedelta(seconds=seconds)


def _from_iso(match: re.Match[str]) -> datetime:
    time, zone = match["time"] or "00:00", match["zone"] or "Z"
    if time.count(":") == 1:
        time += ":00"
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    offset = zone if zone[0] in "+-" else "+0000"
    return datetime.strptime(f"{match['date']} {time}.{fraction} {offset}", "%Y-%m-%d %H:%M:%S.%f %z")


def _from_http_date(match: re.Match[str]) -> datetime:
    time = parsedate_to_datetime(match[0])
    return time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc)


def _from_parts(parts: Mapping[str, Any]) -> datetime | None:
    if parts.get("__class__") != "datetime":
        return None
    year, month, day, hour, minute, second, micro = (int(parts.get(name, 0)) for name in _PARTS)
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=timezone.utc)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], datetime]], ...] = (
    (_ISO, _from_iso),
    (_HTTP_DATE, _from_http_date),
    (_NUMBER, _from_number),
)
