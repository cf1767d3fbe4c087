"""Checks that users register, as an overlay carries them: the data of a clause, and the function that checks it.

    register_check --> RegisteredCheck in the overlays of its services --> a clause <service>:<Operation>/check#<name>
                                                                       '-> its function is called with each exchange

The function takes what checks take and yields what `verdicts/registered.py` reads; this floor knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from conformance.specs.clauses.clause import clause_glob


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    """A check of the answers of some operations.

    `operations` has globs of `service:Operation`. `name` becomes the last part of the clause's id; `statement` and
    `source` are those of the clause and of its findings; `severity` is that of its findings.
    """

    name: str
    statement: str
    source: str
    severity: Literal["error", "warning", "info"]
    operations: tuple[str, ...]
    function: Callable[[Any], Iterable[Any] | None]

    def applies_to(self, service: str, operation: str) -> bool:
        """Whether the check is one of this operation."""
        return any(clause_glob(each).fullmatch(f"{service}:{operation}") for each in self.operations)
