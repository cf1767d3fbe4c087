"""What is known to cost money: data in `specs/_shared/charges.yaml`. What is not known may cost money as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import yaml

from conformance.specs.effects.operation_effects import globs
from conformance.specs.store.files import shared_data

FILE = "charges.yaml"

ChargedBy: TypeAlias = Literal["hour", "month", "request", "use"]


@dataclass(frozen=True, slots=True)
class Charge:
    """Operations by globs, what is charged after them, and by what: the hour, the month, the request, or the use."""

    services: re.Pattern[str]
    operations: re.Pattern[str]
    by: ChargedBy
    what: str


def charge_of(service: str, operation: str) -> Charge | None:
    """What is charged after an operation, by botocore's name of its service; None where nothing is known."""
    return next(
        (each for each in _charges() if each.operations.fullmatch(operation) and each.services.fullmatch(service)), None
    )


@lru_cache(maxsize=1)
def _charges() -> tuple[Charge, ...]:
    path = shared_data(FILE)
    rows = () if path is None else yaml.safe_load(path.read_text("utf-8"))
    return tuple(Charge(globs(row["services"]), globs(row["operations"]), row["by"], row["what"]) for row in rows)
