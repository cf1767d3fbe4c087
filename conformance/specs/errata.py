"""Errata of models: answers that AWS gives although its model excludes them; data in `specs/_shared/errata.yaml`.

    contradiction of a clause --covers?--> no finding

They are apart from overlays, because most services with an erratum need no overlay.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from conformance.specs.clauses.clause import clause_glob
from conformance.specs.store.files import shared_data
from conformance.values.conditions import holds

FILE = "errata.yaml"


@dataclass(frozen=True, slots=True)
class Erratum:
    """Clauses that answers of AWS contradict, by globs without the service, and where to look that up.

    `values` are the values that AWS answers; empty stands for any. `when` is a JMESPath condition on the output.
    """

    service: str
    clauses: tuple[str, ...]
    source: str
    values: tuple[Any, ...] = ()
    when: str | None = None

    def covers(self, clause: str, value: Any, output: Any) -> bool:
        """Whether AWS contradicts this clause (without its service) with this value in such an output."""
        if self.values and not any(value == each and type(value) is type(each) for each in self.values):
            return False
        if not any(clause_glob(glob).fullmatch(clause) for glob in self.clauses):
            return False
        return self.when is None or holds(self.when, output)


def errata_of(service: str) -> tuple[Erratum, ...]:
    """The errata of a service, by its name in botocore."""
    path = shared_data(FILE)
    return () if path is None else _tables(path).get(service, ())


def all_errata() -> tuple[Erratum, ...]:
    """The errata of all services."""
    path = shared_data(FILE)
    return () if path is None else tuple(chain.from_iterable(_tables(path).values()))


@lru_cache(maxsize=2)
def _tables(path: Path) -> dict[str, tuple[Erratum, ...]]:
    """The errata of each service."""
    found: dict[str, tuple[Erratum, ...]] = {}
    for row in yaml.safe_load(path.read_text("utf-8")):
        values = tuple(row.get("values", ()))
        erratum = Erratum(row["service"], tuple(row["clauses"]), row["source"], values, row.get("when"))
        found[erratum.service] = (*found.get(erratum.service, ()), erratum)
    return found
