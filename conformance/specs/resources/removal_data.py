"""How what operations add is removed, where no model tells; data in `specs/_shared/removals.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

import yaml

from conformance.specs.store.files import shared_data
from conformance.values.paths import Path, parse_path

FILE = "removals.yaml"


@dataclass(frozen=True, slots=True)
class InverseVerb:
    """A verb of operations that add something, the verbs that take it away, and the words that change with it.

    A verb that `makes` something gives more operations than one a thing of one kind: RestoreTable, CopyTable.
    """

    verb: str
    removed_by: tuple[str, ...]
    words: Mapping[str, str]
    makes: bool
    source: str


@dataclass(frozen=True, slots=True)
class RemovalFlag:
    """Members by the form of their names, and the value that removes most, or that lets a thing be removed."""

    member: re.Pattern[str]
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class RemovalPair:
    """An operation of a service, and the one that removes what it adds."""

    service: str
    operation: str
    removed_by: str
    source: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A resource that an operation makes beside what it is named for.

    What is at `answer` in its answer is at `item` in an item of the list of such resources, which has the values of
    `where`, too.
    """

    service: str
    operation: str
    resource: str
    answer: Path
    item: Path
    where: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class RemovalData:
    """Everything in the file; each entry has a source."""

    verbs: tuple[InverseVerb, ...] = ()
    flags: tuple[RemovalFlag, ...] = ()
    pairs: Mapping[tuple[str, str], RemovalPair] = field(default_factory=dict)
    ignored: tuple[re.Pattern[str], ...] = ()
    children: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    settings: tuple[RemovalFlag, ...] = ()
    endings: tuple[str, ...] = ()
    kept: frozenset[tuple[str, str]] = frozenset()
    companions: tuple[Companion, ...] = ()

    def flag(self, member: str) -> RemovalFlag | None:
        """The flag that a member of a removing request is; None if it is none."""
        return next((each for each in self.flags if each.member.fullmatch(member)), None)

    def ignores(self, member: str) -> bool:
        """Whether a removing request never takes this member over."""
        return any(each.fullmatch(member) for each in self.ignored)


def removal_data() -> RemovalData:
    """The data that came with this package."""
    path = shared_data(FILE)
    return RemovalData() if path is None else _read(path)


@lru_cache(maxsize=2)
def _read(path: FilePath) -> RemovalData:
    document = yaml.safe_load(path.read_text("utf-8"))
    pairs = (
        RemovalPair(each["service"], each["operation"], each["removed_by"], each["source"])
        for each in document["operations"]
    )
    return RemovalData(
        verbs=tuple(
            InverseVerb(
                each["verb"], tuple(each["removed_by"]), each.get("words", {}), each.get("makes", False), each["source"]
            )
            for each in document["verbs"]
        ),
        flags=_flags(document["flags"]),
        settings=_flags(document["settings"]),
        kept=frozenset((each["service"], each["operation"]) for each in document["kept"]),
        endings=tuple(each["verb"] for each in document["endings"]),
        pairs={(each.service, each.operation): each for each in pairs},
        children={(each["service"], each["list"]): tuple(each["removed_by"]) for each in document["children"]},
        ignored=tuple(map(re.compile, document["ignored"])),
        companions=tuple(map(_companion, document["companions"])),
    )


def _companion(entry: Mapping[str, Any]) -> Companion:
    return Companion(
        entry["service"],
        entry["operation"],
        entry["resource"],
        parse_path(entry["answer"]),
        parse_path(entry["item"]),
        tuple(entry.get("where", {}).items()),
        entry["source"],
    )


def _flags(entries: Iterable[Mapping[str, Any]]) -> tuple[RemovalFlag, ...]:
    return tuple(RemovalFlag(re.compile(each["member"], re.IGNORECASE), each["to"], each["source"]) for each in entries)
