"""Which members refer to resources of other services, by their names; data in `specs/_shared/other_services.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from conformance.specs.resources.resource import HandleKind
from conformance.specs.store.files import shared_data

FILE = "other_services.yaml"


@dataclass(frozen=True, slots=True)
class OtherServiceReference:
    """A resource of another service: the operation that creates it there, and the handle that refers to it."""

    service: str
    create: str
    handle: HandleKind


def other_service_reference(member: str) -> OtherServiceReference | None:
    """What a member with this name refers to in another service; None where its name does not show it."""
    return next((what for pattern, what in member_patterns() if pattern.fullmatch(member)), None)


def member_patterns() -> tuple[tuple[re.Pattern[str], OtherServiceReference], ...]:
    """The patterns of member names with what they refer to, in the order in which they count."""
    path = shared_data(FILE)
    return () if path is None else _table(path)


@lru_cache(maxsize=2)
def _table(path: Path) -> tuple[tuple[re.Pattern[str], OtherServiceReference], ...]:
    rows = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        (re.compile(row["members"], re.IGNORECASE), OtherServiceReference(row["service"], row["create"], row["handle"]))
        for row in rows
    )


def qualified_name(service: str, resource: str) -> str:
    """The name of a resource in cases of other services than its own."""
    return f"{service}:{resource}"
