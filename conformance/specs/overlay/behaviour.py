"""How operations behave beyond their models: for things that are not there, with some values of an enum or members.

specs/_shared/documented_behaviour.json --.    what the documentation says, by tests/quality/documented_behaviour.py
                                          +--> Behaviour
specs/_shared/known_behaviour.yaml -------'    what was seen elsewhere, each entry with its source
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from conformance.specs.clauses.clause import clause_glob
from conformance.specs.model import Member, Service, Shape, Spec
from conformance.specs.read_on_demand import with_changes
from conformance.specs.store.files import shared_data

DOCUMENTED, KNOWN = "documented_behaviour.json", "known_behaviour.yaml"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What is known of one service's operations; each mapping leads to the source.

    `missing`: operations that succeed for a thing that never was. `repeats`: those that succeed again for a thing that
    they removed. `empty`: globs of lists that are empty where what they are lists of does not exist. `codes`: globs of
    error codes that any operation of the service may answer. `values`: the values that a member of a structure takes
    of its enum. `conditional`: the members of a structure that are valid only together with others, or in some states.
    """

    missing: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    repeats: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    empty: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    conditional: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def succeeds_again(self, operation: str) -> str | None:
        """The source that an operation succeeds for what it removed already; None where none says so."""
        return self.missing.get(operation) or self.repeats.get(operation)

    def may_answer(self, code: str) -> bool:
        """Whether any operation of the service may answer an error code."""
        return any(clause_glob(glob).fullmatch(code) for glob in self.codes)

    def lists_nothing(self, operation: str) -> str | None:
        """The source that a list of what is below a missing thing is empty; None where none says so."""
        return next((source for glob, source in self.empty.items() if clause_glob(glob).fullmatch(operation)), None)


NOTHING_KNOWN = Behaviour()


def behaviour_of(service: str) -> Behaviour:
    """What is known of a service, by its name in botocore."""
    return _table(shared_data(DOCUMENTED), shared_data(KNOWN)).get(service, NOTHING_KNOWN)


@lru_cache(maxsize=2)
def _table(documented: Path | None, known: Path | None) -> Mapping[str, Behaviour]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    document = json.loads(documented.read_text("utf-8")) if documented is not None else {"services": {}}
    for service, parts in document["services"].items():
        for kind in ("missing", "repeats"):
            source = {name: f"{document['source']}, documentation of {name}" for name in parts.get(kind, ())}
            found.setdefault(service, {}).setdefault(kind, {}).update(source)
        for kind in ("values", "conditional"):
            texts = {place: tuple(each) for place, each in parts.get(kind, {}).items()}
            found.setdefault(service, {}).setdefault(kind, {}).update(texts)
    for entry in yaml.safe_load(known.read_text("utf-8")) if known is not None else ():
        for kind in ("missing", "repeats", "empty", "codes"):
            entered = dict.fromkeys(entry.get(kind, ()), entry["source"])
            found.setdefault(entry["service"], {}).setdefault(kind, {}).update(entered)
    return {service: Behaviour(**parts) for service, parts in found.items()}


def with_narrowed_enums(spec: Spec) -> Spec:
    """The spec in which a member has the values of its enum that the documentation of the member names."""
    service = spec.service
    narrowed = behaviour_of(service.name).values
    shapes: dict[str, Shape] = {}
    for place, values in narrowed.items():
        structure, _, name = place.partition("/")
        owner = shapes.get(structure) or service.shapes.get(structure)
        member = owner.members.get(name) if owner is not None else None
        enum = _narrowed(service, member, values) if member is not None else None
        if owner is None or member is None or enum is None:
            continue
        key = f"{member.shape}@{place}"
        shapes[key] = enum
        members = {**owner.members, name: replace(member, shape=key)}
        shapes[structure] = replace(owner, members=MappingProxyType(members))
    return replace(spec, service=replace(service, shapes=with_changes(service.shapes, shapes))) if shapes else spec


def _narrowed(service: Service, member: Member, values: tuple[str, ...]) -> Shape | None:
    """The enum of a member with those of its values only; None where it has none of them."""
    shape = service.target(member)
    kept = tuple(value for value in shape.enum if value in values)
    return replace(shape, enum=kept) if kept else None
