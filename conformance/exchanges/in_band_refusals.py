"""Refusals inside an answer with a 2xx status: a batch operation that refuses entries says so in its output.

    {"Failed": [{"Id": "a", "Code": "InvalidParameterValue", "Message": "..."}]}
    {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "...", "ErrorMessage": "..."}]}
    {"Responses": [{"Error": {"Code": "...", "Message": "..."}}]}
    {"UnprocessedItems": {"table": [...]}}

The names are those of the outputs of all services' models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Members of outputs with the refused parts of a request, those with their number, and those with what was put off.
_REFUSED = re.compile(
    r"(failed|rejected|unsuccessful|error|failure)(entries|items|records|requests|resources|findings)?"
    r"|(failed|rejected|unsuccessful)\w*s|rejected\w*info|\w*(errors|failures)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(failed|rejected|error|failure)\w*count", re.IGNORECASE)
_PUT_OFF = re.compile(r"(unprocessed|notprocessed)\w*", re.IGNORECASE)

# Members of a refused part with the code of an error, with its text, and with a structure that has these.
_CODE = re.compile(r"code|(error|failure|exception)_?(code|type|name)|reason|error", re.IGNORECASE)
_OWN_CODE = re.compile(r"(error|failure)_?code", re.IGNORECASE)
_TEXT = re.compile(r"(error|failure)?_?(message|reason|description|detail|result)|processingresult", re.IGNORECASE)
_DETAIL = re.compile(r"(error|failure)(details?|info)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an answer says of a part that was refused; `put_off` where the service has not looked at it."""

    code: str | None = None
    message: str | None = None
    put_off: bool = False


def in_band_refusal(output: Any) -> Refusal | None:
    """The first part of a request that an output says was refused; None where it says so of none."""
    return next(_refusals(output), None) if isinstance(output, Mapping) else None


def _refusals(output: Mapping[str, Any]) -> Iterator[Refusal]:
    parts = [part for each in output.values() if isinstance(each, list) for part in each]
    for name, value in output.items():
        if _PUT_OFF.fullmatch(name) and value and isinstance(value, list | Mapping):
            yield _first(_parts_of(value)) or Refusal(put_off=True)
        elif _REFUSED.fullmatch(name) and isinstance(value, list | Mapping):
            found = [part for part in _parts_of(value) if isinstance(part, Mapping) and part]
            if found:
                yield _first(found) or Refusal()
        elif _COUNT.fullmatch(name) and isinstance(value, int) and value > 0:
            yield _first(parts) or Refusal()
    if parts and all(isinstance(part, Mapping) and _has_error(part) for part in parts):
        yield _first(parts) or Refusal()


def _parts_of(value: Any) -> list[Any]:
    """The refused parts: the items of a list, the values of a map, or a structure that is one itself."""
    if isinstance(value, list):
        return value
    values = list(value.values())
    return values if values and all(isinstance(each, Mapping) for each in values) else [value]


def _has_error(part: Mapping[str, Any]) -> bool:
    """Whether a part of an answer is an error: it has an error's code, or a structure with one."""
    return any(
        (_OWN_CODE.fullmatch(name) and isinstance(value, str) and bool(value))
        or (_DETAIL.fullmatch(name) and isinstance(value, Mapping) and _named(value, _CODE) is not None)
        for name, value in part.items()
    )


def _first(parts: list[Any]) -> Refusal | None:
    return next((each for each in map(_refusal, parts) if each is not None), None)


def _refusal(part: Any) -> Refusal | None:
    """What a part says of its refusal, in its own members or in those of a structure in it; None where it does not."""
    if not isinstance(part, Mapping):
        return None
    code, message = _named(part, _CODE), _named(part, _TEXT)
    if code is not None or message is not None:
        return Refusal(code, message)
    return _first([each for name, each in part.items() if _DETAIL.fullmatch(name)])


def _named(part: Mapping[str, Any], names: re.Pattern[str]) -> str | None:
    found = (value for name, value in part.items() if names.fullmatch(name) and isinstance(value, str) and value)
    return next(found, None)
