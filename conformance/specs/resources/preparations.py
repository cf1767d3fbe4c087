"""What may have to be done to a resource before it can be removed: unprotected, scaled to zero, stopped, disabled.

    UpdateService(cluster, service, desiredCount=0)    a setting that keeps it, set by an operation that changes it
    StopDBInstance(DBInstanceIdentifier)               an operation whose verb says that it ends what the thing does

The settings and the verbs are data, in `specs/_shared/removals.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.specs.model import Service
from conformance.specs.resources.inference.name_words import UPDATES, noun_after, plurals
from conformance.specs.resources.removal_data import RemovalData
from conformance.specs.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Preparation:
    """A call about a resource that may let it be removed; `settings` are members that it sets."""

    operation: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def preparations_of(service: Service, resource: Resource, data: RemovalData) -> tuple[Preparation, ...]:
    """What may have to be done to a resource before it is removed, settings first."""
    return (*_settings(service, resource, data), *_endings(service, resource, data))


def _settings(service: Service, resource: Resource, data: RemovalData) -> Iterator[Preparation]:
    updates = [resource.update, *(each for each in resource.operations if each.startswith(UPDATES))]
    for name in dict.fromkeys(filter(None, updates)):
        if name == resource.create:
            continue
        for member, reference in service.input_of(service.operations[name]).members.items():
            kind = service.target(reference).type
            setting = next((each for each in data.settings if each.member.fullmatch(member)), None)
            if setting is not None and _fits(setting.value, kind):
                yield Preparation(name, {member: setting.value})


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return kind == "structure" if isinstance(value, Mapping) else kind in ("integer", "long")


def _endings(service: Service, resource: Resource, data: RemovalData) -> Iterator[Preparation]:
    forms = (resource.name, *plurals(resource.name))
    for verb in data.endings:
        for name in service.operations:
            if name != resource.delete and noun_after(verb, name) in forms:
                yield Preparation(name)
