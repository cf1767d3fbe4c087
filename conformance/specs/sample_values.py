"""Sample values by member names, for what the model only calls a string or an integer.

A model rarely states that a text has to be a policy, an IP range or an ARN, but the member's name shows it.
`specs/_shared/sample_values.yaml` has those names and values, for all services.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from conformance.specs.store.files import shared_data

FILE = "sample_values.yaml"

# Names of shapes that say no more than their type does.
_PLAIN = re.compile(r"_*(string|text|integer|long|name|value|generic\w*)\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SampleValue:
    """A pattern of member names, and the values that such members usually have, the best first."""

    name: re.Pattern[str]
    values: tuple[Any, ...]


def sample_value_for(member: str, shape: str = "") -> tuple[Any, ...]:
    """Likely values of a member with this name, the best first; empty if none are known.

    Where the member's name is not known, the name of its shape is looked up, unless that only repeats its type. The
    placeholders `{service}` and `{region}` are not filled in.
    """
    return _by_name(member) or (() if _PLAIN.fullmatch(shape) else _by_name(shape))


@lru_cache(maxsize=65536)
def sample_keys_for(member: str) -> tuple[str, ...]:
    """Keys that a map which is a member with this name may have, the best first; empty if none are known."""
    path = shared_data(FILE)
    return _first(path, "keys", member) if path is not None and member else ()


@lru_cache(maxsize=65536)
def has_free_keys(member: str) -> bool:
    """Whether a member with this name is a map or a list of pairs whose keys its user chooses."""
    path = shared_data(FILE)
    return path is not None and bool(member) and any(each.search(member) for each in _free_keys(path))


@lru_cache(maxsize=2)
def _free_keys(path: Path) -> tuple[re.Pattern[str], ...]:
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(re.compile(item["name"], re.IGNORECASE) for item in document["free_keys"])


@lru_cache(maxsize=65536)
def _by_name(name: str) -> tuple[Any, ...]:
    path = shared_data(FILE)
    if path is None or not name:
        return ()
    return _first(path, "values", name)


def _first(path: Path, section: str, name: str) -> tuple[Any, ...]:
    return next((each.values for each in _table(path, section) if each.name.search(name)), ())


@lru_cache(maxsize=4)
def _table(path: Path, section: str) -> tuple[SampleValue, ...]:
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        SampleValue(re.compile(item["name"], re.IGNORECASE), tuple(item["values"])) for item in document[section]
    )
