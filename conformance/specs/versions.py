"""botocore's version numbers: how they look and which is newer."""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"\d+(\.\d+)+[a-z0-9.]*")
_NUMBER = re.compile(r"\d+")


def is_version(text: str) -> bool:
    """Whether `text` is written like a version: `1.22.12`."""
    return _VERSION.fullmatch(text) is not None


def version_order(version: str) -> tuple[int, ...]:
    """A key that sorts versions, oldest first; what is not a version sorts before all."""
    return tuple(int(number) for number in _NUMBER.findall(version)) if is_version(version) else ()


def newest_first(versions: Iterable[str]) -> list[str]:
    """The versions, newest first."""
    return sorted(versions, key=lambda version: (version_order(version), version), reverse=True)


def is_older(version: str, other: str) -> bool:
    """Whether `version` is older than `other`."""
    return version_order(version) < version_order(other)
