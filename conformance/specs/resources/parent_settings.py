"""Settings of a parent: put, read and removed by operations that name nothing but the parent.

    PutBucketCors(Bucket, ...)   GetBucketCors(Bucket)   DeleteBucketCors(Bucket)

Only settings of which it is known what their read answers where there is none: many others have a default. Either the
read declares an error with the noun of the setting in its name (`LifecyclePolicyNotFoundException`), or
`specs/_shared/absent_settings.yaml` says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import yaml

from conformance.specs.model import STRING_TYPES, Operation, Service
from conformance.specs.store.files import shared_data

FILE = "absent_settings.yaml"

_PUTTING = re.compile(r"(Put|Set)(?=[A-Z])")
_READING = ("Get", "Describe")
_REMOVING = ("Delete", "Remove")

# `NoSuchThing`, `ThingNotFoundException`: what is in between is the noun.
_ABSENT = re.compile(r"(?:NoSuch(?P<a>\w+?)|(?P<b>\w+?)(?:NotFound|DoesNotExist))(?:Exception|Error|Fault)?")

# The last words of operations' names that say only that it is a setting, and that the name of one may lack.
_COMMON = re.compile(r"(Configuration|Config)$")


@dataclass(frozen=True, slots=True)
class Absent:
    """The code that a read answers where there is no such setting; new parents may have the setting by `default`."""

    code: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class ParentSetting:
    """The operations of one setting, the member that names its parent, and what a read answers where there is none."""

    put: str
    read: str
    remove: str
    parent: str
    absent: Absent


def setting_put_by(service: Service, operation: Operation) -> ParentSetting | None:
    """The setting of a parent that an operation puts; None where it puts none, or where that is not known."""
    verb = _PUTTING.match(operation.name)
    noun = operation.name[verb.end() :] if verb else ""
    read = next((f"{each}{noun}" for each in _READING if f"{each}{noun}" in service.operations), None)
    remove = _removing(service, noun)
    if not noun or read is None or remove is None:
        return None
    parents = {tuple(service.input_of(service.operations[each]).required) for each in (read, remove)}
    (parent, *others) = next(iter(parents)) or ("",)
    putting = service.input_of(operation)
    one = len(parents) == 1 and not others and parent in putting.required
    if not one or service.target(putting.members[parent]).type not in STRING_TYPES:
        return None
    absent = _absent(service, service.operations[read], noun)
    return ParentSetting(operation.name, read, remove, parent, absent) if absent is not None else None


def _removing(service: Service, noun: str) -> str | None:
    """The operation that removes a setting: S3 removes its lifecycle configuration by DeleteBucketLifecycle."""
    nouns = dict.fromkeys((noun, _COMMON.sub("", noun)))
    names = (f"{verb}{each}" for each in nouns for verb in _REMOVING)
    return next((name for name in names if name in service.operations), None)


def _absent(service: Service, read: Operation, noun: str) -> Absent | None:
    known = _known().get((service.name, read.name))
    if known is not None:
        return known
    for name in read.errors:
        match = _ABSENT.fullmatch(name)
        missing = (match["a"] or match["b"]) if match else ""
        # What has a creator of its own is no setting: the error may be about that thing.
        if missing and noun.endswith(missing) and f"Create{missing}" not in service.operations:
            return Absent(name)
    return None


@lru_cache(maxsize=1)
def _known() -> Mapping[tuple[str, str], Absent]:
    path = shared_data(FILE)
    if path is None:
        return MappingProxyType({})
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            (service, operation): Absent(entry["code"], entry.get("default", False))
            for service, entries in written["services"].items()
            for operation, entry in entries["codes"].items()
        }
    )
