"""The specs that this repository stores, for tests of facts about a model.

A new botocore every working day changes what it installs. What is stored changes with a commit.
"""

from __future__ import annotations

import functools

from conformance.specs.model import Service, Spec
from conformance.specs.store.loading import load_spec


@functools.lru_cache(maxsize=4)
def stored_spec(name: str) -> Spec:
    """The stored spec of a service."""
    return load_spec(name).spec


def stored_service(name: str) -> Service:
    """The model of a stored spec."""
    return stored_spec(name).service
