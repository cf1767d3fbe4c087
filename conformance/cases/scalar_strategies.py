"""Hypothesis strategies for scalars: the values that are valid at a place in the request.

    body                 what the shape allows                     query string    the same
    URI label            not empty, no dot segment                 host label      a label of DNS
    header               printable ASCII without spaces around it  header names    a token of HTTP
    JSON in a header     any document                              JSON in a body  a document as text
    idempotency token    a UUID, where the shape allows one

Text comes from `patterns`, so it keeps pattern and lengths. What a place requires beyond that is met by the choice of
characters, or by a filter that rejects little.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.cases import pattern_strings
from conformance.cases.samples import is_valid_text, length_bounds
from conformance.specs.model import FLOAT_TYPES, INTEGER_TYPES, NUMBER_TYPES, STRING_TYPES, Member, Shape

LONGEST_BLOB = 64
LARGEST_FLOAT = 1e6

# The range of integers without a maximum: many are counts of resources that AWS then creates and charges for.
UNBOUNDED_INTEGER_SPAN = 100

EARLIEST_TIME = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
LATEST_TIME = datetime.datetime(2037, 12, 31, tzinfo=datetime.timezone.utc)

# What each integer type can hold; the model's own bounds are usually narrower.
INTEGER_RANGE: Mapping[str, tuple[int, int]] = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**53), 2**53),
    "biginteger": (-(2**53), 2**53),
}

DOCUMENT = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=8), st.integers(0, 99) | st.booleans(), max_size=3)
_UUIDS = st.uuids().map(str)
_ANY_UUIDS = ("00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6")

# RFC 1123, section 2.1; RFC 9110, sections 5.1 and 5.5.
_DNS_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HEADER_NAME = "[a-z0-9][a-z0-9_-]{0,31}"
_PRINTED = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def scalar_strategy(shape: Shape, member: Member | None = None) -> SearchStrategy[Any]:
    """Valid values of a scalar shape; `member` is the reference to it where its place matters.

    Raises patterns.PatternError for text that no string can match.
    """
    if shape.type in STRING_TYPES:
        return _placed(shape, member) if member is not None else _text(shape)
    if shape.type in NUMBER_TYPES:
        return _numbers(shape)
    return _OTHERS[shape.type](shape)


def header_values(shape: Shape) -> SearchStrategy[Any]:
    """Values of a scalar that is an item of a header, or of a map of headers."""
    return _in_header(shape) if shape.type in STRING_TYPES else scalar_strategy(shape)


def header_names(shape: Shape) -> SearchStrategy[str]:
    """The variable part of a header's name, in lower case, because names that differ in case are the same."""
    if shape.pattern is None and not shape.enum:
        return _strings(shape, _HEADER_NAME)
    return _text(shape, ascii_only=True).filter(_matching(re.compile(_HEADER_NAME)))


def _placed(shape: Shape, member: Member) -> SearchStrategy[Any]:
    if member.jsonvalue:
        return DOCUMENT if member.location == "header" else _documents(shape)
    if member.host_label:
        return _host_labels(shape)
    if member.idempotency_token and all(is_valid_text(shape, text) for text in _ANY_UUIDS):
        return _UUIDS
    return _AT.get(member.location or "", _text)(shape)


def _text(shape: Shape, *, least: int = 0, ascii_only: bool = False) -> SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    minimum, maximum = length_bounds(shape)
    return pattern_strings.strings(shape.pattern, max(minimum or 0, least) or minimum, maximum, ascii_only=ascii_only)


def _strings(shape: Shape, pattern: str) -> SearchStrategy[str]:
    minimum, maximum = length_bounds(shape)
    return pattern_strings.strings(pattern, minimum, maximum)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    # Given `pattern.fullmatch` itself, Hypothesis draws from the pattern, and then few texts have the right length.
    return lambda text: pattern.fullmatch(text) is not None


def _in_header(shape: Shape) -> SearchStrategy[str]:
    return _text(shape, least=1, ascii_only=True).filter(_matching(_PRINTED))


def _in_label(shape: Shape) -> SearchStrategy[str]:
    return _text(shape, least=1).filter(_no_dot_segment)


def _no_dot_segment(text: str) -> bool:
    # Clients and proxies resolve such segments.
    return {".", ".."}.isdisjoint(text.split("/"))


def _host_labels(shape: Shape) -> SearchStrategy[str]:
    if shape.pattern is None and not shape.enum:
        return _strings(shape, _DNS_LABEL)
    return _text(shape, least=1, ascii_only=True).filter(_matching(re.compile(_DNS_LABEL, re.IGNORECASE)))


def _documents(shape: Shape) -> SearchStrategy[str]:
    """Documents as text; other text where the shape excludes documents."""
    texts = DOCUMENT.map(json.dumps)
    if not shape.enum and shape.pattern is None and shape.minimum is None and shape.maximum is None:
        return texts
    return texts.filter(lambda text: is_valid_text(shape, text)) if is_valid_text(shape, '{"a": 0}') else _text(shape)


_AT: Mapping[str, Callable[[Shape], SearchStrategy[Any]]] = {"uri": _in_label, "header": _in_header}


def _numbers(shape: Shape) -> SearchStrategy[Any]:
    if shape.type in FLOAT_TYPES:
        low = -LARGEST_FLOAT if shape.minimum is None else float(shape.minimum)
        high = max(low, LARGEST_FLOAT) if shape.maximum is None else float(shape.maximum)
        return _fractions(low, high, 32 if shape.type == "float" else 64)
    assert shape.type in INTEGER_TYPES
    lowest, highest = INTEGER_RANGE[shape.type]
    high = highest if shape.maximum is None else min(highest, int(shape.maximum))
    low = max(lowest, min(0, high)) if shape.minimum is None else max(lowest, int(shape.minimum))
    if shape.maximum is None:
        high = min(high, max(low, 0) + UNBOUNDED_INTEGER_SPAN)
    return st.integers(low, high)


@lru_cache(maxsize=1024)
def _fractions(low: float, high: float, width: Literal[32, 64]) -> SearchStrategy[float]:
    """Numbers that are exact in `width` bits and in few digits, so that every protocol transports them unchanged."""
    parts = 1024 if max(abs(low), abs(high)) <= 8192 else 8
    first, last = math.ceil(low * parts), math.floor(high * parts)
    if first > last or max(abs(first), abs(last)) > 2**24:
        whole = st.floats(low, high, allow_nan=False, allow_infinity=False)
        # Bounds need not be numbers that 32 bits can hold.
        return whole if width == 64 else whole.map(_single).filter(lambda number: low <= number <= high)
    return st.integers(first, last).map(lambda number: number / parts)


def _single(number: float) -> float:
    """The nearest number that 32 bits can hold."""
    return float(struct.unpack("<f", struct.pack("<f", number))[0])


_SPAN = int((LATEST_TIME - EARLIEST_TIME).total_seconds())
# Whole seconds, the only precision that every timestamp format has.
_MOMENTS = st.integers(0, _SPAN).map(lambda seconds: EARLIEST_TIME + datetime.timedelta(seconds=seconds))
_FLAGS = st.booleans()


def _blobs(shape: Shape) -> SearchStrategy[bytes]:
    smallest = int(shape.minimum or 0)
    largest = smallest + LONGEST_BLOB
    return st.binary(min_size=smallest, max_size=largest if shape.maximum is None else min(int(shape.maximum), largest))


_OTHERS: Mapping[str, Callable[[Shape], SearchStrategy[Any]]] = {
    "boolean": lambda _: _FLAGS,
    "timestamp": lambda _: _MOMENTS,
    "blob": _blobs,
}
