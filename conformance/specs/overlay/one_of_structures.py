"""Structures of which exactly one member is given, by the documentation alone: `specs/_shared/one_of_structures.yaml`.

Models of older services have no unions. What is known to be one is read as one: requests give one member, one that
gives two breaks a constraint, and an answer has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from conformance.specs.model import Shape, Spec
from conformance.specs.read_on_demand import with_changes
from conformance.specs.store.files import shared_data

FILE = "one_of_structures.yaml"


def with_one_of_structures(spec: Spec) -> Spec:
    """The spec in which those structures are unions."""
    service, path = spec.service, shared_data(FILE)
    names = _table(path).get(service.name, ()) if path is not None else ()
    found: dict[str, Shape] = {
        name: replace(service.shapes[name], union=True) for name in names if name in service.shapes
    }
    return replace(spec, service=replace(service, shapes=with_changes(service.shapes, found))) if found else spec


@lru_cache(maxsize=2)
def _table(path: Path) -> Mapping[str, tuple[str, ...]]:
    services = yaml.safe_load(path.read_text("utf-8"))["services"]
    return {name: tuple(entry["shapes"]) for name, entry in services.items()}
