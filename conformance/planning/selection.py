"""What the arguments of a run select: services, operations, and the clauses that are put to the test.

    SERVICE[:Operation,...] ... --parse_selection--> (ServiceSelection, ...)
    --only GLOB, --skip GLOB    -------------------> ClauseSelection

Nothing here knows a spec: whether the names exist is found out where the plan is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.errors import UsageError
from conformance.specs.clauses.clause import clause_glob


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """One SERVICE[:Operation,...] argument; no operations means all."""

    service: str
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseSelection:
    """The clauses to put to the test: those that any glob of `only` matches, less those that any of `skip` matches.

    In a glob `*` stands for any text and `?` for one character; everything else, brackets too, for itself.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def includes(self, clause: str) -> bool:
        """Whether a clause of that id is selected."""
        if self.only and not any(clause_glob(pattern).fullmatch(clause) for pattern in self.only):
            return False
        return not any(clause_glob(pattern).fullmatch(clause) for pattern in self.skip)


def parse_selection(arguments: Iterable[str]) -> tuple[ServiceSelection, ...]:
    """The selections that arguments spell, one a service; raises UsageError for an empty name."""
    found: dict[str, list[str]] = {}
    for argument in arguments:
        service, colon, names = argument.partition(":")
        operations = [name.strip() for name in names.split(",")] if colon else []
        if not service or (colon and not all(operations)):
            raise UsageError(f"'{argument}' is not SERVICE or SERVICE:Operation,...", hint="as in sqs:CreateQueue")
        if service in found and (not operations or not found[service]):
            found[service] = []
        else:
            found.setdefault(service, []).extend(operations)
    return tuple(ServiceSelection(service, tuple(dict.fromkeys(names))) for service, names in found.items())
