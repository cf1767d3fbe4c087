"""The specs that this repository stores, for tests of facts about a model.

A new botocore every working day changes what it installs. What is stored changes with a commit.
"""

from __future__ import annotations

import functools

from conformance.specs import ingest
from conformance.specs.model import Service, Spec
from conformance.specs.store.loading import load_spec

# The version of botocore that shared data in `specs/_shared` was checked against: they name what it has.
DATA_VERSION = "1.44.5"


def installed_is_older(than: str = DATA_VERSION) -> bool:
    """Whether the installed botocore is older than a version, and may lack what that version has."""
    ours, theirs = (tuple(map(int, version.split(".")[:3])) for version in (ingest.botocore_version(), than))
    return ours < theirs


@functools.lru_cache(maxsize=4)
def stored_spec(name: str) -> Spec:
    """The stored spec of a service."""
    return load_spec(name).spec


def stored_service(name: str) -> Service:
    """The model of a stored spec."""
    return stored_spec(name).service
