"""The effect of an operation: `read` changes nothing, `write` may change something, `guarded` is only sent if named.

    in acting_reads.yaml? --yes--> no read
    begins with a verb of read_only_operations.yaml, or stands in it? --yes--> read
    matches an entry of guarded_operations.yaml? --yes--> guarded, with the reason
    --> write

What is not known errs on the safe side: an operation of a name that no table has is a write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from conformance.specs.clauses.clause import clause_glob
from conformance.specs.store.files import shared_data

READ_ONLY, ACTING, GUARDED = "read_only_operations.yaml", "acting_reads.yaml", "guarded_operations.yaml"

EffectKind: TypeAlias = Literal["read", "write", "guarded"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an operation does; `code` and `reason` say why, where an entry of the data does."""

    kind: EffectKind
    code: str = ""
    reason: str = ""


READ, WRITE = Effect("read"), Effect("write")


@dataclass(frozen=True, slots=True)
class OperationPattern:
    """Operations by globs of services and names; a name in `but` is not meant."""

    services: re.Pattern[str]
    operations: re.Pattern[str]
    but: re.Pattern[str] | None
    effect: Effect

    def matches(self, service: str, operation: str) -> bool:
        """Whether an operation, by botocore's name of its service, is meant."""
        return (
            self.operations.fullmatch(operation) is not None
            and self.services.fullmatch(service) is not None
            and (self.but is None or self.but.fullmatch(operation) is None)
        )


@dataclass(frozen=True, slots=True)
class _Tables:
    verbs: re.Pattern[str]
    reads: tuple[OperationPattern, ...]
    acting: tuple[OperationPattern, ...]
    guarded: tuple[OperationPattern, ...]


@lru_cache(maxsize=65536)
def effect_of(service: str, operation: str) -> Effect:
    """The effect of an operation of a service, by botocore's name of it."""
    tables = _tables()
    acting = _first(tables.acting, service, operation)
    if acting is None:
        named = _first(tables.reads, service, operation)
        if named is not None or tables.verbs.match(operation):
            return named or READ
    return _first(tables.guarded, service, operation) or acting or WRITE


def guarded_patterns() -> tuple[OperationPattern, ...]:
    """The entries of guarded_operations.yaml, in order."""
    return _tables().guarded


def globs(texts: Iterable[str]) -> re.Pattern[str]:
    """A pattern for whatever any of the globs matches: `*` is any text, `?` one character."""
    return re.compile("|".join(clause_glob(each).pattern for each in texts) or r"(?!)")


def _first(patterns: Iterable[OperationPattern], service: str, operation: str) -> Effect | None:
    return next((each.effect for each in patterns if each.matches(service, operation)), None)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    reads = _document(READ_ONLY) or {"verbs": (), "operations": ()}
    return _Tables(
        verbs=re.compile(rf"({'|'.join(reads['verbs']) or '(?!)'})(?![a-z])"),
        reads=_patterns(reads["operations"], "read"),
        acting=_patterns(_document(ACTING) or (), "write"),
        guarded=_guarded(),
    )


def _guarded() -> tuple[OperationPattern, ...]:
    entries = _document(GUARDED)
    if entries is None:  # without the data nothing is known to be harmless
        everything = globs(("*",))
        return (OperationPattern(everything, everything, None, Effect("guarded", "unknown", f"{GUARDED} is missing")),)
    return _patterns(entries, "guarded")


def _patterns(entries: Iterable[Mapping[str, Any]], kind: EffectKind) -> tuple[OperationPattern, ...]:
    return tuple(
        OperationPattern(
            services=globs(entry["services"]),
            operations=globs(entry["operations"]),
            but=globs(entry["but"]) if entry.get("but") else None,
            effect=Effect(kind, entry.get("code", ""), entry["reason"]),
        )
        for entry in entries
    )


def _document(name: str) -> Any:
    path: Path | None = shared_data(name)
    return None if path is None else yaml.safe_load(path.read_text("utf-8"))
