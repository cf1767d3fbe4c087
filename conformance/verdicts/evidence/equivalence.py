"""Decides whether a described value equals a given one, although AWS may write it in another form.

These forms are equivalent, as AWS answers show:

    1 and 1.0, "1"                         numbers, by value
    12:00:00.123 and 12:00:00              times, to the second
    {"a": 1}, {"a":1}, %7B%22a%22%3A1%7D   documents in text: as JSON, URL-encoded or not (policies of IAM)
    key-1 and arn:aws:kms:...:key/key-1    names and ids, described as ARNs (keys, task definitions)
    example.com and example.com.           domain names
    13 and 13.7                            versions, described in full
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote, unquote_plus

from conformance.values.text_formats import NotADocument, json_document

Equivalence: TypeAlias = Literal["same", "other-case", "other"]

_PARTS = re.compile(r"[/:]+")


def equivalence(given: Any, described: Any) -> Equivalence:
    """How a described scalar compares with a given one; text that differs only in case is `other-case`."""
    if isinstance(given, bool) or isinstance(described, bool):
        return "same" if _truth(given) == _truth(described) else "other"
    if isinstance(given, datetime.datetime) or isinstance(described, datetime.datetime):
        return _times(given, described)
    if isinstance(given, int | float) or isinstance(described, int | float):
        return "same" if _numbers(given, described) else "other"
    if isinstance(given, str) and isinstance(described, str):
        return _texts(given, described)
    return "same" if given == described else "other"


def is_empty(value: Any) -> bool:
    """Whether a value means as much as no value: None, an empty list or text, `false`, a structure of such values."""
    if isinstance(value, Mapping):
        return all(map(is_empty, value.values()))
    return value is None or value is False or (isinstance(value, str | bytes | list | tuple) and not value)


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _times(given: Any, described: Any) -> Equivalence:
    if not (isinstance(given, datetime.datetime) and isinstance(described, datetime.datetime)):
        return "same"  # not a time at all: the clause about the type says so
    try:
        return "same" if abs((given - described).total_seconds()) < 1 else "other"
    except TypeError:
        return "same"  # one of them has no time zone


def _numbers(given: Any, described: Any) -> bool:
    try:
        return math.isclose(float(given), float(described), rel_tol=1e-6)
    except (TypeError, ValueError):
        return bool(given == described)


def _texts(given: str, described: str) -> Equivalence:
    if given == described or _plain(given) == _plain(described) or _documents(given, described):
        return "same"
    if _named_in_full(given, described) or _named_in_full(described, given) or described.startswith(f"{given}."):
        return "same"
    return "other-case" if _plain(given).casefold() == _plain(described).casefold() else "other"


def _plain(text: str) -> str:
    """Text without what does not change its meaning: blanks around it, the dot that ends a domain."""
    return text.strip().rstrip(".").replace("\r\n", "\n")


def _documents(given: str, described: str) -> bool:
    """Whether both are equal JSON, or equal after URL decoding."""
    if unquote(described) == given or unquote_plus(described) == given:
        return True
    mine, theirs = _document(given), _document(described)
    return mine is not None and mine == theirs


def _document(text: str) -> Any:
    for form in (text, unquote(text), text.replace('\\"', '"')):
        try:
            found = json_document(form)
        except NotADocument:
            continue
        if isinstance(found, dict | list):
            return found
    return None


def _named_in_full(name: str, full: str) -> bool:
    """Whether `full` is an ARN or a URL that has the parts of a name or an id, in their order."""
    if not full.startswith(("arn:", "http://", "https://")):
        return False
    parts, whole = _PARTS.split(name.lower()), _PARTS.split(full.lower())
    return any(whole[start : start + len(parts)] == parts for start in range(len(whole) - len(parts) + 1))
