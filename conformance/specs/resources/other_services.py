"""Which members refer to things of other services, by the habits of their names; the table is `other_services.yaml`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from conformance.specs.resources.resource import HandleKind


@dataclass(frozen=True, slots=True)
class OtherServiceReference:
    """A thing of another service: what makes it there, and by which of its handles it is referred to."""

    service: str
    create: str
    handle: HandleKind


def referred_to(member: str) -> OtherServiceReference | None:
    """What a member of that name refers to in another service; None where its name tells nothing."""
    return next((what for pattern, what in _table() if pattern.fullmatch(member)), None)


@functools.cache
def _table() -> tuple[tuple[re.Pattern[str], OtherServiceReference], ...]:
    rows = yaml.safe_load((Path(__file__).parent / "other_services.yaml").read_text(encoding="utf-8"))
    return tuple(
        (re.compile(row["members"], re.IGNORECASE), OtherServiceReference(row["service"], row["create"], row["handle"]))
        for row in rows
    )
