"""Whether a value that an answer tells is the one that a request gave, though AWS may write it otherwise.

AWS is known to write these otherwise, and means the same:

    1 and 1.0, "1"                         numbers, by value
    12:00:00.123 and 12:00:00              times, to the second
    {"a": 1}, {"a":1}, %7B%22a%22%3A1%7D   documents in text: as JSON, URL-encoded or not (policies of IAM)
    key-1 and arn:aws:kms:...:key/key-1    names and ids, told as ARNs (keys, task definitions)
    example.com and example.com.           domain names
    13 and 13.7                            versions, told in full
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote, unquote_plus

Equivalence: TypeAlias = Literal["same", "other-case", "other"]

_PARTS = re.compile(r"[/:]+")


def equivalence(given: Any, told: Any) -> Equivalence:
    """How a told scalar compares with a given one; text that differs in its case only is told apart."""
    if isinstance(given, bool) or isinstance(told, bool):
        return "same" if _truth(given) == _truth(told) else "other"
    if isinstance(given, datetime.datetime) or isinstance(told, datetime.datetime):
        return _times(given, told)
    if isinstance(given, int | float) or isinstance(told, int | float):
        return "same" if _numbers(given, told) else "other"
    if isinstance(given, str) and isinstance(told, str):
        return _texts(given, told)
    return "same" if given == told else "other"


def is_empty(value: Any) -> bool:
    """Whether a value says as much as none: nothing, an empty list or text, `false`, a structure of such values."""
    if isinstance(value, Mapping):
        return all(map(is_empty, value.values()))
    return value is None or value is False or (isinstance(value, str | bytes | list | tuple) and not value)


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _times(given: Any, told: Any) -> Equivalence:
    if not (isinstance(given, datetime.datetime) and isinstance(told, datetime.datetime)):
        return "same"  # not a time at all: that is said elsewhere, of the type
    try:
        return "same" if abs((given - told).total_seconds()) < 1 else "other"
    except TypeError:
        return "same"  # one of them names no zone


def _numbers(given: Any, told: Any) -> bool:
    try:
        return math.isclose(float(given), float(told), rel_tol=1e-6)
    except (TypeError, ValueError):
        return bool(given == told)


def _texts(given: str, told: str) -> Equivalence:
    if given == told or _plain(given) == _plain(told) or _documents(given, told):
        return "same"
    if _named_in_full(given, told) or _named_in_full(told, given) or told.startswith(f"{given}."):
        return "same"
    return "other-case" if _plain(given).casefold() == _plain(told).casefold() else "other"


def _plain(text: str) -> str:
    """Text without what is lost or added without a change of meaning: blanks around it, the dot that ends a domain."""
    return text.strip().rstrip(".").replace("\r\n", "\n")


def _documents(given: str, told: str) -> bool:
    """Whether both are JSON and say the same, or are the same but for the encoding of URLs."""
    if unquote(told) == given or unquote_plus(told) == given:
        return True
    mine, theirs = _document(given), _document(told)
    return mine is not None and mine == theirs


def _document(text: str) -> Any:
    for form in (text, unquote(text), text.replace('\\"', '"')):
        try:
            found = json.loads(form)
        except ValueError:
            continue
        if isinstance(found, dict | list):
            return found
    return None


def _named_in_full(name: str, full: str) -> bool:
    """Whether `full` is an ARN or a URL that has the parts of a name or an id in it, in their order."""
    if not full.startswith(("arn:", "http://", "https://")):
        return False
    parts, whole = _PARTS.split(name.lower()), _PARTS.split(full.lower())
    return any(whole[start : start + len(parts)] == parts for start in range(len(whole) - len(parts) + 1))
