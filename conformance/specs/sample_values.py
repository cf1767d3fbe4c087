"""Values that services look for where the model only says "string": data beside the specs, by the names of members.

A model rarely says that a text has to be a policy, a block of addresses or an ARN. Whoever reads the member's name
knows; `plausible.yaml` writes that down for every service alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from conformance.specs.store.files import package_root

FILE = "plausible.yaml"

# Names of shapes that say no more than their type does.
_PLAIN = re.compile(r"_*(string|text|integer|long|name|value|generic\w*)\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SampleValue:
    """Names of members, and what they usually hold, the best first."""

    name: re.Pattern[str]
    values: tuple[Any, ...]


def sample_value_for(member: str, shape: str = "") -> tuple[Any, ...]:
    """What a member of that name may well hold, the best first, with `{service}` and `{region}` still to fill in.

    The name of its shape is asked where that of the member tells nothing, and says more than its type.
    """
    return _plausible(member) or (() if _PLAIN.fullmatch(shape) else _plausible(shape))


@lru_cache(maxsize=65536)
def _plausible(name: str) -> tuple[Any, ...]:
    root = package_root()
    if root is None or not name:
        return ()
    return next((each.values for each in _table(root / FILE) if each.name.search(name)), ())


@lru_cache(maxsize=2)
def _table(path: Path) -> tuple[SampleValue, ...]:
    if not path.is_file():
        return ()
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        SampleValue(re.compile(item["name"], re.IGNORECASE), tuple(item["values"])) for item in document["values"]
    )
