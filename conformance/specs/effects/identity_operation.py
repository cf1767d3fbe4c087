"""The operation that says who the caller is: data in `specs/_shared/caller_identity.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from conformance.specs.store.files import shared_data

FILE = "caller_identity.yaml"


@dataclass(frozen=True, slots=True)
class IdentityOperation:
    """A service and its operation, and the members of the answer with the account and the caller's ARN."""

    service: str
    operation: str
    account: str
    caller: str


@lru_cache(maxsize=1)
def identity_operation() -> IdentityOperation | None:
    """The operation; None where this package came without the data."""
    path = shared_data(FILE)
    return None if path is None else IdentityOperation(**yaml.safe_load(path.read_text("utf-8")))
